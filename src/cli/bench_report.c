/* What the bench has found, as a table with bars and as JSON. */
#include <math.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/json_write.h"
#include "base/text.h"
#include "cli/bench_private.h"

enum { BAR_COLUMNS = 30 };

static const int gap_ms[BENCH_GAPS] = {0, BENCH_GAP_MS, BENCH_GAP_HEAVY_MS};

int bench_gap_ms(int gap)
{
    return gap_ms[gap];
}

/* ---- the table ------------------------------------------------------------------------------ */

static void add_ms(struct buf *out, double ms)
{
    if (isnan(ms))
        buf_printf(out, " %8s", "-");
    else
        buf_printf(out, " %8.2f", ms);
}

static void add_bar(struct buf *out, double part)
{
    int eighths = isnan(part) ? 0 : (int)lround(part * BAR_COLUMNS * 8);
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    buf_add_text(out, eighths > 0 ? "  " : "");
    for (; eighths >= 8; eighths -= 8)
        buf_add_text(out, "█");
    buf_add_text(out, parts[eighths > 0 ? eighths : 0]);
}

/* A bare program's line, and how much more each box takes. */
static void say_way(const struct series *series, uint32_t as_meant, const char *word, double bare,
                    double most, struct buf *out)
{
    double median = series_at(series, 0.5);
    bool is_bare = strcmp(word, "bare") == 0;
    buf_printf(out, "    %-10s", word);
    add_ms(out, median);
    add_ms(out, series_at(series, 0.95));
    add_ms(out, series_at(series, 0.99));
    if (is_bare)
        buf_printf(out, " %9s", "");
    else
        buf_printf(out, " %+9.2f", median - bare);
    add_bar(out, median / most);
    if (!is_bare && as_meant < series->count)
        buf_printf(out, "  (%u of %zu made so)", as_meant, series->count);
    buf_add_byte(out, '\n');
}

static void say_work(const struct bench *bench, int gap, enum bench_work work, struct buf *out)
{
    const struct series *series = bench->latency[gap][work];
    double bare = series_at(&series[WAY_BARE], 0.5), most = bare;
    for (enum bench_way way = 0; way < WAY_COUNT; way++)
        most = fmax(most, series_at(&series[way], 0.5));
    buf_printf(out, "  %s\n", bench_work_word(work));
    for (enum bench_way way = 0; way < WAY_COUNT; way++)
        if (bench->has_way[work][way])
            say_way(&series[way], bench->as_meant[gap][work][way], bench_way_word(bench, work, way),
                    bare, most, out);
}

static void say_latency(const struct bench *bench, int gap, struct buf *out)
{
    size_t count = 0;
    for (enum bench_work work = 0; work < WORK_COUNT; work++)
        count = bench->latency[gap][work][WAY_BARE].count > count
                    ? bench->latency[gap][work][WAY_BARE].count
                    : count;
    if (count == 0)
        return;
    buf_add_byte(out, '\n');
    if (gap_ms[gap] == 0)
        buf_printf(out, "%-14s", "no pause");
    else
        buf_printf(out, "%3d ms pause  ", gap_ms[gap]);
    buf_printf(out, "   median      p95      p99  over bare   (%zu rounds)\n", count);
    for (enum bench_work work = 0; work < WORK_COUNT; work++)
        if (bench->latency[gap][work][WAY_BARE].count > 0)
            say_work(bench, gap, work, out);
}

static double most_parked(const struct bench *bench, enum bench_work work)
{
    double most = 0;
    for (int i = 0; i < bench->rate_count; i++)
        most = fmax(most, bench->rates[work][i].warm_per_second);
    return most;
}

static void say_rates(const struct bench *bench, struct buf *out)
{
    buf_add_text(out, "\nboxes a second    ");
    for (int i = 0; i < bench->rate_count; i++)
        buf_printf(out, "%4d at once", bench->rates[WORK_TRUE][i].at_once);
    buf_add_text(out, "   best sustained\n");
    for (enum bench_work work = 0; work < WORK_COUNT; work++) {
        double best = 0;
        if (!bench->has_work[work])
            continue;
        buf_printf(out, "  %-16s", bench_work_word(work));
        for (int i = 0; i < bench->rate_count; i++) {
            buf_printf(out, "%12.0f", bench->rates[work][i].per_second);
            best = fmax(best, bench->rates[work][i].sustained);
        }
        buf_printf(out, "%17.0f", best);
        if (warm_is_parked(bench->plans[work][WAY_WARM].run.warm))
            buf_printf(out, "  parked %.1f", most_parked(bench, work));
        buf_add_byte(out, '\n');
    }
}

static void say_bursts(const struct bench *bench, struct buf *out)
{
    for (int i = 0; i < BENCH_BURSTS; i++) {
        const struct bench_burst *burst = &bench->bursts[i];
        if (burst->wall.count == 0)
            continue;
        if (i == 0)
            buf_add_text(out, "\nin one moment\n");
        buf_printf(out, "  %3d %s in %.2f ms (%zu rounds, %d of the last %d warm)\n",
                   burst->at_once, bench_work_word(WORK_PYTHON), series_at(&burst->wall, 0.5),
                   burst->wall.count, burst->warm, burst->at_once);
    }
}

static void say_waiting(const char *what, const struct bench_waiting *some, struct buf *out)
{
    if (some->count <= 0)
        return;
    buf_printf(out, "  %-16s%4d of ", what, some->count);
    text_write_bytes(out, some->page_bytes / some->count);
    if (some->kernel_bytes > 0) {
        buf_add_text(out, " and ");
        text_write_bytes(out, some->kernel_bytes / some->count);
        buf_add_text(out, " of the kernel");
    }
    buf_add_byte(out, '\n');
}

static void say_memory(const struct bench_memory *memory, struct buf *out)
{
    buf_add_text(out, "\nmemory            ");
    if (!memory->known) {
        buf_add_text(out, "not told by this host to this user\n");
        return;
    }
    buf_add_text(out,
                 "pages with their tables, shared ones in parts; kernel memory of control groups\n"
                 "  the broker         ");
    text_write_bytes(out, memory->broker_bytes);
    buf_add_text(out, ", all that is resident\n");
    say_waiting("mothers", &memory->mothers, out);
    say_waiting("waiting boxes", &memory->commands, out);
    say_waiting("waiting, Python", &memory->pythons, out);
    say_waiting("waiting, pytest", &memory->pytests, out);
    say_waiting("parked, node", &memory->nodes, out);
    say_waiting("parked, Java", &memory->javas, out);
    if (!memory->kernel_is_known)
        buf_add_text(out, "  what the kernel has for them is not told here\n");
}

void bench_say(const struct bench *bench, struct buf *out)
{
    struct utsname host = {};
    uname(&host);
    buf_printf(out, "Linux %s %s, %d processor%s, %s; milliseconds from asking to the result\n",
               host.release, host.machine, bench->processors, bench->processors > 1 ? "s" : "",
               bench->mode == MODE_ROOT ? "root" : "plain user");
    for (int gap = 0; gap < BENCH_GAPS; gap++)
        say_latency(bench, gap, out);
    say_rates(bench, out);
    say_bursts(bench, out);
    say_memory(&bench->memory, out);
    buf_add_byte(out, '\n');
    for (enum bench_way way = 0; way < WAY_COUNT; way++)
        buf_printf(out, "%-7s %s\n", bench_way_word(bench, WORK_TRUE, way), bench_way_text(way));
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void key_ms(struct json_writer *json, const char *key, double ms)
{
    json_key(json, key);
    json_ms(json, ms);
}

static void key_text(struct json_writer *json, const char *key, const char *text)
{
    json_key(json, key);
    json_text(json, text);
}

static void key_int(struct json_writer *json, const char *key, int64_t value)
{
    json_key(json, key);
    json_int(json, value);
}

static void write_host(const struct bench *bench, struct json_writer *json)
{
    struct utsname host = {};
    uname(&host);
    json_key(json, "host");
    json_object(json);
    key_text(json, "kernel", host.release);
    key_text(json, "machine", host.machine);
    key_int(json, "processors", bench->processors);
    key_text(json, "mode", bench->mode == MODE_ROOT ? "root" : "rootless");
    json_object_end(json);
}

static void write_series(const struct bench *bench, int gap, enum bench_work work,
                         enum bench_way way, struct json_writer *json)
{
    const struct series *series = &bench->latency[gap][work][way];
    json_object(json);
    key_text(json, "work", bench_work_word(work));
    key_text(json, "way", bench_way_word(bench, work, way));
    key_int(json, "gap_ms", gap_ms[gap]);
    key_int(json, "count", (int64_t)series->count);
    key_int(json, "made_so", bench->as_meant[gap][work][way]);
    key_ms(json, "median_ms", series_at(series, 0.5));
    key_ms(json, "p95_ms", series_at(series, 0.95));
    key_ms(json, "p99_ms", series_at(series, 0.99));
    json_object_end(json);
}

static void write_latency(const struct bench *bench, struct json_writer *json)
{
    json_key(json, "latency");
    json_array(json);
    for (int gap = 0; gap < BENCH_GAPS; gap++)
        for (enum bench_work work = 0; work < WORK_COUNT; work++)
            for (enum bench_way way = 0; bench->has_work[work] && way < WAY_COUNT; way++)
                if (bench->has_way[work][way] && bench->latency[gap][work][way].count > 0)
                    write_series(bench, gap, work, way, json);
    json_array_end(json);
}

static void write_rates(const struct bench *bench, struct json_writer *json)
{
    json_key(json, "throughput");
    json_array(json);
    for (enum bench_work work = 0; work < WORK_COUNT; work++) {
        for (int i = 0; bench->has_work[work] && i < bench->rate_count; i++) {
            const struct bench_rate *rate = &bench->rates[work][i];
            json_object(json);
            key_text(json, "work", bench_work_word(work));
            key_int(json, "at_once", rate->at_once);
            key_ms(json, "per_second", rate->per_second);
            key_ms(json, "sustained_per_second", rate->sustained);
            key_ms(json, "warm_per_second", rate->warm_per_second);
            json_object_end(json);
        }
    }
    json_array_end(json);
}

static void write_bursts(const struct bench *bench, struct json_writer *json)
{
    json_key(json, "bursts");
    json_array(json);
    for (int i = 0; i < BENCH_BURSTS; i++) {
        const struct bench_burst *burst = &bench->bursts[i];
        if (burst->wall.count == 0)
            continue;
        json_object(json);
        key_text(json, "work", bench_work_word(WORK_PYTHON));
        key_int(json, "at_once", burst->at_once);
        key_int(json, "warm", burst->warm);
        key_int(json, "count", (int64_t)burst->wall.count);
        key_ms(json, "median_ms", series_at(&burst->wall, 0.5));
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_waiting(struct json_writer *json, const char *key,
                          const struct bench_waiting *some)
{
    json_key(json, key);
    json_object(json);
    key_int(json, "count", some->count);
    key_int(json, "page_bytes", some->page_bytes);
    key_int(json, "kernel_bytes", some->kernel_bytes);
    json_object_end(json);
}

static void write_memory(const struct bench_memory *memory, struct json_writer *json)
{
    json_key(json, "memory");
    if (!memory->known) {
        json_null(json);
        return;
    }
    json_object(json);
    key_int(json, "broker_bytes", memory->broker_bytes);
    write_waiting(json, "mothers", &memory->mothers);
    write_waiting(json, "waiting", &memory->commands);
    write_waiting(json, "python", &memory->pythons);
    write_waiting(json, "pytest", &memory->pytests);
    write_waiting(json, "node", &memory->nodes);
    write_waiting(json, "java", &memory->javas);
    json_object_end(json);
}

void bench_say_json(const struct bench *bench, struct buf *out)
{
    struct json_writer json;
    json_start(&json, out);
    json_object(&json);
    write_host(bench, &json);
    write_latency(bench, &json);
    write_rates(bench, &json);
    write_bursts(bench, &json);
    write_memory(&bench->memory, &json);
    json_object_end(&json);
    buf_add_byte(out, '\n');
}
