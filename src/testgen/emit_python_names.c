#include "testgen/emit_python_private.h"
#include "testgen/name.h"

uint32_t statement_argument_count(const struct statement *statement)
{
    if (statement->kind == STATEMENT_CALL)
        return statement->argument_count;
    return statement->kind == STATEMENT_LITERAL;
}

const struct value *test_argument(const struct trial *test, uint32_t statement, uint32_t argument)
{
    const struct statement *of = &test->program.statements[statement];
    return of->kind == STATEMENT_LITERAL ? of->value : of->arguments[argument].value;
}

/* ---- is a variable needed? ----------------------------------------------------------------- */

static uint32_t uses_in(const struct value *value, uint32_t variable)
{
    if (value_is_special(value, "var"))
        return value->items[0]->integer == variable;
    uint32_t uses = 0;
    for (size_t i = 0; i < value->count; i++)
        uses += uses_in(value->items[i], variable);
    return uses;
}

static uint32_t uses_by(const struct trial *test, uint32_t statement, uint32_t variable)
{
    const struct statement *of = &test->program.statements[statement];
    if (of->kind == STATEMENT_DRAIN || of->kind == STATEMENT_ENTER)
        return of->var == variable;
    uint32_t uses = 0;
    for (uint32_t i = 0; i < statement_argument_count(of); i++)
        uses += uses_in(test_argument(test, statement, i), variable);
    return uses;
}

static bool is_checked(const struct trial *test, uint32_t variable)
{
    for (uint32_t i = 0; i < test->check_count; i++) {
        enum component_kind kind = test->checks[i].kind;
        if (test->checks[i].statement == variable &&
            (kind == COMPONENT_VALUE || kind == COMPONENT_ATTRIBUTE))
            return true;
    }
    return false;
}

static uint32_t uses_of(const struct trial *test, uint32_t variable)
{
    uint32_t uses = 0;
    for (uint32_t i = variable + 1; i < test->program.count; i++)
        uses += uses_by(test, i, variable);
    for (uint32_t i = 0; i < test->check_count; i++)
        uses += uses_in(test->checks[i].view, variable);
    return uses;
}

bool emitter_needs_variable(const struct emitter *emitter, uint32_t statement)
{
    return emitter_is_file(emitter, statement) || is_checked(emitter->test, statement) ||
           uses_of(emitter->test, statement) > 0;
}

/* ---- names --------------------------------------------------------------------------------- */

static bool is_taken(const struct emitter *emitter, struct str name)
{
    if (name.len == 0 || python_is_reserved(name))
        return true;
    for (uint32_t i = 0; i < emitter->taken_count; i++)
        if (str_equal(emitter->taken[i], name))
            return true;
    const struct subject *subject = emitter->subject;
    for (uint32_t i = 0; i < subject->callable_count; i++)
        if (subject->callables[i].owner < 0 && str_equal(subject->callables[i].qual, name))
            return true;
    for (uint32_t i = 0; i < subject->class_count; i++)
        if (str_equal(subject->classes[i].qual, name))
            return true;
    return false;
}

struct str emitter_take_name(struct emitter *emitter, struct str wanted)
{
    struct str name = wanted;
    if (is_taken(emitter, name) && name.len > 0)
        name = str_from(arena_text(emitter->arena, "%.*s_value", (int)wanted.len, wanted.ptr));
    if (wanted.len == 0)
        name = STR("value");
    struct str base = wanted.len > 0 && !python_is_reserved(wanted) ? wanted : name;
    for (int i = 2; is_taken(emitter, name); i++)
        name = str_from(arena_text(emitter->arena, "%.*s_%d", (int)base.len, base.ptr, i));
    if (emitter->taken_count < NAMES_MAX)
        emitter->taken[emitter->taken_count++] = name;
    return name;
}

static struct str snake(struct emitter *emitter, struct str name)
{
    auto_buf struct buf out;
    buf_init(&out, 200);
    python_snake(&out, name);
    return str_of(arena_string(emitter->arena, buf_str(&out)), out.len);
}

static struct str last_part(struct str dotted)
{
    for (size_t i = dotted.len; i-- > 0;)
        if (dotted.ptr[i] == '.')
            return str_skip(dotted, i + 1);
    return dotted;
}

/* Where is this variable an argument, and of what? */
static struct str name_by_use(const struct emitter *emitter, uint32_t variable)
{
    for (uint32_t i = variable + 1; i < emitter->test->program.count; i++) {
        const struct statement *statement = &emitter->test->program.statements[i];
        if (statement->kind != STATEMENT_CALL)
            continue;
        for (uint32_t j = 0; j < statement->argument_count; j++)
            if (value_is_special(statement->arguments[j].value, "var") &&
                statement->arguments[j].value->items[0]->integer == variable)
                return name_parameter(emitter->subject, statement, j);
    }
    return STR("");
}

/* An object after its class; a second one of the same class after what it is for. */
static struct str wanted_name(const struct emitter *emitter, uint32_t variable)
{
    const struct statement *statement = &emitter->test->program.statements[variable];
    if (statement->kind == STATEMENT_DRAIN)
        return STR("items");
    if (statement->kind == STATEMENT_ENTER)
        return STR("entered");
    if (statement->kind == STATEMENT_CALL) {
        const struct callable *callable = &emitter->subject->callables[statement->callable];
        if (callable->kind == CALLABLE_CONSTRUCTOR && callable->owner >= 0)
            return last_part(emitter->subject->classes[callable->owner].qual);
        if (callable->returns != NULL && callable->returns->kind == TYPE_CLASS)
            return last_part(emitter->subject->classes[callable->returns->index].qual);
        if (variable == emitter->act)
            return STR("result");
    }
    struct str by_use = name_by_use(emitter, variable);
    return by_use.len > 0 ? by_use : STR("result");
}

static struct str name_variable(struct emitter *emitter, uint32_t variable)
{
    struct str wanted = snake(emitter, wanted_name(emitter, variable));
    struct str by_use = snake(emitter, name_by_use(emitter, variable));
    if (is_taken(emitter, wanted) && !is_taken(emitter, by_use))
        wanted = by_use;
    return emitter_take_name(emitter, wanted);
}

/* ---- holes and hoists ---------------------------------------------------------------------- */

const struct hole *emitter_hole(const struct emitter *emitter, uint32_t statement,
                                uint32_t argument)
{
    for (uint32_t i = 0; i < emitter->hole_count; i++)
        if (emitter->holes[i].statement == statement && emitter->holes[i].argument == argument)
            return &emitter->holes[i];
    return NULL;
}

static void add_hole(struct emitter *emitter, uint32_t statement, uint32_t argument)
{
    if (emitter->hole_count < HOLES_MAX)
        emitter->holes[emitter->hole_count++] =
            (struct hole){.statement = statement, .argument = argument};
    else
        emitter->python.why = "too many places differ";
}

static bool differs_among_tests(const struct emitter *emitter, uint32_t statement,
                                uint32_t argument)
{
    const struct value *first = test_argument(emitter->test, statement, argument);
    for (uint32_t i = 1; i < emitter->group->count; i++)
        if (!value_equal(first, test_argument(emitter->group->tests[i], statement, argument)))
            return true;
    return false;
}

/* The interpreter's own messages change from version to version: nothing to compare with. */
static bool has_own_message(const struct check *check)
{
    return check->view->count > 3 && check->view->items[3]->integer == ORIGIN_RAISE;
}

static bool check_differs(const struct emitter *emitter, uint32_t check)
{
    const struct check *first = &emitter->test->checks[check];
    if (first->form == CHECK_RAISED && !has_own_message(first))
        return false;
    for (uint32_t i = 1; i < emitter->group->count; i++)
        if (!value_equal(emitter->test->checks[check].view,
                         emitter->group->tests[i]->checks[check].view))
            return true;
    return false;
}

void emitter_find_holes(struct emitter *emitter)
{
    const struct program *program = &emitter->test->program;
    for (uint32_t i = 0; i < program->count; i++)
        for (uint32_t j = 0; j < statement_argument_count(&program->statements[i]); j++)
            if (differs_among_tests(emitter, i, j))
                add_hole(emitter, i, j);
    for (uint32_t i = 0; i < emitter->test->check_count; i++)
        if (check_differs(emitter, i))
            add_hole(emitter, OF_CHECK, i);
}

static struct str name_of_expected(const struct emitter *emitter, uint32_t check)
{
    const struct check *one = &emitter->test->checks[check];
    if (one->form == CHECK_RAISED)
        return STR("message");
    if (one->form == CHECK_OUTPUT)
        return STR("output");
    if (one->kind == COMPONENT_ATTRIBUTE)
        return str_from(
            arena_text(emitter->arena, "expected_%.*s", (int)one->path.len, one->path.ptr));
    return STR("expected");
}

static struct str wanted_hole_name(const struct emitter *emitter, const struct hole *hole)
{
    if (hole->statement == OF_CHECK)
        return name_of_expected(emitter, hole->argument);
    const struct statement *statement = &emitter->test->program.statements[hole->statement];
    if (statement->kind == STATEMENT_LITERAL)
        return name_by_use(emitter, hole->statement);
    return name_parameter(emitter->subject, statement, hole->argument);
}

static bool place_of(struct str path, uint32_t *ret_place)
{
    *ret_place = 0;
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] < '0' || path.ptr[i] > '9' || i > 4)
            return false;
        *ret_place = *ret_place * 10 + (uint32_t)(path.ptr[i] - '0');
    }
    return path.len > 0;
}

static bool find_argument(const struct statement *statement, struct str path, uint32_t *ret_place)
{
    if (place_of(path, ret_place))
        return *ret_place < statement->argument_count;
    for (uint32_t i = 0; i < statement->argument_count; i++)
        if (str_equal(statement->arguments[i].name, path)) {
            *ret_place = i;
            return true;
        }
    return false;
}

/* An argument that changes under the call is a variable, so that one can look at it afterwards. */
static void add_hoist(struct emitter *emitter, const struct check *check)
{
    const struct statement *statement = &emitter->test->program.statements[check->statement];
    uint32_t place;
    if (statement->kind != STATEMENT_CALL || !find_argument(statement, check->path, &place)) {
        emitter->python.why = "a changed argument that is none";
        return;
    }
    const struct value *value = statement->arguments[place].value;
    struct hoist hoist = {.statement = check->statement, .argument = place};
    const struct hole *hole = emitter_hole(emitter, check->statement, place);
    if (hole != NULL)
        hoist.name = hole->name;
    else if (value_is_special(value, "var"))
        hoist.name = emitter->names[value->items[0]->integer];
    else
        hoist.name = emitter_take_name(
            emitter, snake(emitter, name_parameter(emitter->subject, statement, place)));
    if (emitter->hoist_count < HOLES_MAX)
        emitter->hoists[emitter->hoist_count++] = hoist;
}

void emitter_name_all(struct emitter *emitter)
{
    for (uint32_t i = 0; i < emitter->hole_count; i++)
        emitter->holes[i].name = emitter_take_name(
            emitter, snake(emitter, wanted_hole_name(emitter, &emitter->holes[i])));
    for (uint32_t i = 0; i < emitter->test->program.count; i++)
        if (emitter_needs_variable(emitter, i))
            emitter->names[i] = name_variable(emitter, i);
    emitter_place_files(emitter);
    for (uint32_t i = 0; i < emitter->test->check_count; i++)
        if (emitter->test->checks[i].kind == COMPONENT_ARGUMENT)
            add_hoist(emitter, &emitter->test->checks[i]);
}
