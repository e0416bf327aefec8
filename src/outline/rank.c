/*
 * How much the project leans on each definition: the rank of a walk that goes from a definition to
 * one that it calls, from a file to what it holds, and now and then anywhere. Whole numbers, in a
 * fixed order: the same project has the same ranks on every machine.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "outline/project.h"

enum { ROUNDS = 20, FOLLOWED = 85, HUNDRED = 100 };

/* How many ways lead out of each entry. */
static void count_ways(const struct project *p, uint32_t *ways)
{
    for (uint32_t i = 0; i < p->count; i++) {
        const struct outline_file *file = &p->files[i];
        for (uint32_t k = 1; k < file->entry_count; k++)
            ways[p->first[i] + file->entries[k].parent]++;
        for (uint32_t k = 0; p->callees[i] != NULL && k < file->call_count; k++)
            ways[p->first[i] + file->calls[k].entry] += p->callees[i][k].file != PROJECT_NONE;
    }
}

static void pass_on(const struct project *p, const uint32_t *ways, uint64_t *next)
{
    for (uint32_t i = 0; i < p->count; i++) {
        const struct outline_file *file = &p->files[i];
        for (uint32_t k = 1; k < file->entry_count; k++) {
            uint32_t from = p->first[i] + file->entries[k].parent;
            next[p->first[i] + k] += p->rank[from] / ways[from];
        }
        for (uint32_t k = 0; p->callees[i] != NULL && k < file->call_count; k++) {
            struct project_place callee = p->callees[i][k];
            uint32_t from = p->first[i] + file->calls[k].entry;
            if (callee.file != PROJECT_NONE)
                next[p->first[callee.file] + callee.entry] += p->rank[from] / ways[from];
        }
    }
}

void project_rank(struct project *project)
{
    size_t bytes = (project->entries + 1) * sizeof *project->rank;
    uint64_t share = PROJECT_RANK_ONE / (project->entries > 0 ? project->entries : 1);
    auto_free uint32_t *ways = mem_alloc((project->entries + 1) * sizeof *ways);
    auto_free uint64_t *next = mem_alloc(bytes);
    project->rank = mem_alloc(bytes);
    count_ways(project, ways);
    for (uint32_t i = 0; i < project->entries; i++)
        project->rank[i] = share;
    for (int round = 0; round < ROUNDS; round++) {
        memset(next, 0, bytes);
        pass_on(project, ways, next);
        for (uint32_t i = 0; i < project->entries; i++)
            project->rank[i] =
                share * (HUNDRED - FOLLOWED) / HUNDRED + next[i] / HUNDRED * FOLLOWED;
    }
}
