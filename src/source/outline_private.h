/*
 * What the parts of the outline share. outline_walk.c goes through the tree of any language; a
 * language is a table of its grammar's nodes and what part each plays (outline_NAME.def) and a few
 * functions that take definitions, imports and names out of them (outline_NAME.c).
 */
#pragma once

#include "source/kinds.h"
#include "source/outline.h"
#include "source/text.h"

/* What part a node plays. How it counts is in outline_walk.c, in one table. */
enum outline_role {
    ROLE_NONE,
    ROLE_FUNCTION, /* may define one: the language says */
    ROLE_CLASS,
    ROLE_LAMBDA,
    ROLE_DECORATED, /* holds decorators and a definition */
    ROLE_CALL,
    ROLE_IMPORT,
    ROLE_RAISE,
    ROLE_NOTE, /* something that the language looks at itself */
    ROLE_COMMENT,
    ROLE_IF,
    ROLE_ELIF, /* a branch more of an if */
    ROLE_ELSE,
    ROLE_ELSE_IF, /* an else that holds nothing but the next if */
    ROLE_LOOP,
    ROLE_CATCH,
    ROLE_SWITCH,
    ROLE_CASE,
    ROLE_TERNARY,
    ROLE_FILTER, /* of a comprehension */
    ROLE_REPEAT, /* the for of one */
    ROLE_JUMP,   /* leaves something by its label */
    ROLE_BINARY, /* an operator: of these only "and" and "or" count */
    ROLE_AND,
    ROLE_OR,
    ROLE_YIELD,
};

struct outline_node {
    const char *name;
    enum outline_role role;
};

/* A definition that the walk is inside of. */
struct outline_frame {
    uint32_t entry, depth, nesting;
};

enum { OUTLINE_FRAMES_MAX = 200 };

struct outliner {
    const struct outline_grammar *grammar;
    const struct source_tree *tree;
    const struct source_text *text;
    struct arena *arena;
    struct outline_file *file;
    struct source_walk walk;
    uint8_t *trail; /* the roles of the nodes above, by depth */
    uint32_t trail_room;
    struct outline_frame frames[OUTLINE_FRAMES_MAX];
    uint32_t frame_count;
    uint32_t entry_room, word_room, call_room, import_room;
    TSNode decorated;
    uint32_t comment_start, comment_end; /* the last one */
    uint32_t comment_line;               /* the last line that was counted as one */
    uint32_t exported_end; /* where the last statement that exports a definition ends */
    bool lists_exports;    /* the source says by a list what it exports */
    bool cut;
};

struct outline_grammar {
    const struct outline_node *nodes;
    uint8_t node_count;
    /* Fills name, kind, signature … of a definition that lies in made->parent; false: it is none.
     * Words that it adds meanwhile are the definition's. */
    bool (*define)(struct outliner *o, TSNode node, struct outline_entry *made);
    void (*import)(struct outliner *o, TSNode node);
    void (*call)(struct outliner *o, TSNode node);
    void (*raise)(struct outliner *o, TSNode node);
    void (*note)(struct outliner *o, TSNode node); /* or NULL */
    void (*finish)(struct outliner *o);            /* or NULL: when all entries are there */
};

extern const struct outline_grammar outline_python, outline_script, outline_java, outline_bash;

/* Goes through all of the tree. The file's own entry must be there. */
void outline_walk(struct outliner *o, const struct source_language *language);

/* ---- for languages ----------------------------------------------------------------------------
 */

struct outline_entry *outline_here(struct outliner *o); /* the innermost that is open */
uint32_t outline_here_number(const struct outliner *o);

struct outline_entry *outline_add_entry(struct outliner *o); /* NULL: there is no room */
void outline_add_word(struct outliner *o, enum outline_word_kind kind, struct str text);
void outline_add_call(struct outliner *o, TSNode node, struct str name);
void outline_add_import(struct outliner *o, TSNode node, struct str module, struct str name,
                        struct str alias);

/* What a statement raises: the `field` of a `making` expression, or a name. */
void outline_add_raised(struct outliner *o, TSNode statement, const char *making,
                        const char *field);

/* Definitions that the source exports, by its list if it has one, and what is public in them. A
 * list of Python's is the whole truth; others add to what is exported where it is defined. */
void outline_mark_exports(struct outliner *o);

struct str outline_text(const struct outliner *o, TSNode node); /* of a null node: empty */
struct str outline_field(const struct outliner *o, TSNode node, const char *field);
bool outline_has_child(TSNode node, const char *type); /* "async" among its direct children */

/* The name behind an expression: "a.b.c" itself; ".c" of what has none before the last dot. */
struct str outline_dotted(struct outliner *o, struct str expression);

/* ---- texts: outline_text.c --------------------------------------------------------------------
 */

/* Bytes [start, end) on one line: runs of blanks become one, comments go. */
struct str outline_one_line(struct outliner *o, uint32_t start, uint32_t end);

/* A documenting text without its signs and indentation. */
struct str outline_clean_docstring(struct outliner *o, struct str literal);
struct str outline_clean_comment(struct outliner *o, struct str comment);

/* The comment that begins with two stars and ends where `node` begins, or "". */
struct str outline_comment_before(struct outliner *o, TSNode node);
uint32_t outline_count_doctests(struct str doc);

bool outline_is_dotted(struct str text);

/* "name" of "'name'" and "\"name\"". */
struct str outline_unquoted(struct str literal);
