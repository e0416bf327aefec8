#include "source/findings.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

void source_findings_init(struct source_findings *findings, const struct source_text *text,
                          struct arena *arena)
{
    *findings = (struct source_findings){
        .text = text,
        .arena = arena,
        .list = arena_alloc(arena, FINDINGS_MAX * sizeof *findings->list),
    };
}

/* ---- the excerpt ----------------------------------------------------------------------------- */

static size_t character(struct str bytes)
{
    uint32_t point;
    size_t length = utf8_read(bytes, &point);
    return length > 0 ? length : 1;
}

/* The first `count` characters, or all. */
static size_t length_of(struct str bytes, uint32_t count)
{
    size_t length = 0;
    while (count-- > 0 && length < bytes.len)
        length += character(str_skip(bytes, length));
    return length;
}

/* Of a long line the part around the column; blanks that it begins with say nothing. */
static void excerpt(struct finding *finding, struct str line, struct arena *arena)
{
    enum { BEFORE = FINDING_EXCERPT_MAX / 2 };

    uint32_t column = finding->column - 1, from = column > BEFORE ? column - BEFORE : 0;
    line = str_skip(line, length_of(line, from));
    while (from < column && line.len > 0 && str_has(STR(" \t"), line.ptr[0])) {
        line = str_skip(line, 1);
        from++;
    }
    size_t length = length_of(line, FINDING_EXCERPT_MAX);
    finding->excerpt = arena_copy(arena, line.ptr, length);
    finding->excerpt_at = column - from;
    uint32_t shown = 0;
    for (size_t at = 0; at < length; at += character(str_skip(line, at)))
        shown++;
    uint32_t marks = finding->end_line > finding->line || finding->end_column <= finding->column
                         ? shown - (finding->excerpt_at < shown ? finding->excerpt_at : shown)
                         : finding->end_column - finding->column;
    if (finding->end_line == finding->line && finding->end_column == finding->column)
        marks = 1;
    uint32_t room = FINDING_EXCERPT_MAX - finding->excerpt_at;
    finding->excerpt_marks = marks < 1 ? 1 : marks > room ? room : marks;
}

/* ---- the list -------------------------------------------------------------------------------- */

static const char *cut(struct arena *arena, const char *text)
{
    struct str whole = str_from(text);
    return whole.len <= FINDING_TEXT_MAX ? text
                                         : arena_string(arena, utf8_cut(whole, FINDING_TEXT_MAX));
}

void source_findings_add(struct source_findings *findings, const struct finding *what,
                         uint32_t start, uint32_t end)
{
    if (findings->count == FINDINGS_MAX) {
        findings->left_out++;
        return;
    }
    struct finding *finding = &findings->list[findings->count++];
    struct source_place from = source_text_place(findings->text, start);
    struct source_place to = source_text_place(findings->text, end);
    *finding = *what;
    finding->message = cut(findings->arena, what->message);
    finding->line = from.line;
    finding->column = from.column;
    finding->end_line = to.line;
    finding->end_column = to.column;
    excerpt(finding, source_text_line(findings->text, from.line), findings->arena);
}

static int compare(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    if (a->column != b->column)
        return a->column < b->column ? -1 : 1;
    int order = strcmp(a->rule, b->rule);
    return order != 0 ? order : strcmp(a->message, b->message);
}

static bool is_same(const struct finding *a, const struct finding *b)
{
    return a->line == b->line && a->column == b->column && strcmp(a->rule, b->rule) == 0;
}

void source_findings_sort(struct source_findings *findings)
{
    uint32_t kept = 0;
    qsort(findings->list, findings->count, sizeof *findings->list, compare);
    for (uint32_t i = 0; i < findings->count; i++)
        if (kept == 0 || !is_same(&findings->list[kept - 1], &findings->list[i]))
            findings->list[kept++] = findings->list[i];
    findings->count = kept;
}
