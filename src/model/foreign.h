/*
 * What other people's tools find, read as findings of ours: their JSON by a table of formats, and
 * SARIF. Rules are called TOOL:RULE ("bandit:B307"). Texts are a stranger's and cut to a length.
 *
 * Findings are told one after the other. Merged with ours, one that says what ours says at the same
 * lines is left out, and named there: the same meaning by the table foreign_same.def, or the same
 * weakness (CWE).
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "model/checked.h"

enum foreign_tool {

#define TOOL(name, ...) FOREIGN_##name,
#include "model/foreign_tools.def"
#undef TOOL
    FOREIGN_TOOLS,
};

struct foreign_about {
    const char *word;     /* what it is called, as a program too */
    const char *language; /* of which sources: as in checked_file; or "javascript" for all of it */
    const char *package;  /* what brings it */
};

const struct foreign_about *foreign_about(enum foreign_tool tool);
[[nodiscard]] bool foreign_find(struct str word, enum foreign_tool *ret);

/* `file` is a name as the tool has it. Both live in the arena. */
typedef void foreign_hear(void *cookie, const char *file, const struct finding *finding);

/* An arena that holds FOREIGN_ROOM_FACTOR times the text is never too small. */
enum { FOREIGN_TEXT_MAX = 8 << 20, FOREIGN_ROOM_FACTOR = 80 };

[[nodiscard]] bool foreign_read(enum foreign_tool tool, struct str text, struct arena *arena,
                                foreign_hear *hear, void *cookie, struct error *err);
[[nodiscard]] bool foreign_read_sarif(struct str text, struct arena *arena, foreign_hear *hear,
                                      void *cookie, struct error *err);

/* Puts a finding among those of the file, or names it in one of them. */
void foreign_merge(struct checked_file *file, const struct finding *finding, struct arena *arena);
