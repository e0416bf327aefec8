/*
 * Which language a source is in, and the grammar that reads it. languages.def lists them.
 */
#pragma once

#include "base/str.h"

struct TSLanguage;

enum source_language_id {

#define LANGUAGE(id, name, grammar, ends, interpreters) SOURCE_##id,
#include "source/languages.def"
#undef LANGUAGE
    SOURCE_LANGUAGES,
};

struct source_language {
    enum source_language_id id;
    const char *name;
    const struct TSLanguage *(*grammar)(void);
    const char *ends, *interpreters; /* lists, with a blank between */
};

/* "python", "bash" …; NULL if there is none of that name. */
const struct source_language *source_language_find(struct str name);

/* By the end of its name or, without one that is known, by its #! line; NULL if neither tells. */
const struct source_language *source_language_of(struct str path, struct str content);
