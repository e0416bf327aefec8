#include "testgen/group.h"

#include <ctype.h>

#include "testgen/marshal.h"
#include "testgen/name.h"

enum { KEY_MAX = 1 << 20 };

/* ---- shape --------------------------------------------------------------------------------- */

static bool holds_object(const struct value *value)
{
    if (value_is_special(value, "var"))
        return true;
    for (size_t i = 0; i < value->count; i++)
        if (holds_object(value->items[i]))
            return true;
    return false;
}

/* A value that refers to a variable is part of the shape; any other may be a parameter. */
static void add_value(struct buf *key, const struct value *value)
{
    if (holds_object(value))
        marshal_write(key, value);
    else
        buf_add_byte(key, '?');
}

static void add_statement(struct buf *key, const struct statement *statement)
{
    buf_printf(key, ";%d,%u,%u,%u,%u:", (int)statement->kind, statement->callable,
               statement->argument_count, statement->var, statement->limit);
    if (statement->kind == STATEMENT_LITERAL)
        add_value(key, statement->value);
    for (uint32_t i = 0; i < statement->argument_count; i++) {
        buf_add_str(key, statement->arguments[i].name);
        buf_add_byte(key, '=');
        add_value(key, statement->arguments[i].value);
    }
}

static void add_raised(struct buf *key, const struct value *view)
{
    buf_add_str(key, view->items[0]->text);
    bool own = view->count > 3 && view->items[3]->integer == ORIGIN_RAISE;
    buf_printf(key, "%d", own && view->items[2]->text.len > 0);
}

static void add_check(struct buf *key, const struct trial *test, const struct check *check)
{
    buf_printf(key, "/%d,%d,%u,%.*s:", (int)check->kind, (int)check->form, check->statement,
               (int)check->path.len, check->path.ptr);
    if (check->form == CHECK_RAISED)
        add_raised(key, check->view);
    if (check->form == CHECK_LONG)
        marshal_write(key, check->view);
    const struct statement *statement = &test->program.statements[check->statement];
    if (statement->kind == STATEMENT_DRAIN && check->view->kind == VALUE_LIST)
        buf_printf(key, "%d", check->view->count < statement->limit);
}

static struct str shape_of(struct arena *arena, const struct trial *test)
{
    auto_buf struct buf key;
    buf_init(&key, KEY_MAX);
    buf_printf(&key, "%u", test->target);
    for (uint32_t i = 0; i < test->program.count; i++)
        add_statement(&key, &test->program.statements[i]);
    for (uint32_t i = 0; i < test->check_count; i++)
        add_check(&key, test, &test->checks[i]);
    return str_of(arena_string(arena, buf_str(&key)), key.len);
}

/* ---- words --------------------------------------------------------------------------------- */

static struct str words_of_target(struct arena *arena, const struct subject *subject,
                                  const struct trial *test)
{
    const struct callable *callable = &subject->callables[test->target];
    if (callable->kind == CALLABLE_CONSTRUCTOR && callable->owner >= 0) {
        struct str qual = subject->classes[callable->owner].qual;
        return str_from(arena_text(arena, "new %.*s", (int)qual.len, qual.ptr));
    }
    return callable->qual;
}

static struct str joined(struct arena *arena, struct str a, struct str b)
{
    if (a.len == 0 || b.len == 0)
        return a.len == 0 ? b : a;
    return str_from(arena_text(arena, "%.*s %.*s", (int)a.len, a.ptr, (int)b.len, b.ptr));
}

/* The values given, where they are few and short: "0, minus 5". */
static struct str words_of_input(struct arena *arena, const struct trial *test)
{
    enum { WORDS_MAX = 40 };

    uint32_t act = program_act(&test->program);
    auto_buf struct buf out;
    buf_init(&out, WORDS_MAX);
    for (uint32_t i = 0; i < test->program.count; i++) {
        const struct statement *statement = &test->program.statements[i];
        if (i != act && i + 1 != act)
            continue;
        for (uint32_t j = 0; j < statement->argument_count; j++) {
            const struct value *value = statement->arguments[j].value;
            if (holds_object(value))
                continue;
            if (out.len > 0)
                buf_add_text(&out, ", ");
            buf_add_str(&out, name_value(arena, value));
        }
    }
    return out.over ? STR("") : str_of(arena_string(arena, buf_str(&out)), out.len);
}

/* ---- unique names -------------------------------------------------------------------------- */

struct names {
    struct str *all;
    uint32_t count;
};

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

static bool has_name(const struct names *names, struct str name)
{
    for (uint32_t i = 0; i < names->count; i++)
        if (is_same_name(names->all[i], name))
            return true;
    return false;
}

static struct str take_unique(struct arena *arena, struct names *names, struct str wanted)
{
    struct str name = wanted;
    for (uint32_t i = 2; has_name(names, name); i++)
        name = str_from(arena_text(arena, "%.*s %u", (int)wanted.len, wanted.ptr, i));
    names->all[names->count++] = name;
    return name;
}

/* ---- groups -------------------------------------------------------------------------------- */

static struct str name_of_one(struct arena *arena, const struct subject *subject,
                              const struct names *names, const struct trial *test)
{
    struct str target = words_of_target(arena, subject, test);
    struct str outcome = name_outcome(arena, test);
    struct str condition = test->condition;
    if (condition.len == 0 ||
        has_name(names, joined(arena, joined(arena, target, condition), outcome)))
        condition = joined(arena, condition, words_of_input(arena, test));
    return joined(arena, joined(arena, target, condition), outcome);
}

static struct str name_of_many(struct arena *arena, const struct subject *subject,
                               const struct trial *test)
{
    struct str target = words_of_target(arena, subject, test);
    return joined(arena, target, name_outcome(arena, test));
}

static bool is_condition_unique(const struct trial *const *tests, uint32_t count, uint32_t index)
{
    if (tests[index]->condition.len == 0)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (i != index && is_same_name(tests[i]->condition, tests[index]->condition))
            return false;
    return true;
}

static const struct str *ids_of(struct arena *arena, const struct trial *const *tests,
                                uint32_t count)
{
    struct names taken = {arena_alloc(arena, (count + 1) * sizeof *taken.all), 0};
    for (uint32_t i = 0; i < count; i++) {
        struct str id = tests[i]->condition;
        if (!is_condition_unique(tests, count, i)) {
            struct str input = words_of_input(arena, tests[i]);
            id = input.len > 0 ? input : id;
        }
        take_unique(arena, &taken, id.len > 0 ? id : STR("case"));
    }
    return taken.all;
}

struct grouper {
    struct arena *arena;
    const struct subject *subject;
    const struct trial *const *tests;
    struct str *shapes;
    bool *done;
    uint32_t count;
    struct names names;
    struct grouping *grouping;
};

static void add_group(struct grouper *grouper, const struct trial *const *tests, uint32_t count)
{
    struct arena *arena = grouper->arena;
    struct str name = count == 1 ? name_of_one(arena, grouper->subject, &grouper->names, tests[0])
                                 : name_of_many(arena, grouper->subject, tests[0]);
    grouper->grouping->groups[grouper->grouping->count++] =
        (struct test_group){.tests = tests,
                            .count = count,
                            .name = take_unique(arena, &grouper->names, name),
                            .ids = count == 1 ? &grouper->names.all[grouper->names.count - 1]
                                              : ids_of(arena, tests, count)};
}

static void group_from(struct grouper *grouper, uint32_t first)
{
    const struct trial **alike =
        arena_alloc(grouper->arena, (grouper->count - first) * sizeof *alike);
    uint32_t count = 0;
    for (uint32_t i = first; i < grouper->count; i++)
        if (str_equal(grouper->shapes[i], grouper->shapes[first]))
            alike[count++] = grouper->tests[i];
    if (count < GROUP_CASES_MIN) {
        add_group(grouper, alike, 1);
        return;
    }
    add_group(grouper, alike, count);
    for (uint32_t i = first; i < grouper->count; i++)
        if (str_equal(grouper->shapes[i], grouper->shapes[first]))
            grouper->done[i] = true;
}

void group_tests(struct arena *arena, const struct subject *subject,
                 const struct trial *const *tests, uint32_t count, struct grouping *ret)
{
    struct grouper grouper = {.arena = arena,
                              .subject = subject,
                              .tests = tests,
                              .shapes = arena_alloc(arena, (count + 1) * sizeof(struct str)),
                              .done = arena_alloc(arena, count + 1),
                              .count = count,
                              .names.all = arena_alloc(arena, (count + 1) * sizeof(struct str)),
                              .grouping = ret};
    *ret = (struct grouping){.groups = arena_alloc(arena, (count + 1) * sizeof *ret->groups)};
    for (uint32_t i = 0; i < count; i++)
        grouper.shapes[i] = shape_of(arena, tests[i]);
    for (uint32_t i = 0; i < count; i++)
        if (!grouper.done[i])
            group_from(&grouper, i);
}
