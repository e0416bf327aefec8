/*
 * Any bytes as a file of rules: they are read or refused in words, and what was read is applied to
 * a source that calls, imports, assigns and builds texts.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "source/look.h"

static const char source[] = "import os as o, pickle\n"
                             "from subprocess import *\n"
                             "f = eval\n"
                             "f('1', shell=True, *x, **y)\n"
                             "password = 'select %s from t' % o.name\n"
                             "getattr(o, 'sys' + 'tem')(0o777)\n"
                             "@f\nclass A:\n    b: int = __builtins__['exec']\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {};
    struct source_rules rules;
    struct checked_file file;
    if (size > 1 << 16)
        return 0;
    auto_arena struct arena arena, room;
    arena_init(&arena, 64 << 20);
    arena_init(&room, SOURCE_ARENA_BYTES);
    source_rules_init(&rules, &arena);
    const struct source_look look = {.rules = &rules, .parse_ms = 2000};
    bool ok = source_rules_add(&rules, str_of(data, size), &err);
    assert(ok || err.text[0] != '\0');
    if (ok)
        source_look_at(&look, "a.py", str_from(source), &room, &file);
    source_rules_done(&rules);
    return 0;
}
