/*
 * Languages: a request becomes a plan. Each language is one file with one const struct; the table
 * in lang.c lists them. Nothing here runs anything or opens anything that the guest could have
 * made: it looks for toolchains on the host and says what to do.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "model/plan.h"
#include "model/run_request.h"

/* A toolchain that was found. `program` is as seen inside a box. */
struct toolchain {
    const char *program;
    const char *version;     /* as cheaply as it can be told, "3.11"; may be NULL */
    const char *prefix;      /* where it really lives when that is not below /usr, else NULL */
    const char *venv;        /* an environment's folder that must come along, or NULL */
    const char *alias;       /* another path by which the environment names the prefix, or NULL */
    const char *helper;      /* a second program that it needs, as seen inside a box, or NULL */
    const char *helper_home; /* its folder, when that is not below /usr */
};

struct lang {
    const char *name, *title;
    const char *const *aliases;      /* "py", "python3"; NULL ends each of these lists */
    const char *const *extensions;   /* "py" */
    const char *const *interpreters; /* of a #! line: "python", "python3" */
    const char *const *entries;      /* what starts a folder: "main.py", "__main__.py" */
    bool takes_arguments;            /* its interpreter can be started without a source: -m NAME */
    bool whole_folder;               /* a folder is one program of all its sources */
    const char *package;             /* what brings it, in the distribution's words */
    const char *const *version_argv; /* asks the toolchain for its full version, after program */
    const char *hello;               /* a program that prints "hello" */
    const char *broken;              /* one that fails, and says why on its stderr */

    /* Where search_find looks; all but programs may be NULL. */
    const char *const *programs; /* the usual names, the best first: "gcc", "clang" */
    const char *const *numbered; /* names with their version: "gcc-%s" */
    const char *const *homes;    /* patterns of programs elsewhere: "$HOME/.nvm/.../bin/node" */
    const char *companion;       /* what must lie beside the program: "javac" */
    const char *version_file;    /* below its home, */
    const char *const *version_words; /* and what stands there before each part of the version */

    /* What script_plan puts between the program and the source. */
    const char *const *options;

    /* What stands in the source's place for a prompt at a terminal; NULL: there is none. */
    const char *const *prompt;

    /* The file that a piece of code becomes; NULL: main, with the first extension. */
    const char *(*name_code)(struct str code, struct arena *arena);

    bool (*find)(const struct lang *lang, const struct run_request *request, struct arena *arena,
                 struct toolchain *ret_toolchain, struct error *err);
    /* Fills in argv, env, compile and artifact; plan.c has done what all have in common. `source`
     * is the entry as seen inside the box, NULL for a prompt or arguments alone. What it puts into
     * the compiler's environment and working folder stays; the compiler gets the program's
     * environment as well. */
    bool (*plan)(const struct lang *lang, const struct run_request *request,
                 const struct toolchain *toolchain, const char *source, struct arena *arena,
                 struct plan *plan, struct error *err);
};

extern const struct lang *const langs[]; /* NULL ends it */

const struct lang *lang_find(struct str name_or_alias);

/* The language of the request's source: named, or by extension, by #! line, by convention. */
[[nodiscard]] const struct lang *lang_detect(const struct run_request *request, struct error *err);

/* Of a request without a source: the file among its files that its entry names, or NULL. */
const struct request_file *request_entry_file(const struct run_request *request);

/* The entry is none of these: an earlier run is to have left it in the work folder. */
bool request_entry_is_carried(const struct run_request *request);

[[nodiscard]] bool lang_plan(const struct run_request *request, struct arena *arena,
                             struct plan *ret_plan, struct error *err);
