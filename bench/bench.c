/*
 * bench: us against the bare command and against other sandboxes, in one interleaved run. README.md
 * beside this file says what is measured and how to read it.
 *
 * Exit status: 0; 1 if a run of ours was bad, or we could not be measured as who started the bench,
 * or (--strict) a bar was missed; 2 for wrong usage; 3 if the bench itself failed; 130 after an
 * interrupt.
 */
#include "bench/bench.h"

#include <fcntl.h>
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "bench/bars.h"
#include "bench/contestants.h"
#include "bench/place.h"
#include "bench/report.h"
#include "bench/series.h"
#include "sys/fd.h"

enum { ARENA_MAX = 4 << 20, REPORT_MAX = 1 << 20, PLAIN_UID = 65534, ROUNDS_MAX = 10000 };

enum { ROUNDS = 45, ROUNDS_QUICK = 10, WARM_UP = 3, WARM_UP_QUICK = 1 };

static volatile int stop;

static const char usage[] =
    "usage: bench --us 'WORDS' [--script 'WORDS'] [OPTION...]\n"
    "  --us WORDS      how our sandbox is called for a command: 'build/gcc/testudo run --'\n"
    "  --script WORDS  how it is called for a file: 'build/gcc/testudo run'\n"
    "  --plain WORDS, --plain-script WORDS\n"
    "                  the same for the row of a plain user, if they differ\n"
    "  --rounds N      measured rounds (45); each has all contestants, workloads and gaps\n"
    "  --quick         10 rounds\n"
    "  --only NAMES    only these contestants: 'bare,testudo,bwrap'\n"
    "  --json FILE     the figures as JSON, too\n"
    "  --strict        a missed bar is a failure\n";

struct options {
    int json; /* an fd or -1 */
    bool is_strict;
};

static void on_signal(int number)
{
    stop = number;
}

/* "build/gcc/testudo run --" as words; the program by its full path, as we go elsewhere. */
static bool read_words(struct bench *bench, const char *text, struct line *ret_line,
                       struct error *err)
{
    struct line line = {};
    struct str rest = str_from(text);
    for (struct str word; str_take_until(&rest, ' ', &word);)
        if (word.len > 0 && line.count < 16)
            line_add(&line, arena_string(&bench->arena, word));
    if (line.count == 0)
        return error_set(err, ERROR_USAGE, "'%s' holds no word", text);
    char *full = realpath(line.words[0], NULL);
    if (full != NULL)
        line.words[0] = arena_string(&bench->arena, str_from(full));
    free(full);
    *ret_line = line;
    return true;
}

static bool read_rounds(struct bench *bench, const char *text, struct error *err)
{
    int64_t rounds;
    if (!text_read_count(str_from(text), &rounds) || rounds < 1 || rounds > ROUNDS_MAX)
        return error_set(err, ERROR_USAGE, "--rounds must be a number from 1 to %d", ROUNDS_MAX);
    bench->rounds = (size_t)rounds;
    return true;
}

static bool read_option(struct bench *bench, struct options *options, int letter, struct error *err)
{
    switch (letter) {
    case 'u':
        return read_words(bench, optarg, &bench->us, err);
    case 's':
        return read_words(bench, optarg, &bench->us_script, err);
    case 'p':
        return read_words(bench, optarg, &bench->plain, err);
    case 'P':
        return read_words(bench, optarg, &bench->plain_script, err);
    case 'r':
        return read_rounds(bench, optarg, err);
    case 'q':
        bench->rounds = ROUNDS_QUICK;
        bench->warm_up = WARM_UP_QUICK;
        return true;
    case 'o':
        bench->only = optarg;
        return true;
    case 'j':
        fd_replace(&options->json,
                   fd_open(AT_FDCWD, optarg, O_WRONLY | O_CREAT | O_TRUNC, 0644, err));
        return options->json >= 0;
    case 'S':
        options->is_strict = true;
        return true;
    default:
        return error_set(err, ERROR_USAGE, "see above");
    }
}

static bool read_options(struct bench *bench, struct options *options, int argc, char **argv,
                         struct error *err)
{
    static const struct option table[] = {
        {"us", required_argument, NULL, 'u'},     {"script", required_argument, NULL, 's'},
        {"plain", required_argument, NULL, 'p'},  {"plain-script", required_argument, NULL, 'P'},
        {"rounds", required_argument, NULL, 'r'}, {"quick", no_argument, NULL, 'q'},
        {"only", required_argument, NULL, 'o'},   {"json", required_argument, NULL, 'j'},
        {"strict", no_argument, NULL, 'S'},       {},
    };
    for (int letter; (letter = getopt_long(argc, argv, "", table, NULL)) >= 0;)
        if (!read_option(bench, options, letter, err))
            return false;
    if (optind < argc)
        return error_set(err, ERROR_USAGE, "'%s' is no option", argv[optind]);
    if (bench->us.count == 0)
        return error_set(err, ERROR_USAGE, "--us is missing");
    if (bench->plain.count == 0)
        bench->plain = bench->us;
    if (bench->plain_script.count == 0)
        bench->plain_script = bench->us_script;
    return true;
}

static void init(struct bench *bench)
{
    arena_init(&bench->arena, ARENA_MAX);
    bench->rounds = ROUNDS;
    bench->warm_up = WARM_UP;
    bench->plain_uid = PLAIN_UID;
    bench->host_mounts = bench->private_mounts = -1;
    const char *search = getenv("PATH");
    bench->search = search != NULL ? search : "/usr/bin:/bin";
}

/* Contestants stay able to be interrupted; we tidy up first. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

static bool show(int fd, const struct buf *text, struct error *err)
{
    if (text->over)
        return error_set(err, ERROR_INTERNAL, "the report is longer than planned");
    return fd_write_all(fd, buf_str(text), err);
}

static bool report(const struct bench *bench, const struct report_host *host, int json,
                   struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, REPORT_MAX);
    report_write_tables(bench, &text);
    report_write_bars(bench, &text);
    if (!show(STDOUT_FILENO, &text, err))
        return false;
    buf_clear(&text);
    report_write_json(bench, host, &text);
    return json < 0 || show(json, &text, err);
}

/* The head comes at once, before the minutes of measuring. */
static bool measure_and_report(struct bench *bench, int json, struct error *err)
{
    struct report_host host;
    report_look_at_host(&host);
    auto_buf struct buf head;
    buf_init(&head, REPORT_MAX);
    report_write_head(bench, &host, &head);
    if (!show(STDOUT_FILENO, &head, err) || !place_init(bench, err) ||
        !contestants_init(bench, err) || !series_measure(bench, &stop, err))
        return false;
    return stop != 0 || report(bench, &host, json, err);
}

static bool is_ours_well(const struct bench *bench)
{
    for (size_t i = 0; i < bench->contestant_count; i++) {
        const struct contestant *contestant = &bench->contestants[i];
        if (!contestant->is_ours)
            continue;
        if (contestant->skipped != NULL && !contestant->is_plain)
            return false; /* not every host lets plain users have boxes */
        for (int w = 0; w < WORKLOAD_COUNT; w++)
            for (int gap = 0; gap < GAP_COUNT; gap++)
                if (contestant->series[w][gap].bad > 0)
                    return false;
    }
    return true;
}

static bool passes_bars(const struct bench *bench)
{
    for (int i = 0; i < BAR_COUNT; i++)
        if (bar_judge(bench, &bars[i]).state != BAR_PASS)
            return false;
    return true;
}

static int finish(struct bench *bench, bool ok, const struct options *options,
                  const struct error *err)
{
    int status = is_ours_well(bench) && (!options->is_strict || passes_bars(bench)) ? 0 : 1;
    if (!ok) {
        fprintf(stderr, "bench: %s\n", err->text);
        status = 3;
    }
    place_done(bench);
    series_done(bench);
    arena_done(&bench->arena);
    return stop != 0 ? 128 + stop : status;
}

int main(int argc, char **argv)
{
    static struct bench bench;
    struct options options = {.json = -1};
    struct error err = {};
    init(&bench);
    if (!read_options(&bench, &options, argc, argv, &err)) {
        fprintf(stderr, "bench: %s\n%s", err.text, usage);
        return 2;
    }
    catch_signals();
    /* everybody starts from the same folder, and changing mount namespaces leads here anyway */
    bool ok = (chdir("/") == 0 || error_sys(&err, "chdir")) &&
              measure_and_report(&bench, options.json, &err);
    int status = finish(&bench, ok, &options, &err);
    fd_replace(&options.json, -1);
    return status;
}
