/* Files into a box and out of it; the work folder is one of the test's own. */
#include "run/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "run/identity.h"
#include "sys/fd.h"
#include "tests/test.h"
#include "tests/unit/sys/open_fds.h"

enum { GUEST = 54321 };

/* The current folder is the test's; `work` in it belongs to the guest. */
static int open_work(void)
{
    struct error err;
    umask(0);
    CHECK_INT(chdir(test_folder()), 0);
    CHECK_INT(chmod(".", 0755), 0);
    CHECK_INT(mkdir("work", 0755), 0);
    if (geteuid() == 0)
        CHECK_INT(chown("work", GUEST, GUEST), 0);
    int work = fd_open(AT_FDCWD, "work", O_RDONLY | O_DIRECTORY, 0, &err);
    CHECK_OK(work >= 0, err);
    return work;
}

static void put(const char *path, const char *text, mode_t mode)
{
    struct error err;
    auto_close int fd = fd_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL, mode, &err);
    CHECK_OK(fd >= 0, err);
    CHECK_OK(fd_write_all(fd, str_from(text), &err), err);
    CHECK_INT(fchmod(fd, mode), 0);
    if (geteuid() == 0 && strncmp(path, "work/", 5) == 0)
        CHECK_INT(fchown(fd, GUEST, GUEST), 0);
}

static void check_file(const char *path, const char *text, int mode)
{
    struct stat about;
    struct error err;
    auto_buf struct buf got;
    buf_init(&got, 1 << 20);
    CHECK_OK(fd_read_file(AT_FDCWD, path, &got, &err), err);
    CHECK_TEXT(got.data != NULL ? got.data : "", text);
    CHECK_INT(lstat(path, &about), 0);
    if (mode >= 0)
        CHECK_INT(about.st_mode, S_IFREG | mode);
    if (geteuid() == 0 && strncmp(path, "work/", 5) == 0)
        CHECK_INT(about.st_uid, GUEST);
}

TEST(files_put_gives_content_modes_and_folders_to_the_guest)
{
    auto_close int work = open_work();
    struct error err;
    put("script", "#!", 0700);
    put("secret", "data", 0600);
    const struct request_file files[] = {
        {"a", NULL, STR("inline")},
        {"deep/er/b", "script", STR("")},
        {"deep/c", "secret", STR("")},
        {"empty", NULL, STR("")},
    };
    umask(077);
    int before = open_fds_count();
    CHECK_OK(files_put(work, files, COUNT_OF(files), &err), err);
    CHECK_INT(open_fds_count(), before);
    check_file("work/a", "inline", 0644);
    check_file("work/deep/er/b", "#!", 0755);
    check_file("work/deep/c", "data", 0644);
    check_file("work/empty", "", 0644);
}

TEST(files_put_refuses_what_it_cannot_read_and_says_which)
{
    auto_close int work = open_work();
    struct error err = {};
    int before = open_fds_count();
    CHECK_INT(mkfifo("fifo", 0644), 0);
    static const char *const paths[] = {"missing", "fifo", "/dev/null", "."};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        const struct request_file file = {"x", paths[i], STR("")};
        CHECK(!files_put(work, &file, 1, &err));
        CHECK_INT(err.kind, ERROR_INPUT);
        CHECK_CONTAINS(err.text, paths[i]);
        CHECK_TEXT(err.stage, "files");
        err = (struct error){};
    }
    CHECK_INT(open_fds_count(), before);
    CHECK_INT(access("work/x", F_OK), -1);
}

TEST(files_put_never_replaces_or_follows)
{
    auto_close int work = open_work();
    struct error err = {};
    CHECK_INT(symlink("../outside", "work/link"), 0);
    CHECK_INT(symlink("..", "work/up"), 0);
    const struct request_file files[] = {{"link", NULL, STR("x")}, {"up/outside", NULL, STR("x")}};
    CHECK(!files_put(work, &files[0], 1, &err));
    CHECK(!files_put(work, &files[1], 1, &err));
    CHECK_CONTAINS(err.text, "up/outside");
    CHECK_INT(access("outside", F_OK), -1);
    put("work/there", "old", 0644);
    CHECK(!files_put(work, &(struct request_file){"there", NULL, STR("new")}, 1, &err));
    check_file("work/there", "old", 0644);
}

TEST(files_open_out_gives_regular_files_of_the_box_only)
{
    auto_close int work = open_work();
    struct error err = {};
    put("outside", "x", 0644);
    put("work/good", "12345", 0644);
    CHECK_INT(symlink("/etc/passwd", "work/passwd"), 0);
    CHECK_INT(symlink("good", "work/alias"), 0);
    CHECK_INT(mkfifo("work/fifo", 0666), 0);
    CHECK_INT(mkdir("work/folder", 0755), 0);
    auto_close int good = files_open_out(work, "good", 5, &err);
    CHECK_OK(good >= 0, err);
    int before = open_fds_count();
    CHECK_INT(files_open_out(work, "good", 4, &err), -1);
    CHECK_INT(err.kind, ERROR_LIMIT);
    static const char *const bad[] = {"passwd",     "alias", "fifo",       "folder",
                                      "../outside", "none",  "/etc/passwd"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK_INT(files_open_out(work, bad[i], 1 << 20, &err), -1);
    CHECK_INT(open_fds_count(), before);
}

TEST(files_what_the_guest_may_not_read_is_not_read_for_him)
{
    auto_close int work = open_work();
    struct error err = {};
    test_need_root();
    put("work/foreign", "x", 0600);
    CHECK_INT(chown("work/foreign", 0, 0), 0);
    CHECK_INT(files_open_out(work, "foreign", 10, &err), -1);
    CHECK_INT(err.number, EACCES);
    CHECK_INT(setfsuid((uid_t)-1), 0); /* and we are who we were */
}

TEST(files_put_program_is_executable_and_bounded)
{
    auto_close int work = open_work();
    struct error err = {};
    put("made", "12345", 0600);
    auto_close int from = fd_open(AT_FDCWD, "made", O_RDONLY, 0, &err);
    CHECK_OK(files_put_program(work, "bin/program", from, 5, &err), err);
    check_file("work/bin/program", "12345", 0755);
    CHECK_INT(lseek(from, 0, SEEK_SET), 0);
    CHECK(!files_put_program(work, "again", from, 4, &err));
    CHECK_INT(err.kind, ERROR_LIMIT);
}

TEST(identity_is_the_guests_between_the_two_calls_only)
{
    test_need_root();
    auto_close int work = open_work();
    struct identity guest;
    struct error err;
    CHECK_OK(identity_of_guest(work, &guest, &err), err);
    CHECK_INT(guest.uid, GUEST);
    put("ours", "x", 0600);
    identity_take(&guest);
    CHECK_INT(open("ours", O_RDONLY | O_CLOEXEC), -1);
    auto_close int made = openat(work, "made", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    identity_give_back();
    struct stat about;
    CHECK_INT(fstat(made, &about), 0);
    CHECK_INT(about.st_uid, GUEST);
    CHECK_INT(about.st_gid, GUEST);
    auto_close int ours = open("ours", O_RDONLY | O_CLOEXEC);
    CHECK(ours >= 0);
    CHECK(!identity_of_guest(-1, &guest, &err));
}

/* ---- bringing back -------------------------------------------------------------------------- */

static struct run_result *collect(int work, const char *glob, int64_t bytes_max)
{
    static struct run_result result;
    struct error err;
    const struct request_out out = {glob, "out"};
    run_result_init(&result);
    int before = open_fds_count();
    CHECK_OK(
        files_collect(work, &out, 1, &(struct files_bounds){.bytes_max = bytes_max}, &result, &err),
        err);
    CHECK_INT(open_fds_count(), before);
    return &result;
}

static const struct run_file *find(const struct run_result *result, const char *name)
{
    for (uint32_t i = 0; i < result->file_count; i++)
        if (strcmp(result->files[i].name, name) == 0)
            return &result->files[i];
    return NULL;
}

static void check_left_out(const struct run_result *result, const char *name, const char *why)
{
    const struct run_file *file = find(result, name);
    CHECK(file != NULL);
    CHECK_CONTAINS(file->left_out, why);
    CHECK_TEXT(file->sha256, "");
}

TEST(collect_brings_files_with_their_sums)
{
    auto_close int work = open_work();
    put("work/a.txt", "abc", 0600);
    put("work/b.png", "x", 0644);
    struct run_result *result = collect(work, "*.txt", 100);
    CHECK_INT(result->file_count, 1);
    CHECK_TEXT(result->files[0].name, "a.txt");
    CHECK(result->files[0].left_out == NULL);
    CHECK_INT(result->files[0].bytes, 3);
    CHECK_TEXT(result->files[0].sha256,
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_file("out/a.txt", "abc", 0644);
    CHECK_INT(access("out/b.png", F_OK), -1);
    run_result_done(result);
}

static void put_odd_things(void)
{
    struct sockaddr_un address = {AF_UNIX, "work/socket.x"};
    auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK_INT(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    CHECK_INT(symlink("/etc/passwd", "work/link.x"), 0);
    CHECK_INT(symlink("/etc", "work/etc"), 0);
    CHECK_INT(symlink("..", "work/up"), 0);
    CHECK_INT(mkfifo("work/fifo.x", 0666), 0);
    CHECK_INT(mkdir("work/folder.x", 0755), 0);
    CHECK_INT(mkdir("work/locked", 0755), 0);
    put("work/locked/hidden.x", "1", 0644);
    put("work/unreadable.x", "1", 0000);
    CHECK_INT(mkdir("work/sub", 0755), 0);
    put("work/sub/good.x", "1", 0644);
    put("work/new\nline\x1b[2J.x", "1", 0644);
    put("work/-rf.x", "1", 0644);
    if (geteuid() == 0) {
        (void)mknod("work/device.x", S_IFCHR | 0666, 0x101); /* memory; where it may be made */
        CHECK_INT(chown("work/locked", 0, 0), 0);
    }
    CHECK_INT(chmod("work/locked", 0000), 0);
}

TEST(collect_takes_nothing_but_regular_files_from_a_hostile_tree)
{
    auto_close int work = open_work();
    put_odd_things();
    struct run_result *result = collect(work, "**.x", 100);
    CHECK(find(result, "sub/good.x") != NULL && find(result, "sub/good.x")->left_out == NULL);
    check_file("out/sub/good.x", "1", 0644);
    check_file("out/-rf.x", "1", 0644);
    check_left_out(result, "unreadable.x", "Permission denied");
    static const char *const never[] = {
        "link.x",   "fifo.x",          "socket.x",   "folder.x",
        "device.x", "locked/hidden.x", "etc/passwd", "new\nline\x1b[2J.x"};
    for (size_t i = 0; i < COUNT_OF(never); i++) {
        auto_free char *path = mem_text("out/%s", never[i]);
        CHECK(find(result, never[i]) == NULL);
        CHECK_INT(access(path, F_OK), -1);
    }
    CHECK_INT(result->file_count, 3);
    CHECK_INT(chmod("work/locked", 0755), 0);
    run_result_done(result);
}

TEST(collect_brings_hidden_and_odd_names_only_if_they_are_named)
{
    auto_close int work = open_work();
    put("work/.hidden", "1", 0644);
    put("work/a\nb", "1", 0644);
    struct run_result *result = collect(work, "**", 100);
    CHECK_INT(result->file_count, 0);
    run_result_done(result);
    result = collect(work, ".*", 100);
    CHECK_INT(result->file_count, 1);
    check_file("out/.hidden", "1", 0644);
    run_result_done(result);
    result = collect(work, "a\nb", 100);
    check_file("out/a\nb", "1", 0644);
    run_result_done(result);
}

TEST(collect_touches_nothing_outside_of_the_folder_that_was_named)
{
    auto_close int work = open_work();
    CHECK_INT(mkdir("precious", 0755), 0);
    CHECK_INT(mkdir("out", 0755), 0);
    CHECK_INT(symlink("../precious", "out/sub"), 0);
    CHECK_INT(symlink("../precious/file", "out/file"), 0);
    CHECK_INT(mkdir("work/sub", 0755), 0);
    put("work/sub/file", "new", 0644);
    put("work/file", "new", 0644);
    struct run_result *result = collect(work, "**", 100);
    check_left_out(result, "sub/file", "sub");
    check_left_out(result, "file", "already");
    CHECK_INT(access("precious/file", F_OK), -1);
    run_result_done(result);
    result = collect(work, "file", 100); /* the link itself is replaced, not what it names */
    CHECK(find(result, "file")->left_out == NULL);
    CHECK_INT(access("precious/file", F_OK), -1);
    check_file("out/file", "new", 0644);
    run_result_done(result);
}

TEST(collect_replaces_a_file_only_if_it_was_named_outright)
{
    auto_close int work = open_work();
    CHECK_INT(mkdir("out", 0755), 0);
    put("out/a", "old", 0644);
    put("work/a", "new", 0644);
    struct run_result *result = collect(work, "?", 100);
    check_left_out(result, "a", "already");
    check_file("out/a", "old", 0644);
    run_result_done(result);
    result = collect(work, "a", 100);
    check_file("out/a", "new", 0644);
    run_result_done(result);
}

TEST(collect_leaves_no_unfinished_file_behind)
{
    auto_close int work = open_work();
    put("work/a", "12345", 0644);
    put("work/b", "12345", 0644);
    struct run_result *result = collect(work, "*", 7);
    int left_out = 0;
    for (uint32_t i = 0; i < result->file_count; i++)
        left_out += result->files[i].left_out != NULL;
    CHECK_INT(left_out, 1);
    run_result_done(result);
    CHECK_INT(access("out/a", F_OK) + access("out/b", F_OK), -1);
    CHECK_INT(unlink("out/a") + unlink("out/b"), -1);
    CHECK_INT(rmdir("out"), 0);
}

TEST(collect_says_what_was_named_and_is_not_there)
{
    auto_close int work = open_work();
    CHECK_INT(symlink("/etc/passwd", "work/odd"), 0);
    struct run_result *result = collect(work, "missing", 7);
    check_left_out(result, "missing", "made no such file");
    run_result_done(result);
    result = collect(work, "odd", 7);
    check_left_out(result, "odd", "no regular file");
    run_result_done(result);
    result = collect(work, "*none", 7);
    CHECK_INT(result->file_count, 0);
    run_result_done(result);
}

TEST_LASTING(collect_stops_at_its_greatest_number_of_files, 30)
{
    test_need_native_speed(); /* collecting has its time, too */
    auto_close int work = open_work();
    for (int i = 0; i < FILES_OUT_MAX + 50; i++) {
        char name[32];
        snprintf(name, sizeof name, "work/%d", i);
        int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        CHECK(fd >= 0);
        close(fd);
    }
    struct run_result *result = collect(work, "*", 7);
    CHECK_INT(result->file_count, FILES_OUT_MAX + 1);
    CHECK_CONTAINS(result->files[FILES_OUT_MAX].left_out, "too many files");
    CHECK(result->files[FILES_OUT_MAX - 1].left_out == NULL);
    run_result_done(result);
}

TEST(collect_of_paths_longer_than_a_path_can_be_goes_on_with_the_rest)
{
    auto_close int work = open_work();
    struct error err;
    char name[201];
    memset(name, 'n', 200);
    name[200] = '\0';
    auto_close int at = fd_duplicate(work, &err);
    for (int i = 0; i < 30; i++) {
        CHECK_INT(mkdirat(at, name, 0755), 0);
        fd_replace(&at, fd_open(at, name, O_RDONLY | O_DIRECTORY, 0, &err));
    }
    auto_close int file = fd_open(at, "deep", O_WRONLY | O_CREAT, 0644, &err);
    CHECK(file >= 0);
    put("work/good", "1", 0644);
    struct run_result *result = collect(work, "**", 100);
    CHECK_INT(result->file_count, 1);
    check_file("out/good", "1", 0644);
    run_result_done(result);
}
