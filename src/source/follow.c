#include "source/follow.h"

#include <stdlib.h>

#include "base/mem.h"

/* ---- tables ---------------------------------------------------------------------------------- */

static uint32_t slot_of(uint32_t scope, struct str name)
{
    uint32_t hash = 2166136261u ^ scope * 2654435761u;
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619u;
    return (hash ^ hash >> 15) % FOLLOW_SLOTS;
}

uint32_t follow_binding_of(const struct follow *p, uint32_t scope, struct str name, uint32_t after)
{
    uint32_t i = after != 0 ? p->bindings[after].next : p->slots[slot_of(scope, name)];
    while (i != 0 && (p->bindings[i].scope != scope || !str_equal(p->bindings[i].name, name)))
        i = p->bindings[i].next;
    return i;
}

uint32_t follow_add_scope(struct follow *p, uint32_t parent, bool is_class)
{
    if (p->scope_count == p->scope_room) {
        p->scope_room = p->scope_room > 0 ? 2 * p->scope_room : 64;
        p->scopes = mem_grow(p->scopes, p->scope_room, sizeof *p->scopes);
    }
    p->scopes[p->scope_count] = (struct follow_scope){parent, is_class};
    return p->scope_count++;
}

void follow_add_binding(struct follow *p, const struct follow_binding *binding)
{
    if (p->binding_count == FOLLOW_BINDINGS_MAX) {
        p->cut = true;
        return;
    }
    if (p->binding_count + 1 >= p->binding_room) {
        p->binding_room = p->binding_room > 0 ? 2 * p->binding_room : 256;
        p->bindings = mem_grow(p->bindings, p->binding_room, sizeof *p->bindings);
    }
    uint32_t *slot = &p->slots[slot_of(binding->scope, binding->name)];
    uint32_t number = ++p->binding_count;
    p->bindings[number] = *binding;
    p->bindings[number].next = *slot;
    *slot = number;
}

void follow_done(struct follow *p)
{
    free(p->scopes);
    free(p->bindings);
}

/* ---- values ---------------------------------------------------------------------------------- */

static bool is_same(const struct source_value *a, const struct source_value *b)
{
    return a->kind == b->kind && a->number == b->number && str_equal(a->text, b->text);
}

void values_add(struct source_values *values, struct source_value value)
{
    for (uint32_t i = 0; i < values->count; i++)
        if (is_same(&values->list[i], &value))
            return;
    if (values->count < VALUES_MAX)
        values->list[values->count++] = value;
    else /* more than fit: that there are others must not be lost */
        values->list[VALUES_MAX - 1] = VALUE_IS(UNKNOWN);
}

void values_add_all(struct source_values *values, const struct source_values *more)
{
    for (uint32_t i = 0; i < more->count; i++)
        values_add(values, more->list[i]);
}

struct source_values values_of(struct source_value value)
{
    return (struct source_values){.count = 1, .list = {value}};
}

struct source_value value_named(struct str name)
{
    return name.len > 0 ? (struct source_value){.kind = VALUE_NAME, .text = name}
                        : VALUE_IS(UNKNOWN);
}

bool value_is_named(const struct source_value *value, const char *name)
{
    return value->kind == VALUE_NAME && str_is(value->text, name);
}

bool values_may_be(const struct source_values *values, const char *name)
{
    for (uint32_t i = 0; i < values->count; i++)
        if (values->list[i].kind == VALUE_NAME && str_is(values->list[i].text, name))
            return true;
    return false;
}

bool values_have_unknown_text(const struct source_values *values)
{
    for (uint32_t i = 0; i < values->count; i++)
        if (values->list[i].kind != VALUE_TEXT)
            return true;
    return false;
}

bool values_have_text(const struct source_values *values)
{
    for (uint32_t i = 0; i < values->count; i++)
        if (values->list[i].kind == VALUE_TEXT || values->list[i].kind == VALUE_PART)
            return true;
    return false;
}

bool values_are_text(const struct source_values *values)
{
    return values->count == 1 && values->list[0].kind == VALUE_TEXT;
}

/* ---- facts ----------------------------------------------------------------------------------- */

void follow_tell(struct follow *p, enum fact_kind kind, TSNode node,
                 const struct source_values *what, const struct source_argument *arguments,
                 uint32_t count)
{
    const struct source_fact fact = {
        .kind = kind,
        .start = ts_node_start_byte(node),
        .end = ts_node_end_byte(node),
        .what = *what,
        .argument_count = count,
        .arguments = arguments,
    };
    p->hear(p->cookie, &fact);
}

void follow_tell_name(struct follow *p, enum fact_kind kind, TSNode node, struct str name)
{
    struct source_values what = values_of((struct source_value){.kind = VALUE_NAME, .text = name});
    follow_tell(p, kind, node, &what, NULL, 0);
}
