/*
 * What is foretold, held against what the kernel then says: each attempt ends in the errno it names
 * and is told if and only if it names a path.
 */
#include "sandbox/explain.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "sys/loopback.h"
#include "tests/unit/sandbox/explain_guest.h"

#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) < 0) {                                                                          \
            fprintf(stderr, "%s: %s\n", #call, strerror(errno));                                   \
            _exit(99);                                                                             \
        }                                                                                          \
    } while (0)

#define HERE AT_FDCWD
#define OPEN(path, flags)                                                                          \
    SYS_openat,                                                                                    \
    {                                                                                              \
        HERE, PATH(path), flags, 0644                                                              \
    }

static void make_file(const char *path, mode_t mode, uint32_t owner)
{
    int file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    MUST(file);
    MUST(fchmod(file, mode));
    MUST(fchown(file, owner, owner));
    close(file);
}

static void make_folder(const char *path, mode_t mode, uint32_t owner)
{
    MUST(mkdir(path, 0700));
    MUST(chmod(path, mode));
    MUST(chown(path, owner, owner));
}

static void fill_open(void)
{
    uint32_t me = guest_id();
    char target[PATH_MAX];
    make_folder("open", 0755, me);
    make_file("open/file", 0644, me);
    MUST(mkfifo("open/fifo", 0600));
    MUST(chown("open/fifo", me, me));
    MUST(symlink("nowhere", "open/dangling"));
    MUST(symlink("loop", "open/loop"));
    snprintf(target, sizeof target, "%s/open/file", test_folder());
    MUST(symlink(target, "open/absolute"));
    MUST(lchown("open/loop", me, me));
    MUST(symlink("..", "open/up"));
}

static void prepare_plain(void)
{
    MUST(chmod(test_folder(), 0755));
    MUST(chdir(test_folder()));
    fill_open();
}

TEST(missing_files_are_foretold)
{
    struct open_how how = {.flags = O_RDONLY}, beneath = {.resolve = RESOLVE_BENEATH};
    const struct attempt list[] = {
        {OPEN("open/file", O_RDWR), 0, NULL},
        {OPEN("open/absolute", O_RDONLY), 0, NULL},
        {OPEN("open/up/open/up/open/file", O_RDONLY), 0, NULL},
        {OPEN("missing", O_RDONLY), ENOENT, "/missing"},
        {OPEN("open/file", O_RDONLY | O_CREAT), 0, NULL},
        {OPEN("open/new", O_WRONLY | O_CREAT), 0, NULL},
        {OPEN("open/new", O_WRONLY | O_CREAT | O_EXCL), EEXIST, NULL},
        {OPEN("missing/new", O_WRONLY | O_CREAT), ENOENT, "/missing/new"},
        {OPEN("missing", O_PATH), ENOENT, "/missing"},
        {OPEN("open/dangling", O_RDONLY), ENOENT, "/open/dangling"},
        {OPEN("open/dangling", O_RDONLY | O_NOFOLLOW), ELOOP, NULL},
        {OPEN("open/dangling", O_WRONLY | O_CREAT), 0, NULL},
        {OPEN("open/dangling", O_RDONLY), 0, NULL},
        {OPEN("open/loop", O_RDONLY), ELOOP, NULL},
        {OPEN("open/file/deeper", O_RDONLY), ENOTDIR, NULL},
        {OPEN("open/up/absent", O_RDONLY), ENOENT, "/open/up/absent"},
        {OPEN("open/../absent/", O_RDONLY), ENOENT, "/open/../absent/"},
        {OPEN("/nowhere/at/all", O_RDONLY), ENOENT, "/nowhere/at/all"},
        {OPEN("/../../nowhere", O_RDONLY), ENOENT, "/../../nowhere"},
        {OPEN("/", O_RDONLY), 0, NULL},
        {OPEN("", O_RDONLY), ENOENT, ""},
        {OPEN("open", O_RDWR), EISDIR, NULL},
        {OPEN("open/fifo", O_RDONLY | O_NONBLOCK), 0, NULL},
        {OPEN("/proc/self/status", O_RDONLY), 0, NULL},
        {OPEN("/proc/self/nothing", O_RDONLY), ENOENT, NULL},
        {SYS_openat, {-1, PATH("missing"), 0}, EBADF, NULL},
        {SYS_openat2, {HERE, PATH("missing"), PATH(&how), sizeof how}, ENOENT, "/missing"},
        {SYS_openat2, {HERE, PATH("absent"), PATH(&beneath), sizeof how}, ENOENT, NULL},
        {SYS_truncate, {PATH("missing"), 0}, ENOENT, "/missing"},
        {SYS_mkdirat, {HERE, PATH("missing/a"), 0755}, ENOENT, "/missing/a"},
        {SYS_mkdirat, {HERE, PATH("open/made/"), 0755}, 0, NULL},
        {SYS_unlinkat, {HERE, PATH("missing"), 0}, ENOENT, "/missing"},
        {SYS_renameat2, {HERE, PATH("open/x"), HERE, PATH("open/y")}, ENOENT, "/open/x"},
        {SYS_renameat2, {HERE, PATH("open/new"), HERE, PATH("no/y")}, ENOENT, "/no/y"},
        {SYS_renameat2, {HERE, PATH("open/new"), HERE, PATH("open/y")}, 0, NULL},
        {SYS_linkat, {HERE, PATH("open/x"), HERE, PATH("open/z")}, ENOENT, "/open/x"},
        {SYS_linkat, {HERE, PATH("open/y"), HERE, PATH("open/z"), 0}, 0, NULL},
        {SYS_symlinkat, {PATH("x"), HERE, PATH("no/s")}, ENOENT, "/no/s"},
        {SYS_fchmodat, {HERE, PATH("missing"), 0600}, ENOENT, "/missing"},
        {SYS_fchmodat, {HERE, PATH("open/y"), 0600}, 0, NULL},
        {SYS_fchownat, {HERE, PATH("missing"), -1, -1, 0}, ENOENT, "/missing"},
        {SYS_mknodat, {HERE, PATH("no/fifo"), S_IFIFO | 0600, 0}, ENOENT, "/no/fifo"},
        {SYS_execve, {PATH("./missing"), 0, 0}, ENOENT, "/missing"},
        {SYS_execve, {PATH("open/file"), 0, 0}, EACCES, "/open/file"},
        {SYS_execve, {PATH("open"), 0, 0}, EACCES, "/open"},
#ifdef SYS_open
        {SYS_open, {PATH("missing"), O_RDONLY}, ENOENT, "/missing"},
        {SYS_creat, {PATH("no/file"), 0644}, ENOENT, "/no/file"},
        {SYS_mkdir, {PATH("no/folder"), 0755}, ENOENT, "/no/folder"},
        {SYS_unlink, {PATH("absent"), 0}, ENOENT, "/absent"},
        {SYS_rename, {PATH("absent"), PATH("open/y")}, ENOENT, "/absent"},
        {SYS_lchown, {PATH("open/loop"), -1, guest_id()}, 0, NULL},
        {SYS_symlink, {PATH("x"), PATH("no/link")}, ENOENT, "/no/link"},
#endif
    };
    test_folder();
    check_attempts(prepare_plain, list, COUNT_OF(list));
}

TEST(paths_are_read_up_to_the_end_of_what_is_mapped)
{
    static char too_long[2000];
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, page * 3, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED);
    char *across = pages + page - 4, *last = pages + page * 2 - 8, *behind = pages + page * 2;
    CHECK_INT(mprotect(behind, page, PROT_NONE), 0);
    memcpy(across, "/absent", 8);
    memcpy(last, "/nobody", 8);
    for (size_t i = 0; i < sizeof too_long - 10; i += 2)
        memcpy(too_long + i, "./", 2);
    memcpy(too_long + sizeof too_long - 10, "none", 5);
    const struct attempt list[] = {
        {OPEN(across, O_RDONLY), ENOENT, "/absent"}, {OPEN(last, O_RDONLY), ENOENT, "/nobody"},
        {OPEN(last + 7, O_RDONLY), ENOENT, ""},      {OPEN(behind, O_RDONLY), EFAULT, NULL},
        {OPEN(NULL, O_RDONLY), EFAULT, NULL},        {OPEN((char *)-1, O_RDONLY), EFAULT, NULL},
        {OPEN(too_long, O_RDONLY), ENOENT, NULL},
    };
    test_folder();
    check_attempts(prepare_plain, list, COUNT_OF(list));
    munmap(pages, page * 3);
}

static void prepare_rights(void)
{
    prepare_plain();
    make_folder("closed", 0700, 0);
    make_file("closed/file", 0666, 0);
    make_folder("of_root", 0755, 0);
    make_file("of_root/file", 0644, 0);
    make_file("of_root/secret", 0600, 0);
    make_file("of_root/group", 0640, 0);
    MUST(chown("of_root/group", 0, GUEST_ID));
    make_file("of_root/mine_but_not_for_me", 0066, GUEST_ID);
    MUST(symlink("../closed/file", "open/into_closed"));
}

TEST(missing_rights_are_foretold)
{
    const struct attempt list[] = {
        {OPEN("closed/file", O_RDONLY), EACCES, "/closed/file"},
        {OPEN("closed/missing", O_RDONLY), EACCES, "/closed/missing"},
        {OPEN("open/into_closed", O_RDONLY), EACCES, "/open/into_closed"},
        {OPEN("closed", O_RDONLY), EACCES, "/closed"},
        {OPEN("closed", O_PATH), 0, NULL},
        {OPEN("of_root/file", O_RDONLY), 0, NULL},
        {OPEN("of_root/file", O_WRONLY), EACCES, "/of_root/file"},
        {OPEN("of_root/file", O_RDONLY | O_TRUNC), EACCES, "/of_root/file"},
        {OPEN("of_root/file", O_RDONLY | O_CREAT), 0, NULL},
        {OPEN("of_root/secret", O_RDONLY), EACCES, "/of_root/secret"},
        {OPEN("of_root/group", O_RDONLY), 0, NULL},
        {OPEN("of_root/group", O_RDWR), EACCES, "/of_root/group"},
        {OPEN("of_root/mine_but_not_for_me", O_RDONLY), EACCES, "/of_root/mine_but_not_for_me"},
        {OPEN("of_root/new", O_WRONLY | O_CREAT), EACCES, "/of_root/new"},
        {OPEN("of_root", O_TMPFILE | O_RDWR), EACCES, "/of_root"},
        {SYS_mkdirat, {HERE, PATH("of_root/a"), 0755}, EACCES, "/of_root/a"},
        {SYS_unlinkat, {HERE, PATH("of_root/file"), 0}, EACCES, "/of_root/file"},
        {SYS_unlinkat, {HERE, PATH("of_root/missing"), 0}, ENOENT, "/of_root/missing"},
        {SYS_renameat2, {HERE, PATH("open/file"), HERE, PATH("of_root/x")}, EACCES, "/of_root/x"},
        {SYS_renameat2,
         {HERE, PATH("of_root/file"), HERE, PATH("open/x")},
         EACCES,
         "/of_root/file"},
        {SYS_linkat, {HERE, PATH("open/file"), HERE, PATH("of_root/x")}, EACCES, "/of_root/x"},
        {SYS_symlinkat, {PATH("x"), HERE, PATH("of_root/s")}, EACCES, "/of_root/s"},
        {SYS_fchmodat, {HERE, PATH("of_root/file"), 0600}, EPERM, "/of_root/file"},
        {SYS_fchownat, {HERE, PATH("of_root/file"), 1000, 1000, 0}, EPERM, "/of_root/file"},
        {SYS_truncate, {PATH("of_root/file"), 0}, EACCES, "/of_root/file"},
        {SYS_execve, {PATH("of_root/file"), 0, 0}, EACCES, "/of_root/file"},
        {SYS_execve, {PATH("closed/file"), 0, 0}, EACCES, "/closed/file"},
    };
    test_need_root();
    test_folder();
    check_attempts(prepare_rights, list, COUNT_OF(list));
}

static void fill_mounted(void)
{
    make_file("ro/file", 0666, GUEST_ID);
    make_file("ro/of_root", 0644, 0);
    make_folder("ro/folder", 0755, GUEST_ID);
    make_folder("ro/lower", 0755, GUEST_ID);
    MUST(mknod("ro/fifo", S_IFIFO | 0666, 0));
    MUST(chmod("ro/fifo", 0666));
    make_file("noexec/program", 0755, GUEST_ID);
}

static void prepare_mounts(void)
{
    MUST(unshare(CLONE_NEWNS));
    MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
    prepare_plain();
    make_folder("ro", 0755, 0);
    make_folder("noexec", 0755, 0);
    make_folder("overlay", 0755, 0);
    make_folder("lower", 0755, 0);
    make_file("lower/of_root", 0644, 0);
    MUST(mount("none", "ro", "tmpfs", 0, "mode=777"));
    MUST(mount("none", "noexec", "tmpfs", MS_NOEXEC, NULL));
    fill_mounted();
    MUST(mount(NULL, "ro", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    MUST(mount("none", "overlay", "overlay", MS_RDONLY, "lowerdir=lower:open"));
}

TEST(read_only_and_noexec_places_are_foretold)
{
    const struct attempt list[] = {
        {OPEN("ro/file", O_RDONLY), 0, NULL},
        {OPEN("ro/file", O_RDONLY | O_CREAT), 0, NULL},
        {OPEN("ro/file", O_WRONLY), EROFS, "/ro/file"},
        {OPEN("ro/file", O_WRONLY | O_CREAT), EROFS, "/ro/file"},
        {OPEN("ro/file", O_RDONLY | O_TRUNC), EROFS, "/ro/file"},
        {OPEN("ro/new", O_WRONLY | O_CREAT), EROFS, "/ro/new"},
        {OPEN("ro/missing", O_WRONLY), ENOENT, "/ro/missing"},
        {OPEN("ro/fifo", O_RDWR | O_NONBLOCK), 0, NULL},
        {OPEN("ro/of_root", O_WRONLY), EACCES, "/ro/of_root"},
        {OPEN("overlay/of_root", O_WRONLY), EROFS, "/overlay/of_root"},
        {OPEN("overlay/of_root", O_RDONLY), 0, NULL},
        {OPEN("ro", O_TMPFILE | O_RDWR), EROFS, "/ro"},
        {SYS_mkdirat, {HERE, PATH("ro/new"), 0755}, EROFS, "/ro/new"},
        {SYS_mkdirat, {HERE, PATH("ro/folder"), 0755}, EEXIST, NULL},
        {SYS_mknodat, {HERE, PATH("ro/pipe"), S_IFIFO | 0600, 0}, EROFS, "/ro/pipe"},
        {SYS_unlinkat, {HERE, PATH("ro/file"), 0}, EROFS, "/ro/file"},
        {SYS_unlinkat, {HERE, PATH("ro/missing"), 0}, EROFS, "/ro/missing"},
        {SYS_renameat2, {HERE, PATH("ro/file"), HERE, PATH("ro/x")}, EROFS, "/ro/file"},
        {SYS_renameat2, {HERE, PATH("ro/file"), HERE, PATH("open/x")}, EXDEV, NULL},
        {SYS_linkat, {HERE, PATH("ro/file"), HERE, PATH("ro/x")}, EROFS, "/ro/x"},
        {SYS_symlinkat, {PATH("x"), HERE, PATH("ro/s")}, EROFS, "/ro/s"},
        {SYS_fchmodat, {HERE, PATH("ro/file"), 0600}, EROFS, "/ro/file"},
        {SYS_fchownat, {HERE, PATH("ro/of_root"), 1000, 1000, 0}, EROFS, "/ro/of_root"},
        {SYS_truncate, {PATH("ro/file"), 0}, EROFS, "/ro/file"},
        {SYS_execve, {PATH("noexec/program"), 0, 0}, EACCES, "/noexec/program"},
    };
    test_need_root();
    test_folder();
    check_attempts(prepare_mounts, list, COUNT_OF(list));
}

enum { FIRST_SOCKET = 100 };

static void put_socket(int at, int family, int type)
{
    int made = socket(family, type | SOCK_CLOEXEC, 0);
    MUST(made);
    MUST(dup3(made, at, O_CLOEXEC));
    close(made);
}

static void prepare_network(void)
{
    prepare_plain();
    MUST(unshare(CLONE_NEWNET));
    put_socket(FIRST_SOCKET, AF_INET, SOCK_STREAM);
    put_socket(FIRST_SOCKET + 1, AF_INET6, SOCK_STREAM);
}

static void prepare_loopback(void)
{
    struct error err;
    prepare_network();
    if (!loopback_up(&err))
        _exit(98);
    put_socket(FIRST_SOCKET + 2, AF_INET, SOCK_DGRAM);
    put_socket(FIRST_SOCKET + 3, AF_INET6, SOCK_DGRAM);
}

static struct sockaddr_in v4(const char *text, uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    CHECK_INT(inet_pton(AF_INET, text, &address.sin_addr), 1);
    return address;
}

static struct sockaddr_in6 v6(const char *text, uint16_t port)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    CHECK_INT(inet_pton(AF_INET6, text, &address.sin6_addr), 1);
    return address;
}

#define CALL(call, at, address)                                                                    \
    call,                                                                                          \
    {                                                                                              \
        FIRST_SOCKET + (at), PATH(&(address)), sizeof(address)                                     \
    }

TEST(addresses_are_foretold_where_there_is_no_network)
{
    struct sockaddr_in far = v4("10.1.2.3", 80), near = v4("127.0.0.1", 81);
    struct sockaddr_in low = v4("0.0.0.0", 82);
    struct sockaddr_in6 far6 = v6("2001:db8::1", 83), near6 = v6("::1", 84);
    struct sockaddr_in6 mapped = v6("::ffff:10.1.2.3", 85);
    const struct attempt list[] = {
        {CALL(SYS_connect, 0, far), ENETUNREACH, "10.1.2.3:80"},
        {CALL(SYS_connect, 0, near), ENETUNREACH, "127.0.0.1:81"},
        {CALL(SYS_bind, 0, low), EACCES, "0.0.0.0:82"},
        {CALL(SYS_connect, 1, far6), EADDRNOTAVAIL, "[2001:db8::1]:83"},
        {CALL(SYS_connect, 1, near6), EADDRNOTAVAIL, "[::1]:84"},
        {CALL(SYS_connect, 1, mapped), ENETUNREACH, "[::ffff:10.1.2.3]:85"},
        {SYS_connect, {FIRST_SOCKET, PATH(&far), 3}, EINVAL, NULL},
        {SYS_connect, {FIRST_SOCKET, 0, sizeof far}, EFAULT, NULL},
        {SYS_connect, {FIRST_SOCKET, PATH(&far), 5000}, EINVAL, NULL},
    };
    test_need_root();
    test_folder();
    check_attempts(prepare_network, list, COUNT_OF(list));
}

TEST(addresses_are_foretold_where_there_is_only_loopback)
{
    struct sockaddr_in far = v4("10.1.2.3", 80), near = v4("127.0.0.1", 81);
    struct sockaddr_in low = v4("127.0.0.1", 82), free_port = v4("127.0.0.1", 0);
    struct sockaddr_in foreign = v4("10.1.2.3", 8000);
    struct sockaddr_in6 far6 = v6("2001:db8::1", 83), near6 = v6("::1", 84);
    struct sockaddr_in6 foreign6 = v6("2001:db8::1", 8000);
    const struct attempt list[] = {
        {CALL(SYS_bind, 0, foreign), EADDRNOTAVAIL, "10.1.2.3:8000"},
        {CALL(SYS_bind, 0, low), EACCES, "127.0.0.1:82"},
        {CALL(SYS_bind, 0, free_port), 0, NULL},
        {CALL(SYS_bind, 1, foreign6), EADDRNOTAVAIL, "[2001:db8::1]:8000"},
        {CALL(SYS_connect, 0, near), ECONNREFUSED, NULL},
        {CALL(SYS_connect, 1, near6), ECONNREFUSED, NULL},
        {CALL(SYS_connect, 2, far), ENETUNREACH, "10.1.2.3:80"},
        {CALL(SYS_connect, 2, near), 0, NULL},
        {CALL(SYS_connect, 3, far6), ENETUNREACH, "[2001:db8::1]:83"},
    };
    test_need_root();
    test_folder();
    check_attempts(prepare_loopback, list, COUNT_OF(list));
}

static void prepare_local(void)
{
    prepare_plain();
    put_socket(FIRST_SOCKET, AF_UNIX, SOCK_STREAM);
    put_socket(FIRST_SOCKET + 1, AF_UNIX, SOCK_STREAM);
}

TEST(names_of_local_sockets_are_foretold)
{
    struct sockaddr_un missing = {AF_UNIX, "open/missing"}, no_folder = {AF_UNIX, "no/socket"};
    struct sockaddr_un abstract = {AF_UNIX, "\0nobody"}, here = {AF_UNIX, "open/socket"};
    struct sockaddr_un whole = {AF_UNIX, ""};
    memset(whole.sun_path, '/', sizeof whole.sun_path);
    memcpy(whole.sun_path + 1, "nowhere", 7);
    whole.sun_path[sizeof whole.sun_path - 1] = 'x';
    const struct attempt list[] = {
        {CALL(SYS_connect, 0, missing), ENOENT, "/open/missing"},
        {CALL(SYS_bind, 0, no_folder), ENOENT, "/no/socket"},
        {CALL(SYS_connect, 0, abstract), ECONNREFUSED, NULL},
        {CALL(SYS_bind, 0, here), 0, NULL},
        {CALL(SYS_connect, 1, here), ECONNREFUSED, NULL},
        {CALL(SYS_connect, 1, whole), ENOENT, "/x"},
    };
    test_folder();
    check_attempts(prepare_local, list, COUNT_OF(list));
}
