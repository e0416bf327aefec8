#include <math.h>

#include "testgen/subject_private.h"

bool subject_fault(struct subject_reader *reader, const char *what)
{
    if (!reader->bad)
        error_set(reader->err, ERROR_INPUT, "the guest describes %s badly: %s", reader->part, what);
    reader->bad = true;
    return false;
}

void *subject_room(struct subject_reader *reader, size_t count, size_t size)
{
    if (count < SIZE_MAX / 2 / size && arena_fits(reader->arena, count * size))
        return arena_alloc(reader->arena, count * size);
    subject_fault(reader, "it is too large");
    return NULL;
}

static bool is_missing(const struct value *value)
{
    return value == NULL || value->kind == VALUE_NONE;
}

struct str subject_text(struct subject_reader *reader, const struct value *value, size_t max)
{
    struct str none = {"", 0};
    if (is_missing(value))
        return none;
    if (value->kind != VALUE_TEXT) {
        subject_fault(reader, "something else where a text should be");
        return none;
    }
    if (value->text.len > max) {
        subject_fault(reader, "a text is too long");
        return none;
    }
    return value->text;
}

struct str subject_field(struct subject_reader *reader, const struct value *dict, const char *key)
{
    return subject_text(reader, value_get(dict, key), SUBJECT_NAME_MAX);
}

bool subject_truth(struct subject_reader *reader, const struct value *value)
{
    if (is_missing(value))
        return false;
    if (value->kind == VALUE_BOOL)
        return value->truth;
    if (value->kind == VALUE_INT)
        return value->integer != 0;
    return subject_fault(reader, "something else where yes or no should be");
}

int64_t subject_number(struct subject_reader *reader, const struct value *value, int64_t min,
                       int64_t max)
{
    if (is_missing(value))
        return min <= 0 && max >= 0 ? 0 : min;
    if (value->kind == VALUE_INT && value->integer >= min && value->integer <= max)
        return value->integer;
    subject_fault(reader, "a number is missing or out of its range");
    return min;
}

const struct value *const *subject_items(struct subject_reader *reader, const struct value *value,
                                         size_t max, uint32_t *ret_count)
{
    *ret_count = 0;
    if (is_missing(value))
        return NULL;
    if ((value->kind != VALUE_LIST && value->kind != VALUE_TUPLE) || value->count > max) {
        subject_fault(reader, "something else where a list should be, or one too long");
        return NULL;
    }
    *ret_count = (uint32_t)value->count;
    return value->items;
}

enum { INDEXES_MAX = 4000, TEXTS_MAX = 200 };

const uint32_t *subject_indexes(struct subject_reader *reader, const struct value *value,
                                uint32_t below, uint32_t *ret_count)
{
    const struct value *const *items = subject_items(reader, value, INDEXES_MAX, ret_count);
    uint32_t *indexes = subject_room(reader, *ret_count, sizeof *indexes);
    for (uint32_t i = 0; i < *ret_count && indexes != NULL; i++)
        indexes[i] = (uint32_t)subject_number(reader, items[i], 0, (int64_t)below - 1);
    return indexes;
}

const struct str *subject_texts(struct subject_reader *reader, const struct value *value,
                                uint32_t *ret_count)
{
    const struct value *const *items = subject_items(reader, value, TEXTS_MAX, ret_count);
    struct str *texts = subject_room(reader, *ret_count, sizeof *texts);
    for (uint32_t i = 0; i < *ret_count && texts != NULL; i++)
        texts[i] = subject_text(reader, items[i], SUBJECT_NAME_MAX);
    return texts;
}

/* ---- types --------------------------------------------------------------------------------- */

static bool find_type_kind(struct str word, enum type_kind *ret)
{
    static const char *const words[] = {
#define X(name, text) text,
        TYPE_KINDS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i])) {
            *ret = (enum type_kind)i;
            return true;
        }
    return false;
}

/* How many items a type of this kind must have at least and at most. */
static void type_arity(enum type_kind kind, size_t *ret_min, size_t *ret_max)
{
    *ret_min = *ret_max = 0;
    if (kind == TYPE_LIST || kind == TYPE_SET || kind == TYPE_FROZENSET || kind == TYPE_ITER ||
        kind == TYPE_TUPLES)
        *ret_min = *ret_max = 1;
    else if (kind == TYPE_DICT)
        *ret_min = *ret_max = 2;
    else if (kind == TYPE_TUPLE)
        *ret_max = 16;
    else if (kind == TYPE_UNION)
        *ret_min = 1, *ret_max = 16;
}

static bool read_type_items(struct subject_reader *reader, const struct value *value, int depth,
                            struct type *type)
{
    size_t min, max;
    type_arity(type->kind, &min, &max);
    size_t count = value->count - 1;
    if (count < min || count > max)
        return subject_fault(reader, "a type has too few or too many parts");
    const struct type **items = subject_room(reader, count, sizeof(struct type *));
    for (size_t i = 0; i < count && items != NULL; i++)
        items[i] = subject_type(reader, value->items[i + 1], depth + 1);
    type->items = items;
    type->item_count = (uint32_t)count;
    return !reader->bad;
}

static bool read_type_index(struct subject_reader *reader, const struct value *value,
                            struct type *type)
{
    int64_t below = type->kind == TYPE_CLASS     ? reader->classes
                    : type->kind == TYPE_LIBRARY ? reader->callables
                                                 : 64;
    if (value->count != 2 && type->kind != TYPE_CALLABLE)
        return subject_fault(reader, "a type does not say which");
    const struct value *index = value->count > 1 ? value->items[1] : NULL;
    type->index = (uint32_t)subject_number(reader, index, 0, below - 1);
    return !reader->bad;
}

static bool read_type(struct subject_reader *reader, const struct value *value, int depth,
                      struct type *type)
{
    if (type->kind == TYPE_CLASS || type->kind == TYPE_LIBRARY || type->kind == TYPE_CALLABLE)
        return read_type_index(reader, value, type);
    if (type->kind != TYPE_LITERAL)
        return read_type_items(reader, value, depth, type);
    if (value->count < 2)
        return subject_fault(reader, "a literal type without values");
    if (value_is_deep(value)) { /* what only a maker makes cannot be a literal */
        type->kind = TYPE_ANY;
        return true;
    }
    type->literals = value_many(reader->arena, VALUE_TUPLE, value->items + 1, value->count - 1);
    return true;
}

const struct type *subject_type(struct subject_reader *reader, const struct value *value, int depth)
{
    struct type *type = subject_room(reader, 1, sizeof *type);
    if (type == NULL)
        return NULL;
    if (value->kind != VALUE_TUPLE || value->count == 0 || value->items[0]->kind != VALUE_TEXT ||
        depth > SUBJECT_TYPE_DEPTH || !find_type_kind(value->items[0]->text, &type->kind)) {
        subject_fault(reader, "no type, or one too deep");
        return NULL;
    }
    return read_type(reader, value, depth, type) ? type : NULL;
}

/* ---- callables ----------------------------------------------------------------------------- */

enum { TYPES_MAX = 64, PARAMETERS_MAX = 60 };

static enum parameter_kind read_parameter_kind(struct subject_reader *reader, struct str word)
{
    static const char *const words[] = {"plain", "keyword", "varargs", "varkw", "positional"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i]))
            return (enum parameter_kind)i;
    subject_fault(reader, "an unknown kind of parameter");
    return PARAMETER_PLAIN;
}

static double read_weight(struct subject_reader *reader, const struct value *value)
{
    double weight = value->kind == VALUE_FLOAT ? value->number
                    : value->kind == VALUE_INT ? (double)value->integer
                                               : NAN;
    if (weight >= 0 && weight <= 1e6)
        return weight;
    subject_fault(reader, "a type's weight is none");
    return 0;
}

static void read_weighted_types(struct subject_reader *reader, const struct value *value,
                                struct parameter *parameter)
{
    const struct value *const *items =
        subject_items(reader, value, TYPES_MAX, &parameter->type_count);
    struct weighted_type *types = subject_room(reader, parameter->type_count, sizeof *types);
    parameter->types = types;
    for (uint32_t i = 0; i < parameter->type_count && !reader->bad; i++) {
        if ((items[i]->kind != VALUE_TUPLE && items[i]->kind != VALUE_LIST) ||
            items[i]->count != 2) {
            subject_fault(reader, "a type without its weight");
            return;
        }
        types[i] = (struct weighted_type){.type = subject_type(reader, items[i]->items[0], 0),
                                          .weight = read_weight(reader, items[i]->items[1])};
    }
}

static void read_parameter(struct subject_reader *reader, const struct value *value,
                           struct parameter *ret)
{
    *ret = (struct parameter){
        .name = subject_field(reader, value, "name"),
        .kind = read_parameter_kind(reader, subject_field(reader, value, "kind")),
        .optional = subject_truth(reader, value_get(value, "optional")),
        .annotated = subject_truth(reader, value_get(value, "annotated")),
        .standard = value_get(value, "default"),
    };
    if (ret->standard != NULL && value_is_deep(ret->standard))
        ret->standard = NULL;
    if (ret->name.len == 0)
        subject_fault(reader, "a parameter without a name");
    read_weighted_types(reader, value_get(value, "types"), ret);
}

static enum callable_kind read_callable_kind(struct subject_reader *reader, struct str word)
{
    static const char *const words[] = {
#define X(name, text) text,
        CALLABLE_KINDS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i]))
            return (enum callable_kind)i;
    subject_fault(reader, "an unknown kind of callable");
    return CALLABLE_FUNCTION;
}

static void read_parameters(struct subject_reader *reader, const struct value *value,
                            struct callable *ret)
{
    const struct value *const *items =
        subject_items(reader, value_get(value, "params"), PARAMETERS_MAX, &ret->parameter_count);
    struct parameter *parameters =
        subject_room(reader, ret->parameter_count, sizeof(struct parameter));
    for (uint32_t i = 0; i < ret->parameter_count && !reader->bad; i++) {
        read_parameter(reader, items[i], &parameters[i]);
        for (uint32_t k = 0; k < i; k++)
            if (str_equal(parameters[i].name, parameters[k].name))
                subject_fault(reader, "two parameters of one name");
    }
    ret->parameters = parameters;
}

static bool needs_owner(enum callable_kind kind)
{
    return kind == CALLABLE_METHOD || kind == CALLABLE_PROPERTY || kind == CALLABLE_SETTER;
}

static struct str optional_text(struct subject_reader *reader, const struct value *value,
                                const char *key)
{
    const struct value *text = value_get(value, key);
    return text != NULL ? subject_text(reader, text, SUBJECT_TEXT_MAX) : STR("");
}

void subject_callable(struct subject_reader *reader, const struct value *value,
                      struct callable *ret)
{
    const struct value *returns = value_get(value, "returns"), *owner = value_get(value, "owner");
    *ret = (struct callable){
        .name = subject_field(reader, value, "name"),
        .qual = subject_field(reader, value, "qual"),
        .text = subject_text(reader, value_get(value, "text"), SUBJECT_TEXT_MAX),
        .import = subject_field(reader, value, "import"),
        .kind = read_callable_kind(reader, subject_field(reader, value, "kind")),
        .owner =
            owner != NULL ? (int32_t)subject_number(reader, owner, -1, reader->classes - 1LL) : -1,
        .line = (uint32_t)subject_number(reader, value_get(value, "line"), 0, INT32_MAX),
        .end = (uint32_t)subject_number(reader, value_get(value, "end"), 0, INT32_MAX),
        .public = subject_truth(reader, value_get(value, "public")),
        .test = subject_truth(reader, value_get(value, "test")),
        .async = subject_truth(reader, value_get(value, "async")),
        .generator = subject_truth(reader, value_get(value, "generator")),
        .manager = value_get(value, "manager") != NULL &&
                   subject_truth(reader, value_get(value, "manager")),
        .why = subject_text(reader, value_get(value, "why"), SUBJECT_TEXT_MAX),
        .define = optional_text(reader, value, "define"),
        .fixture = optional_text(reader, value, "fixture"),
    };
    read_parameters(reader, value, ret);
    ret->raises = subject_texts(reader, value_get(value, "raises"), &ret->raise_count);
    ret->reads = subject_texts(reader, value_get(value, "reads"), &ret->read_count);
    if (returns != NULL && returns->kind != VALUE_NONE)
        ret->returns = subject_type(reader, returns, 0);
    if (needs_owner(ret->kind) && ret->owner < 0)
        subject_fault(reader, "a method without its class");
}
