/*
 * What the parts of Bash's follower share: bash_value.c says what a word may stand for,
 * bash_words.c of which words a command consists, bash_follow.c walks the source and tells the
 * facts.
 *
 * There is one scope for variables and one for functions and aliases. What is not known of a text
 * stands in it as its source would say it, so that rules can ask for it: "$DIR/x" for a variable,
 * "$!DIR/x" for one that must not be empty ("${DIR:?}"), "$(mktemp)" for what a command prints.
 */
#pragma once

#include "source/follow.h"

enum bash_kind {
    BASH_ANY,

#define KIND(kind, name) BASH_##kind,
#include "source/bash_kinds.def"
#undef KIND
    BASH_KINDS,
};

enum { BASH_VARIABLES, BASH_FUNCTIONS }; /* the scopes */

/* The words of a command as they are when it starts, its name first. */
struct bash_words {
    uint32_t count;
    struct source_argument list[FACT_ARGUMENTS_MAX];
};

enum bash_kind bash_kind(const struct follow *bash, TSNode node);

/* All that variables, functions and aliases are bound to. */
void bash_bind_all(struct follow *bash);

/* What a word may stand for before it is cut at its blanks. */
struct source_values bash_values(struct follow *bash, TSNode node, int depth);

/* The words of a command; expansions outside of quotes are cut at blanks. */
void bash_words_of(struct follow *bash, TSNode command, int depth, struct bash_words *ret);
void bash_words_add(struct bash_words *words, struct source_values value);

/* Puts the words of an alias in the place of its name, and cuts a first word that has blanks. */
void bash_words_expand(struct follow *bash, struct bash_words *words);

/* "rm" of "/bin/rm"; empty, if it is not known. */
struct str bash_name_of(const struct bash_words *words);

/* How many words stand before the command that sudo, env and their like start; 0: it is none. */
uint32_t bash_words_before_inner(const struct bash_words *words);
