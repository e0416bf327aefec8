/* All that a guest can see. Nothing is left out here; what may differ is the runner's to say. */
#include "tests/hygiene/probe/probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

extern char **environ;

static const char *why(void)
{
    static char words[32];
    snprintf(words, sizeof words, "error %d", errno);
    return words;
}

/* Bytes that would break the line are shown as dots. */
static void say_line(const char *place, const char *text, size_t length)
{
    printf("%s: ", place);
    for (size_t i = 0; i < length; i++)
        putchar((unsigned char)text[i] >= ' ' && text[i] != 127 ? text[i] : '.');
    putchar('\n');
}

static void say_number(const char *place, long long number)
{
    printf("%s: %lld\n", place, number);
}

/* ---- texts of the kernel -------------------------------------------------------------------- */

static char text[1 << 20];

static void say_file(const char *path)
{
    size_t length = 0;
    ssize_t part = 0;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
    while (fd >= 0 && length < sizeof text &&
           (part = read(fd, text + length, sizeof text - length)) > 0)
        length += (size_t)part;
    if (fd < 0 || part < 0)
        printf("%s: [%s]\n", path, why());
    if (fd >= 0)
        close(fd);
    for (size_t at = 0; at < length;) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t line = end != NULL ? (size_t)(end - text) - at : length - at;
        say_line(path, text + at, line);
        at += line + 1;
    }
}

/* Answers nobody, or with what every process has for itself: addresses, pages. */
static bool is_not_read(const char *name)
{
    static const char *const names[] = {
        "kmsg",         "pagemap",   "mem",  "clear_refs", "maps",      "smaps",
        "smaps_rollup", "numa_maps", "auxv", "task",       "map_files", "fd",
        "fdinfo",       "net",       "ns",   "root",       "cwd"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static void say_tree_of_texts(const char *folder, int depth)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && !is_not_read(entries[i]->d_name)) {
            if (entries[i]->d_type == DT_DIR && depth > 0)
                say_tree_of_texts(path, depth - 1);
            else if (entries[i]->d_type == DT_REG)
                say_file(path);
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    else
        printf("%s: [%s]\n", folder, why());
}

/* ---- files ---------------------------------------------------------------------------------- */

static void say_entry(const char *path)
{
    struct stat at;
    char link[300] = "";
    if (lstat(path, &at) < 0) {
        printf("file %s: [%s]\n", path, why());
        return;
    }
    ssize_t length = S_ISLNK(at.st_mode) ? readlink(path, link, sizeof link - 1) : 0;
    link[length > 0 ? length : 0] = '\0';
    printf("file %s: %o %u:%u links %lu size %lld device %lx %s\n", path, at.st_mode, at.st_uid,
           at.st_gid, (unsigned long)at.st_nlink, (long long)at.st_size, (unsigned long)at.st_rdev,
           link);
    printf("times %s: %lld %lld %lld\n", path, (long long)at.st_atime, (long long)at.st_mtime,
           (long long)at.st_ctime);
}

static void say_files(const char *folder, int depth)
{
    struct dirent **entries;
    say_entry(folder);
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        bool is_parent =
            strcmp(entries[i]->d_name, ".") == 0 || strcmp(entries[i]->d_name, "..") == 0;
        if (!is_parent && entries[i]->d_type == DT_DIR && depth > 0)
            say_files(path, depth - 1);
        else if (!is_parent)
            say_entry(path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

static void say_rooms(void)
{
    static const char *const places[] = {"/",        "/usr",        "/etc",     "/dev",
                                         "/dev/shm", "/dev/mqueue", "/dev/pts", "/work",
                                         "/tmp",     "/in",         "/run",     "/proc"};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct statvfs room;
        if (statvfs(places[i], &room) == 0)
            printf("room %s: %lu of %lu blocks, %lu of %lu inodes, flags %lx\n", places[i],
                   (unsigned long)room.f_bfree, (unsigned long)room.f_blocks,
                   (unsigned long)room.f_ffree, (unsigned long)room.f_files, room.f_flag);
    }
}

static void say_all_files(void)
{
    say_files("/work", 9);
    say_files("/tmp", 9);
    say_files("/dev", 9);
    say_files("/in", 1);
    say_files("/run", 9);
    say_files("/var", 9);
    say_files("/proc/self/ns", 0);
    say_entry("/");
    say_rooms();
    for (int fd = 0; fd < 64; fd++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        if (fcntl(fd, F_GETFD) >= 0)
            say_entry(path);
    }
}

/* Held by somebody else, if not to be had. */
static void try_locks(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct flock whole = {.l_type = F_RDLCK};
    if (fd < 0)
        return;
    printf("flock %s: %s\n", path, flock(fd, LOCK_EX | LOCK_NB) == 0 ? "had" : why());
    printf("lock %s: %s\n", path, fcntl(fd, F_SETLK, &whole) == 0 ? "had" : why());
    printf("lease %s: %s\n", path, fcntl(fd, F_SETLEASE, F_RDLCK) == 0 ? "had" : why());
    close(fd);
}

/* ---- the process ---------------------------------------------------------------------------- */

static void say_limits(void)
{
    for (int i = 0; i < RLIM_NLIMITS; i++) {
        struct rlimit limit = {};
        getrlimit(i, &limit);
        printf("rlimit %d: %llu %llu\n", i, (unsigned long long)limit.rlim_cur,
               (unsigned long long)limit.rlim_max);
    }
}

static void say_signals(void)
{
    sigset_t set;
    for (int i = 1; i < NSIG; i++) {
        struct sigaction action = {};
        if (sigaction(i, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
            printf("signal %d: is not at its default\n", i);
    }
    sigprocmask(SIG_BLOCK, NULL, &set);
    for (int i = 1; i < NSIG; i++)
        if (sigismember(&set, i) == 1)
            printf("signal %d: blocked\n", i);
    sigpending(&set);
    for (int i = 1; i < NSIG; i++)
        if (sigismember(&set, i) == 1)
            printf("signal %d: pending\n", i);
}

static void say_prctl(void)
{
    static const struct {
        const char *name;
        int option;
    } simple[] = {
        {"dumpable", PR_GET_DUMPABLE},
        {"keepcaps", PR_GET_KEEPCAPS},
        {"timing", PR_GET_TIMING},
        {"seccomp", PR_GET_SECCOMP},
        {"securebits", PR_GET_SECUREBITS},
        {"timerslack", PR_GET_TIMERSLACK},
        {"no_new_privs", PR_GET_NO_NEW_PRIVS},
        {"thp_disable", PR_GET_THP_DISABLE},
        {"mce_kill", PR_MCE_KILL_GET},
        {"io_flusher", PR_GET_IO_FLUSHER},
        {"mdwe", 66 /* PR_GET_MDWE */},
    };

    for (size_t i = 0; i < COUNT_OF(simple); i++)
        printf("prctl %s: %d\n", simple[i].name, prctl(simple[i].option, 0, 0, 0, 0));
    int number = -1;
    prctl(PR_GET_CHILD_SUBREAPER, &number);
    say_number("prctl subreaper", number);
    prctl(PR_GET_PDEATHSIG, &number);
    say_number("prctl pdeathsig", number);
    prctl(PR_GET_TSC, &number);
    say_number("prctl tsc", number);
}

static void say_timers(void)
{
    for (int which = 0; which < 3; which++) {
        struct itimerval value = {};
        getitimer(which, &value);
        printf("itimer %d: %ld.%06ld\n", which, (long)value.it_value.tv_sec,
               (long)value.it_value.tv_usec);
    }
    int timer = -1;
    struct sigevent none = {.sigev_notify = SIGEV_NONE};
    long made = syscall(SYS_timer_create, CLOCK_MONOTONIC, &none, &timer);
    printf("timer: %ld number %d\n", made, timer);
}

static void say_scheduling(void)
{
    cpu_set_t set;
    struct sched_param param = {};
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof set, &set);
    sched_getparam(0, &param);
    printf("nice: %d, ioprio %ld, policy %d priority %d, processors %d\n",
           getpriority(PRIO_PROCESS, 0), syscall(SYS_ioprio_get, 1, 0), sched_getscheduler(0),
           param.sched_priority, CPU_COUNT(&set));
}

static void say_process(void)
{
    struct utsname name = {};
    char folder[300] = "";
    mode_t mask = umask(0);
    umask(mask);
    uname(&name);
    printf("ids: %d %d %d %d, pid %d of %d, group %d, session %d\n", getuid(), geteuid(), getgid(),
           getegid(), getpid(), getppid(), getpgrp(), getsid(0));
    printf("umask: %o\nfolder: %s\n", mask, getcwd(folder, sizeof folder));
    printf("personality: %lx\n", syscall(SYS_personality, 0xffffffffUL));
    printf("host: %s %s %s\n", name.nodename, name.domainname, name.release);
    for (char **entry = environ; *entry != NULL; entry++)
        say_line("env", *entry, strlen(*entry));
    struct dirent **entries;
    int count = scandir("/proc", &entries, NULL, alphasort);
    for (int i = 0; i < count; i++)
        say_line("proc", entries[i]->d_name, strlen(entries[i]->d_name));
}

/* ---- what is counted for a user, and what has a name ---------------------------------------- */

static void say_allowances(void)
{
    int count = 0, queues = 0, fds[600];
    while (count < 600 && (fds[count] = inotify_init1(IN_CLOEXEC)) >= 0)
        count++;
    say_number("inotify instances to be had", count);
    while (count > 0)
        close(fds[--count]);
    while (queues < 300) {
        char queue[32];
        snprintf(queue, sizeof queue, "/census-%d", queues);
        mqd_t made = mq_open(queue, O_RDWR | O_CREAT | O_EXCL, 0600, NULL);
        if (made == (mqd_t)-1)
            break;
        mq_close(made);
        queues++;
    }
    say_number("message queues to be had", queues);
    while (queues > 0) {
        char queue[32];
        snprintf(queue, sizeof queue, "/census-%d", --queues);
        mq_unlink(queue);
    }
    sigset_t queued; /* and never taken */
    sigemptyset(&queued);
    sigaddset(&queued, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &queued, NULL);
    while (count < 3000 && sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 1}) == 0)
        count++;
    say_number("signals that can be queued", count);
    for (count = 0; count < 600; count++) {
        fds[count] = memfd_create("x", MFD_CLOEXEC);
        if (fds[count] < 0)
            break;
    }
    say_number("files in memory to be had", count);
    while (count > 0)
        close(fds[--count]);
    void *locked = mmap(NULL, 1 << 22, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("4 MiB locked: %s\n", mlock(locked, 1 << 22) == 0 ? "had" : why());
    munmap(locked, 1 << 22);
}

static int pipe_room(void)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    int room = fcntl(ends[1], F_GETPIPE_SZ), larger = fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    close(ends[0]);
    close(ends[1]);
    return room + larger;
}

static void try_names(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0left-behind"};
    int local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    printf("abstract name: %s\n",
           bind(local, (struct sockaddr *)&name, sizeof name) == 0 ? "had" : why());
    int types[] = {SOCK_STREAM, SOCK_DGRAM};
    for (size_t i = 0; i < 2; i++) {
        struct sockaddr_in port = {.sin_family = AF_INET, .sin_port = htons(7777)};
        int fd = socket(AF_INET, types[i] | SOCK_CLOEXEC, 0);
        bool bound = fd >= 0 && bind(fd, (struct sockaddr *)&port, sizeof port) == 0;
        printf("port 7777 of type %d: %s\n", types[i], bound ? "had" : why());
    }
    say_number("room of a pipe", pipe_room());
}

/* The kernel promises zeros; somebody else's bytes would be a disaster. */
static void look_at_fresh_memory(void)
{
    enum { BYTES = 24 << 20 };

    const unsigned char *fresh = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    long other = 0;
    for (size_t i = 0; fresh != MAP_FAILED && i < BYTES; i++)
        other += fresh[i] != 0;
    say_number("bytes of fresh memory that are not zero", fresh == MAP_FAILED ? -1 : other);
    unsigned char page[4096];
    int fd = open("/dev/shm/census", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool grown =
        fd >= 0 && ftruncate(fd, sizeof page) == 0 && read(fd, page, sizeof page) == sizeof page;
    for (size_t i = other = 0; grown && i < sizeof page; i++)
        other += page[i] != 0;
    say_number("bytes of a fresh file that are not zero", grown ? other : -1);
    unlink("/dev/shm/census");
    close(fd);
}

static void say_keys(void)
{
    static const int rings[] = {-1, -2, -3, -4, -5};
    for (size_t i = 0; i < COUNT_OF(rings); i++) {
        char words[300] = "";
        long length = syscall(SYS_keyctl, 6 /* KEYCTL_DESCRIBE */, rings[i], words, sizeof words);
        printf("keyring %d: %ld %s %s\n", rings[i], length, words, length < 0 ? why() : "");
    }
}

void say_slot(void)
{
    static const char *const names[] = {"user", "net", "uts"};
    struct stat at = {};
    printf("slot:");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
        if (stat(path, &at) == 0)
            printf(" %lu", (unsigned long)at.st_ino);
    }
    if (stat("/dev", &at) == 0)
        printf(" %lld.%09ld", (long long)at.st_ctim.tv_sec, at.st_ctim.tv_nsec);
    printf("\n");
}

void census(void)
{
    static const char *const locked[] = {"/",
                                         "/usr",
                                         "/usr/bin/env",
                                         "/etc",
                                         "/etc/passwd",
                                         "/etc/ld.so.cache",
                                         "/dev/null",
                                         "/dev/zero",
                                         "/dev",
                                         "/work",
                                         "/tmp",
                                         "/in",
                                         "/proc",
                                         "/proc/self/ns/net",
                                         "/proc/self/ns/user",
                                         "/proc/self/ns/uts"};
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    say_slot();
    say_process();
    say_signals();
    say_all_files();
    say_limits();
    say_prctl();
    say_timers();
    say_scheduling();
    say_tree_of_texts("/proc/self", 1);
    say_tree_of_texts("/proc/1", 0);
    say_tree_of_texts("/proc/self/net", 3);
    say_tree_of_texts("/proc/sys", 9);
    say_tree_of_texts("/proc/sysvipc", 0);
    say_file("/proc/filesystems");
    say_file("/proc/version");
    for (size_t i = 0; i < COUNT_OF(locked); i++)
        try_locks(locked[i]);
    say_keys();
    try_names();
    say_allowances();
    look_at_fresh_memory();
    printf("census: complete\n");
}
