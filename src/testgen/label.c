#include "testgen/label.h"

#include <ctype.h>

#include "testgen/builder.h"
#include "testgen/name.h"

enum { INPUT_MAX = 44, ID_MAX = 60, BEFORE_MAX = 2, OPTIONS_MAX = 2, NAME_MAX_LENGTH = 80 };

void labels_init(struct labels *labels, struct arena *arena, const struct subject *subject,
                 uint32_t max)
{
    *labels = (struct labels){.arena = arena,
                              .subject = subject,
                              .taken = arena_alloc(arena, (max + 1) * sizeof *labels->taken)};
}

/* ---- pieces of a name ---------------------------------------------------------------------- */

static struct str joined(struct arena *arena, struct str a, struct str b)
{
    if (a.len == 0 || b.len == 0)
        return a.len == 0 ? b : a;
    return str_from(arena_text(arena, "%.*s %.*s", (int)a.len, a.ptr, (int)b.len, b.ptr));
}

static struct str words_of_target(const struct labels *labels, const struct trial *test)
{
    const struct callable *callable = &labels->subject->callables[test->target];
    if (callable->kind == CALLABLE_CONSTRUCTOR && callable->owner >= 0) {
        struct str qual = labels->subject->classes[callable->owner].qual;
        return str_from(arena_text(labels->arena, "new %.*s", (int)qual.len, qual.ptr));
    }
    return callable->qual;
}

/* Of all of them, or none. */
static struct str shared_condition(const struct trial *const *tests, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        if (!str_equal(tests[i]->condition, tests[0]->condition))
            return STR("");
    return tests[0]->condition;
}

static struct str shared_outcome(struct arena *arena, const struct trial *const *tests,
                                 uint32_t count)
{
    struct str outcome = name_outcome(arena, tests[0]);
    for (uint32_t i = 1; i < count; i++)
        if (!str_equal(name_outcome(arena, tests[i]), outcome))
            return STR("");
    return outcome;
}

static bool is_made(const struct callable *callable)
{
    return callable->kind == CALLABLE_CONSTRUCTOR || callable->kind == CALLABLE_LIBRARY;
}

static bool is_listed(const struct str *all, uint32_t count, struct str name)
{
    for (uint32_t i = 0; i < count; i++)
        if (str_equal(all[i], name))
            return true;
    return false;
}

/* What is drained or entered by the act is a part of it. */
static uint32_t first_of_act(const struct labels *labels, const struct trial *test)
{
    uint32_t act = program_act(&test->program);
    const struct statement *statement = &test->program.statements[act];
    if (builder_is_invocation(labels->subject, statement))
        return (uint32_t)statement->arguments[0].value->items[0]->integer;
    return statement->kind == STATEMENT_DRAIN || statement->kind == STATEMENT_ENTER ? statement->var
                                                                                    : act;
}

/* "after add and redeem": what was called before, beside making objects. */
static struct str words_before(const struct labels *labels, const struct trial *test)
{
    struct str found[BEFORE_MAX], words = STR("");
    uint32_t count = 0, act = first_of_act(labels, test);
    for (uint32_t i = 0; i < act && count < BEFORE_MAX; i++) {
        const struct statement *statement = &test->program.statements[i];
        const struct callable *callable = &labels->subject->callables[statement->callable];
        if (statement->kind != STATEMENT_CALL || is_made(callable) ||
            is_listed(found, count, callable->name))
            continue;
        found[count] = callable->name;
        words = joined(labels->arena, words, count > 0 ? STR("and") : STR("after"));
        words = joined(labels->arena, words, found[count++]);
    }
    return words;
}

/* "with now and count": the options that are given, or, of a call, all of its arguments. */
static struct str words_of_given(const struct labels *labels, const struct statement *statement,
                                 bool options_only)
{
    struct str words = STR("");
    uint32_t count = 0;
    for (uint32_t i = 0; i < statement->argument_count; i++) {
        struct str name = statement->arguments[i].name;
        if (!options_only && !value_is_special(statement->arguments[i].value, "var"))
            name = name_parameter(labels->subject, statement, i);
        if (name.len == 0 || count++ >= OPTIONS_MAX)
            continue;
        words = joined(labels->arena, words, words.len > 0 ? STR("and") : STR("with"));
        words = joined(labels->arena, words, name);
    }
    return words;
}

/* The options that the first object was made with. */
static struct str words_of_making(const struct labels *labels, const struct trial *test)
{
    for (uint32_t i = 0; i < first_of_act(labels, test); i++) {
        const struct statement *statement = &test->program.statements[i];
        if (statement->kind == STATEMENT_CALL &&
            is_made(&labels->subject->callables[statement->callable]))
            return words_of_given(labels, statement, true);
    }
    return STR("");
}

/* The values of the call under test: "empty text", "shares 0". */
static struct str words_of_input(const struct labels *labels, const struct trial *test)
{
    const struct statement *act = &test->program.statements[first_of_act(labels, test)];
    auto_buf struct buf out;
    buf_init(&out, INPUT_MAX);
    for (uint32_t i = 0; i < act->argument_count; i++) {
        const struct value *value = act->arguments[i].value;
        if (value_is_special(value, "var"))
            continue;
        if (out.len > 0)
            buf_add_byte(&out, ' ');
        buf_add_str(&out, name_argument(labels->arena, labels->subject,
                                        name_parameter(labels->subject, act, i), value));
    }
    return out.over ? STR("") : str_of(arena_string(labels->arena, buf_str(&out)), out.len);
}

/* ---- names --------------------------------------------------------------------------------- */

/* Two names are the same if they are so in small letters, with whatever is no letter as one gap. */
static bool is_same_name(struct str a, struct str b)
{
    size_t i = 0, j = 0;
    for (;;) {
        while (i < a.len && !isalnum((unsigned char)a.ptr[i]))
            i++;
        while (j < b.len && !isalnum((unsigned char)b.ptr[j]))
            j++;
        if (i == a.len || j == b.len)
            return i == a.len && j == b.len;
        if (tolower((unsigned char)a.ptr[i++]) != tolower((unsigned char)b.ptr[j++]))
            return false;
    }
}

static bool is_taken(const struct labels *labels, struct str name)
{
    for (uint32_t i = 0; i < labels->count; i++)
        if (is_same_name(labels->taken[i], name))
            return true;
    return false;
}

struct pieces {
    struct str target, condition, making, before, options, given, input, outcome;
};

/* target, condition, what is added, outcome */
static struct str put_together(const struct labels *labels, const struct pieces *pieces,
                               struct str first, struct str second)
{
    struct arena *arena = labels->arena;
    struct str added = joined(arena, joined(arena, pieces->condition, first), second);
    return joined(arena, joined(arena, pieces->target, added), pieces->outcome);
}

static struct str first_free(const struct labels *labels, const struct pieces *pieces)
{
    const struct str none = STR("");
    const struct str additions[][2] = {
        {none, none},
        {pieces->before, none},
        {pieces->making, none},
        {pieces->making, pieces->before},
        {pieces->options, none},
        {pieces->options, pieces->before},
        {pieces->input, none},
        {pieces->given, none},
        {pieces->input, pieces->before},
    };
    /* what is refused without a reason that can be told is told by what was given */
    bool bare = pieces->condition.len == 0 && str_starts(pieces->outcome, "raises");
    struct str why = pieces->input.len > 0 ? pieces->input : pieces->before;
    struct str told = put_together(labels, pieces, why, none);
    if (bare && !is_taken(labels, told) && told.len <= NAME_MAX_LENGTH)
        return told;
    for (size_t i = 0; i < sizeof additions / sizeof *additions; i++) {
        struct str name = put_together(labels, pieces, additions[i][0], additions[i][1]);
        if (!is_taken(labels, name) && (i == 0 || name.len <= NAME_MAX_LENGTH))
            return name;
    }
    return put_together(labels, pieces, none, none);
}

static struct str numbered(const struct labels *labels, struct str wanted)
{
    struct str name = wanted;
    for (uint32_t i = 2; is_taken(labels, name); i++)
        name = str_from(arena_text(labels->arena, "%.*s %u", (int)wanted.len, wanted.ptr, i));
    return name;
}

struct str labels_name(struct labels *labels, const struct trial *const *tests, uint32_t count)
{
    const struct statement *act = &tests[0]->program.statements[first_of_act(labels, tests[0])];
    const struct pieces pieces = {
        .target = words_of_target(labels, tests[0]),
        .condition = shared_condition(tests, count),
        .before = words_before(labels, tests[0]),
        .making = words_of_making(labels, tests[0]),
        .options = words_of_given(labels, act, true),
        .given = words_of_given(labels, act, false),
        .input = count == 1 ? words_of_input(labels, tests[0]) : STR(""),
        .outcome = shared_outcome(labels->arena, tests, count),
    };
    struct str name = numbered(labels, first_free(labels, &pieces));
    labels->taken[labels->count++] = name;
    return name;
}

/* ---- ids ----------------------------------------------------------------------------------- */

static bool is_condition_unique(const struct trial *const *tests, uint32_t count, uint32_t index)
{
    if (tests[index]->condition.len == 0)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (i != index && is_same_name(tests[i]->condition, tests[index]->condition))
            return false;
    return true;
}

static const struct value *value_at(const struct trial *test, uint32_t statement, uint32_t argument)
{
    const struct statement *of = &test->program.statements[statement];
    return of->kind == STATEMENT_LITERAL ? of->value : of->arguments[argument].value;
}

static uint32_t count_arguments(const struct statement *statement)
{
    if (statement->kind == STATEMENT_LITERAL)
        return 1;
    return statement->kind == STATEMENT_CALL ? statement->argument_count : 0;
}

/* A place whose value is not the same in all cases. */
struct place {
    uint32_t statement, argument;
    struct str name;
};

enum { PLACES_MAX = 24 };

static bool differs(const struct trial *const *tests, uint32_t count, uint32_t statement,
                    uint32_t argument)
{
    const struct value *first = value_at(tests[0], statement, argument);
    for (uint32_t i = 1; i < count; i++)
        if (!value_equal(first, value_at(tests[i], statement, argument)))
            return true;
    return false;
}

static uint32_t find_places(const struct labels *labels, const struct trial *const *tests,
                            uint32_t count, struct place *ret)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < tests[0]->program.count; i++) {
        const struct statement *statement = &tests[0]->program.statements[i];
        for (uint32_t j = 0; j < count_arguments(statement) && found < PLACES_MAX; j++)
            if (differs(tests, count, i, j))
                ret[found++] = (struct place){i, j, name_parameter(labels->subject, statement, j)};
    }
    return found;
}

static struct str id_of(const struct labels *labels, const struct trial *test,
                        const struct place *places, uint32_t count)
{
    auto_buf struct buf out;
    buf_init(&out, ID_MAX);
    for (uint32_t i = 0; i < count; i++) {
        const struct value *value = value_at(test, places[i].statement, places[i].argument);
        buf_add_text(&out, i > 0 ? ", " : "");
        buf_add_str(&out,
                    name_case(labels->arena, labels->subject, places[i].name, value, count == 1));
    }
    return out.over ? STR("") : str_of(arena_string(labels->arena, buf_str(&out)), out.len);
}

static struct str unique_id(struct arena *arena, const struct str *ids, uint32_t count,
                            struct str wanted)
{
    struct str id = wanted;
    for (uint32_t i = 2; is_listed(ids, count, id); i++)
        id = str_from(arena_text(arena, "%.*s %u", (int)wanted.len, wanted.ptr, i));
    return id;
}

const struct str *labels_ids(const struct labels *labels, const struct trial *const *tests,
                             uint32_t count)
{
    struct str *ids = arena_alloc(labels->arena, (count + 1) * sizeof *ids);
    struct place places[PLACES_MAX];
    uint32_t place_count = find_places(labels, tests, count, places);
    for (uint32_t i = 0; i < count; i++) {
        struct str id = tests[i]->condition;
        if (!is_condition_unique(tests, count, i)) {
            struct str input = id_of(labels, tests[i], places, place_count);
            id = input.len > 0 ? input : id;
        }
        ids[i] = unique_id(labels->arena, ids, i, id.len > 0 ? id : STR("case"));
    }
    return ids;
}
