/*
 * Looking at a folder of the caller's: which names lie in it, sorted, without the hidden ones and
 * without names that could not be typed (control characters, bytes that are not UTF-8).
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>

enum { FOLDER_ENTRIES_MAX = 4096 };

struct folder_entry {
    const char *name;
    bool is_file; /* a regular one, or a link to one */
};

struct folder {
    struct folder_entry *entries;
    size_t count;
    bool has_more; /* than FOLDER_ENTRIES_MAX: which ones are missing is chance */
};

[[nodiscard]] bool folder_read(const char *path, struct arena *arena, struct folder *ret_folder,
                               struct error *err);

/* Does NAME end in one of the extensions, "py" for "x.py"? */
bool name_has_extension(const char *name, const char *const *extensions);
