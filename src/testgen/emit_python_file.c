#include "testgen/emit_python_private.h"

static const struct callable *maker(const struct emitter *emitter, uint32_t at)
{
    const struct statement *statement = &emitter->test->program.statements[at];
    const struct callable *callable = &emitter->subject->callables[statement->callable];
    return statement->kind == STATEMENT_CALL && callable->fixture.len > 0 ? callable : NULL;
}

bool emitter_is_file(const struct emitter *emitter, uint32_t statement)
{
    return maker(emitter, statement) != NULL;
}

bool emitter_makes_files(const struct emitter *emitter)
{
    for (uint32_t i = 0; i < emitter->test->program.count; i++)
        if (emitter_is_file(emitter, i))
            return true;
    return false;
}

/* Some code takes paths as texts only; the test keeps the path, for it looks at the file later. */
void emitter_place_files(struct emitter *emitter)
{
    for (uint32_t i = 0; i < emitter->test->program.count; i++)
        if (emitter_is_file(emitter, i) && str_is(maker(emitter, i)->fixture, "file text"))
            emitter->in_place[i] =
                python_atom(emitter->arena,
                            str_from(arena_text(emitter->arena, "str(%s)", emitter->names[i].ptr)));
}

static const struct python_node *given(struct emitter *emitter, uint32_t at, const char *name,
                                       const struct value **ret_value)
{
    const struct statement *statement = &emitter->test->program.statements[at];
    for (uint32_t i = 0; i < statement->argument_count; i++)
        if (str_is(statement->arguments[i].name, name)) {
            *ret_value = statement->arguments[i].value;
            return emitter_argument(emitter, at, i);
        }
    emitter->python.why = "a file without a name or a content";
    return NULL;
}

bool emitter_write_file(struct emitter *emitter, uint32_t statement)
{
    const struct value *value = NULL;
    const char *path = emitter->names[statement].ptr;
    const struct python_node *name = given(emitter, statement, "name", &value);
    const struct python_node *content = given(emitter, statement, "content", &value);
    if (name == NULL || content == NULL)
        return false;
    bool bytes = value->kind == VALUE_BYTES;
    emitter_add_line(emitter, arena_text(emitter->arena, "%s = tmp_path / ", path), name, "");
    emitter_add_line(emitter,
                     arena_text(emitter->arena, bytes ? "%s.write_bytes(" : "%s.write_text(", path),
                     content, bytes ? ")" : ", encoding=\"utf-8\")");
    return true;
}
