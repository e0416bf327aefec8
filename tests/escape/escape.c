/*
 * escape --program FILE --probe FILE [--only PART] [--way NAME]
 *
 * Sends every attack every way, and prints what was not held and the line
 * `N passed, N failed, N skipped`.
 */
#include "tests/escape/escape.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

struct tally {
    int passed, failed, skipped;
};

struct choice {
    const char *only, *way;
    bool verbose;
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
}

static void print_failure(const struct trial *trial, const struct error *err)
{
    printf("FAILED  %s, way %s: %s: %s\n", trial->attack->name, trial->way->name,
           err != NULL ? "trouble" : outcome_word(trial->outcome),
           err != NULL ? err->text : trial->detail);
}

static void count_one(struct tally *tally, const struct trial *trial, bool verbose)
{
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

static void go_way(const struct outside *outside, const struct choice *choice,
                   const struct way *way, struct tally *tally)
{
    for (int i = 0; i < attack_count; i++) {
        struct trial trial;
        struct error err = {};
        if (choice->only != NULL && strstr(attacks[i].name, choice->only) == NULL)
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
        go_way(outside, choice, &ways[i], tally);
    }
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"program", required_argument, NULL, 'p'}, {"probe", required_argument, NULL, 'b'},
        {"only", required_argument, NULL, 'o'},    {"way", required_argument, NULL, 'w'},
        {"verbose", no_argument, NULL, 'v'},       {NULL, 0, NULL, 0}};
    const char *program = NULL, *probe = NULL;
    struct choice choice = {};
    for (int option; (option = getopt_long(argc, argv, "v", options, NULL)) != -1;) {
        if (option == 'p')
            program = optarg;
        else if (option == 'b')
            probe = optarg;
        else if (option == 'o')
            choice.only = optarg;
        else if (option == 'w')
            choice.way = optarg;
        else if (option == 'v')
            choice.verbose = true;
        else
            return 2;
    }
    check_tables();
    auto_free char *program_path = full_path(program);
    auto_free char *probe_path = full_path(probe);
    char folder[] = "/tmp/testudo-escape-XXXXXX";
    if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0)
        give_up("make folder", folder);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    struct outside outside = {.stage = {program_path, NULL, folder}, .probe = probe_path};
    struct tally tally = {};
    int64_t started = clock_now_ns();
    go_all_ways(&outside, &choice, &tally);
    struct error ignored;
    (void)folder_remove(folder, &ignored);
    printf("attacks took %.2f s\n", clock_ms(clock_now_ns() - started) / 1000);
    printf("%d passed, %d failed, %d skipped\n", tally.passed, tally.failed, tally.skipped);
    return tally.failed > 0 || tally.passed == 0;
}
