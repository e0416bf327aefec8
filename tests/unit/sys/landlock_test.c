/* Each test restricts its own process, which the harness forked for it. */
#include "sys/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/test.h"
#include "tests/unit/sys/leaks.h"

static int need_abi(int wanted)
{
    int abi = landlock_abi();
    if (abi < wanted)
        test_skip("this kernel's Landlock ABI is %d, the test needs %d", abi, wanted);
    return abi;
}

/* readable/ with a file and a program, writable/, secret/ with a file. */
static void make_folders(void)
{
    CHECK_INT(chdir(test_folder()), 0);
    static const char *const folders[] = {"readable", "writable", "secret"};
    for (size_t i = 0; i < COUNT_OF(folders); i++)
        CHECK_INT(mkdir(folders[i], 0700), 0);
    close(open("readable/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    close(open("secret/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

static int restrict_to(const struct landlock_rule *rules, size_t count)
{
    struct error err;
    int abi = -1;
    leaks_check_now();
    CHECK_INT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    CHECK_OK(landlock_restrict(rules, count, &abi, &err), err);
    return abi;
}

static void restrict_folders(void)
{
    make_folders();
    struct landlock_rule rules[] = {
        {open("readable", O_PATH | O_CLOEXEC), LANDLOCK_READ},
        {open("writable", O_PATH | O_CLOEXEC), LANDLOCK_WRITE},
    };
    CHECK_INT(restrict_to(rules, COUNT_OF(rules)), landlock_abi());
}

static int open_error(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

TEST(only_named_folders_can_be_opened)
{
    need_abi(1);
    restrict_folders();
    CHECK_INT(open_error("readable/file", O_RDONLY), 0);
    CHECK_INT(open_error("readable", O_RDONLY | O_DIRECTORY), 0);
    CHECK_INT(open_error("writable/new", O_CREAT | O_WRONLY), 0);
    CHECK_INT(open_error("secret/file", O_RDONLY), EACCES);
    CHECK_INT(open_error("secret", O_RDONLY | O_DIRECTORY), EACCES);
    CHECK_INT(open_error("/etc/passwd", O_RDONLY), EACCES);
}

TEST(what_may_be_read_cannot_be_changed)
{
    need_abi(1);
    restrict_folders();
    CHECK_INT(open_error("readable/file", O_WRONLY), EACCES);
    CHECK_INT(open_error("readable/new", O_CREAT | O_WRONLY), EACCES);
    CHECK_INT(unlink("readable/file"), -1);
    CHECK_INT(errno, EACCES);
    CHECK_INT(mkdir("readable/folder", 0700), -1);
    CHECK_INT(errno, EACCES);
    CHECK_INT(symlink("x", "readable/link"), -1);
    CHECK_INT(errno, EACCES);
}

TEST(writable_folders_allow_renames_across_folders)
{
    need_abi(2);
    restrict_folders();
    CHECK_INT(mkdir("writable/a", 0700), 0);
    CHECK_INT(mkdir("writable/b", 0700), 0);
    CHECK_INT(open_error("writable/a/file", O_CREAT | O_WRONLY), 0);
    CHECK_INT(rename("writable/a/file", "writable/b/file"), 0);
    CHECK_INT(rename("writable/b/file", "secret/stolen"), -1);
}

TEST(truncation_needs_the_right_to_write)
{
    need_abi(3);
    restrict_folders();
    CHECK_INT(truncate("readable/file", 0), -1);
    CHECK_INT(errno, EACCES);
    CHECK_INT(truncate("secret/file", 0), -1);
    CHECK_INT(open_error("writable/new", O_CREAT | O_WRONLY | O_TRUNC), 0);
    CHECK_INT(truncate("writable/new", 10), 0);
}

TEST(single_files_can_be_named)
{
    need_abi(5);
    make_folders();
    struct landlock_rule rules[] = {
        {open("secret/file", O_PATH | O_CLOEXEC), LANDLOCK_READ},
        {open("/dev/null", O_PATH | O_CLOEXEC), LANDLOCK_WRITE},
        {open("/dev/zero", O_PATH | O_CLOEXEC), LANDLOCK_READ},
    };
    restrict_to(rules, COUNT_OF(rules));
    CHECK_INT(open_error("secret/file", O_RDONLY), 0);
    CHECK_INT(open_error("secret/file", O_RDWR), EACCES);
    CHECK_INT(open_error("readable/file", O_RDONLY), EACCES);
    CHECK_INT(open_error("/dev/null", O_RDWR), 0);
    CHECK_INT(open_error("/dev/full", O_RDONLY), EACCES);
    int bytes, zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    CHECK_INT(ioctl(zero, TIOCGPTN, &bytes), -1); /* ENOTTY, were it let through */
    CHECK_INT(errno, EACCES);
}

TEST(programs_run_from_readable_folders_only)
{
    need_abi(1);
    make_folders();
    struct landlock_rule root = {open("/", O_PATH | O_CLOEXEC), LANDLOCK_READ};
    restrict_to(&root, 1);
    int status;
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/true", "true", NULL);
        _exit(127);
    }
    CHECK_INT(waitpid(child, &status, 0), child);
    CHECK_INT(status, 0);
    CHECK_INT(open_error("writable/new", O_CREAT | O_WRONLY), EACCES);
}

TEST(without_rules_nothing_can_be_opened_or_run)
{
    need_abi(1);
    restrict_to(NULL, 0);
    CHECK_INT(open_error("/", O_RDONLY | O_DIRECTORY), EACCES);
    execl("/bin/true", "true", NULL);
    CHECK_INT(errno, EACCES);
}

TEST(signals_stay_inside)
{
    need_abi(6);
    restrict_to(NULL, 0);
    CHECK_INT(kill(getppid(), 0), -1);
    CHECK_INT(errno, EPERM);
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    CHECK_INT(kill(child, SIGKILL), 0);
    CHECK_INT(waitpid(child, NULL, 0), child);
}

TEST(abstract_sockets_of_others_cannot_be_reached)
{
    need_abi(6);
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    socklen_t length =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
                    (size_t)snprintf(name.sun_path + 1, 60, "landlock-test-%d", getpid()));
    int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK_INT(bind(server, (struct sockaddr *)&name, length), 0);
    CHECK_INT(listen(server, 4), 0);
    int before = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK_INT(connect(before, (struct sockaddr *)&name, length), 0);
    restrict_to(NULL, 0);
    int after = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK_INT(connect(after, (struct sockaddr *)&name, length), -1);
    CHECK_INT(errno, EPERM);
}

TEST(without_no_new_privs_an_ordinary_user_cannot_restrict)
{
    need_abi(1);
    test_need_root();
    struct error err;
    int abi = -1;
    CHECK_INT(setresuid(65534, 65534, 65534), 0);
    CHECK(!landlock_restrict(NULL, 0, &abi, &err));
    CHECK_INT(err.number, EPERM);
    CHECK_INT(abi, -1);
}

TEST(a_rule_with_a_bad_fd_is_an_error)
{
    need_abi(1);
    struct error err;
    int abi = -1;
    struct landlock_rule rule = {-1, LANDLOCK_READ};
    CHECK_INT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    CHECK(!landlock_restrict(&rule, 1, &abi, &err));
    CHECK_INT(err.number, EBADF);
    CHECK_CONTAINS(err.text, "Landlock");
    CHECK_INT(open_error("/", O_RDONLY | O_DIRECTORY), 0);
}
