/* What one guest left, put into the folder of another: both folders are the test's own. */
#include "run/carry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "run/files.h"
#include "sys/fd.h"
#include "tests/test.h"
#include "tests/unit/sys/open_fds.h"

enum { READER = 54321, WRITER = 54322 };

static struct plan plan;
static struct carry from;
static int to;

static int open_folder(const char *name, uid_t owner)
{
    struct error err;
    CHECK_INT(mkdir(name, 0755), 0);
    if (geteuid() == 0)
        CHECK_INT(chown(name, owner, owner), 0);
    int fd = fd_open(AT_FDCWD, name, O_RDONLY | O_DIRECTORY, 0, &err);
    CHECK_OK(fd >= 0, err);
    return fd;
}

/* The current folder is the test's; `old` and `new` in it belong to the two guests. */
static void begin(void)
{
    umask(0);
    CHECK_INT(chdir(test_folder()), 0);
    CHECK_INT(chmod(".", 0755), 0);
    plan = (struct plan){};
    from = (struct carry){.work = open_folder("old", READER)};
    to = open_folder("new", WRITER);
}

static void own(const char *path)
{
    if (geteuid() == 0)
        CHECK_INT(lchown(path, READER, READER), 0);
}

static void put(const char *path, const char *text, mode_t mode)
{
    struct error err;
    auto_close int fd = fd_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL, mode, &err);
    CHECK_OK(fd >= 0, err);
    CHECK_OK(fd_write_all(fd, str_from(text), &err), err);
    own(path);
    CHECK_INT(fchmod(fd, mode), 0);
}

static void make_folder(const char *path, mode_t mode)
{
    CHECK_INT(mkdir(path, 0755), 0);
    own(path);
    CHECK_INT(chmod(path, mode), 0);
}

static void make_link(const char *text, const char *path)
{
    CHECK_INT(symlink(text, path), 0);
    own(path);
}

static bool carry(int64_t bytes_max, struct run_carried *carried, struct error *err)
{
    struct carry_bounds bounds = {bytes_max, 0, -1};
    bool stopped = false;
    memset(err, 0, sizeof *err);
    int open_before = open_fds_count();
    bool ok = carry_over(&from, to, &plan, &bounds, carried, &stopped, err);
    CHECK_INT(open_fds_count(), open_before);
    CHECK(!stopped);
    return ok;
}

static void check_mode(const char *path, mode_t mode)
{
    struct stat about;
    CHECK_INT(lstat(path, &about), 0);
    CHECK_INT(about.st_mode, mode);
    if (geteuid() == 0)
        CHECK_INT(about.st_uid, WRITER);
}

TEST(carry_hands_on_files_folders_and_links_without_special_bits_and_as_the_other_guests_own)
{
    struct run_carried carried;
    struct error err;
    struct stat about;
    char text[64] = "";
    begin();
    make_folder("old/sub", 0755);
    put("old/sub/a", "text", 06751);
    put("old/b", "", 0600);
    make_link("/etc/passwd", "old/link");
    make_link("nowhere", "old/sub/dead");
    CHECK_INT(chmod("old/sub", 03700), 0);
    CHECK_OK(carry(100, &carried, &err), err);
    check_mode("new/sub", S_IFDIR | 0755);
    check_mode("new/sub/a", S_IFREG | 0751);
    check_mode("new/b", S_IFREG | 0600);
    check_mode("new/link", S_IFLNK | 0777);
    CHECK_INT(readlink("new/link", text, sizeof text - 1), 11);
    CHECK_TEXT(text, "/etc/passwd");
    CHECK_INT(lstat("new/sub/dead", &about), 0);
    CHECK_INT(carried.files, 5);
    CHECK_INT(carried.bytes, 4);
    CHECK_INT(carried.left_out, 0);
}

TEST(carry_leaves_out_what_is_no_file_and_what_its_owner_cannot_read)
{
    struct run_carried carried;
    struct error err;
    struct sockaddr_un address = {AF_UNIX, "old/socket"};
    begin();
    CHECK_INT(mkfifo("old/fifo", 0666), 0);
    auto_close int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK_INT(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    int count = 2;
    if (geteuid() == 0) {
        put("old/secret", "x", 0);
        count++;
        count += mknod("old/zero", S_IFCHR | 0666, 0x105) == 0;
    }
    put("old/a", "x", 0644);
    CHECK_OK(carry(100, &carried, &err), err);
    CHECK_INT(carried.left_out, count);
    CHECK_INT(carried.files, 1);
    CHECK(access("new/fifo", F_OK) < 0 && access("new/socket", F_OK) < 0);
    CHECK(access("new/zero", F_OK) < 0 && access("new/a", R_OK) == 0);
}

/* The attack: a folder of the first guest's meets a link of the second box's, or the other way
 * round, and something is written where the link leads. */
TEST(carry_follows_no_link_on_either_side)
{
    struct run_carried carried;
    struct error err;
    const struct box_link links[] = {{"given", "/nowhere"}};
    begin();
    CHECK_INT(mkdir("outside", 0777), 0);
    CHECK_INT(chmod("outside", 0777), 0);
    make_folder("old/trap", 0755);
    put("old/trap/a", "x", 0644);
    make_folder("old/given", 0755);
    put("old/given/b", "x", 0644);
    make_link("../outside", "old/way");
    CHECK_INT(symlink("../outside", "new/trap"), 0);
    CHECK_INT(symlink("../outside", "new/given"), 0);
    if (geteuid() == 0) {
        CHECK_INT(lchown("new/trap", WRITER, WRITER), 0);
        CHECK_INT(lchown("new/given", WRITER, WRITER), 0);
    }
    plan.links = links;
    plan.link_count = 1;
    CHECK_OK(carry(100, &carried, &err), err);
    CHECK(access("outside/a", F_OK) < 0 && access("outside/b", F_OK) < 0);
    /* what the box began with gives way, anything else that is there stays */
    check_mode("new/given", S_IFDIR | 0755);
    check_mode("new/given/b", S_IFREG | 0644);
    check_mode("new/trap", S_IFLNK | 0777);
    check_mode("new/way", S_IFLNK | 0777);
}

/* The attack: own files of the next step are put below a link that the step before has left. Ours
 * come first, so that there is none yet. */
TEST(carry_leaves_what_the_new_run_brings_and_what_the_old_box_began_with)
{
    struct run_carried carried;
    struct error err;
    const struct box_link links[] = {{"sibling", "/in/x/sibling"}};
    const struct request_file files[] = {{.name = "data/own", .content = STR("own")},
                                         {.name = "main.py", .content = STR("new")}};
    char text[8] = "";
    begin();
    make_link("../outside", "old/data");
    CHECK_INT(mkdir("outside", 0777), 0);
    put("old/main.py", "old", 0644);
    make_link("/in/x/sibling", "old/sibling");
    from.links = links;
    from.link_count = 1;
    CHECK_OK(files_put(to, files, 2, &err), err);
    CHECK_OK(carry(100, &carried, &err), err);
    check_mode("new/data", S_IFDIR | 0755);
    CHECK(access("new/sibling", F_OK) < 0 && access("outside/own", F_OK) < 0);
    auto_close int fd = open("new/main.py", O_RDONLY | O_CLOEXEC);
    CHECK_INT(read(fd, text, sizeof text - 1), 3);
    CHECK_TEXT(text, "new");
    CHECK_INT(carried.files, 0);
}

TEST(carry_is_bounded_in_bytes_that_are_there_and_in_depth)
{
    struct run_carried carried;
    struct error err;
    struct stat about;
    char path[2 * 140 + 8] = "old";
    begin();
    put("old/hole", "", 0644);
    CHECK_INT(truncate("old/hole", INT64_C(1) << 40), 0);
    for (int i = 0; i < 135; i++) {
        strncat(path, "/d", 3);
        make_folder(path, 0755);
    }
    CHECK_OK(carry(100, &carried, &err), err);
    CHECK_INT(stat("new/hole", &about), 0);
    CHECK_INT(about.st_size, INT64_C(1) << 40);
    CHECK_INT(about.st_blocks, 0);
    CHECK_INT(carried.bytes, 0);
    CHECK_INT(carried.left_out, 1);
    CHECK_INT(carried.files, 1 + CARRY_DEPTH_MAX - 1);
    put("old/big", "0123456789", 0644);
    CHECK(!carry(9, &carried, &err));
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK_CONTAINS(err.text, "carry big over: ");
}
