/*
 * The name of what a compiler will make: a digest over all that its box sees.
 *
 * That is: words, environment and working folder; the files that are put in, and every file of the
 * caller's folders that come along (headers, modules, what a source may include), by name, mode and
 * content; the toolchain; our own version. So two requests of the same name would be answered
 * alike by an honest compiler, and whoever can make a compiler lie does so only under the name of
 * his own sources.
 *
 * The toolchain is told by what replaces it changes: the i-node, size and times of each program
 * among the words and of its own folder, of the package manager's list of what is installed, of the
 * folders of headers and libraries, and of each file below /usr/local/include. What root edits in
 * place elsewhere below /usr is not seen.
 */
#pragma once

#include "base/error.h"
#include "base/sha256.h"
#include "model/plan.h"

enum { STORE_KEY_FILES_MAX = 5000, STORE_KEY_BYTES_MAX = 64 << 20 };

struct store_key {
    unsigned char digest[SHA256_BYTES];
    unsigned char moment[SHA256_BYTES]; /* i-nodes and times of the same files: equal before and
                                         * after a compile, nobody has changed them meanwhile */
};

/* Of a plan with a compiler. False: there is no such name, and `why` says so in a few words. */
[[nodiscard]] bool store_key_of(const struct plan *plan, struct store_key *ret_key,
                                struct error *why);

bool store_key_is(const struct store_key *a, const struct store_key *b);
