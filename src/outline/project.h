/*
 * The outline of a project: the files that the reader told of, in the order of their names, and
 * what follows from them together: which import means which file, which call which definition, how
 * much each is used, what the whole is worth by its measures.
 *
 * The lines come from a reader that strangers' bytes may have taken over, so each is checked; what
 * they say is advice about the project that they came from, and nothing else.
 */
#pragma once

#include "base/json_write.h"
#include "model/left_out.h"
#include "model/outline.h"

enum { PROJECT_NONE = UINT32_MAX };

/* A definition, by its file and its number there. */
struct project_place {
    uint32_t file, entry;
};

struct project {
    struct arena *arena;
    struct outline_reader reader;
    struct outline_file *files; /* on the heap */
    uint32_t count, room;
    struct left_out left_out;
    /* project_link: */
    uint32_t **targets; /* of each file's imports the file, or PROJECT_NONE: not of the project */
    struct project_place **callees; /* of each file's calls; file PROJECT_NONE: not known */
    uint32_t *first;  /* the number of each file's first entry, counted through all files */
    uint32_t entries; /* of all files */
    uint32_t *used;   /* how often each entry is called, by others than itself */
    uint64_t *rank;   /* of each entry: its share of all, in parts of PROJECT_RANK_ONE */
};

#define PROJECT_RANK_ONE (UINT64_C(1) << 40)

void project_init(struct project *project, struct arena *arena);
void project_done(struct project *project);

[[nodiscard]] bool project_hear(struct project *project, struct str line, struct error *err);

/* When all lines were heard: sorts, and finds what means what. */
void project_link(struct project *project);

/* Steps of project_link. */
void project_resolve(struct project *project);
void project_find_callees(struct project *project);
void project_rank(struct project *project);

/* ---- measures -------------------------------------------------------------------------------- */

/* What makes a function hard to work with: NAME, member or expression, what is still fine, words.
 */
#define PROJECT_MEASURES(X)                                                                        \
    X(CYCLOMATIC, entry->cyclomatic, 10, "cyclomatic complexity")                                  \
    X(COGNITIVE, entry->cognitive, 15, "cognitive complexity")                                     \
    X(LENGTH, entry->end_line - entry->line + 1, 60, "lines")                                      \
    X(NESTING, entry->nesting, 4, "levels of nesting")                                             \
    X(PARAMETERS, entry->parameters, 5, "parameters")

enum { PROJECT_WORST_MAX = 5, PROJECT_PENALTY_ONE = 1000 };

/* 0 to PROJECT_PENALTY_ONE; 0 when no measure is past what is fine. It never falls when a measure
 * rises. */
uint32_t project_penalty(const struct outline_entry *entry);

/* "cyclomatic complexity 34 (10 is fine)", the one that is furthest past. */
void project_reason(const struct outline_entry *entry, struct buf *out);

struct project_score {
    uint32_t score; /* 0 to 100 */
    uint32_t functions, public_count, documented;
    uint32_t worst_count;
    struct project_place worst[PROJECT_WORST_MAX];
};

/* Of all that is the project's own and made by hand. */
struct project_score project_score(const struct project *project);

/* ---- what is said ---------------------------------------------------------------------------- */

struct project_view {
    struct str language; /* or empty: all */
    uint32_t depth;      /* of definitions in each other; 0: files only */
    bool colours;
};

bool project_shows(const struct project_view *view, const struct outline_file *file);

void project_say_tree(struct buf *out, const struct project *project,
                      const struct project_view *view);
void project_say_json(struct buf *out, const struct project *project,
                      const struct project_view *view);

/* The public definitions, a line each, without places: what a diff of two versions shows is what
 * changed for callers. */
void project_say_api(struct buf *out, const struct project *project,
                     const struct project_view *view);

/* Where `name` ("parse", "Parser.parse") is defined and used; false: nowhere. */
bool project_say_find(struct buf *out, const struct project *project,
                      const struct project_view *view, const char *name, bool json);

enum project_graph { PROJECT_DOT, PROJECT_MERMAID };

void project_say_graph(struct buf *out, const struct project *project,
                       const struct project_view *view, enum project_graph form);

/* What is used most first, as signatures below their files, in no more than so many tokens. */
void project_say_map(struct buf *out, const struct project *project,
                     const struct project_view *view, uint32_t tokens);
