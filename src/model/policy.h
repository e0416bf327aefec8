/*
 * A policy says what refuses a program before it runs, from what a look at its source finds. It is
 * advice that is acted upon: what it lets through may still do all that it hides, and the box is
 * the boundary. A policy is a YAML file:
 *
 *   name        what messages call it
 *   risk        from this risk on it refuses (model/checked.h): low, medium, high or critical
 *   syntax      true: syntax errors refuse
 *   incomplete  true: what could not be looked at wholly refuses
 *   rules       ids of rules whose findings refuse, whatever their risk; "python-*" begins so
 *   except      ids of rules whose findings never do
 *   imports     modules that refuse, with all that is in them: os, os.path, node's child_process
 *   calls       what refuses when it is called or handed on: open, eval, sys.settrace
 *   attributes  names of attributes that refuse: __subclasses__
 *
 * Comments that ignore a finding (`testudo: ignore`) are the author's word, and count for nothing.
 * What names stand for is followed as everywhere.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "model/checked.h"
#include "model/words.h"

enum { POLICY_BYTES_MAX = 1 << 18 };

struct policy {
    const char *name;
    enum severity risk; /* NONE: no risk refuses */
    bool syntax, incomplete;
    struct words rules, except, imports, calls, attributes;
};

/* Everything lives in the arena. What is wrong is said with its line or field. */
[[nodiscard]] bool policy_read(struct arena *arena, struct str text, struct policy *ret,
                               struct error *err);

/* The rules that find what `imports`, `calls` and `attributes` name, as source/rules.h wants them;
 * nothing, if there are none. */
void policy_write_rules(const struct policy *policy, struct buf *out);

bool policy_refuses(const struct policy *policy, const struct finding *finding);

/* Does it refuse what was found? Then `out` says by what, in one line: the first few, escaped. */
bool policy_judge(const struct policy *policy, const struct checked *checked, struct buf *out);
