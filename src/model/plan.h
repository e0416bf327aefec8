/*
 * What to put in boxes and which commands to run there: made from a request by a language, carried
 * out by run/. A plan says everything that will happen; `testudo run --dry-run` prints one.
 *
 * A plan has one step, or two where the language is compiled: then the first runs in a box of its
 * own with the sources, and only the artifact goes on into the box of the second.
 */
#pragma once

#include "model/box.h"
#include "model/run_request.h"

struct plan_folder {
    enum box_input_kind kind;
    const char *path;   /* on the host */
    const char *target; /* inside */
};

struct plan_step {
    struct words argv, env;
    const char *cwd;
    struct limits limits;
    bool noexec;
    enum warm warm; /* see box_spec */
};

/* A folder that the toolchain makes once, from nothing but itself, and that compilers look up:
 * where there is a store, the compiler's box shows it, and has this environment. */
struct plan_layer {
    const char *title;     /* "Go's standard library" */
    struct plan_step make; /* makes the files below /work that match */
    const char *glob, *folder;
    const char *target; /* in the compiler's box; `folder` is below it */
    struct words env;
};

struct plan {
    const char *language, *version; /* NULL for a plain command */
    bool has_compile;
    struct plan_step compile;
    const struct plan_layer *layer; /* or NULL */
    const char
        *artifact; /* the file in the first box's /work that the second one gets, executable */
    struct plan_step run;

    uint32_t file_count, folder_count, link_count, out_count;
    const struct request_file *files; /* put into /work of the first box */
    const struct plan_folder *folders;
    const struct box_link *links;
    const struct request_out *outs;

    const char *image;
    enum network network;
    uint32_t accept_missing;
    bool explain;
    bool cold;     /* see box_spec */
    bool no_store; /* what the compiler makes is neither looked for nor kept */
    bool carried;  /* /work holds what an earlier run has left there; nothing tells here what that
                    * is */
    bool terminal; /* the program has a terminal of its own, joined with the caller's */
};
