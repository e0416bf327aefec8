/*
 * JavaScript, by node: CommonJS and modules, as node itself tells them apart. What is too old to
 * see that a piece of code is a module is told by the name that the code gets.
 */
#include "lang/lang.h"

#include "lang/node.h"
#include "lang/script.h"
#include "lang/search.h"
#include "model/runtime.h"
#include "model/words.h"

extern const struct lang lang_javascript;

static bool plan(const struct lang *lang, const struct run_request *request,
                 const struct toolchain *toolchain, const char *source, struct arena *arena,
                 struct plan *plan, struct error *err)
{
    (void)err;
    runtime_add_command(RUNTIME_NODE, toolchain->program, &request->limits, &plan->run.argv, arena);
    script_add_source(lang, source, &plan->run.argv, arena);
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

bool node_is_module(struct str code)
{
    struct str line;
    while (str_take_line(&code, &line))
        if (line_is_of_a_module(line))
            return true;
    return false;
}

static const char *name_code(struct str code, struct arena *arena)
{
    (void)arena;
    return node_is_module(code) ? "main.mjs" : "main.js";
}

const char *const node_programs[] = {"node", "nodejs", NULL};
const char *const node_homes[] = {"$NVM_DIR/versions/node/*/bin/node",
                                  "$HOME/.nvm/versions/node/*/bin/node", "/opt/node*/bin/node",
                                  "/usr/local/node*/bin/node", NULL};
const char *const node_version_words[] = {"#define NODE_MAJOR_VERSION ",
                                          "#define NODE_MINOR_VERSION ",
                                          "#define NODE_PATCH_VERSION ", NULL};

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
    .broken = "null.length\n",
    .programs = node_programs,
    .homes = node_homes,
    .version_file = NODE_VERSION_FILE,
    .version_words = node_version_words,
    .prompt = (const char *const[]){NULL},
    .name_code = name_code,
    .find = search_find,
    .plan = plan,
};
