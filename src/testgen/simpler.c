#include "testgen/simpler.h"

#include <math.h>

#include "base/mem.h"
#include "testgen/place.h"

enum { PLACES_MAX = 48, CHARACTERS_MAX = 16, ITEMS_MAX = 24 };

struct steps {
    struct arena *arena;
    const struct program *program;
    struct program *list;
    uint32_t count, max, place;
};

static void add_program(struct steps *steps, struct program program)
{
    if (steps->count < steps->max)
        steps->list[steps->count++] = program;
}

static void add(struct steps *steps, const struct value *value)
{
    if (steps->count < steps->max)
        add_program(steps, place_put(steps->arena, steps->program, steps->place, value));
}

/* ---- values -------------------------------------------------------------------------------- */

static void add_ints(struct steps *steps, int64_t old)
{
    const int64_t tries[] = {0, 1, 2, 3, 5, 10, 100, old / 10 * 10, old / 2, old - (old > 0)};
    for (size_t i = 0; i < COUNT_OF(tries); i++)
        if (tries[i] != old && fabs((double)tries[i]) <= fabs((double)old))
            add(steps, value_int(steps->arena, tries[i]));
}

static void add_floats(struct steps *steps, double old)
{
    const double tries[] = {0, 1, 2, 0.5, 1.5, trunc(old), trunc(old / 2)};
    for (size_t i = 0; i < COUNT_OF(tries); i++)
        if (tries[i] != old)
            add(steps, value_float(steps->arena, tries[i]));
}

static void add_text(struct steps *steps, const struct value *like, struct str a, struct str b)
{
    auto_buf struct buf joined;
    buf_init(&joined, a.len + b.len + 1);
    buf_add_str(&joined, a);
    buf_add_str(&joined, b);
    add(steps, like->kind == VALUE_TEXT ? value_text(steps->arena, buf_str(&joined))
                                        : value_bytes(steps->arena, buf_str(&joined)));
}

static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

/* Pieces left out, large ones first, down to single characters where it is short. */
static void add_without_pieces(struct steps *steps, const struct value *value)
{
    struct str text = value->text;
    for (size_t size = text.len / 2; size > 0 && text.len / size <= CHARACTERS_MAX; size /= 2)
        for (size_t i = 0; i < text.len; i += size) {
            size_t end = i + size < text.len ? i + size : text.len;
            add_text(steps, value, str_of(text.ptr, i), str_skip(text, end));
        }
}

/* Each character made an "a". */
static void add_characters(struct steps *steps, const struct value *value)
{
    struct str text = value->text;
    for (size_t i = 0; i < text.len && text.len <= CHARACTERS_MAX; i++) {
        char *copy = arena_string(steps->arena, text);
        copy[i] = 'a';
        if (text.ptr[i] != 'a' && text.ptr[i] != ' ')
            add_text(steps, value, str_of(copy, text.len), STR(""));
    }
}

static void add_texts(struct steps *steps, const struct value *value)
{
    struct str text = value->text;
    if (text.len == 0)
        return;
    add_text(steps, value, STR(""), STR(""));
    if (!is_ascii(text)) {
        add_text(steps, value, STR("a"), STR(""));
        return;
    }
    static const char *const words[] = {"a", "ab", "abc", "A", "1"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strlen(words[i]) <= text.len && !str_is(text, words[i]))
            add_text(steps, value, str_from(words[i]), STR(""));
    add_without_pieces(steps, value);
    add_characters(steps, value);
}

static void add_without(struct steps *steps, const struct value *value, size_t from, size_t to)
{
    const struct value *items[2 * ITEMS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < value->count; i++)
        if (i < from || i >= to)
            items[count++] = value->items[i];
    add(steps, place_many(steps->arena, value->kind, items, count));
}

static void add_items(struct steps *steps, const struct value *value)
{
    size_t step = value->kind == VALUE_DICT ? 2 : 1;
    if (value->count == 0 || value->count > 2 * (size_t)ITEMS_MAX)
        return;
    add_without(steps, value, 0, value->count);
    size_t half = value->count / step / 2 * step;
    if (half > step) {
        add_without(steps, value, 0, half);
        add_without(steps, value, half, value->count);
    }
    for (size_t i = 0; i < value->count; i += step)
        add_without(steps, value, i, i + step);
}

static void add_values(struct steps *steps, const struct value *value)
{
    switch (value->kind) {
    case VALUE_INT:
        add_ints(steps, value->integer);
        break;
    case VALUE_BIG:
        add_ints(steps, INT64_C(1) << 40);
        break;
    case VALUE_FLOAT:
        add_floats(steps, value->number);
        break;
    case VALUE_TEXT:
    case VALUE_BYTES:
        add_texts(steps, value);
        break;
    case VALUE_TUPLE:
    case VALUE_LIST:
    case VALUE_SET:
    case VALUE_FROZENSET:
    case VALUE_DICT:
        add_items(steps, value);
        break;
    case VALUE_NONE:
    case VALUE_BOOL:
    case VALUE_SPECIAL:
        break;
    }
}

/* ---- programs ------------------------------------------------------------------------------ */

static void add_without_statements(struct steps *steps)
{
    struct program shorter;
    for (uint32_t i = 0; i + 1 < steps->program->count; i++)
        if (program_without(steps->arena, steps->program, i, &shorter))
            add_program(steps, shorter);
}

/* Options are given by name. */
static void leave_out(struct steps *steps, uint32_t statement, uint32_t argument)
{
    const struct program *program = steps->program;
    struct statement *statements = arena_alloc(steps->arena, program->count * sizeof *statements);
    memcpy(statements, program->statements, program->count * sizeof *statements);
    struct statement *call = &statements[statement];
    struct argument *arguments =
        arena_alloc(steps->arena, call->argument_count * sizeof *arguments);
    uint32_t count = 0;
    for (uint32_t i = 0; i < call->argument_count; i++)
        if (i != argument)
            arguments[count++] = call->arguments[i];
    call->arguments = arguments;
    call->argument_count = count;
    add_program(steps, (struct program){.statements = statements, .count = program->count});
}

static void add_without_options(struct steps *steps)
{
    for (uint32_t i = 0; i < steps->program->count; i++)
        for (uint32_t k = 0; k < steps->program->statements[i].argument_count; k++)
            if (steps->program->statements[i].arguments[k].name.len > 0)
                leave_out(steps, i, k);
}

uint32_t simpler_programs(struct arena *arena, const struct program *program, struct program *ret,
                          uint32_t max)
{
    struct steps steps = {.arena = arena, .program = program, .list = ret, .max = max};
    struct place places[PLACES_MAX];
    size_t count = place_list(program, places, PLACES_MAX);
    add_without_statements(&steps);
    add_without_options(&steps);
    for (size_t i = 0; i < count; i++) {
        steps.place = (uint32_t)i;
        if (!places[i].var)
            add_values(&steps, places[i].value);
    }
    return steps.count;
}
