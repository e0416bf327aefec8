/*
 * A look at sources without running them: what `testudo check` does, and `testudo run --policy`
 * before it runs anything. The sources are read in a box that has nothing else.
 *
 * inspection_init, any number of inspection_add_…, inspection_run; then `checked` says what was
 * found, in the order of the names. What is added lives in the arena.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "cli/worker_box.h"
#include "model/checked.h"
#include "model/words.h"

enum { INSPECTION_ARENA_BYTES = 1 << 30 };

struct inspection {
    struct arena *arena;
    struct worker_box box;
    struct checked checked;
    const char *reach; /* into folders: "own", "all" or "every" (worker/listing.h) */
    bool some;         /* of folders only the files that `only` names */
    struct words only;
    struct words select, ignore; /* ids of rules to look for alone, and not at all */
    struct words files, file_names, folders, folder_names, rules; /* the places are in the box */
    struct error error; /* the first line that could not be read */
};

[[nodiscard]] bool inspection_init(struct inspection *inspection, struct arena *arena,
                                   struct error *err);
void inspection_done(struct inspection *inspection);

[[nodiscard]] bool inspection_add_bytes(struct inspection *inspection, struct str bytes,
                                        const char *name, struct error *err);

/* Of what is too long only as much is read that it is seen to be. */
[[nodiscard]] bool inspection_add_input(struct inspection *inspection, int fd, const char *name,
                                        struct error *err);
[[nodiscard]] bool inspection_add_file(struct inspection *inspection, const char *path,
                                       struct error *err);
[[nodiscard]] bool inspection_add_folder(struct inspection *inspection, const char *path,
                                         struct error *err);

/* Rules beside our own, as source/rules.h wants them. */
[[nodiscard]] bool inspection_add_rules(struct inspection *inspection, struct str rules,
                                        struct error *err);

/* "src" of "src/": what the names of a folder's files begin with. */
const char *inspection_folder_name(struct arena *arena, const char *path);

/* `language` is that of all of them, or NULL: by name or first line. */
[[nodiscard]] bool inspection_run(struct inspection *inspection, const char *language,
                                  struct error *err);
