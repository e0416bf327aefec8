#include "source/look.h"

#include "source/bash_follow.h"
#include "source/characters.h"
#include "source/findings.h"
#include "source/ignore.h"
#include "source/javascript_follow.h"
#include "source/python_follow.h"
#include "source/syntax.h"
#include "source/text.h"
#include "source/tree.h"

static void skip(struct checked_file *file, enum checked_state state, const char *why)
{
    file->state = state;
    file->why = why;
}

struct applying {
    const struct source_rules *rules;
    enum source_language_id language;
    struct source_findings *findings;
};

static void apply(void *cookie, const struct source_fact *fact)
{
    const struct applying *a = cookie;
    source_rules_apply(a->rules, a->language, fact, a->findings);
}

/* Of a language without a follower the syntax is all that is looked at. */
static void follow(const struct source_look *look, const struct source_language *language,
                   const struct source_tree *tree, struct source_findings *findings,
                   struct checked_file *file)
{
    struct applying a = {look->rules, language->id, findings};
    bool whole = true;
    if (look->rules != NULL && language->id == SOURCE_PYTHON)
        whole = python_follow(tree, findings->arena, apply, &a);
    if (look->rules != NULL && (language->id == SOURCE_JAVASCRIPT ||
                                language->id == SOURCE_TYPESCRIPT || language->id == SOURCE_TSX))
        whole = javascript_follow(tree, language, findings->arena, apply, &a);
    if (look->rules != NULL && language->id == SOURCE_BASH)
        whole = bash_follow(tree, findings->arena, apply, &a);
    if (!whole)
        skip(file, CHECKED_PARTIAL, "is too intricate for all of its names to be followed");
}

static void look_inside(const struct source_look *look, const struct source_language *language,
                        struct source_findings *findings, struct checked_file *file)
{
    struct error err = {};
    auto_tree struct source_tree tree = {};
    if (!source_tree_init(&tree, language, findings->text->bytes, look->parse_ms, &err)) {
        skip(file, CHECKED_PARTIAL, arena_text(findings->arena, "%s", err.text));
        return;
    }
    source_syntax_find(&tree, findings);
    follow(look, language, &tree, findings, file);
}

void source_look_at(const struct source_look *look, const char *name, struct str bytes,
                    struct arena *arena, struct checked_file *ret)
{
    struct source_text text;
    struct source_findings findings;
    const struct source_language *language = look->language;
    *ret = (struct checked_file){.name = name, .bytes = (int64_t)bytes.len};
    if (language == NULL)
        language = source_language_of(str_from(name), bytes);
    ret->language = language != NULL ? language->name : NULL;
    const char *refusal = source_text_refusal(bytes);
    if (refusal != NULL) {
        skip(ret, CHECKED_SKIPPED, refusal);
        return;
    }
    if (language == NULL) {
        skip(ret, CHECKED_SKIPPED, "is in no language that is checked");
        return;
    }
    if (language->id != SOURCE_BASH)
        bytes = source_text_with_line_ends(bytes, arena);
    source_text_init(&text, bytes, arena);
    source_findings_init(&findings, &text, arena);
    ret->lines = text.line_count - (source_text_line(&text, text.line_count).len == 0);
    if (look->rules != NULL)
        source_characters_find(&findings, look->rules->characters_off);
    look_inside(look, language, &findings, ret);
    source_findings_sort(&findings);
    if (look->rules != NULL)
        source_rules_settle(look->rules, &findings);
    source_ignore_apply(&findings);
    ret->findings = findings.list;
    ret->finding_count = findings.count;
    ret->findings_left_out = findings.left_out;
}
