#include "source/outline.h"

#include <string.h>

#include "source/inventory.h"
#include "source/outline_private.h"

static const struct outline_grammar *grammar_of(const struct source_language *language)
{
    switch ((int)language->id) {
    case SOURCE_PYTHON:
        return &outline_python;
    case SOURCE_JAVASCRIPT:
    case SOURCE_TYPESCRIPT:
    case SOURCE_TSX:
        return &outline_script;
    case SOURCE_JAVA:
        return &outline_java;
    case SOURCE_BASH:
        return &outline_bash;
    default:
        return NULL;
    }
}

static void end_as(struct outline_file *file, enum outline_state state, const char *why)
{
    file->state = state;
    file->why = str_from(why);
}

/* Nodes that the grammar could make nothing of. */
static uint32_t count_errors(const struct source_tree *tree)
{
    uint32_t count = 0;
    TSNode root = ts_tree_root_node(tree->tree), node;
    if (!ts_node_has_error(root))
        return 0;
    auto_walk struct source_walk walk;
    source_walk_init(&walk, root);
    while (source_walk_next(&walk, &node)) {
        if (walk.leaves)
            continue;
        bool wrong = source_node_is(node, "ERROR") || ts_node_is_missing(node);
        count += wrong;
        if (wrong || !ts_node_has_error(node))
            source_walk_skip(&walk);
    }
    return count;
}

/* ---- tests ----------------------------------------------------------------------------------- */

/* What is imported, or what is called where nothing is: its framework. */
static const struct {
    const char *module, *name;
} frameworks[] = {
    {"pytest", "pytest"},
    {"unittest", "unittest"},
    {"hypothesis", "hypothesis"},
    {"doctest", "doctest"},
    {"@jest/globals", "jest"},
    {"vitest", "vitest"},
    {"mocha", "mocha"},
    {"node:test", "node:test"},
    {"ava", "ava"},
    {"tap", "tap"},
    {"@playwright/test", "playwright"},
    {"chai", "chai"},
    {"bun:test", "bun"},
    {"org.junit.jupiter.api", "junit5"},
    {"org.junit", "junit4"},
    {"org.testng.annotations", "testng"},
    {"org.assertj.core.api", "assertj"},
};

static bool counts_as_test(const struct outline_file *file)
{
    for (uint32_t i = 0; i < file->entry_count; i++)
        if ((file->entries[i].traits & OUTLINE_IS_TEST) != 0)
            return true;
    return false;
}

static void find_frameworks(struct outliner *o)
{
    const struct outline_file *file = o->file;
    for (uint32_t i = 0; i < file->import_count; i++)
        for (size_t k = 0; k < sizeof frameworks / sizeof *frameworks; k++)
            if (str_is(file->imports[i].module, frameworks[k].module))
                outline_add_word(o, OUTLINE_WORD_FRAMEWORK, str_from(frameworks[k].name));
    bool is_test = (file->traits & OUTLINE_FILE_TEST) != 0;
    if (is_test && str_is(file->language, "python") && counts_as_test(file))
        outline_add_word(o, OUTLINE_WORD_FRAMEWORK, STR("pytest"));
    for (uint32_t i = 0; is_test && o->grammar == &outline_script && i < file->call_count; i++) {
        struct str name = file->calls[i].name;
        if (str_is(name, "jest.fn") || str_is(name, "jest.mock"))
            outline_add_word(o, OUTLINE_WORD_FRAMEWORK, STR("jest"));
        else if (str_is(name, "describe") || str_is(name, "it") || str_is(name, "test"))
            outline_add_word(o, OUTLINE_WORD_FRAMEWORK, STR("describe/it"));
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool begin(struct outliner *o)
{
    struct outline_entry *whole = outline_add_entry(o);
    if (whole == NULL)
        return false;
    whole->kind = OUTLINE_MODULE;
    whole->cyclomatic = 1;
    whole->line = 1;
    whole->end_line = o->file->lines > 0 ? o->file->lines : 1;
    whole->traits = OUTLINE_IS_PUBLIC;
    return true;
}

static void outline_tree(struct outliner *o, const struct source_language *language)
{
    uint32_t lines = o->file->code;
    if (!begin(o))
        return;
    outline_walk(o, language);
    o->frame_count = 1;
    find_frameworks(o);
    o->file->code = lines > o->file->comments ? lines - o->file->comments : 0;
    o->file->syntax_errors = count_errors(o->tree);
    o->file->state = OUTLINE_WHOLE;
    if (o->cut)
        end_as(o->file, OUTLINE_PARTIAL, "defines or calls more than is told of one file");
}

static void parse(struct outline_file *file, struct str bytes,
                  const struct source_language *language, uint32_t parse_ms, struct arena *arena)
{
    struct error err = {};
    struct outliner o = {.file = file, .arena = arena, .grammar = grammar_of(language)};
    auto_tree struct source_tree tree = {};
    if (language->id != SOURCE_BASH)
        bytes = source_text_with_line_ends(bytes, arena);
    (void)str_take_prefix(&bytes, "\xef\xbb\xbf");
    if (!source_tree_init(&tree, language, bytes, parse_ms, &err)) {
        end_as(file, OUTLINE_PARTIAL, arena_text(arena, "%s", err.text));
        return;
    }
    o.tree = &tree;
    outline_tree(&o, language);
}

void source_outline(const char *name, struct str bytes, const struct source_language *language,
                    bool only_counts, uint32_t parse_ms, struct arena *arena,
                    struct outline_file *ret)
{
    if (language == NULL)
        language = source_language_of(str_from(name), bytes);
    *ret = (struct outline_file){.name = str_from(name), .state = OUTLINE_LISTED};
    if (language != NULL)
        ret->language = str_from(language->name);
    inventory_count(ret, bytes);
    if (inventory_is_vendored(ret->name))
        ret->traits |= OUTLINE_FILE_VENDORED;
    if (str_starts(bytes, "#!"))
        ret->traits |= OUTLINE_FILE_ENTRY;
    if (language == NULL || only_counts)
        return;
    const char *refusal = source_text_refusal(bytes);
    if (refusal != NULL)
        end_as(ret, OUTLINE_SKIPPED, refusal);
    else
        parse(ret, bytes, language, parse_ms, arena);
}
