/* Series: one way of striking, at each step of one role, in one kind of run. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/fault/fault.h"
#include "tests/fault/groups.h"
#include "tests/fault/tolerated.h"

enum { FAILURES_SHOWN = 8 };

enum { AS_ROOT, AS_PLAIN };

static const struct series {
    int user;
    const char *kind;
    enum role at;
    const struct way *way;
    enum role victim;
    int number;
    int stride;      /* in the short form each such step only; 0: not played there */
    int long_stride; /* the same of the long form; 0: each */
} list[] = {

#include "tests/fault/series.def"
};

struct playing {
    const struct series *series;
    struct place *place;
    const struct kind *kind;
    struct tally *tally;
    int struck, failures;
    bool over;
};

static void name_series(const struct series *s, char *name, size_t size)
{
    char more[64] = "";
    if (s->way == &way_signal)
        snprintf(more, sizeof more, " %s", sigabbrev_np(s->number));
    if (s->victim != ROLE_NOBODY)
        snprintf(more, sizeof more, ", the %s at it", role_word(s->at));
    snprintf(name, size, "%s run%s: %s %s%s", s->kind, s->user == AS_PLAIN ? " (plain user)" : "",
             role_word(s->victim != ROLE_NOBODY ? s->victim : s->at), s->way->word, more);
}

static void show_failure(struct playing *p, int step, const char *call, const struct error *err)
{
    if (p->failures++ < FAILURES_SHOWN)
        printf("        step %d (%s): %s\n", step, call, err->text);
    place_accept(p->place); /* what is wrong now is not to be wrong again and again */
}

/* A refusal is told, as an error or a remark, or it is one of those that may be done without. */
static bool check_tolerated(const struct fault *fault, const struct outcome *outcome,
                            struct error *err)
{
    if (fault->way == &way_no_nameless && outcome->status != 0)
        return error_set(err, ERROR_INPUT, "it gives up");
    if (fault->way != &way_fail || !outcome->struck || outcome->status != 0 ||
        memmem(buf_str(&outcome->err).ptr, outcome->err.len, "testudo: ", 9) != NULL ||
        is_tolerated(fault->at, outcome->call))
        return true;
    return error_set(err, ERROR_INPUT, "refused to the %s, and nobody minds", role_word(fault->at));
}

static bool judge(struct playing *p, const struct fault *fault, const struct outcome *outcome,
                  struct error *err)
{
    if (fault->way == &way_freeze_groups && !groups_set_read_only(false))
        return error_set(err, ERROR_SYSTEM, "control groups stay read-only");
    if (fault->way->kills && outcome->struck && !outcome->died)
        return error_set(err, ERROR_INPUT, "the victim was struck and did not die of it");
    return check_answer(p->place, p->kind, fault, outcome, err) &&
           check_tolerated(fault, outcome, err) && check_after(p->place, p->kind, err);
}

static void show_outcome(int step, const struct outcome *outcome)
{
    printf("        step %d (%s): status %x, %s", step, outcome->call, (unsigned)outcome->status,
           outcome->struck ? "struck" : "not struck");
    printf(", lingered %jd ms: %.*s\n", (intmax_t)outcome->lingered_ms, (int)outcome->err.len,
           buf_str(&outcome->err).ptr);
}

static void forget(const struct playing *p)
{
    if (p->kind->first)
        place_forget_state(p->place);
    if (p->kind->anew)
        place_forget_builds(p->place);
}

static void play_step(struct playing *p, int step)
{
    const struct series *s = p->series;
    const struct fault fault = {s->at, step, s->way, s->victim, s->number};
    struct outcome outcome;
    struct error err = {};
    outcome_init(&outcome);
    forget(p);
    bool ok = trace_run(p->place, p->kind, &fault, &outcome, &err);
    p->over = !ok || (!outcome.struck && !outcome.struck_in_vain);
    p->struck += outcome.struck;
    if (p->tally->verbose)
        show_outcome(step, &outcome);
    if (!ok || !judge(p, &fault, &outcome, &err))
        show_failure(p, step, outcome.call, &err);
    outcome_done(&outcome);
}

/* What a run of the kind keeps, whole and under its name, is there after each of them. */
static void keep_first(const struct playing *p)
{
    struct outcome outcome;
    struct error err;
    if (!p->kind->keeps)
        return;
    outcome_init(&outcome);
    if (run_plainly(p->place, p->kind, &(struct limits_wished){}, &outcome, &err))
        place_accept(p->place);
    outcome_done(&outcome);
}

/* How many steps a run in peace has. */
static int count_steps(const struct playing *p)
{
    const struct fault none = {.at = p->series->at, .way = p->series->way};
    struct outcome outcome;
    struct error err = {};
    outcome_init(&outcome);
    keep_first(p);
    forget(p);
    bool ok = trace_run(p->place, p->kind, &none, &outcome, &err) &&
              check_answer(p->place, p->kind, &none, &outcome, &err);
    if (!ok)
        printf("        traced in peace: %s\n", err.text);
    for (int role = 0; role < ROLE_COUNT && ok && outcome.steps[p->series->at] == 0; role++)
        printf("        traced in peace: %d steps of %s\n", outcome.steps[role],
               role_word((enum role)role));
    int steps = ok ? outcome.steps[p->series->at] : -1;
    outcome_done(&outcome);
    return steps;
}

/* The last steps differ a little from run to run; most of them must have come. How many boxes a
 * batch makes, and which of them wait, is a matter of time. */
static bool came_far_enough(const struct playing *p, int last_step, int steps)
{
    int share = p->kind->lines > 0 ? 2 : 8;
    return last_step >= steps - steps / share - 3;
}

/* A broker asks whose the boxes of this host are, and sweeps what the dead have left: beside others
 * a run in peace has more steps than by itself, and counting again tells. */
static bool recount(const struct playing *p, int last_step, int *steps)
{
    enum { COUNTS = 3 };

    bool far = came_far_enough(p, last_step, *steps);
    for (int i = 0; !far && *steps > 0 && i < COUNTS; i++) {
        *steps = count_steps(p);
        far = came_far_enough(p, last_step, *steps);
    }
    return far && *steps > 0;
}

/* Whether a batch finds its boxes waiting is a matter of time: on a busy machine the first step may
 * not come for want of a runtime that was ready. */
static void play_first_step(struct playing *p, int step)
{
    enum { ATTEMPTS = 5 };

    int attempts = p->kind->lines > 0 ? ATTEMPTS : 1;
    for (int i = 0; i < attempts && p->struck == 0 && p->failures == 0; i++)
        play_step(p, step);
}

static void play_series(struct playing *p, const char *name)
{
    int stride = p->tally->long_form ? p->series->long_stride : p->series->stride;
    int64_t begun = clock_now_ns();
    int steps = count_steps(p), step = stride > 1 ? 1 + stride / 2 : 1;
    stride = stride > 0 ? stride : 1;
    if (steps > 0)
        play_first_step(p, step);
    for (step += stride; steps > 0 && !p->over && p->failures < FAILURES_SHOWN; step += stride)
        play_step(p, step);
    double seconds = clock_ms(clock_now_ns() - begun) / 1000;
    p->tally->struck += p->struck;
    if (steps <= 0)
        tally_fail(p->tally, "%s: no steps", name);
    else if (p->failures == 0 && !recount(p, step - stride, &steps))
        tally_fail(p->tally, "%s: step %d of %d did not come", name, step - stride, steps);
    else if (p->failures > 0 || p->struck == 0)
        tally_fail(p->tally, "%s: %d failures, %d struck", name, p->failures, p->struck);
    else
        tally_pass(p->tally, "%s: %d struck at %d steps, %.1f s", name, p->struck, steps, seconds);
}

void series_play_all(struct place *root, struct place *plain, struct tally *tally)
{
    for (size_t i = 0; i < COUNT_OF(list); i++) {
        char name[128];
        struct playing playing = {.series = &list[i], .tally = tally};
        playing.kind = kind_named(list[i].kind);
        playing.place = list[i].user == AS_PLAIN ? plain : root;
        name_series(&list[i], name, sizeof name);
        bool groups = list[i].way == &way_lose_groups || list[i].way == &way_freeze_groups;
        if (!tally_wants(tally, name) || (list[i].stride == 0 && !tally->long_form))
            continue;
        if (playing.place == NULL || !kind_is_possible(playing.kind))
            tally_skip(tally, "%s: needs %s", name,
                       playing.place == NULL ? "root, and user namespaces" : playing.kind->needs);
        else if (groups && !groups_are_there())
            tally_skip(tally, "%s: needs control groups", name);
        else
            play_series(&playing, name);
        fflush(stdout);
    }
}
