#include "source/ignore.h"

#include <string.h>

#include "base/utf8.h"

enum { REASON_BYTES_MAX = 200 };

static const char mark[] = "testudo: ignore ";

/* What follows the mark in a comment of the line; false if there is none. */
static bool find_mark(struct str line, struct str *ret_rest, bool *ret_alone)
{
    const char *at = line.len > 0 ? memmem(line.ptr, line.len, mark, strlen(mark)) : NULL;
    if (at == NULL)
        return false;
    struct str before = str_trim(str_of(line.ptr, (size_t)(at - line.ptr)));
    if (!str_ends(before, "#") && !str_ends(before, "//"))
        return false;
    *ret_alone = str_is(before, "#") || str_is(before, "//");
    *ret_rest = str_skip(line, (size_t)(at - line.ptr) + strlen(mark));
    return true;
}

/* "python-eval the text is our own": the reason, if it is this rule's. */
static const char *reason_for(struct str line, const char *rule, bool alone_only,
                              struct arena *arena)
{
    struct str rest, word;
    bool alone;
    if (!find_mark(line, &rest, &alone) || (alone_only && !alone) ||
        !str_take_until(&rest, ' ', &word) || !str_is(word, rule))
        return NULL;
    rest = utf8_cut(str_trim(rest), REASON_BYTES_MAX);
    return rest.len > 0 ? arena_string(arena, rest) : NULL;
}

void source_ignore_apply(struct source_findings *findings)
{
    const struct source_text *text = findings->text;
    for (uint32_t i = 0; i < findings->count; i++) {
        struct finding *finding = &findings->list[i];
        if (finding_is_syntax(finding))
            continue;
        struct str own = source_text_line(text, finding->line);
        struct str before = source_text_line(text, finding->line - 1);
        finding->ignored = reason_for(own, finding->rule, false, findings->arena);
        if (finding->ignored == NULL)
            finding->ignored = reason_for(before, finding->rule, true, findings->arena);
    }
}
