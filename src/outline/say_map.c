/*
 * A map of the project within a budget: the definitions of the highest rank, below their files, in
 * the order of the files. A token is taken as three bytes, which is less than most models' average
 * for code, so that the budget holds.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "outline/project.h"

enum { BYTES_PER_TOKEN = 3, INDENT = 2 };

struct ranked {
    uint64_t rank;
    uint32_t file, entry;
};

static int compare(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    if (a->rank != b->rank)
        return a->rank < b->rank ? 1 : -1;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return (a->entry > b->entry) - (a->entry < b->entry);
}

static bool is_worth_it(const struct outline_file *file)
{
    return (file->traits & (OUTLINE_FILE_TEST | OUTLINE_FILE_VENDORED | OUTLINE_FILE_GENERATED)) ==
           0;
}

static uint32_t list(const struct project *p, const struct project_view *view, struct ranked *ret)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->count; i++)
        for (uint32_t k = 1; project_shows(view, &p->files[i]) && is_worth_it(&p->files[i]) &&
                             k < p->files[i].entry_count;
             k++)
            ret[count++] = (struct ranked){p->rank[p->first[i] + k], i, k};
    if (count > 0)
        qsort(ret, count, sizeof *ret, compare);
    return count;
}

static void say_file(struct buf *out, const struct outline_file *file)
{
    text_escape(out, file->name, false);
    buf_add_byte(out, '\n');
}

static void say_entry(struct buf *out, const struct outline_file *file, uint32_t k)
{
    const struct outline_entry *entry = &file->entries[k];
    int depth = 1;
    for (uint32_t i = entry->parent; i != 0; i = file->entries[i].parent)
        depth++;
    buf_printf(out, "%*s", INDENT * depth, "");
    text_escape(out, entry->signature.len > 0 ? entry->signature : entry->name, false);
    buf_add_byte(out, '\n');
}

static size_t length_of(void (*say)(struct buf *, const struct outline_file *, uint32_t),
                        const struct outline_file *file, uint32_t k)
{
    auto_buf struct buf line;
    buf_init(&line, 8 * OUTLINE_PATH_MAX);
    say(&line, file, k);
    return line.len;
}

static void say_name(struct buf *out, const struct outline_file *file, uint32_t k)
{
    (void)k;
    say_file(out, file);
}

/* The bytes that an entry adds, with those that hold it and its file where they are not yet there.
 */
static size_t cost(const struct project *p, const struct ranked *r, const uint8_t *chosen)
{
    const struct outline_file *file = &p->files[r->file];
    const uint8_t *mine = chosen + p->first[r->file];
    size_t sum = mine[0] ? 0 : length_of(say_name, file, 0);
    for (uint32_t i = r->entry; i != 0 && !mine[i]; i = file->entries[i].parent)
        sum += length_of(say_entry, file, i);
    return sum;
}

static void choose(const struct project *p, const struct ranked *r, uint8_t *chosen)
{
    uint8_t *mine = chosen + p->first[r->file];
    mine[0] = 1;
    for (uint32_t i = r->entry; i != 0; i = p->files[r->file].entries[i].parent)
        mine[i] = 1;
}

void project_say_map(struct buf *out, const struct project *project,
                     const struct project_view *view, uint32_t tokens)
{
    size_t left = (size_t)tokens * BYTES_PER_TOKEN;
    auto_free struct ranked *ranked = mem_alloc((project->entries + 1) * sizeof *ranked);
    auto_free uint8_t *chosen = mem_alloc(project->entries + 1);
    uint32_t count = list(project, view, ranked);
    for (uint32_t i = 0; i < count && left > 0; i++) {
        size_t bytes = cost(project, &ranked[i], chosen);
        if (bytes > left)
            continue;
        left -= bytes;
        choose(project, &ranked[i], chosen);
    }
    for (uint32_t i = 0; i < project->count; i++) {
        const uint8_t *mine = chosen + project->first[i];
        if (project->files[i].entry_count == 0 || !mine[0])
            continue;
        say_file(out, &project->files[i]);
        for (uint32_t k = 1; k < project->files[i].entry_count; k++)
            if (mine[k])
                say_entry(out, &project->files[i], k);
    }
}
