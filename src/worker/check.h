/*
 * The operation `check` (check.c), and its beginning: what is the same for every look can be made
 * before anything is asked, for one who is then copied (warm.c).
 */
#pragma once

#include "base/json_read.h"
#include "model/checked.h"

/* Reads the rules of a folder; check_run then has them, whatever folders its options name. The
 * arena is lent for good. */
[[nodiscard]] bool check_prepare(const char *rules, struct arena *arena, struct error *err);

/* A look with what was prepared. */
void check_look(const char *name, struct str bytes, struct arena *arena, struct checked_file *ret);

[[nodiscard]] bool check_run(const struct json_value *options, struct arena *arena,
                             struct error *err);
