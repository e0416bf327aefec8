/*
 * Where the toolchains of a language lie on the host: programs of its usual names, those with a
 * version in their name ("gcc-12"), and homes outside of the usual folders (nvm, rustup, /opt).
 * Which there are is what the language's row says; nothing is started.
 */
#pragma once

#include "lang/lang.h"

enum { SEARCH_MOST = 64 };

struct toolchains {
    struct toolchain list[SEARCH_MOST];
    size_t count;
};

/* Every one, each once, the usual one first; those beyond SEARCH_MOST are left out. */
void search_all(const struct lang *lang, struct arena *arena, struct toolchains *ret_found);

/* `find` of most languages: the usual one, or the newest that the wanted version means. */
[[nodiscard]] bool search_find(const struct lang *lang, const struct run_request *request,
                               struct arena *arena, struct toolchain *ret_toolchain,
                               struct error *err);
