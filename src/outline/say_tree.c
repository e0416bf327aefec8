/* For people: the files with what they define, then what it comes to. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "outline/facts.h"
#include "outline/project.h"

enum { LANGUAGES_MAX = 64, COMPLEX = 15, LEFT_OUT_BYTES_MAX = 512 };

#define BOLD "\033[1m"
#define YELLOW "\033[33m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

struct screen {
    struct buf *out;
    const struct project *project;
    const struct project_view *view;
};

static void paint(struct screen *s, const char *colour)
{
    if (s->view->colours)
        buf_add_text(s->out, colour);
}

static void add_painted(struct screen *s, const char *colour, struct str text)
{
    paint(s, colour);
    text_escape(s->out, text, false);
    paint(s, PLAIN);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void say_traits(struct screen *s, const struct outline_file *file)
{
    static const char *const words[] = {
#define X(name, word) word,
        OUTLINE_FILE_TRAITS(X)
#undef X
    };
    for (int i = 0; i < OUTLINE_FILE_TRAIT_COUNT; i++)
        if ((file->traits & 1u << i) != 0)
            buf_printf(s->out, ", %s", words[i]);
    if (file->syntax_errors > 0)
        buf_printf(s->out, ", %u syntax %s", file->syntax_errors,
                   file->syntax_errors == 1 ? "error" : "errors");
    if (file->why.len > 0) {
        buf_add_text(s->out, ", ");
        text_escape(s->out, file->why, false);
    }
}

static void say_entry(struct screen *s, const struct outline_entry *entry, uint32_t depth)
{
    buf_printf(s->out, "%*s", (int)(2 * depth), "");
    text_escape(s->out, entry->signature.len > 0 ? entry->signature : entry->name, false);
    paint(s, DIM);
    buf_printf(s->out, "  :%u", entry->line);
    paint(s, PLAIN);
    if (entry->cognitive > COMPLEX) {
        paint(s, YELLOW);
        buf_printf(s->out, "  complexity %u", entry->cognitive);
        paint(s, PLAIN);
    }
    buf_add_byte(s->out, '\n');
}

static void say_entries(struct screen *s, const struct outline_file *file)
{
    auto_free uint32_t *depths = mem_alloc((file->entry_count + 1) * sizeof *depths);
    for (uint32_t i = 1; i < file->entry_count; i++) {
        depths[i] = depths[file->entries[i].parent] + 1;
        if (depths[i] <= s->view->depth)
            say_entry(s, &file->entries[i], depths[i]);
    }
}

static void say_file(struct screen *s, const struct outline_file *file)
{
    if (file->state == OUTLINE_LISTED)
        return;
    add_painted(s, BOLD, file->name);
    buf_printf(s->out, "  %u lines", file->lines);
    say_traits(s, file);
    buf_add_byte(s->out, '\n');
    say_entries(s, file);
}

/* ---- sums ------------------------------------------------------------------------------------ */

static void say_languages(struct screen *s)
{
    struct facts_language list[FACTS_LANGUAGES_MAX];
    uint32_t count = facts_languages(s->project, s->view, list);
    for (uint32_t i = 0; i < count; i++) {
        buf_add_text(s->out, i > 0 ? ", " : "languages    ");
        text_escape(s->out, list[i].name, false);
        buf_printf(s->out, " %u %s %llu lines", list[i].files,
                   list[i].files == 1 ? "file" : "files", (unsigned long long)list[i].lines);
    }
    buf_add_text(s->out, count > 0 ? "\n" : "");
}

static void say_left_out(struct screen *s)
{
    const struct left_out *left_out = &s->project->left_out;
    auto_buf struct buf text;
    buf_init(&text, LEFT_OUT_BYTES_MAX);
    left_out_say(&text, left_out);
    if (text.len > 0)
        buf_printf(s->out, "left out     %s\n", text.data);
    if (left_out->cut)
        buf_add_text(s->out, "incomplete   there are more files than are listed\n");
    if (left_out->deep)
        buf_add_text(s->out, "incomplete   some names are too long or lie too deep\n");
}

static void say_score(struct screen *s)
{
    struct project_score score = project_score(s->project);
    if (score.functions == 0)
        return;
    buf_printf(s->out,
               "score        %u of 100; %u functions, %u of %u public definitions documented\n",
               score.score, score.functions, score.documented, score.public_count);
    for (uint32_t i = 0; i < score.worst_count; i++) {
        const struct outline_file *file = &s->project->files[score.worst[i].file];
        const struct outline_entry *entry = &file->entries[score.worst[i].entry];
        buf_add_text(s->out, i == 0 ? "worst        " : "             ");
        text_escape(s->out, file->name, false);
        buf_printf(s->out, ":%u ", entry->line);
        text_escape(s->out, entry->name, false);
        buf_add_text(s->out, ": ");
        project_reason(entry, s->out);
        buf_add_byte(s->out, '\n');
    }
}

static void say_facts(struct screen *s)
{
    struct facts facts;
    facts_find(s->project, &facts);
    for (uint32_t i = 0; i < facts.manifest_count; i++) {
        buf_add_text(s->out, i == 0 ? "manifests    " : ", ");
        text_escape(s->out, facts.manifests[i].file->name, false);
        buf_printf(s->out, " (%s)", facts.manifests[i].kind->system);
    }
    buf_add_text(s->out, facts.manifest_count > 0 ? "\n" : "");
    if (facts.test_files > 0)
        buf_printf(s->out, "tests        %u in %u files\n", facts.tests, facts.test_files);
    for (uint32_t i = 0; i < facts.command_count; i++)
        buf_printf(s->out, "%s%s%s", i == 0 ? "test by      " : " | ", facts.commands[i],
                   i + 1 == facts.command_count ? "\n" : "");
}

void project_say_tree(struct buf *out, const struct project *project,
                      const struct project_view *view)
{
    struct screen s = {out, project, view};
    for (uint32_t i = 0; i < project->count; i++)
        if (project_shows(view, &project->files[i]))
            say_file(&s, &project->files[i]);
    if (out->len > 0)
        buf_add_byte(out, '\n');
    say_languages(&s);
    say_facts(&s);
    say_score(&s);
    say_left_out(&s);
}
