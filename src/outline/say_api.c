/* The public definitions, a line each. */
#include "base/text.h"
#include "outline/project.h"

/* "async def f(a)" as it is written; its holders' names stand before it. */
static void say_entry(struct buf *out, const struct outline_file *file, uint32_t k)
{
    uint32_t chain[OUTLINE_DEPTH_MAX], count = 0;
    for (uint32_t i = file->entries[k].parent; i != 0; i = file->entries[i].parent)
        chain[count++] = i;
    text_escape(out, file->name, false);
    buf_add_text(out, ": ");
    while (count > 0) {
        text_escape(out, file->entries[chain[--count]].name, false);
        buf_add_text(out, ": ");
    }
    const struct outline_entry *entry = &file->entries[k];
    text_escape(out, entry->signature.len > 0 ? entry->signature : entry->name, false);
    buf_add_byte(out, '\n');
}

void project_say_api(struct buf *out, const struct project *project,
                     const struct project_view *view)
{
    for (uint32_t i = 0; i < project->count; i++) {
        const struct outline_file *file = &project->files[i];
        bool own = (file->traits & (OUTLINE_FILE_TEST | OUTLINE_FILE_VENDORED)) == 0;
        for (uint32_t k = 1; own && project_shows(view, file) && k < file->entry_count; k++)
            if ((file->entries[k].traits & OUTLINE_IS_EXPORTED) != 0)
                say_entry(out, file, k);
    }
}
