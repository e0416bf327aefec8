/*
 * The driver: faults --program FILE [--long] [--only PART] [--random COUNT] [--seed N].
 * fault.h says how it works.
 */
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/fault/fault.h"
#include "tests/fault/groups.h"

enum { PLAIN_USER = 65533 };

struct wishes {
    const char *program, *only;
    bool long_form, verbose;
    int random;
    unsigned seed;
};

/* ---- the tally ------------------------------------------------------------------------------ */

bool tally_wants(const struct tally *tally, const char *name)
{
    return strstr(name, tally->only) != NULL;
}

__attribute__((format(printf, 2, 0))) static void say(const char *word, const char *format,
                                                      va_list arguments)
{
    printf("%-7s ", word);
    vprintf(format, arguments);
    printf("\n");
}

#define DEFINE_TALLY(name, counter, word)                                                          \
    void name(struct tally *tally, const char *format, ...)                                        \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        say(word, format, arguments);                                                              \
        va_end(arguments);                                                                         \
        tally->counter++;                                                                          \
    }

DEFINE_TALLY(tally_pass, passed, "ok")
DEFINE_TALLY(tally_fail, failed, "FAILED")
DEFINE_TALLY(tally_skip, skipped, "skipped")

/* ---- the whole ------------------------------------------------------------------------------ */

static bool read_wishes(int argc, char **argv, struct wishes *ret_wishes)
{
    static const struct option options[] = {{"program", required_argument, NULL, 'p'},
                                            {"long", no_argument, NULL, 'l'},
                                            {"verbose", no_argument, NULL, 'v'},
                                            {"only", required_argument, NULL, 'o'},
                                            {"random", required_argument, NULL, 'r'},
                                            {"seed", required_argument, NULL, 's'},
                                            {NULL, 0, NULL, 0}};
    struct wishes wishes = {.only = "", .random = 40, .seed = (unsigned)time(NULL)};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'p')
            wishes.program = optarg;
        else if (option == 'l')
            wishes.long_form = true, wishes.random = 300;
        else if (option == 'v')
            wishes.verbose = true;
        else if (option == 'o')
            wishes.only = optarg;
        else if (option == 'r')
            wishes.random = (int)strtol(optarg, NULL, 10);
        else if (option == 's')
            wishes.seed = (unsigned)strtoul(optarg, NULL, 10);
        else
            return false;
    }
    *ret_wishes = wishes;
    return wishes.program != NULL && optind == argc;
}

static _Noreturn void give_up(const struct error *err)
{
    fprintf(stderr, "faults: %s\n", err->text);
    exit(2);
}

/* Our mounts are our own: a full disk or a read-only control group is nobody else's. */
static void part_from_host(void)
{
    struct error err;
    if (geteuid() != 0)
        return;
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
        error_sys(&err, "make a mount namespace");
        give_up(&err);
    }
}

static void play(const struct wishes *wishes, const char *folder, struct tally *tally)
{
    struct place root = {}, plain = {};
    struct error err;
    uid_t self = geteuid();
    if (!place_make(&root, wishes->program, folder, self, &err))
        give_up(&err);
    if (self == 0 && !place_make(&plain, wishes->program, folder, PLAIN_USER, &err))
        tally_skip(tally, "as a plain user: %s", err.text);
    groups_find();
    struct place *other = plain.folder != NULL ? &plain : NULL;
    printf("seed %u\n", wishes->seed);
    series_play_all(&root, other, tally);
    scarce_play_all(&root, other, tally);
    random_play(&root, wishes->random, wishes->seed, tally);
    place_done(&root);
    place_done(&plain);
}

int main(int argc, char **argv)
{
    struct wishes wishes;
    if (!read_wishes(argc, argv, &wishes)) {
        fprintf(stderr, "usage: %s --program FILE [--long] [--only PART] [--random N] [--seed N]\n",
                argv[0]);
        return 2;
    }
    char folder[] = "/tmp/testudo-faults-XXXXXX";
    struct tally tally = {
        .only = wishes.only, .long_form = wishes.long_form, .verbose = wishes.verbose};
    char *program = realpath(wishes.program, NULL);
    if (program == NULL || mkdtemp(folder) == NULL || chmod(folder, 0755) != 0) {
        perror("faults");
        return 2;
    }
    wishes.program = program;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    part_from_host();
    int64_t begun = clock_now_ns();
    play(&wishes, folder, &tally);
    rmdir(folder);
    free(program);
    printf("%d faults struck, in %.1f s\n", tally.struck, clock_ms(clock_now_ns() - begun) / 1000);
    printf("%d passed, %d failed, %d skipped\n", tally.passed, tally.failed, tally.skipped);
    return tally.failed > 0 || tally.passed == 0;
}
