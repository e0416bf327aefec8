#include "sys/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"
#include "tests/test.h"
#include "tests/unit/sys/open_fds.h"

/* Every test works in an empty folder; a relative path is enough then. */
static int enter(const char *name)
{
    struct error err;
    umask(0);
    CHECK_INT(chdir(test_folder()), 0);
    CHECK(mkdir(name, 0755) == 0 || errno == EEXIST);
    int folder = fd_open(AT_FDCWD, name, O_RDONLY | O_DIRECTORY, 0, &err);
    CHECK_OK(folder >= 0, err);
    return folder;
}

static void put(const char *path, const char *text, mode_t mode)
{
    struct error err;
    auto_close int fd = fd_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL, 0600, &err);
    CHECK_OK(fd >= 0, err);
    CHECK_OK(fd_write_all(fd, str_from(text), &err), err);
    CHECK_INT(fchmod(fd, mode), 0);
}

static void put_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK_INT(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
}

struct visits {
    int count, deepest;
    char names[256];
    const char *pass_over, *stop;
};

static enum tree_answer visit(const struct tree_place *place, void *cookie)
{
    struct visits *visits = cookie;
    visits->count++;
    if (place->depth > visits->deepest)
        visits->deepest = place->depth;
    size_t used = strlen(visits->names);
    snprintf(visits->names + used, sizeof visits->names - used, "[%d%s]", place->depth,
             place->name);
    if (visits->stop != NULL && strcmp(place->name, visits->stop) == 0)
        return TREE_STOP;
    bool over = visits->pass_over != NULL && strcmp(place->name, visits->pass_over) == 0;
    return over ? TREE_PASS_OVER : TREE_GO_ON;
}

TEST(tree_walk_meets_every_name_once_and_follows_no_link)
{
    auto_close int folder = enter("t");
    struct visits visits = {};
    struct error err;
    put("t/file", "", 0644);
    CHECK_INT(mkdir("t/dir", 0755), 0);
    put("t/dir/inner", "", 0644);
    CHECK_INT(symlink("/etc", "t/dir/etc"), 0);
    CHECK_INT(symlink("..", "t/dir/up"), 0);
    CHECK_INT(mkfifo("t/fifo", 0644), 0);
    int before = open_fds_count();
    CHECK_OK(tree_walk(folder, visit, &visits, &err), err);
    CHECK_INT(open_fds_count(), before);
    CHECK_INT(visits.count, 6);
    static const char *const names[] = {"[0file]", "[0dir]", "[1inner]",
                                        "[1etc]",  "[1up]",  "[0fifo]"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        CHECK_CONTAINS(visits.names, names[i]);
    CHECK(strstr(visits.names, "[0dir]") < strstr(visits.names, "[1inner]"));
}

TEST(tree_walk_passes_over_and_stops_when_told)
{
    auto_close int folder = enter("t");
    struct error err;
    CHECK_INT(mkdir("t/a", 0755), 0);
    CHECK_INT(mkdir("t/a/b", 0755), 0);
    CHECK_INT(mkdir("t/a/b/c", 0755), 0);
    struct visits over = {.pass_over = "b"}, stop = {.stop = "b"};
    CHECK_OK(tree_walk(folder, visit, &over, &err), err);
    CHECK_TEXT(over.names, "[0a][1b]");
    int before = open_fds_count();
    CHECK_OK(tree_walk(folder, visit, &stop, &err), err);
    CHECK_TEXT(stop.names, "[0a][1b]");
    CHECK_INT(open_fds_count(), before);
    CHECK(!tree_walk(-1, visit, &over, &err));
}

static void make_deep(int folder, int depth)
{
    struct error err;
    int at = fd_duplicate(folder, &err);
    for (int i = 0; i < depth; i++) {
        CHECK_INT(mkdirat(at, "d", 0755), 0);
        fd_replace(&at, fd_open(at, "d", O_RDONLY | O_DIRECTORY, 0, &err));
        CHECK(at >= 0);
    }
    close(at);
}

/* What is too deep for tree_remove: a folder is moved up, again and again. */
static void remove_deep(int folder)
{
    while (renameat(folder, "d/d", folder, "e") == 0) {
        CHECK_INT(unlinkat(folder, "d", AT_REMOVEDIR), 0);
        CHECK_INT(renameat(folder, "e", folder, "d"), 0);
    }
    CHECK_INT(unlinkat(folder, "d", AT_REMOVEDIR), 0);
}

/* A copy holds two descriptors for each level. */
static void allow_open_files(rlim_t count)
{
    struct rlimit limit;
    CHECK_INT(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_max < count)
        test_skip("no more than %d files may be open here", (int)limit.rlim_max);
    limit.rlim_cur = count;
    CHECK_INT(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST(tree_that_needs_more_open_files_than_allowed_is_an_error_and_never_half)
{
    auto_close int folder = enter("t");
    auto_close int to = enter("to");
    struct visits visits = {};
    struct error err = {};
    make_deep(folder, 100);
    allow_open_files(64);
    int before = open_fds_count();
    CHECK(!tree_walk(folder, visit, &visits, &err));
    CHECK_INT(err.number, EMFILE);
    struct tree_copy_report report;
    err = (struct error){};
    CHECK(!tree_copy(folder, to, &(struct tree_copy_limits){.files = 1000, .bytes = 1000}, &report,
                     &err));
    CHECK_INT(err.number, EMFILE);
    CHECK_INT(open_fds_count(), before);
}

TEST(tree_deeper_than_the_limit_is_walked_to_the_limit_and_neither_copied_nor_removed)
{
    allow_open_files(4096);
    auto_close int folder = enter("t");
    auto_close int to = enter("to");
    struct visits visits = {};
    struct error err = {};
    make_deep(folder, TREE_DEPTH_MAX + 5);
    int before = open_fds_count();
    CHECK_OK(tree_walk(folder, visit, &visits, &err), err);
    CHECK_INT(visits.count, TREE_DEPTH_MAX);
    CHECK_INT(visits.deepest, TREE_DEPTH_MAX - 1);
    struct tree_copy_report report;
    CHECK(!tree_copy(folder, to, &(struct tree_copy_limits){.files = 1000, .bytes = 1000}, &report,
                     &err));
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK(!tree_remove(folder, "d", &err));
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK_INT(open_fds_count(), before);
    remove_deep(folder);
    CHECK_OK(tree_remove(to, "d", &err), err);
    CHECK_INT(open_fds_count(), before);
}

static mode_t mode_of(const char *path)
{
    struct stat about;
    CHECK_INT(lstat(path, &about), 0);
    return about.st_mode;
}

TEST(tree_copy_keeps_content_modes_and_links_and_drops_what_gives_rights)
{
    auto_close int from = enter("from");
    auto_close int to = enter("to");
    struct error err;
    struct tree_copy_report report;
    put("from/plain", "12345", 0640);
    put("from/setuid", "1", 06755);
    CHECK_INT(mkdir("from/sticky", 0755), 0);
    CHECK_INT(chmod("from/sticky", 03755), 0);
    CHECK_INT(symlink("/etc/passwd", "from/sticky/link"), 0);
    CHECK_INT(symlink("nowhere", "from/dangling"), 0);
    CHECK_INT(link("from/plain", "from/twin"), 0);
    int before = open_fds_count();
    CHECK_OK(
        tree_copy(from, to, &(struct tree_copy_limits){.files = 7, .bytes = 11}, &report, &err),
        err);
    CHECK_INT(open_fds_count(), before);
    CHECK_INT(report.files, 6);
    CHECK_INT(report.bytes, 11);
    CHECK_INT(report.left_out, 0);
    CHECK_INT(mode_of("to/plain"), S_IFREG | 0640);
    CHECK_INT(mode_of("to/setuid"), S_IFREG | 0755);
    CHECK_INT(mode_of("to/sticky"), S_IFDIR | 0755);
    CHECK(S_ISLNK(mode_of("to/sticky/link")));
    char text[32] = {};
    CHECK_INT(readlink("to/dangling", text, sizeof text), 7);
    CHECK_TEXT(text, "nowhere");
    struct stat one, two;
    CHECK(stat("to/plain", &one) == 0 && stat("to/twin", &two) == 0);
    CHECK(one.st_ino != two.st_ino);
}

TEST(tree_copy_leaves_out_and_counts_what_is_no_file)
{
    auto_close int from = enter("from");
    auto_close int to = enter("to");
    struct error err;
    struct tree_copy_report report;
    CHECK_INT(mkfifo("from/fifo", 0644), 0);
    put_socket("from/socket");
    int odd = 2;
    if (geteuid() == 0 && mknod("from/device", S_IFCHR | 0666, 0x103) == 0)
        odd++;
    CHECK_OK(tree_copy(from, to, &(struct tree_copy_limits){.files = 9, .bytes = 9}, &report, &err),
             err);
    CHECK_INT(report.left_out, odd);
    struct visits visits = {};
    CHECK_OK(tree_walk(to, visit, &visits, &err), err);
    CHECK_INT(visits.count, 0);
}

TEST(tree_copy_stops_at_its_limits)
{
    auto_close int from = enter("from");
    auto_close int to = enter("to");
    struct error err = {};
    struct tree_copy_report report;
    put("from/a", "12345", 0644);
    CHECK(!tree_copy(from, to, &(struct tree_copy_limits){.files = 1, .bytes = 4}, &report, &err));
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK_OK(tree_remove(AT_FDCWD, "to/a", &err), err);
    put("from/b", "", 0644);
    CHECK(!tree_copy(from, to, &(struct tree_copy_limits){.files = 1, .bytes = 9}, &report, &err));
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK_CONTAINS(err.text, "1 files");
}

TEST(tree_copy_asks_about_names_and_obeys)
{
    auto_close int from = enter("from");
    auto_close int to = enter("to");
    struct error err = {};
    struct tree_copy_report report;
    struct visits visits = {.pass_over = "a"};
    CHECK_INT(mkdir("from/a", 0755), 0);
    put("from/a/inner", "", 0644);
    CHECK_OK(tree_copy(from, to, &(struct tree_copy_limits){9, 9, visit, &visits}, &report, &err),
             err);
    CHECK_TEXT(visits.names, "[0a]");
    CHECK_INT(access("to/a", F_OK), -1);
    visits = (struct visits){.stop = "inner"};
    CHECK(!tree_copy(from, to, &(struct tree_copy_limits){9, 9, visit, &visits}, &report, &err));
    CHECK_INT(access("to/a/inner", F_OK), -1);
}

TEST(tree_copy_of_a_file_keeps_its_holes)
{
    enter("t");
    struct error err = {};
    struct stat about;
    int64_t bytes = -1;
    auto_close int from = fd_open(AT_FDCWD, "t/a", O_RDWR | O_CREAT, 0644, &err);
    auto_close int to = fd_open(AT_FDCWD, "t/b", O_RDWR | O_CREAT, 0644, &err);
    CHECK_INT(pwrite(from, "middle", 6, 1 << 30), 6);
    CHECK_INT(ftruncate(from, INT64_C(1) << 40), 0);
    CHECK_OK(tree_copy_file(from, to, 1 << 20, &bytes, &err), err);
    CHECK_INT(fstat(to, &about), 0);
    CHECK_INT(about.st_size, INT64_C(1) << 40);
    CHECK(about.st_blocks < 1 << 11);
    CHECK(bytes >= 6 && bytes <= 1 << 20);
    char middle[6];
    CHECK_INT(pread(to, middle, 6, 1 << 30), 6);
    CHECK_INT(memcmp(middle, "middle", 6), 0);

    auto_close int hole = fd_open(AT_FDCWD, "t/c", O_RDWR | O_CREAT, 0644, &err);
    CHECK_INT(ftruncate(to, 0), 0);
    CHECK_INT(lseek(to, 0, SEEK_SET), 0);
    CHECK_INT(ftruncate(hole, 12345), 0);
    CHECK_OK(tree_copy_file(hole, to, 0, &bytes, &err), err);
    CHECK_INT(bytes, 0);
    CHECK_INT(lseek(to, 0, SEEK_END), 12345);
}

TEST(tree_copy_of_a_file_without_a_size_reads_it_to_its_end)
{
    enter("t");
    struct error err = {};
    int64_t bytes = -1;
    auto_close int from = fd_open(AT_FDCWD, "/proc/cpuinfo", O_RDONLY, 0, &err);
    auto_close int to = fd_open(AT_FDCWD, "t/b", O_RDWR | O_CREAT, 0644, &err);
    CHECK_OK(tree_copy_file(from, to, 1 << 20, &bytes, &err), err);
    CHECK(bytes > 100);
    CHECK_INT(lseek(to, 0, SEEK_END), bytes);
}

TEST(tree_copy_of_a_file_never_exceeds_its_bytes)
{
    enter("t");
    struct error err = {};
    int64_t bytes = -1;
    put("t/a", "12345", 0644);
    auto_close int from = fd_open(AT_FDCWD, "t/a", O_RDONLY, 0, &err);
    auto_close int to = fd_open(AT_FDCWD, "t/b", O_WRONLY | O_CREAT, 0644, &err);
    CHECK_OK(tree_copy_file(from, to, 5, &bytes, &err), err);
    CHECK_INT(bytes, 5);
    CHECK_INT(lseek(from, 0, SEEK_SET), 0);
    CHECK(!tree_copy_file(from, to, 4, &bytes, &err));
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK_INT(lseek(from, 0, SEEK_SET), 0);
    CHECK(!tree_copy_file(from, to, 0, &bytes, &err));
    CHECK_OK(tree_copy_file(from, to, INT64_MAX - 1, &bytes, &err), err);
}

TEST(tree_remove_takes_odd_things_and_not_what_they_point_to)
{
    auto_close int folder = enter("t");
    struct error err;
    CHECK_INT(mkdir("precious", 0755), 0);
    put("precious/file", "", 0644);
    CHECK_INT(mkdir("t/x", 0755), 0);
    CHECK_INT(symlink("../../precious", "t/x/link"), 0);
    CHECK_INT(symlink("../precious", "t/direct"), 0);
    CHECK_INT(mkfifo("t/x/fifo", 0000), 0);
    put_socket("t/x/socket");
    put("t/x/\n\x1b[2J\xff", "", 0000);
    CHECK_INT(mkdir("t/x/empty", 0700), 0);
    int before = open_fds_count();
    CHECK_OK(tree_remove(folder, "x", &err), err);
    CHECK_OK(tree_remove(folder, "direct", &err), err);
    CHECK_OK(tree_remove(folder, "never there", &err), err);
    CHECK_INT(open_fds_count(), before);
    struct visits visits = {};
    CHECK_OK(tree_walk(folder, visit, &visits, &err), err);
    CHECK_INT(visits.count, 0);
    CHECK_INT(access("precious/file", F_OK), 0);
}

TEST(tree_remove_takes_thousands_of_names)
{
    auto_close int folder = enter("t");
    struct error err;
    CHECK_INT(mkdir("t/x", 0755), 0);
    for (int i = 0; i < 3000; i++) {
        char name[32];
        snprintf(name, sizeof name, "t/x/%d", i);
        CHECK_INT(i % 3 == 0 ? mkdir(name, 0755) : mkfifo(name, 0644), 0);
    }
    CHECK_OK(tree_remove(folder, "x", &err), err);
    CHECK_INT(access("t/x", F_OK), -1);
}

/* A mount below the tree is another file system, and somebody else's files. */
static int enter_with_mount(void)
{
    test_need_root();
    if (unshare(CLONE_NEWNS) < 0)
        test_skip("no mount namespace of its own: %s", strerror(errno));
    CHECK_INT(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    int folder = enter("t"); /* after that, or it would show the tree without our mount */
    CHECK_INT(mkdir("t/x", 0755), 0);
    CHECK_INT(mkdir("t/x/mounted", 0755), 0);
    CHECK_INT(mount("none", "t/x/mounted", "tmpfs", 0, NULL), 0);
    put("t/x/mounted/precious", "", 0644);
    return folder;
}

TEST(tree_walk_and_copy_do_not_enter_another_file_system)
{
    auto_close int folder = enter_with_mount();
    auto_close int to = enter("to");
    struct visits visits = {};
    struct tree_copy_report report;
    struct error err;
    CHECK_OK(tree_walk(folder, visit, &visits, &err), err);
    CHECK_TEXT(visits.names, "[0x][1mounted]");
    CHECK_OK(
        tree_copy(folder, to, &(struct tree_copy_limits){.files = 9, .bytes = 9}, &report, &err),
        err);
    CHECK_INT(access("to/x/mounted/precious", F_OK), -1);
    umount2("t/x/mounted", MNT_DETACH);
}

TEST(tree_remove_does_not_empty_another_file_system)
{
    auto_close int folder = enter_with_mount();
    struct error err = {};
    CHECK(!tree_remove(folder, "x", &err));
    CHECK_CONTAINS(err.text, "mounted");
    CHECK_INT(access("t/x/mounted/precious", F_OK), 0);
    auto_close int x = fd_open(folder, "x", O_RDONLY | O_DIRECTORY, 0, &err);
    CHECK(!tree_remove(x, "mounted", &err));
    CHECK_INT(access("t/x/mounted/precious", F_OK), 0);
    umount2("t/x/mounted", MNT_DETACH);
}
