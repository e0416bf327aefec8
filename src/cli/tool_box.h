/*
 * A program of the host in a box of its own, without network: git, or somebody's tool that looks at
 * sources. It sees the folders that it is given, read-only, and what it prints is all that comes
 * back. That is a stranger's text, whatever the tool is called: it has read a stranger's files.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "model/run_request.h"

enum { TOOL_BOX_FOLDERS_MAX = 20 };

struct tool_box {
    struct arena *arena;
    struct run_request request;
};

void tool_box_init(struct tool_box *box, struct arena *arena);

/* `name` is what it is called below BOX_IN; the path must be absolute. */
[[nodiscard]] bool tool_box_add_folder(struct tool_box *box, const char *path, const char *name,
                                       struct error *err);
void tool_box_add_word(struct tool_box *box, const char *word);
void tool_box_add_env(struct tool_box *box, const char *variable); /* NAME=VALUE */

/* Its exit status; its standard output goes to `out`, and is over when that is too small. That it
 * was ended by a signal or a limit is an error, as is a program that is not there. */
[[nodiscard]] bool tool_box_run(struct tool_box *box, struct buf *out, int *ret_status,
                                struct error *err);
