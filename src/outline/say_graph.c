/* Which file imports which, as a graph for others' programs. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "outline/project.h"

/* In double quotes: what would end them or act on a terminal is escaped. */
static void add_quoted(struct buf *out, struct str text, enum project_graph form)
{
    auto_buf struct buf shown;
    buf_init(&shown, 4 * OUTLINE_PATH_MAX);
    text_escape(&shown, text, false);
    buf_add_byte(out, '"');
    for (size_t i = 0; i < shown.len; i++) {
        char c = shown.data[i];
        if (form == PROJECT_MERMAID && (c == '"' || c == '\\'))
            buf_add_text(out, c == '"' ? "#quot;" : "#92;");
        else if (form == PROJECT_DOT && (c == '"' || c == '\\'))
            buf_printf(out, "\\%c", c);
        else
            buf_add_byte(out, c);
    }
    buf_add_byte(out, '"');
}

static void add_edges(struct buf *out, const struct project *p, const struct project_view *view,
                      uint32_t number, uint32_t *seen, enum project_graph form)
{
    const struct outline_file *file = &p->files[number];
    for (uint32_t i = 0; p->targets[number] != NULL && i < file->import_count; i++) {
        uint32_t target = p->targets[number][i];
        if (target == PROJECT_NONE || target == number || seen[target] == number + 1 ||
            !project_shows(view, &p->files[target]))
            continue;
        seen[target] = number + 1;
        buf_printf(out, form == PROJECT_DOT ? "  n%u -> n%u;\n" : "  n%u --> n%u\n", number,
                   target);
    }
}

void project_say_graph(struct buf *out, const struct project *project,
                       const struct project_view *view, enum project_graph form)
{
    auto_free uint32_t *seen = mem_alloc((project->count + 1) * sizeof *seen);
    buf_add_text(out, form == PROJECT_DOT ? "digraph imports {\n" : "flowchart LR\n");
    for (uint32_t i = 0; i < project->count; i++) {
        const struct outline_file *file = &project->files[i];
        if (file->entry_count == 0 || !project_shows(view, file))
            continue;
        buf_printf(out, form == PROJECT_DOT ? "  n%u [label=" : "  n%u[", i);
        add_quoted(out, file->name, form);
        buf_add_text(out, form == PROJECT_DOT ? "];\n" : "]\n");
    }
    for (uint32_t i = 0; i < project->count; i++)
        if (project_shows(view, &project->files[i]))
            add_edges(out, project, view, i, seen, form);
    buf_add_text(out, form == PROJECT_DOT ? "}\n" : "");
}
