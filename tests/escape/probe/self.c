/* What a box's process may see about itself: ids, rights, limits, what it was given. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "tests/escape/probe/probe.h"

/* The value of one line of /proc/self/status. */
static const char *status_line(const char *key)
{
    static char text[8192], value[128];
    if (read_text("/proc/self/status", text, sizeof text) <= 0)
        untried("/proc/self/status: %s", errno_word(errno));
    struct str line, rest = str_from(text);
    while (str_take_line(&rest, &line)) {
        if (!str_take_prefix(&line, key) || !str_take_prefix(&line, ":"))
            continue;
        line = str_trim(line);
        snprintf(value, sizeof value, "%.*s", (int)line.len, line.ptr);
        return value;
    }
    untried("/proc/self/status has no line %s", key);
}

static void must_be_zero(const char *key)
{
    const char *value = status_line(key);
    if (strspn(value, "0") != strlen(value))
        got_through("%s is %s", key, value);
}

/* A box that shares its users with the host maps many of them. */
PROBE(own_users)
{
    char text[4096];
    long inside, outside, count, total = 0;
    if (read_text("/proc/self/uid_map", text, sizeof text) <= 0)
        untried("/proc/self/uid_map: %s", errno_word(errno));
    struct str line, rest = str_from(text);
    while (str_take_line(&rest, &line)) {
        if (sscanf(line.ptr, "%ld %ld %ld", &inside, &outside, &count) != 3)
            untried("unreadable: %s", text);
        total += count;
    }
    if (total == 0)
        untried("nobody is mapped");
    if (total > 2)
        got_through("%ld users are mapped", total);
    held("%ld users are mapped", total);
}

/* EINVAL where the box has no root at all, as a plain user's. */
static void must_not_become(long result, const char *what)
{
    if (result < 0 && errno == EINVAL)
        errno = EPERM;
    must_be_refused(result, EPERM, what);
}

PROBE(become_root)
{
    if (getuid() == 0 || geteuid() == 0)
        got_through("we are root of the box");
    must_not_become(setuid(0), "setuid 0");
    must_not_become(setgid(0), "setgid 0");
    must_not_become(setresuid(0, 0, 0), "setresuid 0");
    must_not_become(setgroups(0, NULL), "setgroups");
    judge();
}

PROBE(no_capabilities)
{
    static const char *const sets[] = {"CapInh", "CapPrm", "CapEff", "CapAmb"};
    for (size_t i = 0; i < COUNT_OF(sets); i++)
        must_be_zero(sets[i]);
    held("all sets are empty");
}

PROBE(bounding_set)
{
    must_be_zero("CapBnd");
    held("it is empty");
}

PROBE(no_new_privs)
{
    if (strcmp(status_line("NoNewPrivs"), "1") != 0)
        got_through("NoNewPrivs is %s", status_line("NoNewPrivs"));
    must_be_refused(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), EINVAL, "taking it back");
    judge();
}

/* ---- limits --------------------------------------------------------------------------------- */

static void limit_is(int resource, rlim_t most)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) < 0)
        untried("getrlimit: %s", errno_word(errno));
    if (limit.rlim_cur > most || limit.rlim_max > most)
        got_through("it is %llu", (unsigned long long)limit.rlim_max);
    struct rlimit more = {most + 1, most + 1};
    must_be_refused(setrlimit(resource, &more), EPERM, "raising it");
    judge();
}

PROBE(limit_core)
{
    limit_is(RLIMIT_CORE, 1);
}

PROBE(limit_cpu)
{
    limit_is(RLIMIT_CPU, 1000);
}

PROBE(limit_fsize)
{
    limit_is(RLIMIT_FSIZE, (rlim_t)1 << 30);
}

PROBE(limit_nofile)
{
    limit_is(RLIMIT_NOFILE, 4096);
}

PROBE(limit_memlock)
{
    limit_is(RLIMIT_MEMLOCK, 64 << 10);
}

PROBE(limit_msgqueue)
{
    limit_is(RLIMIT_MSGQUEUE, 819200);
}

PROBE(limit_sigpending)
{
    limit_is(RLIMIT_SIGPENDING, 1024);
}

PROBE(limit_nproc)
{
    limit_is(RLIMIT_NPROC, 1000);
}

/* A dump would be written by the kernel, or by a handler of the host's that runs as root there. */
PROBE(core_dump)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        if (chdir("/work") < 0)
            _exit(9);
        raise(SIGSEGV);
        _exit(9);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status))
        untried("the child did not crash: %s", errno_word(errno));
    if (WCOREDUMP(status))
        got_through("a core was dumped");
    held("signal %d, no dump", WTERMSIG(status));
}

/* ---- what it was given ---------------------------------------------------------------------- */

PROBE(open_files)
{
    struct stat about;
    for (int fd = 3; fd < 20000; fd++) {
        if (fstat(fd, &about) < 0)
            continue;
        char link[40], path[256] = "";
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        (void)!readlink(link, path, sizeof path - 1);
        got_through("%d is open: %s", fd, path);
    }
    held("0, 1 and 2 alone");
}

/* From any open folder the way leads up to the root that it belongs to. */
PROBE(open_folders)
{
    const char *canary = fact("canary"), *secret = fact("secret");
    char path[700], text[128];
    for (int fd = 0; fd < 20000; fd++) {
        snprintf(path, sizeof path, "../../../../../../../../..%s", canary);
        int file = openat(fd, path, O_RDONLY | O_CLOEXEC);
        if (file < 0)
            continue;
        long length = read(file, text, sizeof text - 1);
        text[length > 0 ? length : 0] = '\0';
        if (strstr(text, secret) != NULL)
            got_through("%d leads to %s", fd, canary);
        close(file);
    }
    held("no open file leads out");
}

/* Over a socket files of ours would land in a process outside, or one of its in here. */
PROBE(open_sockets)
{
    int open = 0;
    for (int fd = 0; fd < 20000; fd++) {
        struct stat about;
        if (fstat(fd, &about) < 0)
            continue;
        open++;
        if (S_ISSOCK(about.st_mode))
            got_through("%d is a socket", fd);
    }
    if (open == 0)
        untried("nothing is open");
    held("%d files are open, none a socket", open);
}

PROBE(environment)
{
    extern char **environ;
    const char *secret = fact("secret");
    for (char **variable = environ; *variable != NULL; variable++)
        if (strstr(*variable, secret) != NULL)
            got_through("the caller's %s", *variable);
    held("nothing of the caller's");
}

PROBE(host_name)
{
    char name[256];
    if (gethostname(name, sizeof name) < 0)
        untried("gethostname: %s", errno_word(errno));
    if (strcmp(name, "box") != 0)
        got_through("it is %s", name);
    held("it is box");
}

/* Paths other than / tell where on the host we are. */
PROBE(control_groups)
{
    char text[4096];
    int lines = 0;
    if (read_text("/proc/self/cgroup", text, sizeof text) < 0)
        untried("/proc/self/cgroup: %s", errno_word(errno));
    struct str line, rest = str_from(text);
    while (str_take_line(&rest, &line)) {
        lines++;
        if (!str_ends(line, ":/"))
            got_through("%.*s", (int)line.len, line.ptr);
    }
    if (lines == 0)
        untried("/proc/self/cgroup is empty");
    held("%d trees, all at /", lines);
}
