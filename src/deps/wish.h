/*
 * Which packages somebody wants for a run: named on the command line or in a request, listed in a
 * file, or declared by the source itself (declared.h). A wish has a key: two with the same key get
 * the same packages, until somebody asks for newer ones.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/sha256.h"
#include "gate/registries.h"
#include "lang/lang.h"

enum { WISH_SPECS_MAX = 512, WISH_FILE_BYTES_MAX = 8 << 20 };

struct wish {
    enum registry kind;
    const char *language;
    struct words specs;
    struct str requirements;  /* a file for pip */
    struct str manifest;      /* a package.json, */
    struct str manifest_lock; /* and its package-lock.json */
    bool allow_scripts;
    const char *interpreter; /* as --python takes it, or NULL */
    const char *program;     /* of the runtime, as a box sees it */
    const char *runtime;     /* which program of which image, on which processor */
    const char *asked;       /* for people, in one line */
    char key[SHA256_HEX];
};

/* *ret_any is false when nothing is wanted: then there is no wish. The key is not made yet. A
 * source that cannot be run wants nothing: whoever runs it says why. */
[[nodiscard]] bool wish_of_request(const struct run_request *request, struct arena *arena,
                                   struct wish *ret_wish, bool *ret_any, struct error *err);

/* Another index is another wish. */
void wish_make_key(struct wish *wish, const struct gate_config *config, struct arena *arena);
