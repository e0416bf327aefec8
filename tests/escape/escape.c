/*
 * escape --program FILE --probe FILE [--only PART] [--way NAME] [--parked-every N] [--slower N]
 * [-v] sends every attack every way; with N, the slow ways of parked runtimes get each N-th attack,
 *   beginning with another one each; --slower as for flows
 * escape --program FILE --probe FILE --faults FILE --controls [--disposable] [--only PART]
 *   shows that the attacks work without the layers that stop them; --faults is a test
 *   build (without it, --program is), --disposable says that this machine is thrown away afterwards
 *
 * --document FILE does both and writes what came of it; --documented FILE looks that no attack is
 * missing in there. The last line is `N passed, N failed, N skipped`.
 */
#include "tests/escape/escape.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/escape/controls.h"
#include "tests/escape/record.h"

struct tally {
    int passed, failed, skipped;
};

struct choice {
    const char *program, *faults, *probe, *only, *way, *document, *documented;
    bool verbose, controls, disposable;
    int parked_every, slower;
};

static _Noreturn void give_up(const char *what, const char *name)
{
    fprintf(stderr, "escape: %s %s: %s\n", what, name, strerror(errno));
    exit(2);
}

static char *full_path(const char *file)
{
    char *path = file != NULL ? realpath(file, NULL) : NULL;
    if (path == NULL)
        give_up("find", file != NULL ? file : "--program and --probe");
    return path;
}

/* A line of the table that says something impossible is a mistake of ours. */
static void check_tables(void)
{
    for (int i = 0; i < attack_count; i++)
        if (host_part_find(attacks[i].host) == NULL) {
            fprintf(stderr, "escape: %s: no host part %s\n", attacks[i].name, attacks[i].host);
            exit(2);
        }
    struct error err = {};
    if (!controls_check_tables(&err)) {
        fprintf(stderr, "escape: %s\n", err.text);
        exit(2);
    }
}

static void print_failure(const struct trial *trial, const struct error *err)
{
    printf("FAILED  %s, way %s: %s: %s\n", trial->attack->name, trial->way->name,
           err != NULL ? "trouble" : outcome_word(trial->outcome),
           err != NULL ? err->text : trial->detail);
}

static void count_one(struct tally *tally, const struct trial *trial, bool verbose)
{
    record_way(trial->attack, trial->outcome);
    if (trial->outcome == OUTCOME_ABSENT && attack_note(trial->attack) != NULL) {
        tally->skipped++;
        printf("skipped %s, way %s: %s (%s)\n", trial->attack->name, trial->way->name,
               trial->detail, attack_note(trial->attack));
        return;
    }
    bool held = trial->outcome == OUTCOME_HELD;
    tally->passed += held;
    tally->failed += !held;
    if (!held)
        print_failure(trial, NULL);
    else if (verbose)
        printf("held    %s, way %s: %s\n", trial->attack->name, trial->way->name, trial->detail);
}

/* A parked runtime serves one box, so each attack waits for one to be born. What it needs, or NULL.
 */
static const char *parked_program(const struct way *way)
{
    if (strcmp(way->warm, "java") == 0)
        return "javac";
    return strcmp(way->warm, "node") == 0 ? "node" : NULL;
}

static bool is_chosen(const struct choice *choice, const struct way *way, int attack)
{
    if (choice->only != NULL && strstr(attacks[attack].name, choice->only) == NULL)
        return false;
    return parked_program(way) == NULL || (attack + (way - ways)) % choice->parked_every == 0;
}

static void go_way(const struct outside *outside, const struct choice *choice,
                   const struct way *way, struct tally *tally)
{
    for (int i = 0; i < attack_count; i++) {
        struct trial trial;
        struct error err = {};
        if (!is_chosen(choice, way, i))
            continue;
        if (trial_play(outside, &attacks[i], way, &trial, &err)) {
            count_one(tally, &trial, choice->verbose);
        } else {
            tally->failed++;
            print_failure(&trial, &err);
        }
        fflush(stdout);
    }
}

static void go_all_ways(const struct outside *outside, const struct choice *choice,
                        struct tally *tally)
{
    bool root = geteuid() == 0;
    struct error err = {};
    for (int caller = root ? CALLER_ROOT : CALLER_PLAIN; caller <= CALLER_PLAIN; caller++)
        if (!trial_warm_up(outside, (enum caller)caller, &err) ||
            !trial_make_image(outside, (enum caller)caller, &err)) {
            printf("FAILED  the beginning: %s\n", err.text);
            tally->failed++;
            return;
        }
    for (int i = 0; i < way_count; i++) {
        if (choice->way != NULL && strcmp(ways[i].name, choice->way) != 0)
            continue;
        if (ways[i].caller == CALLER_ROOT && !root) {
            printf("skipped way %s: needs root\n", ways[i].name);
            tally->skipped++;
            continue;
        }
        const char *program = parked_program(&ways[i]);
        if (program != NULL && !trial_has_program(program)) {
            printf("skipped way %s: no %s here\n", ways[i].name, program);
            tally->skipped++;
            continue;
        }
        go_way(outside, choice, &ways[i], tally);
    }
}

static void control_all(const struct outside *outside, const struct choice *choice,
                        struct tally *tally)
{
    /* a test build given as the program is the only one that is here */
    const char *release = choice->faults != NULL ? outside->stage.program : NULL;
    auto_free char *faults =
        full_path(choice->faults != NULL ? choice->faults : outside->stage.program);
    struct outside tested = *outside;
    tested.stage.program = faults;
    struct outer_stage stage;
    struct control_tally controls = {};
    struct error err = {};
    if (geteuid() != 0) {
        printf("skipped controls: they need root, for the ids of the outer namespaces\n");
        controls.skipped++;
    } else if (outer_open(&stage, &tested, release, choice->disposable, &err)) {
        controls_play(&stage, choice->only, &controls);
        outer_close(&stage);
    } else {
        printf("FAILED  controls: %s\n", err.text);
        controls.failed++;
    }
    tally->passed += controls.passed;
    tally->failed += controls.failed;
    tally->skipped += controls.skipped;
}

static bool read_options(int argc, char **argv, struct choice *ret)
{
    static const struct option options[] = {{"program", required_argument, NULL, 'p'},
                                            {"probe", required_argument, NULL, 'b'},
                                            {"faults", required_argument, NULL, 'f'},
                                            {"only", required_argument, NULL, 'o'},
                                            {"way", required_argument, NULL, 'w'},
                                            {"controls", no_argument, NULL, 'c'},
                                            {"disposable", no_argument, NULL, 'd'},
                                            {"verbose", no_argument, NULL, 'v'},
                                            {"document", required_argument, NULL, 'D'},
                                            {"documented", required_argument, NULL, 'E'},
                                            {"parked-every", required_argument, NULL, 'P'},
                                            {"slower", required_argument, NULL, 'S'},
                                            {NULL, 0, NULL, 0}};

    const struct {
        int letter;
        const char **value;
        bool *flag;
    } places[] = {{'p', &ret->program, NULL},    {'b', &ret->probe, NULL},
                  {'f', &ret->faults, NULL},     {'o', &ret->only, NULL},
                  {'w', &ret->way, NULL},        {'D', &ret->document, NULL},
                  {'E', &ret->documented, NULL}, {'c', NULL, &ret->controls},
                  {'d', NULL, &ret->disposable}, {'v', NULL, &ret->verbose}};

    for (int option; (option = getopt_long(argc, argv, "v", options, NULL)) != -1;) {
        if (option == '?')
            return false;
        if (option == 'P')
            ret->parked_every = (int)strtol(optarg, NULL, 10);
        if (option == 'S')
            ret->slower = (int)strtol(optarg, NULL, 10);
        for (size_t i = 0; i < COUNT_OF(places); i++) {
            if (places[i].letter != option)
                continue;
            if (places[i].flag != NULL)
                *places[i].flag = true;
            else
                *places[i].value = optarg;
        }
    }
    return ret->program != NULL && ret->probe != NULL && ret->parked_every > 0 && ret->slower > 0 &&
           optind == argc;
}

static void look_at_document(const struct choice *choice, struct tally *tally)
{
    struct error err = {};
    bool ok = (choice->document == NULL || record_write(choice->document, &err)) &&
              (choice->documented == NULL || record_is_complete(choice->documented, &err));
    tally->passed += ok && choice->documented != NULL;
    tally->failed += !ok;
    if (!ok)
        printf("FAILED  %s\n", err.text);
}

/* Has a terminal of its own, so that a box which keeps its caller's session could reach one. */
static int live(const struct choice *choice)
{
    struct error err = {};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (!terminal_take(&err))
        give_up("take a terminal:", err.text);
    /* what a box must lower itself */
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_CORE, &limit);
    }
    auto_free char *program = full_path(choice->program);
    auto_free char *probe = full_path(choice->probe);
    char folder[] = "/tmp/testudo-escape-XXXXXX";
    if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0)
        give_up("make folder", folder);
    struct outside outside = {
        .stage = {.program = program, .folder = folder, .slower = choice->slower}, .probe = probe};
    struct tally tally = {};
    int64_t started = clock_now_ns();
    if (!choice->controls)
        go_all_ways(&outside, choice, &tally);
    if (choice->controls || choice->document != NULL)
        control_all(&outside, choice, &tally);
    look_at_document(choice, &tally);
    (void)folder_remove(folder, &err);
    printf("attacks took %.2f s\n", clock_ms(clock_now_ns() - started) / 1000);
    printf("%d passed, %d failed, %d skipped\n", tally.passed, tally.failed, tally.skipped);
    fflush(stdout);
    return tally.failed > 0 || tally.passed == 0;
}

int main(int argc, char **argv)
{
    struct choice choice = {.parked_every = 1, .slower = 1};
    if (!read_options(argc, argv, &choice)) {
        fprintf(stderr, "usage: see the head of tests/escape/escape.c\n");
        return 2;
    }
    check_tables();
    pid_t pid = fork();
    if (pid == 0)
        _exit(live(&choice));
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        give_up("start", "a session");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
