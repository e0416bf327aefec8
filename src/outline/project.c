#include "outline/project.h"

#include <stdlib.h>

#include "base/mem.h"

void project_init(struct project *project, struct arena *arena)
{
    *project = (struct project){.arena = arena};
    outline_reader_init(&project->reader, arena);
}

void project_done(struct project *project)
{
    free(project->files);
    free(project->targets);
    free(project->callees);
    free(project->first);
    free(project->used);
    free(project->rank);
    *project = (struct project){};
}

/* ---- hearing --------------------------------------------------------------------------------- */

bool project_hear(struct project *project, struct str line, struct error *err)
{
    bool ended;
    if (!project->reader.begun && left_out_is_line(line))
        return left_out_read(line, &project->left_out, err);
    if (!outline_read(&project->reader, line, false, &ended, err))
        return false;
    if (!ended)
        return true;
    if (project->count == project->room) {
        project->room = project->room > 0 ? 2 * project->room : 64;
        project->files = mem_grow(project->files, project->room, sizeof *project->files);
    }
    project->files[project->count++] = project->reader.file;
    return true;
}

/* ---- linking --------------------------------------------------------------------------------- */

static int compare(const void *left, const void *right)
{
    const struct str *a = &((const struct outline_file *)left)->name;
    const struct str *b = &((const struct outline_file *)right)->name;
    int order = memcmp(a->ptr, b->ptr, a->len < b->len ? a->len : b->len);
    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

/* A name that is told of twice counts once. */
static void sort_files(struct project *p)
{
    uint32_t kept = 0;
    if (p->count == 0)
        return;
    qsort(p->files, p->count, sizeof *p->files, compare);
    for (uint32_t i = 0; i < p->count; i++)
        if (kept == 0 || !str_equal(p->files[kept - 1].name, p->files[i].name))
            p->files[kept++] = p->files[i];
    p->count = kept;
}

void project_link(struct project *project)
{
    sort_files(project);
    project->first = mem_alloc((project->count + 1) * sizeof *project->first);
    for (uint32_t i = 0; i < project->count; i++) {
        project->first[i] = project->entries;
        project->entries += project->files[i].entry_count;
    }
    project_resolve(project);
    project_find_callees(project);
    project_rank(project);
}

bool project_shows(const struct project_view *view, const struct outline_file *file)
{
    return view->language.len == 0 || str_equal(view->language, file->language);
}
