/* What people read about a run, on stderr. */
#include "cli/run_output.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/refusal.h"
#include "lang/names.h"

static const char *subject(const struct run_result *result)
{
    return result->compiled && !result->ran ? "the compiler" : "the program";
}

static void say_measures(const struct run_result *result, struct buf *out)
{
    const struct run_stage *stage = run_result_last(result);
    const struct box_end *end = &stage->end;
    buf_printf(out, "testudo: %s in ", verdict_word(stage->verdict));
    text_write_ms(out, clock_ms(end->wall_ns));
    buf_add_text(out, ", processor ");
    text_write_ms(out, clock_ms(end->cpu_user_ns + end->cpu_system_ns));
    if (end->memory_peak_bytes >= 0) {
        buf_add_text(out, ", memory ");
        text_write_bytes(out, end->memory_peak_bytes);
    }
    if (end->processes_peak >= 0)
        buf_printf(out, ", %" PRId64 " process%s at most", end->processes_peak,
                   end->processes_peak == 1 ? "" : "es");
    buf_add_text(out, ", prepared in ");
    text_write_ms(out, clock_ms(result->prepare_ns));
    buf_add_byte(out, '\n');
}

static void say_left_out(const struct run_result *result, struct buf *out)
{
    for (uint32_t i = 0; i < result->file_count; i++)
        if (result->files[i].left_out != NULL)
            buf_printf(out, "testudo: not brought back: %s: %s\n",
                       shown_name(result->files[i].name).text, result->files[i].left_out);
}

/* Where the program came from. */
static void say_compiled(const struct run_result *result, struct buf *out)
{
    if (!result->compiled || result->compile.verdict != VERDICT_OK)
        return;
    if (result->from_store) {
        buf_add_text(out, "testudo: not compiled: it was kept by an earlier run (--no-store)\n");
        return;
    }
    buf_add_text(out, "testudo: compiled in ");
    text_write_ms(out, clock_ms(result->compile_ns));
    if (result->not_kept != NULL) {
        buf_add_text(out, ", not kept: ");
        text_escape(out, str_from(result->not_kept), false);
    }
    buf_add_byte(out, '\n');
}

void run_say_end(const struct run_result *result, bool verbose, struct buf *out)
{
    const struct run_stage *stage = run_result_last(result);
    if (stage->verdict != VERDICT_OK && result->message != NULL)
        buf_printf(out, "testudo: %s %s\n", subject(result), result->message);
    say_left_out(result, out);
    if (verbose)
        say_compiled(result, out);
    if (verbose)
        say_measures(result, out);
}

static bool is_accepted(enum guarantee which, const struct limits *limits, uint32_t accepted)
{
    for (enum limit i = 0; i < LIMIT_COUNT; i++)
        if (guarantee_of_limit(i) == which)
            return limits->value[i] == 0 || (accepted & UINT32_C(1) << i) != 0;
    return false;
}

void run_say_missing(const struct run_result *result, uint32_t accepted, struct buf *out)
{
    const char *before = "testudo: not enforced on this host: ";
    bool any = false;
    /* canceled before there was a box: nothing is in force then, and nothing has run */
    if (result->isolation.state[GUARANTEE_PROCESS_TREE].level == GUARANTEE_MISSING)
        return;
    for (enum guarantee i = 0; i < GUARANTEE_COUNT; i++) {
        if (result->isolation.state[i].level != GUARANTEE_MISSING ||
            is_accepted(i, &result->limits, accepted))
            continue;
        buf_printf(out, "%s%s", any ? ", " : before, guarantee_word(i));
        any = true;
    }
    if (any)
        buf_add_text(out, " (testudo doctor says why)\n");
}

static void say_refusal(const struct run_refusal *refusal, const struct refusal_words *words,
                        struct buf *out)
{
    buf_printf(out, "  %s", words->call);
    if (refusal->what.path[0] != '\0')
        buf_printf(out, " %s", shown_name(refusal->what.path).text);
    if (refusal->count > 1)
        buf_printf(out, " (%" PRIu32 " times)", refusal->count);
    buf_printf(out, ": %s: %s\n      what would change it: %s\n", words->error, words->why,
               words->change);
}

void run_say_refusals(const struct run_result *result, struct buf *out)
{
    bool any = false;
    for (uint32_t i = 0; i < result->refusal_count; i++) {
        struct refusal_words words;
        if (!refusal_explain(&result->refusals[i].what, &words))
            continue;
        if (!any)
            buf_add_text(out, "testudo: what was refused:\n");
        any = true;
        say_refusal(&result->refusals[i], &words, out);
    }
    if (!any)
        buf_add_text(out, "testudo: nothing was refused\n");
}
