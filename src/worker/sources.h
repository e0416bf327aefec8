/*
 * The sources that stand in the box of a reader, one after the other: files that were named, and
 * the files of trees by their names. Children share them (worker/crew.h), so they come in no order.
 *
 *     if (!sources_init(&sources, options, err) || !sources_begin(&sources, err)) …
 *     while (sources_next(&sources, &source)) …
 *         crew_tell(&sources.crew, …)
 *
 * Never waits for a fifo's other end, reads no device, follows no link. What cannot be read, what
 * kills its parser and what takes longer than it may is given as well, with the reason.
 *
 * Of an operation's options these are ours; `path` is in the box, `name` what its owner calls it:
 *
 *   {"texts": [{"text", "name"}], "files": [{"path", "name"}], "trees": [{"path", "name"}],
 *    "reach": word of LISTING_REACHES, "language": text or null, "parse_ms": number,
 *    "children": number, "only": [name] or left out: of trees no others}
 *
 * Files of a tree are called NAME/PATH, or as their path alone if NAME is empty. With 0 children
 * the process does all itself, and ends of what would end a child.
 */
#pragma once

#include "base/json_read.h"
#include "source/language.h"
#include "worker/crew.h"
#include "worker/listing.h"
#include <sys/stat.h>

enum { SOURCES_TREES_MAX = 16, SOURCES_NAME_MAX = 2 * LISTING_PATH_MAX };

struct source_given {
    const char *name; /* lent, as the bytes, until the next one */
    struct str bytes;
    int64_t size;
    const char *why; /* there are no bytes, or NULL */
    bool executable;
};

struct sources_tree {
    const char *name;
    int folder;
    struct listing list;
};

struct sources {
    struct crew crew;
    const struct source_language *language; /* or NULL: of each its own */
    uint32_t parse_ms, children;
    bool only_known; /* of trees only what is in a language that is read */
    struct sources_tree trees[SOURCES_TREES_MAX];
    uint32_t tree_count, file_count, text_count;
    const struct json_value *files, *texts; /* or NULL */
    const char **only;                      /* in order, or NULL: all */
    uint32_t only_count;
    struct arena arena;
    struct buf bytes;
    char name[SOURCES_NAME_MAX];
    int fd; /* of the one that was given last */
    struct stat before;
};

/* Options are lent for as long as the sources are used. */
[[nodiscard]] bool sources_init(struct sources *sources, const struct json_value *options,
                                struct error *err);
void sources_done(struct sources *sources);

/* Writes the line that tells what was left out of the trees: model/left_out.h. */
[[nodiscard]] bool sources_tell_left_out(const struct sources *sources, struct error *err);

/* Returns in each child. */
[[nodiscard]] bool sources_begin(struct sources *sources, struct error *err);
bool sources_next(struct sources *sources, struct source_given *ret);

/* Has the one that was given last changed since? */
bool sources_has_changed(const struct sources *sources);
