#include "testgen/frontier.h"

#include "base/mem.h"

static bool hits(const struct candidate *candidate, uint32_t goal)
{
    uint32_t low = 0, high = candidate->hit_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (candidate->hits[middle] < goal)
            low = middle + 1;
        else
            high = middle;
    }
    return low < candidate->hit_count && candidate->hits[low] == goal;
}

static void add_base(struct frontier_part *part, const struct candidate *candidate)
{
    for (uint32_t i = 0; i < part->base_count; i++)
        if (part->bases[i] == candidate)
            return;
    if (candidate != NULL && part->base_count < FRONTIER_BASES)
        part->bases[part->base_count++] = candidate;
}

/* The simplest that goes the other way, and some that start at another place in each turn. */
static void find_bases(const struct search *search, uint32_t callable, uint32_t turn,
                       uint32_t other, struct frontier_part *part)
{
    const struct archive *archive = &search->engine->archive;
    const struct archive_list *list = &archive->lists[callable];
    const struct candidate *simplest = archive->goals[other];
    if (simplest != NULL && simplest->target == callable)
        add_base(part, simplest);
    for (uint32_t i = 0; i < list->count && part->base_count < FRONTIER_BASES; i++) {
        const struct candidate *candidate = list->candidates[(i + turn * 7) % list->count];
        if (hits(candidate, other))
            add_base(part, candidate);
    }
}

/* What stands in a target of its own is that one's business. */
static bool is_business(const struct subject *subject, uint32_t callable, uint32_t goal)
{
    int32_t owner = subject->goals[goal].callable;
    return owner == (int32_t)callable || owner < 0 || !subject->callables[owner].test;
}

/* Once more, both sides are wanted where something survives. */
static bool is_wanted(const struct search *search, uint32_t goal)
{
    for (size_t i = 0; i < search->line_count && search->lines != NULL; i++)
        if (search->lines[i] == search->engine->subject.goals[goal].line)
            return true;
    return search_is_open(search, goal);
}

static void consider(const struct search *search, uint32_t callable, uint32_t turn,
                     uint32_t compare, bool wanted, const bool *reached, struct frontier *frontier)
{
    const struct compare *described = &search->engine->subject.compares[compare];
    int32_t goal = wanted ? described->goal_true : described->goal_false;
    int32_t other = wanted ? described->goal_false : described->goal_true;
    if (goal < 0 || other < 0 || !reached[other] || frontier->count == FRONTIER_MAX ||
        !is_business(&search->engine->subject, callable, (uint32_t)goal) ||
        !is_wanted(search, (uint32_t)goal))
        return;
    struct frontier_part *part = &frontier->parts[frontier->count];
    *part = (struct frontier_part){.compare = compare, .goal = (uint32_t)goal, .wanted = wanted};
    find_bases(search, callable, turn, (uint32_t)other, part);
    frontier->count += part->base_count > 0;
}

/* All that candidates of the callable reach. */
static bool *find_reached(const struct search *search, uint32_t callable)
{
    const struct archive *archive = &search->engine->archive;
    const struct archive_list *list = &archive->lists[callable];
    bool *reached = mem_alloc(search->engine->subject.goal_count);
    for (uint32_t i = 0; i < list->count; i++)
        for (uint32_t k = 0; k < list->candidates[i]->hit_count; k++)
            reached[list->candidates[i]->hits[k]] = true;
    for (uint32_t i = 0; i < search->engine->subject.goal_count; i++)
        if (archive->goals[i] != NULL && archive->goals[i]->target == callable)
            reached[i] = true;
    return reached;
}

void frontier_find(const struct search *search, uint32_t callable, uint32_t turn,
                   struct frontier *ret)
{
    const struct subject *subject = &search->engine->subject;
    auto_free bool *reached = find_reached(search, callable);
    ret->count = 0;
    for (uint32_t i = 0; i < subject->compare_count; i++) {
        consider(search, callable, turn, i, true, reached, ret);
        consider(search, callable, turn, i, false, reached, ret);
    }
}

struct str frontier_watch(struct arena *arena, const struct subject *subject,
                          const struct frontier_part *parts, uint32_t count)
{
    size_t length = (subject->compare_count + 7) / 8;
    unsigned char *bits = arena_alloc(arena, length);
    for (uint32_t i = 0; i < count; i++)
        bits[parts[i].compare / 8] |= (unsigned char)(1 << parts[i].compare % 8);
    return str_of(bits, length);
}
