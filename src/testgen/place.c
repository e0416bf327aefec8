#include "testgen/place.h"

#include <assert.h>

/* ---- containers without equal members ------------------------------------------------------ */

static bool is_number(const struct value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_FLOAT || value->kind == VALUE_BOOL;
}

static double number_of(const struct value *value)
{
    if (value->kind == VALUE_FLOAT)
        return value->number;
    return value->kind == VALUE_BOOL ? (double)value->truth : (double)value->integer;
}

/* As a dict sees it: 1, 1.0 and true are one key in most languages. */
static bool is_same_key(const struct value *a, const struct value *b)
{
    if (is_number(a) && is_number(b))
        return number_of(a) == number_of(b);
    return value_equal(a, b);
}

static bool comes_again(const struct value *const *items, size_t count, size_t index, size_t step)
{
    for (size_t i = index + step; i < count; i += step)
        if (is_same_key(items[index], items[i]))
            return true;
    return false;
}

const struct value *place_many(struct arena *arena, enum value_kind kind,
                               const struct value *const *items, size_t count)
{
    bool hashes = kind == VALUE_SET || kind == VALUE_FROZENSET || kind == VALUE_DICT;
    if (!hashes)
        return value_many(arena, kind, items, count);
    size_t step = kind == VALUE_DICT ? 2 : 1, kept = 0;
    const struct value **rest = arena_alloc(arena, (count + 1) * sizeof(struct value *));
    for (size_t i = 0; i + step <= count; i += step) {
        if (comes_again(items, count, i, step))
            continue;
        for (size_t k = 0; k < step; k++)
            rest[kept++] = items[i + k];
    }
    return value_many(arena, kind, rest, kept);
}

const struct value *place_item_put(struct arena *arena, const struct value *value, size_t index,
                                   const struct value *item)
{
    assert(index < value->count);
    const struct value **items = arena_alloc(arena, value->count * sizeof(struct value *));
    memcpy(items, value->items, value->count * sizeof(struct value *));
    items[index] = item;
    if (value->kind != VALUE_SPECIAL)
        return place_many(arena, value->kind, items, value->count);
    struct value *copy = arena_alloc(arena, sizeof *copy);
    *copy = *value;
    copy->items = items;
    return copy;
}

bool place_can_hash(const struct value *value)
{
    if (value->kind == VALUE_LIST || value->kind == VALUE_SET || value->kind == VALUE_DICT)
        return false;
    for (size_t i = 0; i < value->count && value->kind == VALUE_TUPLE; i++)
        if (!place_can_hash(value->items[i]))
            return false;
    return true;
}

/* ---- walking ------------------------------------------------------------------------------- */

/* One walk for both: to write places down, and to put a value at one. */
struct walk {
    struct arena *arena;
    struct place *places;
    size_t next, max, target;
    const struct value *put;
    uint32_t statement;
};

static const struct value *walk_value(struct walk *walk, const struct value *value, bool hashed,
                                      bool nested);

static bool is_hashed_item(const struct value *value, size_t index)
{
    return value->kind == VALUE_SET || value->kind == VALUE_FROZENSET ||
           (value->kind == VALUE_DICT && index % 2 == 0);
}

static const struct value *walk_items(struct walk *walk, const struct value *value, bool hashed)
{
    for (size_t i = 0; i < value->count; i++) {
        const struct value *item = value->items[i];
        bool item_hashed = is_hashed_item(value, i) || (hashed && value->kind == VALUE_TUPLE);
        const struct value *now = walk_value(walk, item, item_hashed, true);
        if (now != item)
            return place_item_put(walk->arena, value, i, now);
    }
    return value;
}

/* Of a maker only what it is given can be another value: not which maker, not its keywords. */
static const struct value *walk_maker(struct walk *walk, const struct value *value)
{
    const struct value *args = walk_items(walk, value->items[1], false);
    if (args != value->items[1])
        return place_item_put(walk->arena, value, 1, args);
    const struct value *keywords = value->items[2];
    for (size_t i = 1; i < keywords->count; i += 2) {
        const struct value *now = walk_value(walk, keywords->items[i], false, true);
        if (now != keywords->items[i])
            return place_item_put(walk->arena, value, 2,
                                  place_item_put(walk->arena, keywords, i, now));
    }
    return value;
}

static const struct value *walk_value(struct walk *walk, const struct value *value, bool hashed,
                                      bool nested)
{
    bool is_var = value_is_special(value, "var");
    if (walk->places == NULL && walk->next == walk->target) {
        walk->next++;
        return walk->put;
    }
    if (walk->places != NULL && walk->next < walk->max)
        walk->places[walk->next] = (struct place){.value = value,
                                                  .statement = walk->statement,
                                                  .hashed = hashed,
                                                  .nested = nested,
                                                  .var = is_var};
    walk->next++;
    if (is_var)
        return value;
    return value_is_special(value, "make") ? walk_maker(walk, value)
                                           : walk_items(walk, value, hashed);
}

size_t place_list(const struct program *program, struct place *ret, size_t max)
{
    struct walk walk = {.places = ret, .max = max};
    for (uint32_t i = 0; i < program->count; i++) {
        const struct statement *statement = &program->statements[i];
        walk.statement = i;
        if (statement->kind == STATEMENT_LITERAL)
            walk_value(&walk, statement->value, false, false);
        for (uint32_t k = 0; k < statement->argument_count; k++)
            walk_value(&walk, statement->arguments[k].value, false, false);
    }
    return walk.next < max ? walk.next : max;
}

static void put_argument(struct arena *arena, struct statement *statement, uint32_t index,
                         const struct value *value)
{
    struct argument *arguments =
        arena_alloc(arena, statement->argument_count * sizeof(struct argument));
    memcpy(arguments, statement->arguments, statement->argument_count * sizeof(struct argument));
    arguments[index].value = value;
    statement->arguments = arguments;
}

static bool put_in_statement(struct walk *walk, struct statement *statement)
{
    if (statement->kind == STATEMENT_LITERAL) {
        const struct value *now = walk_value(walk, statement->value, false, false);
        bool changed = now != statement->value;
        statement->value = now;
        return changed;
    }
    for (uint32_t k = 0; k < statement->argument_count; k++) {
        const struct value *old = statement->arguments[k].value;
        const struct value *now = walk_value(walk, old, false, false);
        if (now != old) {
            put_argument(walk->arena, statement, k, now);
            return true;
        }
    }
    return false;
}

struct program place_put(struct arena *arena, const struct program *program, size_t number,
                         const struct value *value)
{
    struct walk walk = {.arena = arena, .target = number, .put = value};
    struct statement *statements = arena_alloc(arena, program->count * sizeof *statements);
    memcpy(statements, program->statements, program->count * sizeof *statements);
    for (uint32_t i = 0; i < program->count && walk.next <= number; i++)
        if (put_in_statement(&walk, &statements[i]))
            break;
    return (struct program){.statements = statements, .count = program->count};
}

/* ---- copying ------------------------------------------------------------------------------- */

static struct str copy_text(struct arena *arena, struct str text)
{
    return text.len == 0 ? (struct str){"", 0} : str_of(arena_string(arena, text), text.len);
}

static const struct value *copy_value(struct arena *arena, const struct value *value)
{
    struct value *copy = arena_alloc(arena, sizeof *copy);
    *copy = *value;
    copy->text = copy_text(arena, value->text);
    if (value->count == 0)
        return copy;
    const struct value **items = arena_alloc(arena, value->count * sizeof(struct value *));
    for (size_t i = 0; i < value->count; i++)
        items[i] = copy_value(arena, value->items[i]);
    copy->items = items;
    return copy;
}

static struct statement copy_statement(struct arena *arena, const struct statement *from)
{
    struct statement to = *from;
    if (from->kind == STATEMENT_LITERAL)
        to.value = copy_value(arena, from->value);
    if (from->argument_count == 0)
        return to;
    struct argument *arguments = arena_alloc(arena, from->argument_count * sizeof *arguments);
    for (uint32_t i = 0; i < from->argument_count; i++)
        arguments[i] = (struct argument){.name = copy_text(arena, from->arguments[i].name),
                                         .value = copy_value(arena, from->arguments[i].value)};
    to.arguments = arguments;
    return to;
}

struct program place_copy(struct arena *arena, const struct program *program)
{
    struct statement *statements = arena_alloc(arena, program->count * sizeof *statements);
    for (uint32_t i = 0; i < program->count; i++)
        statements[i] = copy_statement(arena, &program->statements[i]);
    return (struct program){.statements = statements, .count = program->count};
}
