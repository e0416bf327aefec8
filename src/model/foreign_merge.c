#include "model/foreign.h"

#include <string.h>

#include "base/mem.h"

enum { ALSO_BYTES_MAX = 200 };

static const struct {
    const char *ours, *theirs;
} same[] = {

#define SAME(ours, theirs) {ours, theirs},
#include "model/foreign_same.def"
#undef SAME
};

static bool is_named(const char *pattern, const char *rule)
{
    size_t length = strlen(pattern);
    if (pattern[length - 1] != '*')
        return strcmp(pattern, rule) == 0;
    return strncmp(pattern, rule, length - 1) == 0;
}

/* Ruff says S where bandit says B. */
static const char *bandits_name(const char *rule, char room[32])
{
    if (strncmp(rule, "ruff:S", 6) != 0 || strlen(rule) > 12)
        return rule;
    memcpy(room, "bandit:B", 8);
    memcpy(room + 8, rule + 6, strlen(rule + 6) + 1);
    return room;
}

static bool means_the_same(const char *ours, const char *theirs)
{
    char ours_room[32], theirs_room[32];
    ours = bandits_name(ours, ours_room);
    theirs = bandits_name(theirs, theirs_room);
    if (strcmp(ours, theirs) == 0)
        return true;
    for (size_t i = 0; i < COUNT_OF(same); i++)
        if (strcmp(same[i].theirs, theirs) == 0 && is_named(same[i].ours, ours))
            return true;
    return false;
}

static bool touches(const struct finding *a, const struct finding *b)
{
    return a->line <= b->end_line && b->line <= a->end_line;
}

static struct finding *find_same(struct checked_file *file, const struct finding *finding)
{
    for (uint32_t i = 0; i < file->finding_count; i++) {
        struct finding *one = &file->findings[i];
        bool same_weakness = one->cwe != 0 && one->cwe == finding->cwe;
        if (touches(one, finding) && strcmp(one->rule, finding->rule) != 0 &&
            (same_weakness || means_the_same(one->rule, finding->rule)))
            return one;
    }
    return NULL;
}

static void name_in(struct finding *one, const char *rule, struct arena *arena)
{
    if (one->also != NULL && strstr(one->also, rule) != NULL)
        return;
    if (one->also == NULL)
        one->also = rule;
    else if (strlen(one->also) + strlen(rule) < ALSO_BYTES_MAX)
        one->also = arena_text(arena, "%s, %s", one->also, rule);
}

static bool is_before(const struct finding *a, const struct finding *b)
{
    return a->line < b->line || (a->line == b->line && a->column < b->column);
}

static bool make_room(struct checked_file *file, struct arena *arena)
{
    uint32_t room = file->finding_count > 8 ? 2 * file->finding_count : 16;
    size_t bytes = room * sizeof *file->findings;
    if (file->finding_count >= FINDINGS_MAX)
        return false;
    if (file->finding_count < file->finding_room)
        return true;
    if (!arena_fits(arena, bytes))
        return false;
    struct finding *list = arena_alloc(arena, bytes);
    if (file->finding_count > 0)
        memcpy(list, file->findings, file->finding_count * sizeof *list);
    file->findings = list;
    file->finding_room = room;
    return true;
}

/* A list that is as long as it may be counts what it leaves out. */
static void insert(struct checked_file *file, const struct finding *finding, struct arena *arena)
{
    uint32_t at = 0;
    if (!make_room(file, arena)) {
        file->findings_left_out++;
        return;
    }
    while (at < file->finding_count && !is_before(finding, &file->findings[at]))
        at++;
    memmove(file->findings + at + 1, file->findings + at,
            (file->finding_count - at) * sizeof *file->findings);
    file->findings[at] = *finding;
    file->finding_count++;
}

void foreign_merge(struct checked_file *file, const struct finding *finding, struct arena *arena)
{
    struct finding *one = find_same(file, finding);
    if (one != NULL)
        name_in(one, finding->rule, arena);
    else
        insert(file, finding, arena);
}
