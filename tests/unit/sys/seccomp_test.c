/* The filter for real: each test confines its own process, which the harness forked for it. */
#include "sys/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/test.h"
#include "tests/unit/sys/leaks.h"

static void confine(void)
{
    struct seccomp_program program;
    struct error err;
    seccomp_build(&program, SECCOMP_NATIVE, SECCOMP_STRICT);
    leaks_check_now();
    CHECK_INT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    CHECK_OK(seccomp_install(&program, NULL, &err), err);
}

/* Root would get another errno, or success, from the kernel itself. */
static const struct {
    const char *call;
    long arguments[3];
    int number;
} refusals[] = {
    {"mount", {0}, EPERM},
    {"umount2", {0}, EPERM},
    {"pivot_root", {0}, EPERM},
    {"fsopen", {0}, EPERM},
    {"open_tree", {0}, EPERM},
    {"mount_setattr", {0}, EPERM},
    {"statmount", {0}, EPERM},
    {"unshare", {CLONE_NEWUSER}, EPERM},
    {"unshare", {0}, EPERM},
    {"setns", {-1, 0}, EPERM},
    {"clone", {CLONE_NEWNS | SIGCHLD}, EPERM},
    {"chroot", {0}, EPERM},
    {"bpf", {-1}, EPERM},
    {"perf_event_open", {0}, EPERM},
    {"userfaultfd", {-1}, EPERM},
    {"keyctl", {0}, EPERM},
    {"add_key", {0}, EPERM},
    {"ptrace", {0}, EPERM},
    {"process_vm_readv", {0}, EPERM},
    {"pidfd_getfd", {-1}, EPERM},
    {"open_by_handle_at", {-1}, EPERM},
    {"fanotify_init", {0}, EPERM},
    {"init_module", {0}, EPERM},
    {"settimeofday", {0}, EPERM},
    {"vmsplice", {-1}, EPERM},
    {"get_mempolicy", {0}, EPERM},
    {"memfd_secret", {-1}, EPERM},
    {"memfd_create", {0, MFD_HUGETLB}, EPERM},
    {"pipe2", {0, O_EXCL}, ENOPKG},
    {"setsockopt", {-1, IPPROTO_TCP, 31 /* TCP_ULP */}, ENOPROTOOPT},
    {"setsockopt", {-1, IPPROTO_UDP, 100 /* UDP_ENCAP */}, ENOPROTOOPT},
    {"syslog", {10}, EPERM},
    {"clone3", {0}, ENOSYS},
    {"io_uring_setup", {0}, ENOSYS},
    {"io_setup", {0}, ENOSYS},
    {"socket", {AF_ALG, SOCK_SEQPACKET}, EAFNOSUPPORT},
    {"socket", {AF_NETLINK, SOCK_RAW}, EAFNOSUPPORT},
    {"socket", {AF_INET, SOCK_RAW, 1}, EPERM},
    {"socket", {AF_INET, SOCK_PACKET, 0x300}, EPERM},
    {"ioctl", {0, TIOCSTI}, EPERM},
    {"ioctl", {0, TIOCSTI + 0x100000000}, EPERM},
    {"setrlimit", {RLIMIT_CORE, 0}, EPERM},
    {"personality", {0x0400000}, EPERM},
    {"prctl", {PR_SET_MM, 0}, EPERM},
    {"prctl", {4000}, EINVAL},
    {"seccomp", {SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER}, EPERM},
};

TEST(a_box_is_refused_what_is_dangerous)
{
    confine();
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        const long *arguments = refusals[i].arguments;
        int number = seccomp_call_number(SECCOMP_NATIVE, refusals[i].call);
        CHECK(number >= 0);
        errno = 0;
        long result = syscall(number, arguments[0], arguments[1], arguments[2], 0, 0, 0);
        if (result != -1 || errno != refusals[i].number)
            fprintf(stderr, "%s: %ld, errno %d\n", refusals[i].call, result, errno);
        CHECK(result == -1 && errno == refusals[i].number);
    }
}

TEST(numbers_that_nobody_knows_are_not_implemented)
{
    confine();
    static const long numbers[] = {471, 500, 512, 547, 999, 100000, 0x3fffffff, -1};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        CHECK_INT(syscall(numbers[i], 0, 0, 0, 0, 0, 0), -1);
        CHECK_INT(errno, ENOSYS);
    }
}

TEST(device_files_cannot_be_made_but_fifos_can)
{
    CHECK_INT(chdir(test_folder()), 0);
    confine();
    CHECK_INT(mknod("device", S_IFCHR | 0600, 0), -1);
    CHECK_INT(errno, EPERM);
    CHECK_INT(mkfifo("fifo", 0600), 0);
    CHECK_INT(mknod("file", S_IFREG | 0600, 0), 0);
}

TEST(the_core_limit_can_be_read_but_not_changed)
{
    struct rlimit limit = {1, 1};
    confine();
    CHECK_INT(getrlimit(RLIMIT_CORE, &limit), 0);
    CHECK_INT(setrlimit(RLIMIT_CORE, &limit), -1);
    CHECK_INT(errno, EPERM);
    CHECK_INT(getrlimit(RLIMIT_NOFILE, &limit), 0);
    CHECK_INT(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST(ordinary_sockets_can_be_made)
{
    int pair[2];
    confine();
    CHECK(socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
    CHECK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0);
    CHECK(socket(AF_INET, SOCK_DGRAM, 17) >= 0);
    CHECK_INT(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    CHECK(getpid() > 0);
}

#ifdef __x86_64__

static int end_of(void (*act)(void))
{
    int status;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        act();
        _exit(0);
    }
    CHECK_INT(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void getpid_by_i386(void)
{
    long result = 20;
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
}

static void getpid_by_x32(void)
{
    syscall(0x40000000 | 39);
}

TEST(a_32_bit_or_x32_call_ends_the_process)
{
    CHECK_INT(end_of(getpid_by_i386), 0);
    confine();
    CHECK_INT(end_of(getpid_by_i386), SIGSYS);
    CHECK_INT(end_of(getpid_by_x32), SIGSYS);
}

#endif

TEST(without_no_new_privs_an_ordinary_user_cannot_install)
{
    test_need_root();
    struct seccomp_program program;
    struct error err;
    seccomp_build(&program, SECCOMP_NATIVE, SECCOMP_STRICT);
    CHECK_INT(setresuid(65534, 65534, 65534), 0);
    CHECK(!seccomp_install(&program, NULL, &err));
    CHECK_INT(err.number, EACCES);
    CHECK_CONTAINS(err.text, "install the system call filter");
}

TEST(reasons_tell_users_what_a_refused_call_does)
{
    struct seccomp_data call = {.nr = seccomp_call_number(SECCOMP_NATIVE, "mount"),
                                .arch = SECCOMP_NATIVE};
    struct seccomp_verdict verdict = seccomp_judge(SECCOMP_NATIVE, &call);
    CHECK_INT(verdict.answer, SECCOMP_REFUSED);
    CHECK_INT(verdict.number, EPERM);
    CHECK_TEXT(verdict.reason->key, "MOUNT");
    CHECK_CONTAINS(verdict.reason->words, "mounts");
    CHECK_CONTAINS(verdict.reason->change, "never");
    CHECK_TEXT(seccomp_call_name(SECCOMP_NATIVE, call.nr), "mount");
    CHECK(seccomp_call_name(SECCOMP_NATIVE, 999) == NULL);
    CHECK_INT(seccomp_call_number(SECCOMP_NATIVE, "no such call"), -1);
}

static void send_fd(int to, int fd)
{
    char control[CMSG_SPACE(sizeof fd)] = {0}, byte = 0;
    struct iovec piece = {&byte, 1};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    CHECK_INT(sendmsg(to, &message, 0), 1);
}

static int receive_fd(int from)
{
    int fd;
    char control[CMSG_SPACE(sizeof fd)] = {0}, byte;
    struct iovec piece = {&byte, 1};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    CHECK_INT(recvmsg(from, &message, MSG_CMSG_CLOEXEC), 1);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == NULL)
        return -1;
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return fd;
}

static _Noreturn void be_explained(int parent)
{
    struct seccomp_program program;
    struct error err;
    int listener = -1;
    seccomp_build(&program, SECCOMP_NATIVE, SECCOMP_EXPLAIN);
    CHECK_INT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    CHECK_OK(seccomp_install(&program, &listener, &err), err);
    CHECK((fcntl(listener, F_GETFD) & FD_CLOEXEC) != 0);
    send_fd(parent, listener);
    close(listener);
    CHECK(syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY) >= 0);
    CHECK_INT(syscall(SYS_mount, 0, 0, 0, 0, 0), -1);
    CHECK_INT(errno, EPERM);
    CHECK_INT(syscall(SYS_socket, AF_ALG, SOCK_SEQPACKET, 0), -1);
    CHECK_INT(errno, EAFNOSUPPORT);
    CHECK_INT(syscall(SYS_connect, -1, 0, 0), -1);
    CHECK_INT(errno, EBADF);
    _exit(0);
}

/* Answers one call as a listener should; returns its name. */
static const char *answer_one(int listener)
{
    struct seccomp_notif asked = {0};
    CHECK_INT(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked), 0);
    struct seccomp_verdict verdict = seccomp_judge(SECCOMP_NATIVE, &asked.data);
    CHECK(verdict.answer == SECCOMP_WATCHED || verdict.answer == SECCOMP_REFUSED);
    struct seccomp_notif_resp answer = {.id = asked.id, .error = -verdict.number};
    if (verdict.answer == SECCOMP_WATCHED)
        answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    CHECK_INT(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer), 0);
    return seccomp_call_name(SECCOMP_NATIVE, asked.data.nr);
}

TEST(an_explaining_filter_tells_its_listener_and_gives_the_same_answers)
{
    static const char *const expected[] = {"openat", "mount", "socket", "connect"};
    int pair[2], status;
    CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        be_explained(pair[1]);
    int listener = receive_fd(pair[0]);
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        CHECK_TEXT(answer_one(listener), expected[i]);
    CHECK_INT(waitpid(child, &status, 0), child);
    CHECK_INT(status, 0);
    struct pollfd ended = {.fd = listener};
    CHECK_INT(poll(&ended, 1, 1000), 1);
    CHECK((ended.revents & POLLHUP) != 0);
}
