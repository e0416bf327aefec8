/*
 * The patterns of one .gitignore, with the meaning that git gives them: "!" takes back, a "/"
 * before the end ties a pattern to the file's folder, one at the end to folders, "*" and "?" and
 * "[a-z]" match within a name, "**" across them. The last pattern that matches decides.
 *
 * The file may be a stranger's: patterns past GITIGNORE_PATTERNS_MAX are left out, which `cut`
 * says, and a pattern that takes too long to match matches nothing.
 */
#pragma once

#include "base/arena.h"
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

enum { GITIGNORE_PATTERNS_MAX = 10000, GITIGNORE_BYTES_MAX = 1 << 20 };

struct gitignore_pattern {
    struct str text;
    bool keeps, folders_only, anchored;
};

struct gitignore {
    struct gitignore_pattern *patterns;
    uint32_t count;
    bool cut;
};

enum gitignore_answer { GITIGNORE_SAYS_NOTHING, GITIGNORE_IGNORES, GITIGNORE_KEEPS };

/* The text is lent; it must be no longer than GITIGNORE_BYTES_MAX. */
void gitignore_read(struct gitignore *ret, struct str text, struct arena *arena);

/* `path` is below the folder in which the file lies: "a/b". That a folder above it is ignored,
 * which nothing takes back, is the caller's to know. */
enum gitignore_answer gitignore_ask(const struct gitignore *ignore, struct str path,
                                    bool is_folder);

/* Does the whole path match? A "*" never matches a "/", unless it is a part of "**". */
bool gitignore_matches(struct str pattern, struct str path);
