#include "testgen/emit_python_private.h"

#include "base/mem.h"

/* ---- lines --------------------------------------------------------------------------------- */

static void indent(struct emitter *emitter)
{
    for (size_t i = 0; i < emitter->indent; i++)
        buf_add_byte(&emitter->body, ' ');
}

static void add_blank(struct emitter *emitter)
{
    if (emitter->body.len > 0 && !str_ends(buf_str(&emitter->body), "\n\n"))
        buf_add_byte(&emitter->body, '\n');
}

/* PREFIX NODE SUFFIX as a line, opened where it is too long. */
void emitter_add_line(struct emitter *emitter, const char *prefix, const struct python_node *node,
                      const char *suffix)
{
    const struct python_node *line =
        python_around(emitter->arena, str_from(prefix), node, str_from(suffix));
    indent(emitter);
    python_write(&emitter->body, line, emitter->indent, emitter->indent, 0);
    buf_add_byte(&emitter->body, '\n');
}

static const char *text_of(struct str text)
{
    return text.ptr; /* all names end in a NUL */
}

/* ---- statements ---------------------------------------------------------------------------- */

static const struct hoist *find_hoist(const struct emitter *emitter, uint32_t statement,
                                      uint32_t argument)
{
    for (uint32_t i = 0; i < emitter->hoist_count; i++)
        if (emitter->hoists[i].statement == statement && emitter->hoists[i].argument == argument)
            return &emitter->hoists[i];
    return NULL;
}

const struct python_node *emitter_argument(struct emitter *emitter, uint32_t statement,
                                           uint32_t argument)
{
    const struct hole *hole = emitter_hole(emitter, statement, argument);
    if (hole != NULL)
        return python_atom(emitter->arena, hole->name);
    const struct hoist *hoist = find_hoist(emitter, statement, argument);
    if (hoist != NULL)
        return python_atom(emitter->arena, hoist->name);
    return python_value(&emitter->python, test_argument(emitter->test, statement, argument));
}

static const struct python_node *call_node(struct emitter *emitter, uint32_t at)
{
    const struct statement *statement = &emitter->test->program.statements[at];
    const struct python_node **arguments =
        arena_alloc(emitter->arena, (statement->argument_count + 1) * sizeof *arguments);
    for (uint32_t i = 0; i < statement->argument_count; i++) {
        arguments[i] = emitter_argument(emitter, at, i);
        if (arguments[i] == NULL)
            return NULL;
    }
    return python_call(&emitter->python, statement, arguments);
}

static const struct python_node *variable_node(struct emitter *emitter, uint32_t variable)
{
    return emitter->in_place[variable] != NULL
               ? emitter->in_place[variable]
               : python_atom(emitter->arena, emitter->names[variable]);
}

static const struct python_node *statement_node(struct emitter *emitter, uint32_t at)
{
    const struct statement *statement = &emitter->test->program.statements[at];
    switch (statement->kind) {
    case STATEMENT_CALL:
        return call_node(emitter, at);
    case STATEMENT_LITERAL:
        return emitter_argument(emitter, at, 0);
    case STATEMENT_DRAIN:
        return emitter_drain(emitter, at, variable_node(emitter, statement->var));
    case STATEMENT_ENTER:
        return variable_node(emitter, statement->var);
    }
    return NULL;
}

static const struct callable *called(const struct emitter *emitter, uint32_t at)
{
    const struct statement *statement = &emitter->test->program.statements[at];
    return statement->kind == STATEMENT_CALL ? &emitter->subject->callables[statement->callable]
                                             : NULL;
}

/* Has no value in Python: an assignment or a deletion. */
static bool is_valueless(const struct emitter *emitter, uint32_t at)
{
    const struct callable *callable = called(emitter, at);
    return callable != NULL &&
           (callable->kind == CALLABLE_SETTER || str_is(callable->name, "__setitem__") ||
            str_is(callable->name, "__delitem__"));
}

/* Arguments that are looked at later are made before the call. */
static bool write_hoisted(struct emitter *emitter, uint32_t at)
{
    for (uint32_t i = 0; i < emitter->hoist_count; i++) {
        const struct hoist *hoist = &emitter->hoists[i];
        if (hoist->statement != at || emitter_hole(emitter, at, hoist->argument) != NULL)
            continue;
        const struct value *value = test_argument(emitter->test, at, hoist->argument);
        if (value_is_special(value, "var"))
            continue;
        const struct python_node *node = python_value(&emitter->python, value);
        if (node == NULL)
            return false;
        emitter_add_line(emitter, arena_text(emitter->arena, "%s = ", text_of(hoist->name)), node,
                         "");
    }
    return true;
}

static bool enters(const struct emitter *emitter, uint32_t at)
{
    return emitter->test->program.statements[at].kind == STATEMENT_ENTER;
}

/* An entered manager is left at once where nothing else is done in it. */
static void write_empty_block(struct emitter *emitter)
{
    indent(emitter);
    buf_add_text(&emitter->body, "pass\n");
}

static void write_enter(struct emitter *emitter, uint32_t at, const struct python_node *node)
{
    bool named = emitter_needs_variable(emitter, at);
    emitter_add_line(emitter, "with ", node,
                     named ? arena_text(emitter->arena, " as %s:", text_of(emitter->names[at]))
                           : ":");
    emitter->indent += PYTHON_INDENT;
}

static bool write_statement(struct emitter *emitter, uint32_t at)
{
    if (emitter_is_file(emitter, at))
        return emitter_write_file(emitter, at);
    if (emitter->in_place[at] != NULL)
        return true;
    const struct python_node *node = statement_node(emitter, at);
    if (node == NULL)
        return false;
    if (emitter->test->program.statements[at].kind == STATEMENT_ENTER)
        write_enter(emitter, at, node);
    else if (emitter_needs_variable(emitter, at) && !is_valueless(emitter, at))
        emitter_add_line(emitter, arena_text(emitter->arena, "%s = ", text_of(emitter->names[at])),
                         node, "");
    else if (emitter->test->program.statements[at].kind != STATEMENT_LITERAL)
        emitter_add_line(emitter, "", node, "");
    return true;
}

/* What is made only to be drained or entered stands where that happens. */
static bool put_in_place(struct emitter *emitter)
{
    const struct program *program = &emitter->test->program;
    for (uint32_t i = 0; i + 1 < program->count; i++) {
        const struct statement *next = &program->statements[i + 1];
        if ((next->kind != STATEMENT_DRAIN && next->kind != STATEMENT_ENTER) || next->var != i ||
            program->statements[i].kind != STATEMENT_CALL || i == emitter->raising)
            continue;
        bool again = false;
        for (uint32_t j = i + 2; j < program->count; j++)
            for (uint32_t k = 0; k < statement_argument_count(&program->statements[j]); k++)
                again |= value_is_special(test_argument(emitter->test, j, k), "var") &&
                         test_argument(emitter->test, j, k)->items[0]->integer == i;
        for (uint32_t j = 0; j < emitter->test->check_count; j++)
            again |= emitter->test->checks[j].statement == i;
        if (again)
            continue;
        const struct callable *callable = called(emitter, i);
        bool iter = str_is(callable->name, "__iter__") && program->statements[i].argument_count > 0;
        emitter->in_place[i] = iter ? emitter_argument(emitter, i, 0) : call_node(emitter, i);
        if (emitter->in_place[i] == NULL)
            return false;
    }
    return true;
}

/* ---- checks -------------------------------------------------------------------------------- */

/* The whole message, with what a regular expression would take for its own escaped. */
static const struct python_node *message_node(struct emitter *emitter, struct str message)
{
    auto_buf struct buf pattern;
    buf_init(&pattern, 8000);
    buf_add_byte(&pattern, '^');
    for (size_t i = 0; i < message.len; i++) {
        if (strchr("()[]{}?*+|^$\\.", message.ptr[i]) != NULL && message.ptr[i] != 0)
            buf_add_byte(&pattern, '\\');
        buf_add_byte(&pattern, message.ptr[i]);
    }
    buf_add_byte(&pattern, '$');
    struct str kept = str_of(arena_string(emitter->arena, buf_str(&pattern)), pattern.len);
    return python_text(emitter->arena, kept, python_quote_raw);
}

const struct python_node *emitter_expected(struct emitter *emitter, const struct check *check)
{
    if (check->form == CHECK_RAISED)
        return message_node(emitter, check->view->items[2]->text);
    return python_value(&emitter->python, check->view);
}

static const struct python_node *expected_or_hole(struct emitter *emitter, uint32_t check)
{
    const struct hole *hole = emitter_hole(emitter, OF_CHECK, check);
    return hole != NULL ? python_atom(emitter->arena, hole->name)
                        : emitter_expected(emitter, &emitter->test->checks[check]);
}

/* What is looked at of a file is asked for by a call. */
static const char *call_of(const struct emitter *emitter, const struct check *check)
{
    if (!emitter_is_file(emitter, check->statement))
        return "";
    return str_is(check->path, "read_text") ? "(encoding=\"utf-8\")" : "()";
}

/* What the check looks at. */
static const char *looked_at(struct emitter *emitter, const struct check *check)
{
    if (check->form == CHECK_OUTPUT)
        return "capsys.readouterr().out";
    if (check->kind == COMPONENT_ATTRIBUTE)
        return arena_text(emitter->arena, "%s.%.*s%s", text_of(emitter->names[check->statement]),
                          (int)check->path.len, check->path.ptr, call_of(emitter, check));
    if (check->kind == COMPONENT_VALUE)
        return text_of(emitter->names[check->statement]);
    for (uint32_t i = 0; i < emitter->hoist_count; i++) {
        const struct hoist *hoist = &emitter->hoists[i];
        const char *place = arena_text(emitter->arena, "%u", hoist->argument);
        const struct argument *argument =
            &emitter->test->program.statements[hoist->statement].arguments[hoist->argument];
        if (hoist->statement == check->statement &&
            (str_is(check->path, place) || str_equal(check->path, argument->name)))
            return text_of(hoist->name);
    }
    return "";
}

static bool add_long(struct emitter *emitter, const struct check *check, const char *what)
{
    const struct value *const *items = check->view->items;
    bool text = str_is(items[0]->text, "str") || str_is(items[0]->text, "bytes");
    const struct python_node *first = python_value(&emitter->python, items[2]);
    const struct python_node *last = python_value(&emitter->python, items[3]);
    const struct python_node *length = python_value(&emitter->python, items[1]);
    if (first == NULL || last == NULL)
        return false;
    struct arena *arena = emitter->arena;
    emitter_add_line(emitter, arena_text(arena, "assert len(%s) == ", what), length, "");
    if (text) {
        emitter_add_line(emitter, arena_text(arena, "assert %s.startswith(", what), first, ")");
        emitter_add_line(emitter, arena_text(arena, "assert %s.endswith(", what), last, ")");
    } else {
        emitter_add_line(emitter, arena_text(arena, "assert %s[0] == ", what), first, "");
        emitter_add_line(emitter, arena_text(arena, "assert %s[-1] == ", what), last, "");
    }
    return true;
}

static bool add_check(struct emitter *emitter, uint32_t index, const char *what)
{
    const struct check *check = &emitter->test->checks[index];
    if (check->form == CHECK_LONG)
        return add_long(emitter, check, what);
    if (check->form == CHECK_NAN) {
        python_import(&emitter->python, "import math");
        emitter_add_line(emitter, "assert math.isnan(", python_atom(emitter->arena, str_from(what)),
                         ")");
        return true;
    }
    const struct python_node *expected = expected_or_hole(emitter, index);
    if (expected == NULL)
        return false;
    if (check->form == CHECK_NEAR) {
        python_import(&emitter->python, "import pytest");
        expected = python_group(emitter->arena, STR("pytest.approx"), "(", &expected, 1, ")");
    }
    const char *sign = check->form == CHECK_SAME ? "is" : "==";
    emitter_add_line(emitter, arena_text(emitter->arena, "assert %s %s ", what, sign), expected,
                     "");
    return true;
}

static bool is_skipped(const struct emitter *emitter, uint32_t index)
{
    const struct check *check = &emitter->test->checks[index];
    return check->form == CHECK_RAISED ||
           (check->kind == COMPONENT_VALUE && is_valueless(emitter, check->statement)) ||
           (check->kind == COMPONENT_VALUE && emitter->inline_result &&
            check->statement == emitter->act);
}

static bool write_checks(struct emitter *emitter)
{
    for (uint32_t i = 0; i < emitter->test->check_count; i++) {
        const char *what = looked_at(emitter, &emitter->test->checks[i]);
        if (!is_skipped(emitter, i) && !add_check(emitter, i, what))
            return false;
    }
    return true;
}

/* ---- act ----------------------------------------------------------------------------------- */

static const struct python_node *raises_node(struct emitter *emitter)
{
    for (uint32_t i = 0; i < emitter->test->check_count; i++) {
        const struct check *check = &emitter->test->checks[i];
        if (check->form != CHECK_RAISED)
            continue;
        const struct value *const *items = check->view->items;
        const struct python_node *parts[2] = {python_atom(
            emitter->arena, python_name(&emitter->python, items[0]->text, items[1]->text))};
        uint32_t count = 1;
        bool own = check->view->count > 3 && check->view->items[3]->integer == ORIGIN_RAISE;
        if ((own && items[2]->text.len > 0) || emitter_hole(emitter, OF_CHECK, i) != NULL)
            parts[count++] =
                python_around(emitter->arena, STR("match="), expected_or_hole(emitter, i), STR(""));
        return python_group(emitter->arena, STR("pytest.raises"), "(", parts, count, ")");
    }
    return NULL;
}

static bool write_raising(struct emitter *emitter)
{
    const struct python_node *node = statement_node(emitter, emitter->act);
    if (node == NULL)
        return false;
    python_import(&emitter->python, "import pytest");
    emitter_add_line(emitter, "with ", raises_node(emitter), ":");
    emitter->indent += PYTHON_INDENT;
    size_t outside = emitter->indent;
    emitter_add_line(emitter, enters(emitter, emitter->act) ? "with " : "", node,
                     enters(emitter, emitter->act) ? ":" : "");
    emitter->indent += PYTHON_INDENT;
    if (enters(emitter, emitter->act))
        write_empty_block(emitter);
    emitter->indent = outside - PYTHON_INDENT;
    return true;
}

/* The only check of the act, if it may stand in the same line. */
static bool find_inline_check(const struct emitter *emitter, uint32_t *ret_check)
{
    uint32_t count = 0;
    const struct statement *act = &emitter->test->program.statements[emitter->act];
    if (emitter->indent > PYTHON_INDENT || is_valueless(emitter, emitter->act) ||
        act->kind == STATEMENT_ENTER || emitter->act + 1 != emitter->test->program.count)
        return false;
    for (uint32_t i = 0; i < emitter->test->check_count; i++) {
        const struct check *check = &emitter->test->checks[i];
        if (check->statement != emitter->act || check->kind == COMPONENT_STDOUT ||
            check->kind == COMPONENT_ARGUMENT)
            continue;
        if (check->kind != COMPONENT_VALUE || check->form == CHECK_LONG)
            return false;
        *ret_check = i;
        count++;
    }
    return count == 1;
}

/* An operator between both sides of a comparison would read, or even bind, differently. */
static const char *as_operand(struct emitter *emitter, const struct python_node *node)
{
    const char *text = python_flat(emitter->arena, node).ptr;
    bool operators = node->open.len == 0 && strchr(text, ' ') != NULL;
    return operators ? arena_text(emitter->arena, "(%s)", text) : text;
}

static size_t width_of_line(const struct buf *body, size_t from)
{
    struct str rest = str_skip(buf_str(body), from), line;
    return str_take_line(&rest, &line) && rest.len == 0 ? line.len : SIZE_MAX;
}

/* "assert f(x) == y" where that fits on a line. */
static bool write_inline(struct emitter *emitter, uint32_t check, bool *ret_done)
{
    const struct python_node *node = statement_node(emitter, emitter->act);
    if (node == NULL)
        return false;
    size_t before = emitter->body.len;
    *ret_done = python_width(node) <= PYTHON_WIDTH;
    if (*ret_done && !add_check(emitter, check, as_operand(emitter, node)))
        return false;
    *ret_done = *ret_done && width_of_line(&emitter->body, before) <= PYTHON_WIDTH;
    if (!*ret_done)
        emitter->body.len = before;
    return true;
}

static bool write_act(struct emitter *emitter)
{
    uint32_t check;
    if (emitter->raising != NO_STATEMENT)
        return write_raising(emitter);
    if (find_inline_check(emitter, &check)) {
        if (!write_inline(emitter, check, &emitter->inline_result))
            return false;
        if (emitter->inline_result)
            return true;
    }
    if (!write_statement(emitter, emitter->act))
        return false;
    if (enters(emitter, emitter->act))
        write_empty_block(emitter);
    return true;
}

bool emitter_write_body(struct emitter *emitter)
{
    if (!put_in_place(emitter))
        return false;
    for (uint32_t i = 0; i < emitter->act; i++)
        if (!write_hoisted(emitter, i) || !write_statement(emitter, i))
            return false;
    if (!write_hoisted(emitter, emitter->act) || !emitter_write_collector(emitter))
        return false;
    bool arranged = emitter->body.len > 0;
    if (arranged && emitter->indent == PYTHON_INDENT)
        add_blank(emitter);
    if (!write_act(emitter))
        return false;
    bool nested = emitter->indent > PYTHON_INDENT;
    emitter->indent = PYTHON_INDENT;
    size_t before = emitter->body.len;
    if ((arranged && !emitter->inline_result) || nested)
        add_blank(emitter);
    size_t blank = emitter->body.len;
    if (!write_checks(emitter))
        return false;
    if (emitter->body.len == blank)
        emitter->body.len = before;
    return emitter->inline_result || emitter->raising != NO_STATEMENT || emitter->body.len > before;
}

bool emitter_write_statements(struct emitter *emitter)
{
    if (!put_in_place(emitter))
        return false;
    for (uint32_t i = 0; i < emitter->test->program.count; i++)
        if (!write_statement(emitter, i))
            return false;
    if (enters(emitter, emitter->test->program.count - 1))
        write_empty_block(emitter);
    return emitter->python.why == NULL;
}
