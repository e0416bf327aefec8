/* The head of the report and its JSON form. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/json_write.h"
#include "bench/bars.h"
#include "bench/report.h"
#include "bench/series.h"
#include "sys/fd.h"

static void read_cpu(char *ret_name, size_t size)
{
    snprintf(ret_name, size, "unknown CPU");
    auto_buf struct buf text;
    buf_init(&text, 1 << 20);
    struct error err = {};
    if (!fd_read_file(AT_FDCWD, "/proc/cpuinfo", &text, &err))
        return;
    struct str rest = buf_str(&text);
    for (struct str line; str_take_line(&rest, &line);) {
        struct str key;
        if (!str_take_until(&line, ':', &key) || !str_is(str_trim(key), "model name"))
            continue;
        line = str_trim(line);
        snprintf(ret_name, size, "%.*s", (int)line.len, line.ptr);
        return;
    }
}

static void read_load(char *ret_load, size_t size)
{
    ret_load[0] = '\0';
    auto_buf struct buf text;
    buf_init(&text, 256);
    struct error err = {};
    struct str load;
    if (!fd_read_file(AT_FDCWD, "/proc/loadavg", &text, &err))
        return;
    struct str rest = buf_str(&text);
    if (str_take_until(&rest, ' ', &load))
        snprintf(ret_load, size, "%.*s", (int)load.len, load.ptr);
}

void report_look_at_host(struct report_host *ret_host)
{
    time_t now = time(NULL);
    struct tm parts;
    strftime(ret_host->date, sizeof ret_host->date, "%Y-%m-%d %H:%M", localtime_r(&now, &parts));
    struct utsname names = {};
    uname(&names);
    snprintf(ret_host->kernel, sizeof ret_host->kernel, "%s", names.release);
    read_cpu(ret_host->cpu, sizeof ret_host->cpu);
    read_load(ret_host->load, sizeof ret_host->load);
    ret_host->cores = sysconf(_SC_NPROCESSORS_ONLN);
}

void report_write_head(const struct bench *bench, const struct report_host *host, struct buf *out)
{
    buf_printf(out, "%s, kernel %s, %s, %ld cores\n", host->date, host->kernel, host->cpu,
               host->cores);
    buf_printf(out, "%zu rounds after %zu to warm up, interleaved; load average before: %s\n",
               bench->rounds, bench->warm_up, host->load);
}

static void put_ms(struct json_writer *json, const char *key, double value)
{
    json_key(json, key);
    json_ms(json, value);
}

static void put_host(struct json_writer *json, const struct report_host *host)
{
    json_add_text(json, "date", host->date);
    json_add_text(json, "kernel", host->kernel);
    json_add_text(json, "cpu", host->cpu);
    json_add_int(json, "cores", host->cores);
    json_add_text(json, "load", host->load);
}

static void put_series(struct json_writer *json, const struct contestant *contestant, int workload,
                       int gap)
{
    const struct series *series = &contestant->series[workload][gap];
    json_object(json);
    json_add_text(json, "contestant", contestant->name);
    json_add_text(json, "workload", workloads[workload].title);
    json_add_int(json, "gap_ms", gaps_ms[gap]);
    json_add_int(json, "good", (int64_t)series->count);
    json_add_int(json, "bad", (int64_t)series->bad);
    put_ms(json, "median_ms", series_median(series));
    put_ms(json, "p95_ms", series_p95(series));
    json_object_end(json);
}

static void put_rows(struct json_writer *json, const struct bench *bench)
{
    json_key(json, "rows");
    json_array(json);
    for (size_t i = 0; i < bench->contestant_count; i++)
        for (enum workload_id w = 0; w < WORKLOAD_COUNT; w++)
            for (int gap = 0; gap < GAP_COUNT; gap++)
                if (contestant_measures(&bench->contestants[i], w))
                    put_series(json, &bench->contestants[i], (int)w, gap);
    json_array_end(json);
}

static void put_skipped(struct json_writer *json, const struct bench *bench)
{
    json_key(json, "not_measured");
    json_object(json);
    for (size_t i = 0; i < bench->contestant_count; i++)
        if (bench->contestants[i].skipped != NULL)
            json_add_text(json, bench->contestants[i].name, bench->contestants[i].skipped);
    json_object_end(json);
}

static void put_bars(struct json_writer *json, const struct bench *bench)
{
    json_key(json, "bars");
    json_array(json);
    for (int i = 0; i < BAR_COUNT; i++) {
        struct bar_result result = bar_judge(bench, &bars[i]);
        json_object(json);
        json_add_text(json, "what", bars[i].what);
        json_add_text(json, "peer", bars[i].peer);
        put_ms(json, "factor_max", bars[i].factor);
        put_ms(json, "plus_ms_max", bars[i].plus_ms);
        put_ms(json, "us_ms", result.us_ms);
        put_ms(json, "peer_ms", result.peer_ms);
        json_add_text(json, "state", bar_state_word(result.state));
        json_object_end(json);
    }
    json_array_end(json);
}

void report_write_json(const struct bench *bench, const struct report_host *host, struct buf *out)
{
    struct json_writer json;
    json_start(&json, out);
    json_object(&json);
    put_host(&json, host);
    json_add_int(&json, "rounds", (int64_t)bench->rounds);
    json_add_int(&json, "warm_up", (int64_t)bench->warm_up);
    put_rows(&json, bench);
    put_skipped(&json, bench);
    put_bars(&json, bench);
    json_object_end(&json);
    buf_add_text(out, "\n");
}
