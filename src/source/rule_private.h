/* What a rule asks, as rules.c reads it and rule_match.c answers it. */
#pragma once

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "source/rules.h"

struct rule_names {
    uint32_t count;
    struct str *list;
};

struct rule_question {
    uint32_t positions;   /* bit 1 << position */
    struct str keyword;   /* or empty */
    bool any;             /* argument */
    bool absent, present; /* is */
    uint32_t kinds;       /* is: bit 1 << enum value_kind */
    pcre2_code *matches, *source;
    struct rule_names names;
    int64_t bits, below; /* 0: not asked */
};

struct rule_questions {
    uint32_t count;
    struct rule_question *list;
};

struct rule_matcher {
    struct rule_names call, import, attribute, dynamic;
    bool passed, built;
    pcre2_code *text, *assign, *compare;
    struct rule_questions when, unless;
};

/* Does the matcher say yes? *ret_name is what it was. */
bool rule_matches(const struct rule_matcher *matcher, const struct source_fact *fact,
                  struct str *ret_name);
