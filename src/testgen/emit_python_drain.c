/* Iterators and asynchronous generators as lists. */
#include "testgen/emit_python_private.h"

/* Did the iterator end before the limit, so that a plain list() ends too? */
static bool is_drained(const struct emitter *emitter, uint32_t at)
{
    for (uint32_t i = 0; i < emitter->test->check_count; i++) {
        const struct check *check = &emitter->test->checks[i];
        if (check->statement != at)
            continue;
        if (check->kind == COMPONENT_RAISES)
            return true;
        if (check->kind == COMPONENT_VALUE && check->view->kind == VALUE_LIST)
            return check->view->count < emitter->test->program.statements[at].limit;
    }
    return false;
}

/* Made by a function that is `async` and yields. */
static bool is_asynchronous(const struct emitter *emitter, uint32_t at)
{
    const struct program *program = &emitter->test->program;
    const struct statement *from = &program->statements[program->statements[at].var];
    if (program->statements[at].kind != STATEMENT_DRAIN || from->kind != STATEMENT_CALL)
        return false;
    const struct callable *callable = &emitter->subject->callables[from->callable];
    return callable->async && callable->generator;
}

static const struct python_node *call(struct emitter *emitter, struct str function,
                                      const struct python_node *argument)
{
    return python_group(emitter->arena, function, "(", &argument, argument != NULL, ")");
}

const struct python_node *emitter_drain(struct emitter *emitter, uint32_t statement,
                                        const struct python_node *source)
{
    if (is_asynchronous(emitter, statement)) {
        if (emitter->collector.len == 0) {
            emitter->python.why = "an asynchronous generator that is drained on the way";
            return NULL;
        }
        python_import(&emitter->python, "import asyncio");
        return call(emitter, STR("asyncio.run"), call(emitter, emitter->collector, NULL));
    }
    if (!is_drained(emitter, statement)) {
        python_import(&emitter->python, "from itertools import islice");
        const char *limit =
            arena_text(emitter->arena, "%u", emitter->test->program.statements[statement].limit);
        const struct python_node *both[] = {source, python_atom(emitter->arena, str_from(limit))};
        source = python_group(emitter->arena, STR("islice"), "(", both, 2, ")");
    }
    return call(emitter, STR("list"), source);
}

/* ---- the collector ------------------------------------------------------------------------- */

static void add(struct emitter *emitter, size_t depth, const char *prefix,
                const struct python_node *node, const char *suffix)
{
    size_t indent = emitter->indent + depth * PYTHON_INDENT;
    const struct python_node *line =
        python_around(emitter->arena, str_from(prefix), node, str_from(suffix));
    for (size_t i = 0; i < indent; i++)
        buf_add_byte(&emitter->body, ' ');
    python_write(&emitter->body, line, indent, indent, 0);
    buf_add_byte(&emitter->body, '\n');
}

static void add_text(struct emitter *emitter, size_t depth, const char *text)
{
    add(emitter, depth, text, python_atom(emitter->arena, STR("")), "");
}

/* All of it. */
static void write_short(struct emitter *emitter, const struct python_node *source)
{
    const char *item = emitter_take_name(emitter, STR("item")).ptr;
    add(emitter, 1, arena_text(emitter->arena, "return [%s async for %s in ", item, item), source,
        "]");
}

/* The first few of one that may never end. */
static void write_long(struct emitter *emitter, const struct python_node *source, uint32_t limit)
{
    struct arena *arena = emitter->arena;
    const char *item = emitter_take_name(emitter, STR("item")).ptr;
    const char *items = emitter_take_name(emitter, STR("collected")).ptr;
    add_text(emitter, 1, arena_text(arena, "%s = []", items));
    add(emitter, 1, arena_text(arena, "async for %s in ", item), source, ":");
    add_text(emitter, 2, arena_text(arena, "%s.append(%s)", items, item));
    add_text(emitter, 2, arena_text(arena, "if len(%s) == %u:", items, limit));
    add_text(emitter, 3, "break");
    add_text(emitter, 1, arena_text(arena, "return %s", items));
}

bool emitter_write_collector(struct emitter *emitter)
{
    const struct statement *act = &emitter->test->program.statements[emitter->act];
    if (!is_asynchronous(emitter, emitter->act))
        return true;
    const struct python_node *source = emitter->in_place[act->var];
    if (source == NULL)
        source = python_atom(emitter->arena, emitter->names[act->var]);
    emitter->collector = emitter_take_name(emitter, STR("collect"));
    if (emitter->body.len > 0)
        buf_add_byte(&emitter->body, '\n');
    add_text(emitter, 0,
             arena_text(emitter->arena, "async def %.*s():", (int)emitter->collector.len,
                        emitter->collector.ptr));
    if (is_drained(emitter, emitter->act))
        write_short(emitter, source);
    else
        write_long(emitter, source, act->limit);
    return emitter->python.why == NULL;
}
