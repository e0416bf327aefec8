/*
 * The caller's source, found and checked: the folder that comes along, what it is called in the
 * box, and which file of it starts.
 */
#pragma once

#include "lang/folder.h"
#include "lang/lang.h"

struct source {
    const char *folder; /* its real path on the host */
    const char *name;   /* below /in */
    const char *entry;  /* below the folder; NULL: all its sources are one program */
    bool alone;         /* only the entry itself comes along: the folder is the caller's home */
    struct folder top;  /* what lies in it, hidden names left out */
};

/* Of a request with a source_path, whose language is known. */
[[nodiscard]] bool source_find(const struct run_request *request, const struct lang *lang,
                               struct arena *arena, struct source *ret_source, struct error *err);

/* The one file of the folder that the language would start, or NULL. */
const char *source_entry_by_convention(const struct folder *folder, const struct lang *lang);

/* A folder's path as a name below /in: letters, digits, '.', '_' and '-', or "src". */
const char *source_name(struct arena *arena, const char *folder);
