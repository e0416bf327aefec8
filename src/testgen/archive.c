#include "testgen/archive.h"

#include <assert.h>

#include "testgen/builder.h"
#include "testgen/fit.h"
#include "testgen/place.h"

void archive_init(struct archive *archive, struct arena *arena, const struct subject *subject)
{
    *archive = (struct archive){.arena = arena, .subject = subject};
    archive->goals = arena_alloc(arena, subject->goal_count * sizeof *archive->goals);
    archive->hangs = arena_alloc(arena, subject->callable_count * sizeof *archive->hangs);
    archive->lists = arena_alloc(arena, subject->callable_count * sizeof *archive->lists);
}

void archive_done(struct archive *archive)
{
    *archive = (struct archive){}; /* all of it is the arena's */
}

/* ---- what a candidate is ------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t part)
{
    hash = (hash ^ part) * 0x9e3779b97f4a7c15;
    return hash ^ hash >> 29;
}

static uint64_t mix_text(uint64_t hash, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        hash = mix(hash, (unsigned char)text.ptr[i]);
    return mix(hash, text.len);
}

static uint64_t signature_of(const struct trace *trace)
{
    uint64_t hash = mix(trace->status, trace->origin);
    hash = mix_text(mix_text(hash, trace->exception), trace->type);
    for (uint32_t i = 0; i < trace->hit_count; i++)
        hash = mix(hash, trace->hits[i]);
    return hash;
}

static struct str keep_text(struct arena *arena, struct str text)
{
    return text.len == 0 ? (struct str){"", 0} : str_of(arena_string(arena, text), text.len);
}

static const struct candidate *make(struct arena *arena, uint32_t target,
                                    const struct program *program, const struct trace *trace,
                                    uint32_t weight)
{
    struct candidate *candidate = arena_alloc(arena, sizeof *candidate);
    uint16_t *hits = arena_alloc(arena, trace->hit_count * sizeof *hits);
    if (trace->hit_count > 0)
        memcpy(hits, trace->hits, trace->hit_count * sizeof *hits);
    *candidate = (struct candidate){.program = place_copy(arena, program),
                                    .target = target,
                                    .weight = weight,
                                    .fuel = trace->fuel,
                                    .status = trace->status,
                                    .origin = trace->origin,
                                    .exception = keep_text(arena, trace->exception),
                                    .type = keep_text(arena, trace->type),
                                    .digest = trace->digest,
                                    .signature = signature_of(trace),
                                    .hits = hits,
                                    .hit_count = trace->hit_count};
    return candidate;
}

static const struct candidate *keep(struct archive *archive, uint32_t target,
                                    const struct program *program, const struct trace *trace,
                                    uint32_t weight)
{
    return make(archive->arena, target, program, trace, weight);
}

const struct candidate *candidate_copy(struct arena *arena, const struct candidate *from)
{
    struct candidate *copy = arena_alloc(arena, sizeof *copy);
    uint16_t *hits = arena_alloc(arena, from->hit_count * sizeof *hits);
    if (from->hit_count > 0)
        memcpy(hits, from->hits, from->hit_count * sizeof *hits);
    *copy = *from;
    copy->program = place_copy(arena, &from->program);
    copy->exception = keep_text(arena, from->exception);
    copy->type = keep_text(arena, from->type);
    copy->hits = hits;
    return copy;
}

/* ---- behaviours ---------------------------------------------------------------------------- */

/* Equal in all that can be observed, the way taken, and how often each part of it was gone. What
 * only says yes or no needs the latter: its mutants are told apart by inputs that look alike. */
static bool is_alike(const struct candidate *candidate, const struct trace *trace,
                     uint64_t signature)
{
    return candidate->digest == trace->digest && candidate->signature == signature &&
           candidate->fuel == trace->fuel;
}

enum { DIGEST_ALIKE_MAX = 24 };

/* Where its behaviour stands in the list, or NULL. Of one outcome there are only so many ways. */
static const struct candidate **find_behaviour(struct archive_list *list, const struct trace *trace,
                                               uint64_t signature, bool *ret_known)
{
    uint32_t alike = 0;
    *ret_known = false;
    for (uint32_t i = 0; i < list->count; i++) {
        *ret_known |= list->candidates[i]->digest == trace->digest;
        alike += list->candidates[i]->digest == trace->digest;
        if (is_alike(list->candidates[i], trace, signature) || alike == DIGEST_ALIKE_MAX)
            return &list->candidates[i];
    }
    return NULL;
}

static uint32_t count_signature(const struct archive_list *list, uint64_t signature)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < list->count; i++)
        count += list->candidates[i]->signature == signature;
    return count;
}

/* The heaviest of those that went the way `signature`. */
static uint32_t find_heaviest(const struct archive_list *list, uint64_t signature)
{
    uint32_t found = list->count, weight = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct candidate *candidate = list->candidates[i];
        if (candidate->signature == signature &&
            (found == list->count || candidate->weight > weight)) {
            found = i;
            weight = candidate->weight;
        }
    }
    return found;
}

/* Which way most of them went. Two ways that share a counter are rare, and no harm. */
static uint64_t find_crowd(const struct archive_list *list, uint32_t *ret_size)
{
    enum { COUNTERS = 1024 };

    uint16_t counts[COUNTERS] = {};
    uint64_t crowd = 0;
    *ret_size = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        uint64_t signature = list->candidates[i]->signature;
        uint16_t size = ++counts[signature % COUNTERS];
        if (size > *ret_size) {
            *ret_size = size;
            crowd = signature;
        }
    }
    return crowd;
}

/* Of calls that failed inside themselves a few say enough. */
enum { FAILED_ALIKE_MAX = 6, RAISED_ALIKE_MAX = 40 };

static uint32_t crowd_max(const struct trace *trace)
{
    if (trace->status == RUN_DONE)
        return ARCHIVE_PER_CALLABLE;
    bool meant = trace->origin == ORIGIN_RAISE || trace->origin == ORIGIN_DOCUMENTED;
    return meant ? RAISED_ALIKE_MAX : FAILED_ALIKE_MAX;
}

/* Which one gives way to a candidate of this signature and weight; `count` if there is room and
 * ARCHIVE_PER_CALLABLE if none does. */
static uint32_t find_place(const struct archive_list *list, const struct trace *trace,
                           uint64_t signature, uint32_t weight)
{
    uint32_t alike = count_signature(list, signature), crowd_size;
    if (alike < crowd_max(trace)) {
        if (list->count < ARCHIVE_PER_CALLABLE)
            return list->count;
        uint64_t crowd = find_crowd(list, &crowd_size);
        if (crowd_size > alike + 1)
            return find_heaviest(list, crowd);
    }
    uint32_t heaviest = find_heaviest(list, signature);
    bool lighter = heaviest < list->count && weight < list->candidates[heaviest]->weight;
    return lighter ? heaviest : ARCHIVE_PER_CALLABLE;
}

static bool add_behaviour(struct archive *archive, uint32_t target, const struct program *program,
                          const struct trace *trace, uint32_t weight,
                          const struct candidate **ret_kept)
{
    struct archive_list *list = &archive->lists[target];
    uint64_t signature = signature_of(trace);
    bool known;
    const struct candidate **same = find_behaviour(list, trace, signature, &known);
    if (same != NULL) {
        if (weight < (*same)->weight && is_alike(*same, trace, signature))
            *ret_kept = *same = keep(archive, target, program, trace, weight);
        return false; /* simpler, but nothing new */
    }
    uint32_t place = find_place(list, trace, signature, weight);
    if (place == ARCHIVE_PER_CALLABLE)
        return false;
    bool news = !known || count_signature(list, signature) == 0;
    *ret_kept = list->candidates[place] = keep(archive, target, program, trace, weight);
    list->count += place == list->count;
    return news;
}

/* ---- goals --------------------------------------------------------------------------------- */

/* A call that ends well tells more than one that fails. */
static bool is_better(const struct trace *trace, uint32_t weight, const struct candidate *old)
{
    if (old == NULL)
        return true;
    bool done = trace->status == RUN_DONE, old_done = old->status == RUN_DONE;
    return done != old_done ? done : weight < old->weight;
}

static bool add_goals(struct archive *archive, uint32_t target, const struct program *program,
                      const struct trace *trace, uint32_t weight, const struct candidate *kept)
{
    bool fresh = false;
    for (uint32_t i = 0; i < trace->hit_count; i++) {
        const struct candidate **goal = &archive->goals[trace->hits[i]];
        if (!is_better(trace, weight, *goal))
            continue;
        if (*goal == NULL) {
            archive->covered++;
            fresh = true;
        }
        if (kept == NULL)
            kept = keep(archive, target, program, trace, weight);
        *goal = kept;
    }
    return fresh;
}

/* What was raised before the call under test says nothing about it. */
static bool is_about(const struct subject *subject, const struct program *program,
                     const struct trace *trace, uint32_t target)
{
    if (trace->status == RUN_DONE || trace->at >= program->count)
        return true;
    const struct statement *last = &program->statements[trace->at];
    if (last->kind == STATEMENT_DRAIN || last->kind == STATEMENT_ENTER)
        last = &program->statements[last->var];
    if (builder_is_invocation(subject, last))
        last = &program->statements[last->arguments[0].value->items[0]->integer];
    return last->kind == STATEMENT_CALL && last->callable == target;
}

enum { MISFIT_WEIGHT = 200 }; /* there where nothing fitting shows the same, and nowhere else */

uint32_t archive_weigh(const struct archive *archive, const struct program *program)
{
    return program_weight(program) + MISFIT_WEIGHT * fit_misfits(archive->subject, program);
}

void archive_add_hang(struct archive *archive, uint32_t target, const struct program *program,
                      const struct trace *trace)
{
    uint32_t weight = archive_weigh(archive, program);
    const struct candidate *old = archive->hangs[target];
    if (old == NULL || weight < old->weight)
        archive->hangs[target] = keep(archive, target, program, trace, weight);
}

const struct candidate *candidate_new(const struct archive *archive, struct arena *arena,
                                      uint32_t target, const struct program *program,
                                      const struct trace *trace)
{
    bool ended = trace->status == RUN_DONE || trace->status == RUN_RAISED;
    if (!ended || trace->origin == ORIGIN_CALL || trace->origin == ORIGIN_ARGUMENT ||
        !is_about(archive->subject, program, trace, target))
        return NULL;
    return make(arena, target, program, trace, archive_weigh(archive, program));
}

bool archive_add(struct archive *archive, uint32_t target, const struct program *program,
                 const struct trace *trace)
{
    assert(target < archive->subject->callable_count);
    if (trace->status != RUN_DONE && trace->status != RUN_RAISED)
        return false;
    const struct candidate *kept = NULL;
    if (!is_about(archive->subject, program, trace, target))
        return false;
    if (trace->origin == ORIGIN_CALL || trace->origin == ORIGIN_ARGUMENT)
        return false; /* no test comes from a call that does not fit, so it reaches no goal */
    uint32_t weight = archive_weigh(archive, program);
    bool fresh = add_behaviour(archive, target, program, trace, weight, &kept);
    return add_goals(archive, target, program, trace, weight, kept) || fresh;
}
