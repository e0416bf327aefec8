/*
 * Rules: what is worth a word in a source, as data. A file of rules (rules/NAME.yaml) is a list of
 *
 *   id           "python-eval"; unique
 *   languages    of languages.def
 *   group        what it is about: "code execution"
 *   severity, confidence    low, medium, high; severity also critical
 *   cwe          the number of its weakness, or 0
 *   message      one sentence; {name} is what was found, followed to its origin
 *   why, fix     for `testudo rules explain`
 *   bad, good    examples: in each of the first the rule finds something, in the others nothing.
 *                The tests hold every rule to them
 *
 * and of what it looks for, any of which is enough:
 *
 *   call, import   names as facts have them (fact.h); "os.*" begins so, "*.execute" ends so
 *   passed: true   the names of `call` also where they are handed to another function
 *   attribute      attributes' own names
 *   dynamic        ways of access that could not be followed: getattr, import, a namespace
 *   text           a regular expression (PCRE2) for texts; with built: true only for those that
 *                  are made at run time
 *   assign         one for the names of what is assigned to
 *   compare        one for the names of what is compared with something
 *
 * `instead_of` names rules that say less: within what this one finds they say nothing.
 *
 * `when` and `unless` ask about arguments: all of the one must hold for something that may stand
 * there, and none of the other surely. Each has an `argument` ("0", "shell", "1 mode", "any"; what
 * is assigned or compared with is 0; dynamic ones have the name as 0, and `called`) and what it
 * asks:
 *
 *   is        a list of absent, present, true, false, none, text, part, number, name, unknown,
 * other matches   a regular expression for what is known of a text name      names, as in `call`
 *   source    a regular expression for the argument as it is written: "password.encode()"
 *   bits      a number that shares a bit with this one
 *   below     a number that is less
 *
 * Rules are ours or a project's: what is wrong in them is said with the rule's id. Matching has a
 * limit, so that no expression meets a text that keeps it busy for long.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/json_read.h"
#include "model/checked.h"
#include "source/fact.h"
#include "source/findings.h"
#include "source/language.h"

enum { RULES_MAX = 512, RULE_FILE_BYTES_MAX = 1 << 20 };

struct source_rule {
    const char *id, *group, *message, *why, *fix;
    uint32_t languages; /* bit 1 << enum source_language_id */
    enum severity severity, confidence;
    uint32_t cwe;
    struct rule_matcher *matcher;
    const struct json_value *bad, *good; /* lists of texts */
    const struct json_value *instead_of; /* or NULL */
    bool off;                            /* not selected */
};

struct source_rules {
    struct arena *arena;
    uint32_t count;
    struct source_rule *list; /* of RULES_MAX */
    uint32_t characters_off;  /* of characters.h: bit 1 << enum character_rule */
};

/* Empty; everything lives in the arena, but for what source_rules_done releases. */
void source_rules_init(struct source_rules *rules, struct arena *arena);
void source_rules_done(struct source_rules *rules);

/* Adds those of one file. */
[[nodiscard]] bool source_rules_add(struct source_rules *rules, struct str text, struct error *err);

/* Adds those of all files NAME.yaml in the folder, in the order of their names. */
[[nodiscard]] bool source_rules_add_folder(struct source_rules *rules, const char *path,
                                           struct error *err);

/* Keeps only those of `select` (a list of ids, NULL or empty: all) that are not in `ignore`; of
 * "python-*" all that begin so. An id that there is no rule of is an error. */
[[nodiscard]] bool source_rules_select(struct source_rules *rules, const struct json_value *select,
                                       const struct json_value *ignore, struct error *err);

/* Takes those out within which another rule has said more. */
void source_rules_settle(const struct source_rules *rules, struct source_findings *findings);

/* What the rules of a language say about a fact becomes findings. */
void source_rules_apply(const struct source_rules *rules, enum source_language_id language,
                        const struct source_fact *fact, struct source_findings *findings);
