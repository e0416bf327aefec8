/* Taking more than its share, as far as that can be seen from inside: what ends the whole box is
 * played by tests/flow/exhaustion.flow and tests/vm/greed.flow. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/escape/probe/probe.h"

enum {
    CHILDREN_TRIED = 700, /* every profile allows fewer */
    SHORT_LIVES = 2000,
    FILES_TRIED = 300000,
    MEGABYTES_TRIED = 1300,
    OBJECTS_TRIED = 1000,
};

static void end_children(const pid_t *children, int count)
{
    for (int i = 0; i < count; i++)
        kill(children[i], SIGKILL);
    for (int i = 0; i < count; i++)
        waitpid(children[i], NULL, 0);
}

PROBE(many_children)
{
    static pid_t children[CHILDREN_TRIED];
    int count = 0, refused = 0;
    for (; count < CHILDREN_TRIED && refused == 0; count += refused == 0) {
        children[count] = fork();
        if (children[count] == 0)
            for (;;)
                pause();
        refused = children[count] < 0 ? errno : 0;
    }
    end_children(children, count);
    if (refused == 0)
        got_through("%d children", count);
    if (refused != EAGAIN)
        untried("fork: %s", errno_word(refused));
    held("EAGAIN after %d children", count);
}

static int count_zombies(void)
{
    int zombies = 0;
    for (int pid = 1; pid < 32768; pid++) {
        char path[40], text[512];
        snprintf(path, sizeof path, "/proc/%d/stat", pid);
        if (read_text(path, text, sizeof text) <= 0)
            continue;
        const char *state = strrchr(text, ')');
        zombies += state != NULL && state[1] == ' ' && state[2] == 'Z';
    }
    return zombies;
}

/* Orphans are nobody's but init's. */
PROBE(short_lives)
{
    for (int i = 0; i < SHORT_LIVES; i++) {
        pid_t child = fork();
        if (child == 0) {
            (void)!fork();
            _exit(0);
        }
        if (child < 0)
            got_through("after %d lives there is no room for the next: %s", i, errno_word(errno));
        waitpid(child, NULL, 0);
    }
    usleep(50000);
    int zombies = count_zombies();
    if (zombies > 20)
        got_through("%d orphans are not reaped", zombies);
    held("%d children and as many orphans, %d of them left", SHORT_LIVES, zombies);
}

/* Let go of everything, deaf to every signal that can be refused. What is still there when the box
 * has ended is found by the runner. */
PROBE(daemon_stays)
{
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        untried("PR_SET_CHILD_SUBREAPER: %s", errno_word(errno));
    pid_t child = fork();
    if (child < 0)
        untried("fork: %s", errno_word(errno));
    if (child == 0) {
        setsid();
        for (int number = 1; number < 65; number++)
            signal(number, SIG_IGN);
        if (fork() == 0) {
            for (int fd = 0; fd < 64; fd++)
                close(fd);
            for (;;)
                sleep(1000);
        }
        _exit(0);
    }
    waitpid(child, NULL, 0);
    held("a daemon was left");
}

/* Who reads our output must not wait for the last one who could write to it. */
PROBE(output_is_kept_open)
{
    pid_t child = fork();
    if (child == 0)
        for (;;)
            sleep(1000);
    if (child < 0)
        untried("fork: %s", errno_word(errno));
    held("somebody else could write still");
}

PROBE(disk_is_filled)
{
    int fd = open("filled", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        fd = open("/tmp/filled", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        untried("make a file: %s", errno_word(errno));
    signal(SIGXFSZ, SIG_IGN);
    off_t megabytes = 0;
    while (megabytes < MEGABYTES_TRIED && fallocate(fd, 0, megabytes << 20, 1 << 20) == 0)
        megabytes++;
    int refused = errno;
    if (megabytes == MEGABYTES_TRIED)
        got_through("%d MiB", MEGABYTES_TRIED);
    if (ftruncate(fd, 0) < 0)
        untried("ftruncate: %s", errno_word(errno));
    if (refused != ENOSPC && refused != EFBIG)
        untried("fallocate: %s", errno_word(refused));
    held("%s after %ld MiB", errno_word(refused), (long)megabytes);
}

PROBE(files_without_number)
{
    const char *folder = mkdir("many", 0700) == 0 ? "many" : "/tmp/many";
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        untried("mkdir: %s", errno_word(errno));
    if (chdir(folder) < 0)
        untried("chdir: %s", errno_word(errno));
    for (int i = 0; i < FILES_TRIED; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0 && errno == ENOSPC)
            held("ENOSPC after %d files", i);
        if (fd < 0)
            untried("file %d: %s", i, errno_word(errno));
        close(fd);
    }
    got_through("%d files", FILES_TRIED);
}

/* What the kernel counts for each user must have an end that is not the host's. */
PROBE(objects_of_the_user)
{
    int watchers = 0, terminals = 0;
    while (watchers < OBJECTS_TRIED && inotify_init1(IN_CLOEXEC) >= 0)
        watchers++;
    while (terminals < OBJECTS_TRIED && open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC) >= 0)
        terminals++;
    if (watchers == 0 || terminals == 0)
        untried("%d watchers, %d terminals: %s", watchers, terminals, errno_word(errno));
    if (watchers == OBJECTS_TRIED || terminals == OBJECTS_TRIED)
        got_through("%d watchers, %d terminals", watchers, terminals);
    held("%d watchers, %d terminals", watchers, terminals);
}
