/* Mounts and user namespaces, in a mount namespace of the test's own. */
#include "sys/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"
#include "sys/userns.h"
#include "tests/test.h"
#include "tests/unit/sys/leaks.h"
#include "tests/unit/sys/open_fds.h"

static void enter_namespace(void)
{
    struct error err;
    test_need_root();
    CHECK_INT(chdir(test_folder()), 0);
    if (unshare(CLONE_NEWNS) < 0)
        test_skip("no mount namespace of its own: %s", strerror(errno));
    CHECK_OK(mount_cut_propagation(&err), err);
    CHECK_INT(mkdir("m", 0755), 0);
}

static int make_tmpfs(const char *size, unsigned flags)
{
    struct error err;
    const struct mount_option options[] = {{"size", size}, {"mode", "0755"}, {NULL, NULL}};
    int mount = mount_new("tmpfs", options, flags, &err);
    CHECK_OK(mount >= 0, err);
    return mount;
}

static unsigned long flags_of(const char *path)
{
    struct statvfs about;
    CHECK_INT(statvfs(path, &about), 0);
    return about.f_flag;
}

TEST(mount_new_is_detached_until_it_is_attached)
{
    struct error err;
    enter_namespace();
    auto_close int mount = make_tmpfs("1m", MOUNT_NO_DEVICES | MOUNT_NO_EXEC);
    CHECK_INT(fcntl(mount, F_GETFD), FD_CLOEXEC);
    CHECK_INT(mkdirat(mount, "inside", 0755), 0);
    CHECK_INT(access("m/inside", F_OK), -1);
    CHECK_OK(mount_attach(mount, AT_FDCWD, "m", &err), err);
    CHECK_INT(access("m/inside", F_OK), 0);
    CHECK_INT(flags_of("m") & (ST_NOSUID | ST_NODEV | ST_NOEXEC | ST_RDONLY),
              ST_NOSUID | ST_NODEV | ST_NOEXEC);
    struct statvfs about;
    CHECK(statvfs("m", &about) == 0);
    CHECK_INT(about.f_blocks * about.f_frsize, 1 << 20);
    CHECK_INT(umount2("m", MNT_DETACH), 0);
}

TEST(mount_new_says_which_type_or_option_was_refused)
{
    struct error err = {};
    enter_namespace();
    int before = open_fds_count();
    CHECK_INT(mount_new("nosuchfs", NULL, 0, &err), -1);
    CHECK_CONTAINS(err.text, "nosuchfs");
    const struct mount_option options[] = {{"nosuchoption", "1"}, {NULL, NULL}};
    CHECK_INT(mount_new("tmpfs", options, 0, &err), -1);
    CHECK_CONTAINS(err.text, "nosuchoption");
    CHECK_INT(open_fds_count(), before);
}

TEST(mount_copies_are_read_only_through_and_through_when_asked)
{
    struct error err;
    enter_namespace();
    auto_close int mount = make_tmpfs("1m", 0);
    CHECK_OK(mount_attach(mount, AT_FDCWD, "m", &err), err);
    CHECK_INT(mkdir("m/below", 0755), 0);
    CHECK_INT(mkdir("copy", 0755), 0);
    auto_close int inner = make_tmpfs("1m", 0);
    CHECK_INT(mkdirat(inner, "deep", 0755), 0);
    CHECK_OK(mount_attach(inner, AT_FDCWD, "m/below", &err), err);
    auto_close int copy = mount_copy(AT_FDCWD, "m", true, MOUNT_READ_ONLY, &err);
    CHECK_OK(copy >= 0, err);
    CHECK_OK(mount_attach(copy, AT_FDCWD, "copy", &err), err);
    CHECK_INT(access("copy/below/deep", F_OK), 0);
    CHECK_INT(mkdir("copy/x", 0755), -1);
    CHECK_INT(errno, EROFS);
    CHECK_INT(mkdir("copy/below/x", 0755), -1);
    CHECK_INT(errno, EROFS);
    CHECK_INT(mkdir("m/below/x", 0755), 0); /* the original is as it was */
    CHECK_INT(umount2("copy", MNT_DETACH), 0);
    CHECK_INT(umount2("m", MNT_DETACH), 0);
}

TEST(mount_copies_without_submounts_show_the_bare_folder)
{
    struct error err;
    enter_namespace();
    auto_close int mount = make_tmpfs("1m", 0);
    CHECK_INT(mkdirat(mount, "hidden", 0755), 0);
    CHECK_OK(mount_attach(mount, AT_FDCWD, "m", &err), err);
    CHECK_INT(mkdir("copy", 0755), 0);
    auto_close int copy = mount_copy(AT_FDCWD, ".", false, MOUNT_READ_ONLY, &err);
    CHECK_OK(copy >= 0, err);
    CHECK_OK(mount_attach(copy, AT_FDCWD, "copy", &err), err);
    CHECK_INT(access("copy/m", F_OK), 0);
    CHECK_INT(access("copy/m/hidden", F_OK), -1);
    CHECK_INT(umount2("copy", MNT_DETACH), 0);
    CHECK_INT(umount2("m", MNT_DETACH), 0);
    CHECK_INT(mount_copy(AT_FDCWD, "nowhere", false, 0, &err), -1);
    CHECK_CONTAINS(err.text, "nowhere");
}

TEST(mount_attach_does_not_follow_a_link_at_the_end)
{
    struct error err = {};
    enter_namespace();
    CHECK_INT(symlink("m", "link"), 0);
    auto_close int mount = make_tmpfs("1m", 0);
    CHECK(!mount_attach(mount, AT_FDCWD, "link", &err));
    CHECK(!mount_attach(mount, AT_FDCWD, "nowhere", &err));
    CHECK_CONTAINS(err.text, "nowhere");
    CHECK_INT(mkdir("m/x", 0755), 0); /* nothing lies over it */
}

TEST(mount_enter_root_leaves_nothing_of_the_old_root)
{
    struct error err;
    enter_namespace();
    auto_close int root = make_tmpfs("1m", 0);
    CHECK_INT(mkdirat(root, "only", 0755), 0);
    leaks_check_now(); /* there is no /proc any more afterwards */
    CHECK_OK(mount_attach(root, AT_FDCWD, "m", &err), err);
    CHECK_OK(mount_enter_root(root, &err), err);
    CHECK_INT(access("/only", F_OK), 0);
    CHECK_INT(access("/etc", F_OK), -1);
    char here[64];
    CHECK_TEXT(getcwd(here, sizeof here), "/");
    CHECK_INT(chdir(".."), 0);
    CHECK_INT(access("only", F_OK), 0);
}

TEST(mount_idmap_shows_one_owner_as_another)
{
    struct error err;
    enter_namespace();
    auto_close int mount = make_tmpfs("1m", 0);
    CHECK_INT(mkdirat(mount, "x", 0755), 0);
    CHECK_INT(fchownat(mount, "x", 5, 6, 0), 0);
    int before = open_fds_count();
    auto_close int map = userns_make(&(struct userns_line){5, 2000000001, 1},
                                     &(struct userns_line){6, 2000000002, 1}, &err);
    CHECK_OK(map >= 0, err);
    CHECK_INT(fcntl(map, F_GETFD), FD_CLOEXEC);
    CHECK_INT(waitpid(-1, NULL, WNOHANG), -1); /* its helper is gone */
    CHECK_INT(errno, ECHILD);
    CHECK_INT(open_fds_count(), before + 1);
    if (!mount_set_idmap(mount, map, &err))
        test_skip("no mapped ids on a tmpfs: %s", err.text);
    CHECK_OK(mount_attach(mount, AT_FDCWD, "m", &err), err);
    struct stat about;
    CHECK_INT(stat("m/x", &about), 0);
    CHECK_INT(about.st_uid, 2000000001);
    CHECK_INT(about.st_gid, 2000000002);
    CHECK_INT(umount2("m", MNT_DETACH), 0);
}

/* A child in a fresh user namespace that waits to be mapped. */
static pid_t begin_child(int talk[2], int (*live)(void))
{
    CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, talk), 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char go;
        close(talk[0]);
        if (unshare(CLONE_NEWUSER) < 0)
            _exit(99);
        if (write(talk[1], "r", 1) != 1 || read(talk[1], &go, 1) != 1)
            _exit(98);
        _exit(live());
    }
    close(talk[1]);
    char ready;
    if (read(talk[0], &ready, 1) != 1)
        test_skip("no user namespace of its own here");
    return child;
}

static int end_child(int talk, pid_t child)
{
    int status;
    CHECK_INT(write(talk, "g", 1), 1);
    CHECK_INT(waitpid(child, &status, 0), child);
    close(talk);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int is_both_ids(void)
{
    return setresgid(1000, 1000, 1000) == 0 && setresuid(1000, 1000, 1000) == 0 &&
                   setresuid(7, 7, 7) < 0
               ? 0
               : 1;
}

TEST(userns_maps_give_exactly_the_ids_that_were_said)
{
    int talk[2];
    struct error err;
    test_need_root();
    pid_t child = begin_child(talk, is_both_ids);
    const struct userns_line lines[] = {{0, 2000000000, 1}, {1000, 2000000001, 1}};
    int before = open_fds_count();
    CHECK_OK(userns_write_maps(child, lines, lines, 2, false, &err), err);
    CHECK_INT(open_fds_count(), before);
    CHECK(!userns_write_maps(child, lines, lines, 2, false, &err)); /* once only */
    CHECK_INT(end_child(talk[0], child), 0);
}

static int cannot_set_groups(void)
{
    return setgroups(0, NULL) < 0 && errno == EPERM && geteuid() == 1000 ? 0 : 1;
}

TEST(userns_of_a_plain_user_is_one_id_without_setgroups)
{
    int talk[2];
    struct error err;
    struct userns_line uid = {1000, geteuid(), 1}, gid = {1000, getegid(), 1};
    pid_t child = begin_child(talk, cannot_set_groups);
    CHECK_OK(userns_write_maps(child, &uid, &gid, 1, true, &err), err);
    CHECK_INT(end_child(talk[0], child), 0);
}

TEST(userns_of_a_process_that_is_gone_is_an_error)
{
    struct error err = {};
    struct userns_line line = {0, 0, 1};
    CHECK(!userns_write_maps(0x3fffffff, &line, &line, 1, false, &err));
    CHECK_INT(err.number, ENOENT);
}
