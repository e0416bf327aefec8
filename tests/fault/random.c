/*
 * Anybody killed at any time, untraced, while the machine is busy. What is checked is the same; who
 * was hit is not known, so each end that one of them may bring is right.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/fault/fault.h"

enum { FAMILY_MAX = 32, BUSY = 3, DELAY_US_MAX = 9000, SHOWN_MAX = 8 };

static pid_t parent_of(pid_t pid)
{
    char path[40], line[512] = "";
    int parent = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    bool read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    const char *after = strrchr(line, ')');
    return read && after != NULL && sscanf(after, ") %*c %d", &parent) == 1 ? parent : 0;
}

/* All below `root`, itself the first. */
static int find_family(pid_t root, pid_t family[FAMILY_MAX])
{
    int count = 0;
    family[count++] = root;
    DIR *proc = opendir("/proc");
    for (struct dirent *entry; proc != NULL && (entry = readdir(proc)) != NULL;) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10), up = pid;
        for (int depth = 0; up > 1 && up != root && depth < 8; depth++)
            up = parent_of(up);
        if (pid > 1 && up == root && pid != root && count < FAMILY_MAX)
            family[count++] = pid;
    }
    if (proc != NULL)
        closedir(proc);
    return count;
}

/* The guest may be hit, or the asker: their ends are right too. */
static bool check(const struct place *place, const struct kind *kind, struct outcome *outcome,
                  struct error *err)
{
    static const struct fault guest = {.way = &way_kill, .at = ROLE_PROGRAM};
    static const struct fault asker = {.way = &way_kill, .at = ROLE_ASKER};
    static const struct fault broker = {.way = &way_kill, .at = ROLE_BROKER};
    const struct fault *fault = WIFSIGNALED(outcome->status) ? &asker : &guest;
    return (check_answer(place, kind, fault, outcome, err) ||
            (kind->lines > 0 && check_answer(place, kind, &broker, outcome, err))) &&
           check_after(place, kind, err);
}

static bool play_one(const struct place *place, const struct kind *kind, bool *ret_struck,
                     struct error *err)
{
    struct started started;
    struct outcome outcome;
    pid_t family[FAMILY_MAX];
    outcome_init(&outcome);
    if (!run_prepare(place, kind, &(struct limits_wished){}, &started, err))
        return false;
    run_let_go(&started);
    usleep((useconds_t)(rand() % (DELAY_US_MAX * (kind->lines + 1))));
    int count = find_family(started.pid, family);
    pid_t victim = family[rand() % count];
    *ret_struck = kill(victim, SIGKILL) == 0;
    outcome.struck = *ret_struck;
    outcome.in_time = run_await(started.pid, &outcome.status);
    run_finish(&started, &outcome);
    bool ok = check(place, kind, &outcome, err);
    outcome_done(&outcome);
    return ok;
}

static void make_busy(pid_t busy[BUSY])
{
    pid_t us = getpid();
    for (int i = 0; i < BUSY; i++) {
        busy[i] = fork();
        if (busy[i] == 0) {
            volatile unsigned long spins = 0;
            while (getppid() == us)
                spins++;
            _exit(0);
        }
    }
}

static void make_idle(const pid_t busy[BUSY])
{
    for (int i = 0; i < BUSY; i++) {
        kill(busy[i], SIGKILL);
        waitpid(busy[i], NULL, 0);
    }
}

void random_play(struct place *place, int count, unsigned seed, struct tally *tally)
{
    static const char *const kinds[] = {"program", "script", "files out",   "explain",
                                        "json",    "batch",  "batch of two"};
    const char *name = "random kills while the machine is busy";
    pid_t busy[BUSY];
    int struck = 0, failures = 0;
    if (!tally_wants(tally, name))
        return;
    srand(seed);
    make_busy(busy);
    place->strangers = BUSY;
    for (int i = 0; i < count && failures < SHOWN_MAX; i++) {
        const struct kind *kind = kind_named(kinds[(size_t)rand() % COUNT_OF(kinds)]);
        struct error err = {};
        bool hit = false;
        if (!kind_is_possible(kind))
            continue;
        if (!play_one(place, kind, &hit, &err)) {
            printf("        number %d (%s run): %s\n", i, kind->name, err.text);
            place_accept(place);
            failures++;
        }
        struck += hit;
    }
    place->strangers = 0;
    make_idle(busy);
    tally->struck += struck;
    if (failures > 0 || struck == 0)
        tally_fail(tally, "%s: %d failures, seed %u", name, failures, seed);
    else
        tally_pass(tally, "%s: %d of %d struck, seed %u", name, struck, count, seed);
}
