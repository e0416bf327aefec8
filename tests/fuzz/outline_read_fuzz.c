/*
 * Any bytes as what a reader says: they become a project or a clean error; what became one can be
 * linked, measured and said in every form, and nothing said acts on a terminal.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "outline/project.h"

static void check_shown(struct buf *out, bool is_json)
{
    assert(!out->over);
    for (size_t i = 0; i < out->len; i++)
        assert(out->data[i] == '\n' || (unsigned char)out->data[i] >= ' ');
    assert(!is_json || json_is_text(buf_str(out)));
    buf_clear(out);
}

static void say_all(const struct project *project)
{
    const struct project_view view = {.depth = 9};
    auto_buf struct buf out;
    buf_init(&out, 256 << 20);
    project_say_tree(&out, project, &view);
    check_shown(&out, false);
    project_say_json(&out, project, &view);
    check_shown(&out, true);
    project_say_api(&out, project, &view);
    check_shown(&out, false);
    (void)project_say_find(&out, project, &view, "f", false);
    check_shown(&out, false);
    (void)project_say_find(&out, project, &view, "A.f", true);
    check_shown(&out, true);
    project_say_graph(&out, project, &view, PROJECT_DOT);
    check_shown(&out, false);
    project_say_graph(&out, project, &view, PROJECT_MERMAID);
    check_shown(&out, false);
    project_say_map(&out, project, &view, 100);
    assert(out.len <= 300);
    check_shown(&out, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {};
    struct project project;
    if (size > 1 << 16)
        return 0;
    auto_arena struct arena arena;
    arena_init(&arena, 512 << 20);
    project_init(&project, &arena);
    struct str rest = str_of(data, size), line;
    bool ok = true;
    while (ok && str_take_until(&rest, '\n', &line))
        ok = project_hear(&project, line, &err);
    assert(ok || err.kind == ERROR_USAGE || err.kind == ERROR_LIMIT);
    project_link(&project);
    assert(project_score(&project).score <= 100);
    say_all(&project);
    project_done(&project);
    return 0;
}
