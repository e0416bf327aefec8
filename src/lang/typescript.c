/*
 * TypeScript, whose types are taken away and not looked at: by node itself where it does so, else
 * by esbuild, which makes one file of the entry and all that it imports by a path. Modules and
 * CommonJS alike; no project file is needed.
 */
#include "lang/lang.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "lang/entry.h"
#include "lang/folder.h"
#include "lang/node.h"
#include "lang/search.h"
#include "lang/toolchain.h"
#include "model/runtime.h"
#include "model/words.h"

extern const struct lang lang_typescript;

/* Since 22.18 and 23.6 node strips types without being asked. */
static bool node_strips(const char *version)
{
    if (version == NULL)
        return false;
    bool is_22 = toolchain_version_fits(version, "22");
    return toolchain_compare_versions(version, is_22 ? "22.18" : "23.6") >= 0;
}

/* Beside this program as it was built or installed, or the distribution's. */
static const char *find_esbuild(struct arena *arena)
{
    static const char *const names[] = {"esbuild", NULL};
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length > 0) {
        self[length] = '\0';
        *strrchr(self, '/') = '\0';
        const char *const places[] = {
            arena_text(arena, "%s/libexec/toolbox/esbuild", self),
            arena_text(arena, "%s/../libexec/testudo/toolbox/esbuild", self)};
        for (size_t i = 0; i < sizeof places / sizeof *places; i++)
            if (toolchain_is_program(places[i]))
                return toolchain_real_path(arena, places[i]);
    }
    return toolchain_find_program(arena, names);
}

static bool refuse_node(const struct toolchain *toolchain, struct error *err)
{
    error_set(err, ERROR_INPUT, "node %s does not strip types by itself, and esbuild is not here",
              toolchain->version != NULL ? toolchain->version : "of an unknown version");
    return error_hint(err, "in a checkout: make esbuild; else: testudo languages --install "
                           "typescript, or node 22.18 and later");
}

static bool find(const struct lang *lang, const struct run_request *request, struct arena *arena,
                 struct toolchain *ret, struct error *err)
{
    if (!search_find(lang, request, arena, ret, err))
        return false;
    if (!toolchain_image_is_host(request)) {
        ret->helper = "esbuild";
        return true;
    }
    ret->helper = find_esbuild(arena);
    if (ret->helper == NULL)
        return node_strips(ret->version) || refuse_node(ret, err);
    ret->helper_home =
        arena_copy(arena, ret->helper, (size_t)(strrchr(ret->helper, '/') - ret->helper));
    return true;
}

static bool has_extension(const char *source, const char *extension)
{
    const char *const only[] = {extension, NULL};
    return name_has_extension(source, only);
}

static bool add_compile(const struct lang *lang, const struct run_request *request,
                        const struct toolchain *toolchain, const char *source, struct arena *arena,
                        struct plan *plan, struct error *err)
{
    struct str text;
    if (!entry_read(lang, request, arena, &text, err))
        return false;
    bool is_module =
        has_extension(source, "mts") || (!has_extension(source, "cts") && node_is_module(text));
    plan->has_compile = true;
    plan->artifact = is_module ? "main.mjs" : "main.cjs";
    const char *const words[] = {toolchain->helper,
                                 source,
                                 "--bundle",
                                 "--platform=node",
                                 "--packages=external",
                                 "--sourcemap=inline",
                                 "--log-level=warning",
                                 "--color=false",
                                 is_module ? "--format=esm" : "--format=cjs",
                                 arena_text(arena, "--outfile=" BOX_WORK "/%s", plan->artifact)};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        words_add(&plan->compile.argv, arena, words[i]);
    return true;
}

/* What node cannot strip (tsx, and what has no version that says so) goes through esbuild; its map
 * lets errors name the lines that were written. */
static bool plan(const struct lang *lang, const struct run_request *request,
                 const struct toolchain *toolchain, const char *source, struct arena *arena,
                 struct plan *plan, struct error *err)
{
    struct words *argv = &plan->run.argv;
    bool strips = node_strips(toolchain->version) && !has_extension(source, "tsx");
    runtime_add_command(RUNTIME_NODE, toolchain->program, &request->limits, argv, arena);
    if (strips) {
        words_add(argv, arena, source);
        return true;
    }
    if (toolchain->helper == NULL)
        return refuse_node(toolchain, err);
    if (!add_compile(lang, request, toolchain, source, arena, plan, err))
        return false;
    words_add(argv, arena, "--enable-source-maps");
    words_add(argv, arena, arena_text(arena, BOX_WORK "/%s", plan->artifact));
    return true;
}

static const char *name_code(struct str code, struct arena *arena)
{
    (void)arena;
    return node_is_module(code) ? "main.mts" : "main.ts";
}

const struct lang lang_typescript = {
    .name = "typescript",
    .title = "TypeScript",
    .aliases = (const char *const[]){"ts", "tsx", NULL},
    .extensions = (const char *const[]){"ts", "mts", "cts", "tsx", NULL},
    .interpreters = (const char *const[]){"tsx", "ts-node", NULL},
    .entries = (const char *const[]){"main.ts", "main.mts", "main.cts", "index.ts", "index.mts",
                                     "app.ts", NULL},
    .package = "nodejs esbuild",
    .version_argv = (const char *const[]){"--version", NULL},
    .hello = "const text: string = \"hello\";\nconsole.log(text);\n",
    .broken = "const text: string = null;\ntext.length;\n",
    .programs = node_programs,
    .homes = node_homes,
    .version_file = NODE_VERSION_FILE,
    .version_words = node_version_words,
    .name_code = name_code,
    .find = find,
    .plan = plan,
};
