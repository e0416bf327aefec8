#include "testgen/group.h"

#include "testgen/label.h"
#include "testgen/marshal.h"

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
    if (check->form == CHECK_LONG || holds_object(check->view))
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

/* ---- groups -------------------------------------------------------------------------------- */

struct grouper {
    struct arena *arena;
    const struct subject *subject;
    const struct trial *const *tests;
    struct str *shapes;
    bool *done;
    uint32_t count;
    struct labels labels;
    struct grouping *grouping;
};

static void add_group(struct grouper *grouper, const struct trial *const *tests, uint32_t count)
{
    struct test_group *group = &grouper->grouping->groups[grouper->grouping->count++];
    *group = (struct test_group){.tests = tests, .count = count};
    group->name = labels_name(&grouper->labels, tests, count);
    group->ids = count == 1 ? &group->name : labels_ids(&grouper->labels, tests, count);
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
                              .grouping = ret};
    labels_init(&grouper.labels, arena, subject, count);
    *ret = (struct grouping){.groups = arena_alloc(arena, (count + 1) * sizeof *ret->groups)};
    for (uint32_t i = 0; i < count; i++)
        grouper.shapes[i] = shape_of(arena, tests[i]);
    for (uint32_t i = 0; i < count; i++)
        if (!grouper.done[i])
            group_from(&grouper, i);
}
