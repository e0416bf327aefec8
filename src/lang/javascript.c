/*
 * JavaScript, by node: CommonJS and modules, as node itself tells them apart. What is too old to
 * see that a piece of code is a module is told by the name that the code gets.
 */
#include "lang/lang.h"

#include "lang/names.h"
#include "lang/toolchain.h"
#include "model/runtime.h"
#include "model/words.h"

extern const struct lang lang_javascript;

static bool find(const struct run_request *request, struct arena *arena, struct toolchain *ret,
                 struct error *err)
{
    static const char *const names[] = {"node", "nodejs", NULL};
    if (!toolchain_refuse_choice(request, &lang_javascript, err))
        return false;
    const char *program =
        toolchain_image_is_host(request) ? toolchain_find_program(arena, names) : names[0];
    if (program == NULL)
        return toolchain_missing(&lang_javascript, err);
    *ret = (struct toolchain){.program = program};
    return true;
}

static bool plan(const struct run_request *request, const struct toolchain *toolchain,
                 const char *source, struct arena *arena, struct plan *plan, struct error *err)
{
    (void)err;
    runtime_add_command(RUNTIME_NODE, toolchain->program, &request->limits, &plan->run.argv, arena);
    words_add(&plan->run.argv, arena, source);
    return true;
}

/* "import x from", "import {", "import *", "export ...", at the start of a line; import(...) and
 * import.meta are expressions, which say nothing. */
static bool line_is_of_a_module(struct str line)
{
    static const char *const words[] = {"import ", "import{", "import*", "import\"",
                                        "import'", "export ", "export{", "export*"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(line, words[i]))
            return true;
    return false;
}

static const char *name_code(struct str code, struct arena *arena)
{
    (void)arena;
    struct str line;
    while (str_take_line(&code, &line))
        if (line_is_of_a_module(line))
            return "main.mjs";
    return "main.js";
}

const struct lang lang_javascript = {
    .name = "javascript",
    .title = "JavaScript",
    .aliases = (const char *const[]){"js", "node", "nodejs", NULL},
    .extensions = (const char *const[]){"js", "mjs", "cjs", NULL},
    .interpreters = (const char *const[]){"node", "nodejs", NULL},
    .entries = (const char *const[]){"main.js", "main.mjs", "main.cjs", "index.js", "index.mjs",
                                     "index.cjs", "app.js", NULL},
    .package = "nodejs",
    .version_argv = (const char *const[]){"--version", NULL},
    .hello = "console.log(\"hello\");\n",
    .name_code = name_code,
    .find = find,
    .plan = plan,
};
