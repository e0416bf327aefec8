#include "bench/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "bench/bars.h"
#include "bench/series.h"

enum { NAME_WIDTH = 20, CELL_WIDTH = 16 };

struct border {
    const char *left, *middle, *right;
};

static const struct border top = {"┌", "┬", "┐"}, between = {"├", "┼", "┤"},
                           bottom = {"└", "┴", "┘"};

static void draw_border(struct buf *out, const struct border *border)
{
    for (int column = 0; column <= WORKLOAD_COUNT; column++) {
        buf_add_text(out, column == 0 ? border->left : border->middle);
        for (int i = 0; i < 2 + (column == 0 ? NAME_WIDTH : CELL_WIDTH); i++)
            buf_add_text(out, "─");
    }
    buf_printf(out, "%s\n", border->right);
}

/* Bytes and columns are not the same: "×" is one column of two bytes. */
static int columns(const char *text)
{
    int count = 0;
    for (; *text != '\0'; text++)
        count += (*text & 0xc0) != 0x80;
    return count;
}

static void draw_name(struct buf *out, const char *name)
{
    buf_printf(out, "│ %s%*s ", name, NAME_WIDTH - columns(name), "");
}

static void draw_cell(struct buf *out, const char *text)
{
    buf_printf(out, "│ %*s%s ", CELL_WIDTH - columns(text), "", text);
}

static void draw_titles(struct buf *out, const char *corner)
{
    draw_border(out, &top);
    draw_name(out, corner);
    for (int w = 0; w < WORKLOAD_COUNT; w++)
        draw_cell(out, workloads[w].title);
    buf_add_text(out, "│\n");
    draw_border(out, &between);
}

static void write_times(const struct bench *bench, int gap, struct buf *out)
{
    buf_printf(out, "\ngap %d ms: median / p95 in ms\n", gaps_ms[gap]);
    draw_titles(out, "");
    for (size_t i = 0; i < bench->contestant_count; i++) {
        const struct contestant *contestant = &bench->contestants[i];
        if (contestant->skipped != NULL)
            continue;
        draw_name(out, contestant->name);
        for (int w = 0; w < WORKLOAD_COUNT; w++) {
            const struct series *series = &contestant->series[w][gap];
            char cell[64] = "";
            if (series->count > 0)
                snprintf(cell, sizeof cell, "%.2f / %.2f", series_median(series),
                         series_p95(series));
            draw_cell(out, cell);
        }
        buf_add_text(out, "│\n");
    }
    draw_border(out, &bottom);
}

static void ratio_text(const struct contestant *us, const struct contestant *peer, int workload,
                       char *cell, size_t size)
{
    cell[0] = '\0';
    double ratio[GAP_COUNT];
    for (int gap = 0; gap < GAP_COUNT; gap++) {
        ratio[gap] =
            series_median(&us->series[workload][gap]) / series_median(&peer->series[workload][gap]);
        if (isnan(ratio[gap]))
            return;
    }
    snprintf(cell, size, "%.2f | %.2f", ratio[0], ratio[1]);
}

static void write_ratios(const struct bench *bench, struct buf *out)
{
    const struct contestant *us = bench_find(bench, "testudo");
    if (us == NULL || us->skipped != NULL)
        return;
    buf_printf(out, "\ntestudo's median / theirs, gap %d ms | gap %d ms\n", gaps_ms[0], gaps_ms[1]);
    draw_titles(out, "");
    for (size_t i = 0; i < bench->contestant_count; i++) {
        const struct contestant *peer = &bench->contestants[i];
        if (peer->skipped != NULL || peer == us)
            continue;
        draw_name(out, peer->name);
        for (int w = 0; w < WORKLOAD_COUNT; w++) {
            char cell[64];
            ratio_text(us, peer, w, cell, sizeof cell);
            draw_cell(out, cell);
        }
        buf_add_text(out, "│\n");
    }
    draw_border(out, &bottom);
}

static size_t count_bad(const struct contestant *contestant)
{
    size_t count = 0;
    for (int w = 0; w < WORKLOAD_COUNT; w++)
        for (int gap = 0; gap < GAP_COUNT; gap++)
            count += contestant->series[w][gap].bad;
    return count;
}

static void write_remarks(const struct bench *bench, struct buf *out)
{
    buf_add_text(out, "\n");
    size_t bad = 0;
    for (size_t i = 0; i < bench->contestant_count; i++) {
        const struct contestant *contestant = &bench->contestants[i];
        bad += count_bad(contestant);
        if (contestant->skipped != NULL)
            buf_printf(out, "not measured: %s: %s\n", contestant->name, contestant->skipped);
        else if (count_bad(contestant) > 0)
            buf_printf(out, "BAD: %zu runs of %s\n", count_bad(contestant), contestant->name);
    }
    if (bad == 0)
        buf_add_text(out, "bad runs: none\n");
}

void report_write_tables(const struct bench *bench, struct buf *out)
{
    for (int gap = 0; gap < GAP_COUNT; gap++)
        write_times(bench, gap, out);
    write_ratios(bench, out);
    write_remarks(bench, out);
}

static void write_bar(const struct bench *bench, const struct bar *bar, struct buf *out)
{
    struct bar_result result = bar_judge(bench, bar);
    buf_printf(out, "  %-26s", bar->what);
    if (result.state == BAR_UNKNOWN)
        buf_printf(out, "%s: ", bar->peer);
    else if (bar->plus_ms > 0)
        buf_printf(out, "%s %+.2f ms, at most +%.2f: ", bar->peer, result.us_ms - result.peer_ms,
                   bar->plus_ms);
    else
        buf_printf(out, "%.2f × %s, at most %.2f: ", result.us_ms / result.peer_ms, bar->peer,
                   bar->factor);
    buf_printf(out, "%s\n", bar_state_word(result.state));
}

void report_write_bars(const struct bench *bench, struct buf *out)
{
    buf_add_text(out, "\nbars, by medians\n");
    for (int i = 0; i < BAR_COUNT; i++)
        write_bar(bench, &bars[i], out);
}
