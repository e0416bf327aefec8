#include "model/chain.h"

#include <signal.h>

#include "base/text.h"

enum { RESULT_BYTES_MAX = 1 << 20 };

void chain_result_init(struct chain_result *result)
{
    *result = (struct chain_result){};
    arena_init(&result->arena, RESULT_BYTES_MAX);
}

void chain_result_done(struct chain_result *result)
{
    for (uint32_t i = 0; i < result->count; i++)
        if (result->ends[i].state == CHAIN_RAN)
            run_result_done(&result->ends[i].result);
    result->count = 0;
    arena_done(&result->arena);
}

const char *chain_part_word(enum chain_kind kind)
{
    return kind == CHAIN_PIPES ? "process" : "step";
}

/* ---- who speaks for the whole --------------------------------------------------------------- */

static const struct run_stage *last_stage(const struct chain_result *result, uint32_t index)
{
    return run_result_last(&result->ends[index].result);
}

static bool went_well(const struct chain_result *result, uint32_t index)
{
    const struct chain_end *end = &result->ends[index];
    return end->state != CHAIN_RAN || last_stage(result, index)->verdict == VERDICT_OK;
}

/* Whoever wrote to one that had stopped to read was ended by that, and not by a mistake of his own;
 * whether stopping was one is for the other's verdict to say. In a line a status is excused as
 * well, as a shell does; two that talk to each other know their own protocol. */
static bool is_excused(const struct chain_result *result, uint32_t index)
{
    uint32_t reader = (index + 1) % result->count;
    const struct run_stage *stage = last_stage(result, index);
    if (result->kind != CHAIN_PIPES || !result->ends[index].piped.reader_gone ||
        result->ends[reader].state != CHAIN_RAN)
        return false;
    return (stage->verdict == VERDICT_SIGNALED && stage->signal == SIGPIPE) ||
           (stage->verdict == VERDICT_FAILED && !result->ring);
}

/* Of pipes the first to end badly was the cause of what came after. */
static bool is_before(const struct chain_result *result, uint32_t a, uint32_t b)
{
    return result->kind == CHAIN_PIPES && result->ends[a].piped.order < result->ends[b].piped.order;
}

static bool find_cause(const struct chain_result *result, const struct chain_plan *plan,
                       uint32_t *ret_index)
{
    bool found = false;
    for (uint32_t i = 0; i < result->count; i++) {
        if (went_well(result, i) || plan->parts[i].may_fail || is_excused(result, i) ||
            (found && !is_before(result, i, *ret_index)))
            continue;
        *ret_index = i;
        found = true;
    }
    return found;
}

static uint32_t find_last_ran(const struct chain_result *result)
{
    uint32_t last = 0;
    for (uint32_t i = 0; i < result->count; i++)
        if (result->ends[i].state == CHAIN_RAN)
            last = i;
    return last;
}

static bool find_broken(const struct chain_result *result, uint32_t *ret_index)
{
    for (uint32_t i = 0; i < result->count; i++) {
        if (result->ends[i].state != CHAIN_BROKEN)
            continue;
        *ret_index = i;
        return true;
    }
    return false;
}

/* ---- saying it ------------------------------------------------------------------------------ */

static bool ran_out_of_time(const struct chain_end *end)
{
    const struct box_end *box = &end->result.run.end;
    return end->result.ran && (box->cause == BOX_CAUSE_WALL_TIME || box->cause == BOX_CAUSE_IDLE);
}

/* It had time left over, and nothing to read: then perhaps all wait for each other. Whether one
 * that is silent waits or computes is not seen from here. */
static bool may_be_deadlocked(const struct chain_result *result, const struct chain_end *end)
{
    return result->ring && ran_out_of_time(end) && end->piped.unread_bytes == 0 &&
           end->piped.order == 1 && end->piped.quiet_ns > end->result.run.end.wall_ns / 2;
}

static void add_remark(const struct chain_result *result, uint32_t index, struct buf *text)
{
    const struct chain_end *end = &result->ends[index];
    if (may_be_deadlocked(result, end)) {
        buf_add_text(text, "; nothing was said for ");
        text_write_ms(text, (double)(end->piped.quiet_ns / 1000000));
        buf_add_text(text, ", and it had read all there was: do they wait for each other?");
    }
    if (end->piped.reader_gone && last_stage(result, index)->signal == SIGPIPE)
        buf_printf(text, "; process %u had stopped to read what it wrote",
                   (index + 1) % result->count + 1);
}

static void say(struct chain_result *result)
{
    auto_buf struct buf text;
    buf_init(&text, 1024);
    uint32_t index = result->speaker;
    const struct run_result *run = &result->ends[index].result;
    if (result->verdict == VERDICT_OK) {
        buf_add_text(&text, verdict_text(VERDICT_OK));
    } else {
        buf_printf(&text, "%s%s %u %s", run->compiled && !run->ran ? "the compiler of " : "",
                   chain_part_word(result->kind), index + 1,
                   run->message != NULL ? run->message : verdict_text(result->verdict));
        add_remark(result, index, &text);
    }
    result->message = arena_string(&result->arena, buf_str(&text));
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void take_from_speaker(struct chain_result *result)
{
    const struct run_stage *stage = last_stage(result, result->speaker);
    result->verdict = stage->verdict;
    result->exit_code = stage->exit_code;
    result->signal = stage->signal;
}

/* Who let go first. What the others do about it comes after that, though their ends may be told
 * before his. */
static void put_in_order(struct chain_result *result)
{
    for (uint32_t i = 0; i < result->count; i++) {
        struct chain_piped *own = &result->ends[i].piped;
        own->order = 1;
        for (uint32_t k = 0; k < result->count; k++) {
            int64_t left_ns = result->ends[k].piped.left_ns;
            own->order += k != i && result->ends[k].state == CHAIN_RAN &&
                          (left_ns < own->left_ns || (left_ns == own->left_ns && k < i));
        }
    }
}

void chain_judge(struct chain_result *result, const struct chain_plan *plan, bool canceled)
{
    put_in_order(result);
    result->broken = find_broken(result, &result->speaker);
    if (result->broken)
        return;
    bool bad = find_cause(result, plan, &result->speaker);
    if (!bad)
        result->speaker = find_last_ran(result);
    if (result->ends[result->speaker].state == CHAIN_RAN)
        take_from_speaker(result);
    /* excused, or one that may fail and was the last */
    if (!bad && result->verdict != VERDICT_OK) {
        result->verdict = VERDICT_OK;
        result->exit_code = result->signal = 0;
    }
    bool over = result->ends[result->count - 1].state == CHAIN_RAN;
    if (canceled && !bad && !over) {
        result->verdict = VERDICT_CANCELED;
        result->message = verdict_text(VERDICT_CANCELED);
        return;
    }
    say(result);
}
