/* testudo bench: what a box costs on this machine. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/bench_private.h"
#include "cli/cancel.h"
#include "cli/cli.h"
#include "model/verdict.h"
#include "sys/fd.h"
#include "sys/spread.h"

enum { ARENA_MAX = 4 << 20, ANSWER_MAX = 1 << 20 };

enum { BENCH_QUICK, BENCH_TIME };

static const struct option_row rows[] = {
    {BENCH_TIME, "time", 't', "TIME", "how long it may take (60s)"},
    {BENCH_QUICK, "quick", 'q', NULL, "the same as --time 6s"},
    OPTION_ROW_JSON,
    OPTION_ROW_HELP,
};
static const struct option_table table = {rows, COUNT_OF(rows)};

struct wishes {
    bool json, help;
    int64_t time_ms;
};

/* Compilers and virtual machines have no place in a few seconds. */
enum { TIME_MS_HEAVY = 15000 };

enum { TIME_MS = 60000, TIME_MS_QUICK = 6000, TIME_MS_MIN = 1000, TIME_MS_MAX = 3600000 };

static bool read_time(const char *text, int64_t *ret_ms, struct error *err)
{
    return (text_read_ms(str_from(text), ret_ms) && *ret_ms >= TIME_MS_MIN &&
            *ret_ms <= TIME_MS_MAX) ||
           error_set(err, ERROR_USAGE, "--time takes 1s to 1h");
}

static bool read_wishes(int argc, char **argv, struct wishes *wishes, struct error *err)
{
    struct option_reader reader;
    struct option_found found = {};
    option_reader_init(&reader, table, argc, argv);
    wishes->time_ms = TIME_MS;
    do {
        if (!option_next(&reader, &found, err))
            return false;
        int id = found.row != NULL ? found.row->id : -3;
        wishes->json = wishes->json || id == OPTION_JSON;
        wishes->help = wishes->help || id == OPTION_HELP;
        if (id == BENCH_QUICK)
            wishes->time_ms = TIME_MS_QUICK;
        if (id == BENCH_TIME && !read_time(found.value, &wishes->time_ms, err))
            return false;
    } while (found.row != NULL);
    return reader.next == argc ||
           error_set(err, ERROR_USAGE, "testudo bench takes no word such as '%.80s'",
                     argv[reader.next]);
}

/* ---- opening and closing -------------------------------------------------------------------- */

static void on_cancel(void *cookie)
{
    struct bench *bench = cookie;
    bench->canceled = true;
    loop_remove(bench->loop, bench->cancel_fd);
    loop_stop(bench->loop);
}

static bool bench_open(struct bench *bench, struct error *err)
{
    bench->cancel_fd = cancel_open(err);
    if (bench->cancel_fd < 0 || !broker_start_private(&bench->broker, err))
        return false;
    bench->loop = loop_new(err);
    if (bench->loop == NULL)
        return false;
    bench->asker = asker_new(bench->broker.socket, bench->loop, err);
    return bench->asker != NULL &&
           loop_add(bench->loop, bench->cancel_fd, EPOLLIN, on_cancel, bench, err) &&
           asker_want(bench->asker, WARM_COMMAND, BENCH_READY, err) &&
           bench_plan_works(bench, WEIGHT_LIGHT, err);
}

static void series_all_done(struct bench *bench)
{
    for (int gap = 0; gap < BENCH_GAPS; gap++)
        for (enum bench_work work = 0; work < WORK_COUNT; work++)
            for (enum bench_way way = 0; way < WAY_COUNT; way++)
                series_done(&bench->latency[gap][work][way]);
    for (int i = 0; i < BENCH_BURSTS; i++)
        series_done(&bench->bursts[i].wall);
}

static void bench_close(struct bench **at)
{
    struct bench *bench = *at;
    asker_free(bench->asker);
    loop_free(bench->loop);
    broker_end(&bench->broker);
    fd_close_at(&bench->cancel_fd);
    series_all_done(bench);
    bench_remove_files(bench);
    arena_done(&bench->arena);
    free(bench);
}

static struct bench *bench_new(const struct wishes *wishes)
{
    struct bench *bench = mem_alloc(sizeof *bench);
    struct spread here = spread_begin();
    bench->cancel_fd = -1;
    bench->broker.socket = -1;
    bench->shows_progress = isatty(STDERR_FILENO) == 1 && !wishes->json;
    bench->processors = here.useful ? CPU_COUNT(&here.allowed) : 1;
    bench->begun_ns = clock_now_ns();
    bench->budget_ns = wishes->time_ms * 1000000;
    bench->with_heavy = wishes->time_ms >= TIME_MS_HEAVY;
    arena_init(&bench->arena, ARENA_MAX);
    return bench;
}

/* ---- the course ----------------------------------------------------------------------------- */

void bench_show_progress(const struct bench *bench, const char *what)
{
    char line[120];
    struct error unheard;
    if (!bench->shows_progress)
        return;
    int64_t left_ns = bench->budget_ns - (clock_now_ns() - bench->begun_ns);
    if (what != NULL)
        snprintf(line, sizeof line, "\r\033[Kmeasuring %s; %d s left", what,
                 (int)(left_ns > 0 ? left_ns / 1000000000 : 0));
    else
        snprintf(line, sizeof line, "\r\033[K");
    (void)fd_write_all(STDERR_FILENO, str_from(line), &unheard);
}

/* Of the time, what is over by the end of each part. */
enum { NO_GAP_PERCENT = 22, GAP_PERCENT = 44, HEAVY_PERCENT = 74, RATES_PERCENT = 94 };

/* With nothing heavy the others have its part. */
static int part_of(const struct bench *bench, int percent)
{
    return bench->with_heavy || percent > HEAVY_PERCENT ? percent : percent * 3 / 2;
}

static int64_t time_of(const struct bench *bench, int percent)
{
    return bench->begun_ns + bench->budget_ns / 100 * part_of(bench, percent);
}

/* What is heavy takes longer for one, so it has three parts of the time. */
enum { HEAVY_PARTS = 3 };

static int parts_of(enum bench_work work)
{
    return bench_weight_of(work) == WEIGHT_HEAVY ? HEAVY_PARTS : 1;
}

static bool measure_rates(struct bench *bench, struct error *err)
{
    int most = bench->processors * 2 > 4 ? bench->processors * 2 : 4, parts = 0;
    for (int at_once = 1; at_once <= most && bench->rate_count < BENCH_AT_ONCE_MAX; at_once *= 2)
        bench->rate_count++;
    for (enum bench_work work = 0; work < WORK_COUNT; work++)
        parts += bench->has_work[work] ? parts_of(work) : 0;
    int64_t left = time_of(bench, RATES_PERCENT) - clock_now_ns();
    int64_t each = left / (parts * bench->rate_count);
    if (each < 100000000)
        each = 100000000;
    for (enum bench_work work = 0; work < WORK_COUNT; work++)
        for (int i = 0; bench->has_work[work] && i < bench->rate_count && !bench->canceled; i++) {
            bench_show_progress(bench, "boxes a second");
            if (!bench_measure_rate(bench, work, 1 << i, each * parts_of(work),
                                    &bench->rates[work][i], err))
                return false;
        }
    return true;
}

/* Interpreters and virtual machines that wait are only there from now on: they take memory, and
 * processor time until they wait. */
static bool measure_heavy(struct bench *bench, struct error *err)
{
    struct bench_memory now;
    if (!bench->with_heavy || bench->canceled)
        return true;
    bench_show_progress(bench, "interpreters and virtual machines");
    if (!bench_plan_works(bench, WEIGHT_HEAVY, err) ||
        !bench_rest(bench, bench->budget_ns / 20, err) ||
        !bench_measure_latency(bench, BENCH_GAPS - 1, time_of(bench, HEAVY_PERCENT), err) ||
        !bench_rest(bench, bench->budget_ns / 50, err))
        return false;
    if (!bench_look_at_memory(bench, &now))
        return true;
    struct bench_memory *memory = &bench->memory;
    memory->nodes = now.nodes;
    memory->javas = now.javas;
    memory->pytests = (struct bench_waiting){
        now.pythons.count - memory->pythons.count,
        now.pythons.page_bytes - memory->pythons.page_bytes,
        now.pythons.kernel_bytes - memory->pythons.kernel_bytes,
    };
    return true;
}

static bool measure(struct bench *bench, struct error *err)
{
    bench_show_progress(bench, "single boxes");
    if (!bench_measure_latency(bench, 0, time_of(bench, NO_GAP_PERCENT), err))
        return false;
    bench_show_progress(bench, "single boxes after a pause");
    if (!bench_measure_latency(bench, 1, time_of(bench, GAP_PERCENT), err))
        return false;
    if (!bench_rest(bench, 200000000, err))
        return false;
    (void)bench_look_at_memory(bench, &bench->memory);
    return measure_heavy(bench, err) && measure_rates(bench, err) &&
           bench_measure_bursts(bench, time_of(bench, 100), err);
}

static int show(const struct bench *bench, bool json)
{
    auto_buf struct buf out;
    buf_init(&out, ANSWER_MAX);
    if (json)
        bench_say_json(bench, &out);
    else
        bench_say(bench, &out);
    return cli_finish(&out, 0);
}

static int run(int argc, char **argv)
{
    struct error err = {};
    struct wishes wishes = {};
    if (!read_wishes(argc, argv, &wishes, &err))
        return cli_fail(&err, option_wants_json(argc, argv));
    if (wishes.help)
        return cli_show_help(&command_bench);
    __attribute__((cleanup(bench_close))) struct bench *bench = bench_new(&wishes);
    bool ok = bench_open(bench, &err) && measure(bench, &err);
    bench_show_progress(bench, NULL);
    if (!ok)
        return cli_fail(&err, wishes.json);
    if (bench->canceled)
        return verdict_exit_status(VERDICT_CANCELED, 0, 0);
    return show(bench, wishes.json);
}

const struct command command_bench = {
    .name = "bench",
    .summary = "what a box costs on this machine",
    .usage = "bench [--quick | --time TIME] [--json]\n",
    .examples =
        "  testudo bench              a minute, a table with bars\n"
        "  testudo bench --quick      six seconds, fewer rounds, no pytest, node or Java\n"
        "  testudo bench --time 10m   percentiles of all\n"
        "  testudo bench --json       {host, latency: [...], throughput: [...], bursts, memory}\n"
        "\n"
        "It starts small programs without a box, in boxes of which nothing was made before, and "
        "in\n"
        "boxes as a batch gets them, in turns, without a pause and after one; then as many as it\n"
        "can, one and more at once, and 20 and 100 in one moment. A percentile that would need\n"
        "more rounds is left out.\n",
    .options = &table,
    .run = run,
};
