/* The score of a project, as docs/outline.md has it. */
#include "outline/project.h"

enum { MEASURES = 5, DOCUMENTED_SHARE = 10, SHAPE_SHARE = 90, BEST = 100 };

struct measure {
    uint32_t value, fine;
    const char *words;
};

static void measure(const struct outline_entry *entry, struct measure ret[MEASURES])
{
    const struct measure all[MEASURES] = {
#define X(name, value, fine, words) {value, fine, words},
        PROJECT_MEASURES(X)
#undef X
    };
    memcpy(ret, all, sizeof all);
}

/* How far past what is fine: nothing up to there, all at three times as much. */
static uint32_t excess(const struct measure *m)
{
    uint64_t over = m->value > m->fine ? m->value - m->fine : 0;
    uint64_t part = over * PROJECT_PENALTY_ONE / (2 * m->fine);
    return part < PROJECT_PENALTY_ONE ? (uint32_t)part : (uint32_t)PROJECT_PENALTY_ONE;
}

/* The worst measure counts whole, the others a quarter: each may make it only worse. */
uint32_t project_penalty(const struct outline_entry *entry)
{
    struct measure all[MEASURES];
    uint32_t sum = 0, most = 0;
    measure(entry, all);
    for (int i = 0; i < MEASURES; i++) {
        uint32_t part = excess(&all[i]);
        sum += part;
        most = part > most ? part : most;
    }
    uint32_t penalty = most + (sum - most) / 4;
    return penalty < PROJECT_PENALTY_ONE ? penalty : (uint32_t)PROJECT_PENALTY_ONE;
}

void project_reason(const struct outline_entry *entry, struct buf *out)
{
    struct measure all[MEASURES];
    int worst = 0;
    measure(entry, all);
    for (int i = 1; i < MEASURES; i++) /* compared as shares of what is fine, without rounding */
        if ((uint64_t)all[i].value * all[worst].fine > (uint64_t)all[worst].value * all[i].fine)
            worst = i;
    buf_printf(out, "%u %s (%u are fine)", all[worst].value, all[worst].words, all[worst].fine);
}

static bool is_function(const struct outline_entry *entry)
{
    return entry->kind == OUTLINE_FUNCTION || entry->kind == OUTLINE_METHOD;
}

/* By penalty; of equals the first stays first. */
static void keep_worst(struct project_score *score, const struct project *p,
                       struct project_place place, uint32_t penalty)
{
    uint32_t at = score->worst_count;
    while (at > 0) {
        struct project_place other = score->worst[at - 1];
        if (project_penalty(&p->files[other.file].entries[other.entry]) >= penalty)
            break;
        at--;
    }
    if (at == PROJECT_WORST_MAX)
        return;
    if (score->worst_count < PROJECT_WORST_MAX)
        score->worst_count++;
    for (uint32_t i = score->worst_count - 1; i > at; i--)
        score->worst[i] = score->worst[i - 1];
    score->worst[at] = place;
}

struct project_score project_score(const struct project *project)
{
    struct project_score score = {};
    uint64_t penalties = 0;
    for (uint32_t i = 0; i < project->count; i++) {
        const struct outline_file *file = &project->files[i];
        if ((file->traits & (OUTLINE_FILE_GENERATED | OUTLINE_FILE_VENDORED)) != 0)
            continue;
        for (uint32_t k = 1; k < file->entry_count; k++) {
            const struct outline_entry *entry = &file->entries[k];
            uint32_t penalty = is_function(entry) ? project_penalty(entry) : 0;
            bool shown = (entry->traits & OUTLINE_IS_EXPORTED) != 0 &&
                         (file->traits & OUTLINE_FILE_TEST) == 0;
            score.functions += is_function(entry);
            score.public_count += shown;
            score.documented += shown && entry->doc.len > 0;
            penalties += penalty;
            if (penalty > 0)
                keep_worst(&score, project, (struct project_place){i, k}, penalty);
        }
    }
    uint64_t shape = SHAPE_SHARE, documented = DOCUMENTED_SHARE;
    if (score.functions > 0)
        shape = SHAPE_SHARE - (penalties * SHAPE_SHARE + score.functions * UINT64_C(500)) /
                                  (score.functions * UINT64_C(1000));
    if (score.public_count > 0)
        documented = (uint64_t)score.documented * DOCUMENTED_SHARE / score.public_count;
    score.score = (uint32_t)(shape + documented);
    return score;
}
