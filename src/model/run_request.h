/*
 * What somebody wants run: one shape for the command line, batches, HTTP and MCP. Whoever fills
 * one in has read a stranger's words; lang/ turns it into a plan, and checks what it uses.
 *
 * All pointers live in the caller's arena.
 */
#pragma once

#include "base/str.h"
#include "model/box.h"
#include "model/limits.h"

struct request_file {
    const char *name; /* below /work: "a.txt", "data/a.txt" */
    const char *path; /* a file of the caller's, or NULL: then content counts */
    struct str content;
};

struct request_input {
    const char *path; /* a folder of the caller's */
    const char *name; /* shown as /in/NAME */
};

struct request_out {
    const char *glob;   /* below /work; "*" stays within a folder, two stars cross folders */
    const char *folder; /* NULL: whoever took the request says where */
};

/* Packages from a registry, beside what the source itself declares. */
struct request_deps {
    struct words with;        /* "numpy==2.1", "left-pad", "group:artifact:version" */
    const char *requirements; /* a file of the caller's, as pip reads it, or NULL */
    bool ignore_declared;     /* what the source declares does not count */
    bool upgrade;             /* resolve anew, whatever was resolved before */
    bool offline;             /* only what is here already */
    bool allow_scripts;       /* packages may run code of theirs while they are installed */
};

struct run_request {
    const char *id; /* the caller's own name for it, or NULL */

    /* What: exactly one of source_path, code (has_code) and command; or an entry among the files.
     */
    const char *source_path; /* a file or a folder of the caller's */
    bool has_code;
    struct str code;
    struct words command;
    bool of_language; /* the command is what follows the language's interpreter: -m pytest */

    const char *language;    /* or NULL: from the source's name or first line */
    const char *version;     /* or NULL: the default one */
    const char *interpreter; /* a program or an environment's folder of the caller's, or NULL */
    const char *entry;       /* which file of a folder to start, or NULL: by convention */
    struct words args;
    struct str input; /* what the program reads, where the caller sends it along */

    uint32_t file_count, input_count, out_count;
    struct request_file *files;
    struct request_input *inputs;
    struct request_out *outs;

    struct request_deps deps;
    const char *layer; /* the folder that these became, read-only in the box, or NULL */

    struct words env; /* NAME=VALUE */
    const char *cwd;  /* or NULL */
    const char *image;
    const struct profile *profile;
    struct limits limits, compile_limits;
    uint32_t accept_missing;
    enum network network;
    bool explain;
    bool cold;     /* see box_spec */
    bool no_store; /* see plan */
    bool carried;  /* the work folder is another run's, see plan; its entry may lie there */
    bool terminal; /* see plan */
    bool prompt;   /* nothing to run: the language's own prompt */
};
