/*
 * Building lists of words, argv or env, in an arena. A list that these functions add to must have
 * been started empty and grown by them alone: room is kept in powers of two.
 */
#pragma once

#include "base/arena.h"
#include "base/str.h"
#include "model/box.h"

/* The word is lent: it must live as long as the arena. */
void words_add(struct words *words, struct arena *arena, const char *word);
void words_add_all(struct words *words, struct arena *arena, const struct words *more);

/* Of NAME=VALUE entries with the same NAME the last one stays. The order becomes that of names. */
void words_keep_last_names(struct words *words);

/* A variable's name: letters, digits, '_', '.' and '-', not beginning with a digit. */
bool env_name_is_plain(struct str name);
