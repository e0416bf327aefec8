/*
 * Which definition a call means, by its last name: one of the same file, else one of a file that is
 * imported, else the only one of that name in the project. A name that several could mean is left
 * unknown: a wrong line is worth less than none.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "outline/names.h"
#include "outline/project.h"

enum { CANDIDATES_MAX = 64 };

struct finding_callees {
    struct project *project;
    struct names names; /* of all definitions: their number through all files */
    uint32_t *file_of;  /* by that number */
    uint32_t *imported; /* by file: 1 + the last file that imports it */
};

static struct str last_part(struct str name)
{
    for (size_t i = name.len; i > 0; i--)
        if (name.ptr[i - 1] == '.')
            return str_skip(name, i);
    return name;
}

static void add_all(struct finding_callees *f)
{
    const struct project *p = f->project;
    for (uint32_t i = 0; i < p->count; i++) {
        for (uint32_t k = 0; k < p->files[i].entry_count; k++) {
            f->file_of[p->first[i] + k] = i;
            if (k > 0)
                names_add(&f->names, p->files[i].entries[k].name, p->first[i] + k);
        }
    }
}

static bool is_own_call(struct str call)
{
    return str_starts(call, "self.") || str_starts(call, "this.") || str_starts(call, "cls.");
}

/* How near a candidate is: 3 in the same file, 2 imported, 1 elsewhere; 0 not one. */
static int nearness(const struct finding_callees *f, uint32_t file, const struct outline_call *call,
                    uint32_t number)
{
    const struct project *p = f->project;
    uint32_t other = f->file_of[number];
    const struct outline_entry *entry = &p->files[other].entries[number - p->first[other]];
    bool dotted = memchr(call->name.ptr, '.', call->name.len) != NULL;
    if (entry->kind == OUTLINE_METHOD && !dotted && !str_is(p->files[file].language, "java"))
        return 0;
    if (other == file)
        return 3;
    if (f->imported[other] == file + 1)
        return 2;
    return is_own_call(call->name) || !dotted ? 0 : 1;
}

static struct project_place find(const struct finding_callees *f, uint32_t file,
                                 const struct outline_call *call)
{
    struct project_place none = {PROJECT_NONE, 0};
    uint32_t best = 0, tries = 0;
    int nearest = 0, same = 0;
    const struct names_item *item = names_find(&f->names, last_part(call->name));
    for (; item != NULL && tries < CANDIDATES_MAX; item = names_next(&f->names, item), tries++) {
        int near = nearness(f, file, call, item->number);
        same = near > nearest ? 1 : near == nearest ? same + 1 : same;
        if (near > nearest) {
            nearest = near;
            best = item->number;
        }
    }
    if (nearest == 0 || (nearest < 3 && same > 1) || tries == CANDIDATES_MAX)
        return none;
    uint32_t other = f->file_of[best];
    return (struct project_place){other, best - f->project->first[other]};
}

static void find_in(struct finding_callees *f, uint32_t number)
{
    struct project *p = f->project;
    const struct outline_file *file = &p->files[number];
    size_t bytes = file->call_count * sizeof **p->callees;
    if (file->call_count == 0 || !arena_fits(p->arena, bytes))
        return;
    p->callees[number] = arena_alloc(p->arena, bytes);
    for (uint32_t k = 0; p->targets[number] != NULL && k < file->import_count; k++)
        if (p->targets[number][k] != PROJECT_NONE)
            f->imported[p->targets[number][k]] = number + 1;
    for (uint32_t k = 0; k < file->call_count; k++) {
        struct project_place callee = find(f, number, &file->calls[k]);
        p->callees[number][k] = callee;
        if (callee.file != PROJECT_NONE &&
            (callee.file != number || callee.entry != file->calls[k].entry))
            p->used[p->first[callee.file] + callee.entry]++;
    }
}

void project_find_callees(struct project *project)
{
    struct finding_callees f = {.project = project};
    project->callees = mem_alloc((project->count + 1) * sizeof *project->callees);
    project->used = mem_alloc((project->entries + 1) * sizeof *project->used);
    f.file_of = mem_alloc((project->entries + 1) * sizeof *f.file_of);
    f.imported = mem_alloc((project->count + 1) * sizeof *f.imported);
    names_init(&f.names, project->entries);
    add_all(&f);
    for (uint32_t i = 0; i < project->count; i++)
        find_in(&f, i);
    names_done(&f.names);
    free(f.file_of);
    free(f.imported);
}
