#include "testgen/emit_python.h"

#include "base/mem.h"
#include "testgen/emit_python_private.h"

enum { BODY_MAX = 1 << 18 };

static struct str kept(struct emitter *emitter, struct str text)
{
    return str_of(arena_string(emitter->arena, text), text.len);
}

/* Cuts text into the lines of a block. */
static const struct str *lines_of(struct emitter *emitter, struct str text, uint32_t *ret_count)
{
    struct str line, rest = text;
    uint32_t count = 0;
    while (str_take_line(&rest, &line))
        count++;
    struct str *lines = arena_alloc(emitter->arena, (count + 1) * sizeof *lines);
    rest = text;
    for (uint32_t i = 0; str_take_line(&rest, &line); i++)
        lines[i] = kept(emitter, line);
    *ret_count = count;
    return lines;
}

static struct str function_name(struct emitter *emitter)
{
    auto_buf struct buf out;
    buf_init(&out, 400);
    buf_add_text(&out, "test_");
    python_identifier(&out, emitter->group->name);
    return kept(emitter, buf_str(&out));
}

/* ---- head: decorator and signature --------------------------------------------------------- */

static bool prints(const struct emitter *emitter)
{
    for (uint32_t i = 0; i < emitter->test->check_count; i++)
        if (emitter->test->checks[i].form == CHECK_OUTPUT)
            return true;
    return false;
}

static void write_parameter_names(struct emitter *emitter, struct buf *out)
{
    bool one = emitter->hole_count == 1;
    if (!one)
        buf_add_byte(out, '(');
    for (uint32_t i = 0; i < emitter->hole_count; i++) {
        if (i > 0)
            buf_add_text(out, ", ");
        python_quote(out, emitter->holes[i].name);
    }
    if (!one)
        buf_add_byte(out, ')');
}

static void write_decorator(struct emitter *emitter, struct buf *out)
{
    buf_add_text(out, "@pytest.mark.parametrize(\n    ");
    write_parameter_names(emitter, out);
    buf_add_text(out, ",\n    [\n");
    python_import(&emitter->python, "import pytest");
}

/* The signature, on one line or with one parameter a line. */
static void write_signature(struct emitter *emitter, struct str name, struct buf *out)
{
    const struct python_node *names[HOLES_MAX + 2];
    uint32_t count = 0;
    for (; count < emitter->hole_count; count++)
        names[count] = python_atom(emitter->arena, emitter->holes[count].name);
    if (emitter_makes_files(emitter))
        names[count++] = python_atom(emitter->arena, STR("tmp_path"));
    if (prints(emitter))
        names[count++] = python_atom(emitter->arena, STR("capsys"));
    const char *head = arena_text(emitter->arena, "def %.*s", (int)name.len, name.ptr);
    const struct python_node *node =
        python_group(emitter->arena, str_from(head), "(", names, count, ")");
    python_write(out, node, 0, 0, 1);
    buf_add_text(out, ":\n");
}

/* ---- cases --------------------------------------------------------------------------------- */

static const struct python_node *case_part(struct emitter *emitter, const struct trial *test,
                                           const struct hole *hole)
{
    if (hole->statement == OF_CHECK)
        return emitter_expected(emitter, &test->checks[hole->argument]);
    return python_value(&emitter->python, test_argument(test, hole->statement, hole->argument));
}

static bool write_case(struct emitter *emitter, uint32_t index, struct suite_case *ret)
{
    enum { INDENT = 2 * PYTHON_INDENT };
    const struct python_node *parts[HOLES_MAX + 1];
    auto_buf struct buf id, line;
    buf_init(&id, 1000);
    buf_init(&line, BODY_MAX);
    for (uint32_t i = 0; i < emitter->hole_count; i++) {
        parts[i] = case_part(emitter, emitter->group->tests[index], &emitter->holes[i]);
        if (parts[i] == NULL)
            return false;
    }
    python_quote(&id, emitter->group->ids[index]);
    parts[emitter->hole_count] = python_around(emitter->arena, STR("id="),
                                               python_atom(emitter->arena, buf_str(&id)), STR(""));
    buf_add_text(&line, "        ");
    python_write(
        &line,
        python_group(emitter->arena, STR("pytest.param"), "(", parts, emitter->hole_count + 1, ")"),
        INDENT, INDENT, 1);
    buf_add_byte(&line, ',');
    ret->id = emitter->group->ids[index];
    ret->line = kept(emitter, buf_str(&line));
    return !line.over;
}

static bool write_cases(struct emitter *emitter, struct suite_block *block)
{
    struct suite_case *cases = arena_alloc(emitter->arena, emitter->group->count * sizeof *cases);
    for (uint32_t i = 0; i < emitter->group->count; i++) {
        const struct trial *test = emitter->group->tests[i];
        if (emitter->hole_count > 0 && !write_case(emitter, i, &cases[i]))
            return false;
        cases[i].goals = test->goals;
        cases[i].goal_count = test->goal_count;
        cases[i].kills = test->kills;
        cases[i].kill_count = test->kill_count;
    }
    block->cases = cases;
    block->case_count = emitter->group->count;
    return true;
}

/* ---- the block ----------------------------------------------------------------------------- */

static void write_definitions(struct emitter *emitter, struct suite_block *block)
{
    auto_buf struct buf out;
    buf_init(&out, BODY_MAX);
    for (uint32_t i = 0; i < emitter->python.definition_count; i++)
        buf_add_str(&out, emitter->python.definitions[i]);
    block->definitions = lines_of(emitter, buf_str(&out), &block->definition_count);
}

static bool write_block(struct emitter *emitter, struct suite_block *block)
{
    auto_buf struct buf head, tail;
    buf_init(&head, BODY_MAX);
    buf_init(&tail, BODY_MAX);
    if (!emitter_write_body(emitter) || !write_cases(emitter, block))
        return false;
    if (emitter->hole_count > 0) {
        write_decorator(emitter, &head);
        buf_add_text(&tail, "    ],\n)\n");
    }
    block->name = function_name(emitter);
    write_signature(emitter, block->name, &tail);
    buf_add_str(&tail, buf_str(&emitter->body));
    if (emitter->body.over || head.over || tail.over || emitter->python.why != NULL)
        return false;
    block->target = emitter->test->target;
    block->head = lines_of(emitter, buf_str(&head), &block->head_count);
    block->tail = lines_of(emitter, buf_str(&tail), &block->tail_count);
    block->import_count = emitter->python.import_count;
    struct str *imports = arena_alloc(emitter->arena, (block->import_count + 1) * sizeof *imports);
    for (uint32_t i = 0; i < block->import_count; i++)
        imports[i] = emitter->python.imports[i];
    block->imports = imports;
    write_definitions(emitter, block);
    return true;
}

static void init(struct emitter *emitter, struct arena *arena, const struct subject *subject,
                 const struct test_group *group)
{
    *emitter = (struct emitter){.arena = arena,
                                .subject = subject,
                                .group = group,
                                .test = group->tests[0],
                                .indent = PYTHON_INDENT};
    emitter->python = (struct python){
        .arena = arena, .subject = subject, .names = emitter->names, .in_place = emitter->in_place};
    emitter->raising = test_raising(emitter->test);
    emitter->act =
        emitter->raising != NO_STATEMENT ? emitter->raising : program_act(&emitter->test->program);
    buf_init(&emitter->body, BODY_MAX);
}

bool emit_python(struct arena *arena, const struct subject *subject, const struct test_group *group,
                 struct suite_block *ret, const char **ret_why)
{
    struct emitter emitter;
    struct suite_block block = {};
    init(&emitter, arena, subject, group);
    emitter_find_holes(&emitter);
    emitter_name_all(&emitter);
    bool ok = emitter.python.why == NULL && write_block(&emitter, &block);
    buf_done(&emitter.body);
    if (ok)
        *ret = block;
    else
        *ret_why = emitter.python.why != NULL ? emitter.python.why : "nothing to assert";
    return ok;
}

struct str emit_python_program(struct arena *arena, const struct subject *subject,
                               const struct program *program)
{
    const struct trial test = {.program = *program};
    const struct trial *tests[] = {&test};
    const struct test_group group = {.tests = tests, .count = 1};
    struct emitter emitter;
    auto_buf struct buf out;
    init(&emitter, arena, subject, &group);
    buf_init(&out, BODY_MAX);
    emitter.indent = 0;
    emitter.raising = NO_STATEMENT;
    emitter_name_all(&emitter);
    bool ok = emitter_write_statements(&emitter);
    for (uint32_t i = 0; i < emitter.python.import_count; i++) {
        buf_add_str(&out, emitter.python.imports[i]);
        buf_add_byte(&out, '\n');
    }
    buf_add_byte(&out, '\n');
    for (uint32_t i = 0; i < emitter.python.definition_count; i++) {
        buf_add_str(&out, emitter.python.definitions[i]);
        buf_add_byte(&out, '\n');
    }
    buf_add_str(&out, buf_str(&emitter.body));
    buf_done(&emitter.body);
    return ok && !out.over ? kept(&emitter, buf_str(&out)) : STR("");
}
