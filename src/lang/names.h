/*
 * Names that callers choose for things in a box, and files and folders of theirs that they name:
 * each refusal says what, why and what to do.
 */
#pragma once

#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One part of a path: not empty, no slash, not "." or "..", UTF-8 without control characters. */
bool name_is_plain(const char *name);

/* Below a folder: plain names joined by single slashes, not too long. */
bool path_is_plain(const char *path);

/* `what` begins the sentence: "the name of a file". */
[[nodiscard]] bool path_check(const char *what, const char *path, struct error *err);
[[nodiscard]] bool name_check(const char *what, const char *name, struct error *err);

/* A stranger's text for an error: escaped and not too long. */
enum { NAME_SHOWN_MAX = 160 };

struct shown {
    char text[NAME_SHOWN_MAX];
};
struct shown shown_name(const char *name);

/* A regular file that we may read; its bytes without its holes. */
[[nodiscard]] bool file_check(const char *what, const char *path, int64_t *ret_bytes,
                              struct error *err);

/* A folder that may be shown in a box: ours to read, and not the host's root or kernel. The real
 * path comes back in the caller's PATH_MAX bytes. */
[[nodiscard]] bool folder_check(const char *what, const char *path, char *ret_real,
                                struct error *err);
