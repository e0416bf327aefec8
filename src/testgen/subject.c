#include "testgen/subject.h"

#include "testgen/subject_private.h"

enum {
    CALLABLES_MAX = 20000,
    CLASSES_MAX = 5000,
    GOALS_MAX = UINT16_MAX,
    COMPARES_MAX = UINT16_MAX,
    MUTANTS_MAX = 50000,
    CONSTANTS_MAX = 50000,
    SEEDS_MAX = 5000,
    SUSPICIONS_MAX = 1000
};

/* A record of the description: a tuple of at least so many items, or a fault. */
static const struct value *const *record(struct subject_reader *reader, const struct value *value,
                                         size_t count)
{
    if ((value->kind == VALUE_TUPLE || value->kind == VALUE_LIST) && value->count >= count)
        return value->items;
    subject_fault(reader, "a record is too short");
    return NULL;
}

/* Reads one record into its place in the subject. */
typedef void read_record(struct subject_reader *reader, const struct value *value,
                         struct subject *subject, void *ret);

static const void *read_records(struct subject_reader *reader, const struct value *description,
                                const char *key, size_t max, size_t size, read_record *read,
                                struct subject *subject, uint32_t *ret_count)
{
    reader->part = key;
    const struct value *const *items =
        subject_items(reader, value_get(description, key), max, ret_count);
    char *records = subject_room(reader, *ret_count, size);
    for (uint32_t i = 0; i < *ret_count && !reader->bad; i++)
        read(reader, items[i], subject, records + i * size);
    return records;
}

static void read_callable(struct subject_reader *reader, const struct value *value,
                          struct subject *subject, void *ret)
{
    (void)subject;
    subject_callable(reader, value, ret);
}

static void read_class(struct subject_reader *reader, const struct value *value,
                       struct subject *subject, void *ret_class)
{
    (void)subject;
    struct class *ret = ret_class;
    *ret = (struct class){
        .qual = subject_field(reader, value, "qual"),
        .text = subject_field(reader, value, "text"),
        .import = subject_field(reader, value, "import"),
        .line = (uint32_t)subject_number(reader, value_get(value, "line"), 0, INT32_MAX),
        .public = subject_truth(reader, value_get(value, "public")),
        .abstract = subject_truth(reader, value_get(value, "abstract")),
        .exception = subject_truth(reader, value_get(value, "exception")),
    };
    ret->makers =
        subject_indexes(reader, value_get(value, "make"), reader->callables, &ret->maker_count);
    ret->methods =
        subject_indexes(reader, value_get(value, "methods"), reader->callables, &ret->method_count);
    ret->bases =
        subject_indexes(reader, value_get(value, "bases"), reader->classes, &ret->base_count);
}

static int32_t callable_or_none(struct subject_reader *reader, const struct value *value)
{
    return (int32_t)subject_number(reader, value, -1, reader->callables - 1LL);
}

static void read_goal(struct subject_reader *reader, const struct value *value,
                      struct subject *subject, void *ret)
{
    const struct value *const *items = record(reader, value, 5);
    if (items == NULL)
        return;
    *(struct goal *)ret = (struct goal){
        .callable = callable_or_none(reader, items[0]),
        .line = (uint32_t)subject_number(reader, items[1], 0, INT32_MAX),
        .kind = (enum goal_kind)subject_number(reader, items[2], 0, GOAL_HANDLER),
        .parent = (int32_t)subject_number(reader, items[3], -1, subject->goal_count - 1LL),
        .text = subject_text(reader, items[4], SUBJECT_TEXT_MAX),
    };
}

static enum compare_operator read_operator(struct subject_reader *reader, struct str word)
{
    static const char *const words[] = {
#define X(name, text) text,
        COMPARE_OPERATORS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i]))
            return (enum compare_operator)i;
    subject_fault(reader, "an unknown operator");
    return COMPARE_EQ;
}

static void read_compare(struct subject_reader *reader, const struct value *value,
                         struct subject *subject, void *ret)
{
    const struct value *const *items = record(reader, value, 3);
    if (items == NULL)
        return;
    int64_t last = subject->goal_count - 1LL;
    *(struct compare *)ret = (struct compare){
        .goal_true = (int32_t)subject_number(reader, items[0], -1, last),
        .goal_false = (int32_t)subject_number(reader, items[1], -1, last),
        .operator= read_operator(reader, subject_text(reader, items[2], SUBJECT_NAME_MAX)),
    };
}

static void read_mutant(struct subject_reader *reader, const struct value *value,
                        struct subject *subject, void *ret)
{
    (void)subject;
    const struct value *const *items = record(reader, value, 6);
    if (items == NULL)
        return;
    *(struct mutant *)ret = (struct mutant){
        .callable = callable_or_none(reader, items[0]),
        .line = (uint32_t)subject_number(reader, items[1], 0, INT32_MAX),
        .operator= subject_text(reader, items[2], SUBJECT_NAME_MAX),
        .before = subject_text(reader, items[3], SUBJECT_TEXT_MAX),
        .after = subject_text(reader, items[4], SUBJECT_TEXT_MAX),
        .is_static = subject_truth(reader, items[5]),
    };
}

static void read_constant(struct subject_reader *reader, const struct value *value,
                          struct subject *subject, void *ret)
{
    (void)subject;
    const struct value *const *items = record(reader, value, 2);
    if (items == NULL)
        return;
    *(struct constant *)ret =
        (struct constant){.callable = callable_or_none(reader, items[0]),
                          .value = value_is_deep(items[1]) ? value_none() : items[1]};
}

static void read_seed(struct subject_reader *reader, const struct value *value,
                      struct subject *subject, void *ret_seed)
{
    (void)subject;
    struct seed *ret = ret_seed;
    const struct value *const *items = record(reader, value, 2);
    if (items == NULL)
        return;
    ret->origin = subject_text(reader, items[1], SUBJECT_NAME_MAX);
    if (items[0]->kind != VALUE_BYTES)
        subject_fault(reader, "a program that is not bytes");
    else if (!program_read(reader->arena, items[0]->text, reader->callables, &ret->program,
                           reader->err))
        reader->bad = true;
}

static void read_suspicion(struct subject_reader *reader, const struct value *value,
                           struct subject *subject, void *ret)
{
    (void)subject;
    const struct value *const *items = record(reader, value, 4);
    if (items == NULL)
        return;
    *(struct suspicion *)ret = (struct suspicion){
        .kind = subject_text(reader, items[0], SUBJECT_NAME_MAX),
        .callable = callable_or_none(reader, items[1]),
        .text = subject_text(reader, items[2], SUBJECT_TEXT_MAX),
        .reproducer = subject_text(reader, items[3], SUBJECT_TEXT_MAX),
    };
}

/* Goals form a forest: from each one its parents lead to a root. */
static void check_parents(struct subject_reader *reader, const struct subject *subject)
{
    enum { NEW, ON_WAY, GOOD };

    unsigned char *marks = subject_room(reader, subject->goal_count, 1);
    for (uint32_t i = 0; i < subject->goal_count && marks != NULL; i++) {
        int32_t at = (int32_t)i;
        for (; at >= 0 && marks[at] == NEW; at = subject->goals[at].parent)
            marks[at] = ON_WAY;
        if (at >= 0 && marks[at] == ON_WAY) {
            subject_fault(reader, "goals depend on each other in a circle");
            return;
        }
        for (at = (int32_t)i; at >= 0 && marks[at] == ON_WAY; at = subject->goals[at].parent)
            marks[at] = GOOD;
    }
}

/* Counts first: records refer to each other. */
static void read_counts(struct subject_reader *reader, const struct value *description,
                        struct subject *ret)
{
    reader->part = "counts";
    subject_items(reader, value_get(description, "callables"), CALLABLES_MAX, &reader->callables);
    subject_items(reader, value_get(description, "classes"), CLASSES_MAX, &reader->classes);
    subject_items(reader, value_get(description, "goals"), GOALS_MAX, &ret->goal_count);
}

#define READ(field, name, max)                                                                     \
    ret->field = read_records(reader, description, #field, max, sizeof *ret->field, read_##name,   \
                              ret, &ret->name##_count)

static void read_all(struct subject_reader *reader, const struct value *description,
                     struct subject *ret)
{
    read_counts(reader, description, ret);
    READ(callables, callable, CALLABLES_MAX);
    READ(classes, class, CLASSES_MAX);
    READ(goals, goal, GOALS_MAX);
    check_parents(reader, ret);
    READ(compares, compare, COMPARES_MAX);
    READ(mutants, mutant, MUTANTS_MAX);
    READ(constants, constant, CONSTANTS_MAX);
    READ(seeds, seed, SEEDS_MAX);
    READ(suspicions, suspicion, SUSPICIONS_MAX);
}

bool subject_read(struct arena *arena, const struct value *description, struct subject *ret,
                  struct error *err)
{
    struct subject_reader reader = {.arena = arena, .err = err, .part = "the module"};
    if (description->kind != VALUE_DICT)
        return subject_fault(&reader, "no dict");
    struct subject subject = {
        .module = subject_field(&reader, description, "module"),
        .path = subject_text(&reader, value_get(description, "path"), SUBJECT_TEXT_MAX),
        .digest = subject_field(&reader, description, "digest"),
        .runtime = subject_field(&reader, description, "runtime"),
        .line_count =
            (uint32_t)subject_number(&reader, value_get(description, "lines"), 0, INT32_MAX),
    };
    read_all(&reader, description, &subject);
    if (reader.bad)
        return false;
    *ret = subject;
    return true;
}
