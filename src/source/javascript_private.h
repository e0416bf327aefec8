/*
 * What the parts of the follower of JavaScript and TypeScript share: javascript_scope.c says which
 * names a source binds where, javascript_value.c what an expression may stand for,
 * javascript_text.c which texts are known before the program runs, javascript_follow.c walks the
 * source and tells the facts.
 *
 * A function is a scope; blocks are none, so a name stands for all that is bound to it in any block
 * of its function. The global object, by whatever name, is "globalThis", and what hangs on it has
 * its own name: globalThis.eval is "eval". A function of the source itself is "<function>".
 */
#pragma once

#include "source/follow.h"

enum javascript_kind {
    JS_ANY,

#define KIND(kind, name) JS_##kind,
#include "source/javascript_kinds.def"
#undef KIND
    JS_KINDS,
};

enum javascript_kind javascript_kind(const struct follow *js, TSNode node);

/* Does a walk that enters this node enter a scope? */
bool javascript_opens_scope(enum javascript_kind kind);

/* The first pass: all bindings of all scopes. */
void javascript_bind_all(struct follow *js);

/* What an expression may stand for. */
struct source_values javascript_values(struct follow *js, TSNode node, uint32_t scope, int depth);

/* The argument's values; none, if there are not as many. */
struct source_values javascript_argument(struct follow *js, TSNode call, uint32_t number,
                                         uint32_t scope, int depth);

/* The name of an object's member: x.name, x["na" + "me"]. */
struct source_values javascript_member_name(struct follow *js, TSNode node, uint32_t scope,
                                            int depth);

/* Is a module meant: require, import, and the other ways to one? */
bool javascript_is_require(const struct source_values *what);

/* The name of a module without "node:" before it. */
struct str javascript_module_name(struct str text);

/* A literal's own text; a PART where it has holes. */
struct source_value javascript_text_of(struct follow *js, TSNode node, uint32_t scope, int depth);

/* What a call gives where that is known before the program runs: ["a", "b"].join("").
 * `what` is what is called. */
bool javascript_text_of_call(struct follow *js, TSNode call, const struct source_value *what,
                             uint32_t scope, int depth, struct source_value *ret);
