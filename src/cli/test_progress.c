#include "cli/test_progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "sys/fd.h"

enum { LINE_BYTES_MAX = 2048, BETWEEN_NS = 100000000 };

void test_progress_init(struct test_progress *progress, const struct tested_project *project,
                        bool shown, struct arena *arena)
{
    *progress = (struct test_progress){
        .shown = shown, .rewrites = isatty(STDERR_FILENO) == 1, .project = project};
    progress->stages =
        arena_alloc(arena, (project->module_count + (size_t)1) * sizeof(enum proof_stage));
}

static void say(const struct test_progress *progress, const struct buf *line)
{
    struct error unheard;
    if (progress->shown)
        (void)fd_write_all(STDERR_FILENO, buf_str(line), &unheard);
}

static void begin(const struct test_progress *progress, struct buf *line)
{
    buf_init(line, LINE_BYTES_MAX);
    buf_add_text(line, progress->rewrites ? "\r\033[K" : "testudo: ");
}

void test_progress_say(struct test_progress *progress, const char *what)
{
    auto_buf struct buf line;
    begin(progress, &line);
    text_escape(&line, str_from(what), false);
    buf_add_text(&line, progress->rewrites ? "" : "\n");
    say(progress, &line);
}

/* ---- one line for all ------------------------------------------------------------------------ */

static void rewrite(struct test_progress *progress, const struct proof *proof)
{
    const struct proof_state *state = proof_state(proof);
    int64_t now = clock_now_ns();
    if (now - progress->shown_ns < BETWEEN_NS)
        return;
    progress->shown_ns = now;
    auto_buf struct buf line;
    begin(progress, &line);
    buf_printf(&line, "[%u/%u] ", progress->ended, progress->project->module_count);
    text_escape(&line, str_from(proof_module(proof)->path), false);
    buf_printf(&line, ": %s, %lld executions, goals %lld/%lld, mutants %lld/%lld",
               proof_stage_words[state->stage], (long long)state->executions,
               (long long)state->covered, (long long)state->goals, (long long)state->killed,
               (long long)state->mutants);
    say(progress, &line);
}

/* ---- a line for each stage ------------------------------------------------------------------- */

static void add_counts(struct buf *line, enum proof_stage stage, const struct proof *proof)
{
    const struct proof_state *state = proof_state(proof);
    struct tested_sums sums = tested_sum(proof_module(proof));
    switch (stage) {
    case PROOF_SEARCH:
        buf_printf(line, "%lld executions, %lld of %lld goals, %lld of %lld mutants, %u cases",
                   (long long)state->executions, (long long)state->covered, (long long)state->goals,
                   (long long)state->killed, (long long)state->mutants, sums.written);
        break;
    case PROOF_COVER:
        buf_printf(line, "%u of %u lines, %u of %u branches", sums.lines_executed, sums.lines,
                   sums.branches_taken, sums.branches);
        break;
    case PROOF_PLAIN:
    case PROOF_PERTURB:
    case PROOF_DONE:
        buf_printf(line, "%u of %u cases are left", sums.cases, sums.written);
    }
}

static void tell_stage(struct test_progress *progress, const struct proof *proof)
{
    const struct tested_module *module = proof_module(proof);
    enum proof_stage *told = &progress->stages[module - progress->project->modules];
    if (proof_state(proof)->stage == *told)
        return;
    auto_buf struct buf line;
    begin(progress, &line);
    text_escape(&line, str_from(module->path), false);
    buf_printf(&line, ": %s: ", proof_stage_words[*told]);
    add_counts(&line, *told, proof);
    buf_add_byte(&line, '\n');
    *told = proof_state(proof)->stage;
    say(progress, &line);
}

void test_progress_move(struct test_progress *progress, const struct proof *proof)
{
    if (progress->rewrites)
        rewrite(progress, proof);
    else
        tell_stage(progress, proof);
}

void test_progress_end(struct test_progress *progress)
{
    struct error unheard;
    if (progress->shown && progress->rewrites)
        (void)fd_write_all(STDERR_FILENO, STR("\r\033[K"), &unheard);
}
