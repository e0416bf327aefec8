/*
 * Looking for programs on the host. Nothing is started: what a program is, is told by its path,
 * the folders around it and its first bytes.
 *
 * What lies below /usr every box of the image "host" sees. A toolchain elsewhere (pyenv, uv, conda,
 * a compiler of one's own) has a prefix, the folder that holds its bin/ and lib/, and brings it.
 */
#pragma once

#include "lang/lang.h"

/* Is the request's image the host's own tree? Others have toolchains that we cannot see. */
bool toolchain_image_is_host(const struct run_request *request);

/* Does what this real path names show in a box by itself? */
bool toolchain_is_in_image(const char *real);

/* A file that can be executed and is no script: version managers put scripts in programs' places,
 * which would start something else than they say. */
bool toolchain_is_program(const char *path);

/* The first of the names that is a program in /usr/local/bin, /usr/bin or /bin, or NULL. */
const char *toolchain_find_program(struct arena *arena, const char *const *names);

bool toolchain_is_folder(const char *path);
const char *toolchain_real_path(struct arena *arena, const char *path); /* or NULL */

/* "12" of "/usr/bin/x86_64-linux-gnu-gcc-12", "3.11" of "python3.11"; or NULL. */
const char *toolchain_version_of_name(struct arena *arena, const char *real);

/* Is `version` digits joined by points? And is "3.12.1" a version that "3.12" means? */
bool toolchain_version_is_plain(const char *version);
bool toolchain_version_fits(const char *version, const char *wanted);

/* Orders versions by their numbers, "3.9" before "3.12". */
int toolchain_compare_versions(const char *a, const char *b);

/* For languages that offer no choice of interpreter or version. */
[[nodiscard]] bool toolchain_refuse_choice(const struct run_request *request,
                                           const struct lang *lang, struct error *err);
bool toolchain_missing(const struct lang *lang, struct error *err); /* returns false */
