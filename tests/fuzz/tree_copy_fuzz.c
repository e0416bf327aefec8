/*
 * The bytes are orders to build a hostile tree: folders, files, links of both kinds that lead
 * anywhere, fifos, odd names and modes. It is copied as an image is imported, then both are
 * removed: nothing outside changes, and the copy holds plain things only.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"
#include "sys/tree.h"
#include "tests/fuzz/fuzz.h"

enum { ORDERS_MAX = 64, BYTES_MAX = 2000, FILES_MAX = 40 };

/* The outside: its one file must never change, whatever links to it. */
static char folder[] = "/tmp/testudo-fuzz-XXXXXX";
static int top = -1;

static void remove_all(void)
{
    struct error ignored;
    (void)tree_remove(AT_FDCWD, folder, &ignored);
}

static void write_secret(void)
{
    struct error err;
    auto_close int fd = openat(top, "secret", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool written = fd >= 0 && fd_write_all(fd, STR("secret"), &err);
    assert(written);
}

static void begin(void)
{
    if (top >= 0)
        return;
    assert(mkdtemp(folder) != NULL);
    top = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert(top >= 0);
    atexit(remove_all);
    write_secret();
}

static int make_folder(const char *name)
{
    int made = mkdirat(top, name, 0755);
    assert(made == 0);
    int fd = openat(top, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert(fd >= 0);
    return fd;
}

static const char *const names[] = {"a", "b", "c", "-x", "\xff", "a b\n", ".h", "dev"};
static const char *const targets[] = {
    "../secret", "/etc/passwd", "a", "..", "../../../../../../..", "b/c", "", "."};

static void make_file(int where, const char *name, size_t bytes)
{
    static const char zeros[BYTES_MAX];
    auto_close int fd = openat(where, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd >= 0)
        assert(write(fd, zeros, bytes) == (ssize_t)bytes);
}

static void carry_out(int *where, unsigned order, unsigned detail)
{
    const char *name = names[detail % COUNT_OF(names)];
    const char *other = targets[detail / COUNT_OF(names) % COUNT_OF(targets)];
    switch (order % 8) {
    case 0:
        make_file(*where, name, detail * 7);
        break;
    case 1:
        (void)mkdirat(*where, name, 0755);
        break;
    case 2:
        (void)!symlinkat(other, *where, name);
        break;
    case 3:
        (void)mkfifoat(*where, name, 0644);
        break;
    case 4:
        (void)!linkat(top, "secret", *where, name, 0);
        break;
    case 5:
        (void)!fchmodat(*where, name, (mode_t)(order << 5 | detail) & 07777, AT_SYMLINK_NOFOLLOW);
        break;
    default: { /* down, never by a link */
        int down = openat(*where, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (down >= 0)
            fd_replace(where, down);
    }
    }
}

struct seen {
    int64_t names, files;
};

static enum tree_answer see(const struct tree_place *place, void *cookie)
{
    struct seen *seen = cookie;
    mode_t mode = place->about->st_mode;
    assert(S_ISREG(mode) || S_ISDIR(mode) || S_ISLNK(mode));
    assert(S_ISLNK(mode) || (mode & 07000) == 0);
    assert(!S_ISREG(mode) || place->about->st_nlink == 1);
    seen->names++;
    seen->files += S_ISREG(mode);
    return TREE_GO_ON;
}

static void check_copy(int from, int to)
{
    struct error err = {};
    struct tree_copy_report report = {};
    const struct tree_copy_limits limits = {.files = FILES_MAX, .bytes = 20000};
    struct seen seen = {};
    bool copied = tree_copy(from, to, &limits, &report, &err);
    assert(copied || err.text[0] != '\0');
    bool walked = tree_walk(to, see, &seen, &err);
    assert(walked && seen.names <= FILES_MAX);
    if (copied)
        assert(report.files - report.left_out == seen.names && report.bytes <= limits.bytes);
}

static void check_secret(void)
{
    char text[16];
    struct stat about;
    auto_close int fd = openat(top, "secret", O_RDONLY | O_CLOEXEC);
    assert(fd >= 0 && read(fd, text, sizeof text) == 6 && memcmp(text, "secret", 6) == 0);
    assert(fstat(fd, &about) == 0 && about.st_nlink == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err;
    begin();
    auto_close int from = make_folder("from"), to = make_folder("to");
    int where = fcntl(from, F_DUPFD_CLOEXEC, 0);
    for (size_t i = 0; i + 1 < size && i < (size_t)2 * ORDERS_MAX; i += 2)
        carry_out(&where, data[i], data[i + 1]);
    fd_close_at(&where);
    check_copy(from, to);
    assert(tree_remove(top, "from", &err) && tree_remove(top, "to", &err));
    assert(faccessat(top, "from", F_OK, 0) < 0 && faccessat(top, "to", F_OK, 0) < 0);
    check_secret();
    (void)!fchmodat(top, "secret", 0600, 0);
    return 0;
}
