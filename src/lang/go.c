/*
 * Go: a file, or a folder with or without a go.mod, built without any network: what a program needs
 * beyond the standard library lies beside it, or in its vendor folder. A file of tests becomes a
 * program that runs them.
 */
#include "lang/lang.h"

#include <string.h>

#include "lang/folder.h"
#include "lang/native.h"
#include "lang/search.h"
#include "lang/toolchain.h"
#include "model/words.h"

#define TEST_ENDING "_test.go"

extern const struct lang lang_go;

static void add_compile_env(struct words *env, struct arena *arena)
{
    static const char *const entries[] = {
        "CGO_ENABLED=0",   "GOCACHE=/tmp/go-cache", "GOFLAGS=-buildvcs=false",
        "GOPATH=/tmp/go",  "GOPROXY=off",           "GOSUMDB=off",
        "GOTELEMETRY=off", "GOTOOLCHAIN=local",     "GOENV=off",
    };
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        words_add(env, arena, entries[i]);
}

/* The runtime sees the machine's processors and memory, not the box's. */
static void add_run_env(const struct limits *limits, struct words *env, struct arena *arena)
{
    long long processors = ((long long)limits->value[LIMIT_CPUS] + 999) / 1000;
    long long mib = (long long)(limits->value[LIMIT_MEMORY] >> 20) * 9 / 10;
    words_add(env, arena, arena_text(arena, "GOMAXPROCS=%lld", processors));
    words_add(env, arena, arena_text(arena, "GOMEMLIMIT=%lldMiB", mib > 1 ? mib : 1));
}

/* The host's folder that the entry lies in, or NULL where the source comes along as text. */
static const char *host_folder(const struct run_request *request, struct arena *arena)
{
    if (request->source_path == NULL)
        return NULL;
    const char *path = toolchain_is_folder(request->source_path) && request->entry != NULL
                           ? arena_text(arena, "%s/%s", request->source_path, request->entry)
                           : request->source_path;
    const char *slash = strrchr(path, '/');
    return toolchain_is_folder(path) ? path
           : slash == NULL           ? "."
                                     : arena_copy(arena, path, (size_t)(slash - path));
}

static bool is_module(const struct run_request *request, const struct folder *top)
{
    (void)request;
    for (size_t i = 0; i < top->count; i++)
        if (strcmp(top->entries[i].name, "go.mod") == 0)
            return true;
    return false;
}

/* Of a folder without go.mod its files are named: those of tests, too, where tests are wanted. */
static void add_files(const struct folder *top, const char *folder, bool tests, struct words *argv,
                      struct arena *arena)
{
    for (size_t i = 0; i < top->count; i++) {
        const char *name = top->entries[i].name;
        if (!top->entries[i].is_file || !name_has_extension(name, lang_go.extensions) ||
            (!tests && str_ends(str_from(name), TEST_ENDING)))
            continue;
        words_add(argv, arena, arena_text(arena, "%s/%s", folder, name));
    }
}

static void add_command(const struct toolchain *toolchain, bool tests, struct words *argv,
                        struct arena *arena)
{
    words_add(argv, arena, toolchain->program);
    words_add(argv, arena, tests ? "test" : "build");
    if (tests)
        words_add(argv, arena, "-c");
    words_add(argv, arena, "-o");
    words_add(argv, arena, BOX_WORK "/" NATIVE_ARTIFACT);
}

/* What most programs import, which costs little more than the runtime alone; the rest is compiled
 * with them. */
#define STANDARD                                                                                   \
    "bufio bytes cmp container/heap container/list context crypto/md5 crypto/sha1 crypto/sha256 "  \
    "encoding/base64 encoding/binary encoding/csv encoding/hex encoding/json errors flag fmt "     \
    "hash/crc32 hash/fnv io io/fs iter log maps math math/big math/bits math/cmplx math/rand "     \
    "math/rand/v2 os os/exec os/signal path path/filepath reflect regexp runtime/debug slices "    \
    "sort strconv strings sync sync/atomic testing text/tabwriter text/template time unicode "     \
    "unicode/utf16 unicode/utf8"

#define LAYER "go-std"

/* Folders without a file would not be brought out, and must be there. A toolchain of before 1.20
 * has its library compiled beside it, and one that lacks a package of the list makes the others. */
static void add_layer(const struct run_request *request, const struct toolchain *toolchain,
                      struct plan *plan, struct arena *arena)
{
    static const char script[] =
        "for package in " STANDARD "; do set -- \"$@\" \"$package\"; done; go=$1; shift; "
        "\"$go\" build \"$@\" || for package; do \"$go\" build \"$package\"; done; "
        "for folder in " LAYER "/??; do : > \"$folder/keep\"; done";
    bool has_its_own =
        toolchain->version != NULL && toolchain_compare_versions(toolchain->version, "1.20") < 0;
    if (has_its_own || !toolchain_image_is_host(request))
        return;
    struct plan_layer *layer = arena_alloc(arena, sizeof *layer);
    const char *const words[] = {"/bin/sh", "-c", script, "sh", toolchain->program};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        words_add(&layer->make.argv, arena, words[i]);
    layer->title = "Go's standard library";
    layer->glob = LAYER "/**";
    layer->folder = LAYER;
    layer->target = BOX_IN "/.layer";
    words_add_all(&layer->make.env, arena, &plan->run.env);
    words_add_all(&layer->make.env, arena, &plan->compile.env);
    words_add(&layer->make.env, arena, "GOCACHE=" BOX_WORK "/" LAYER);
    words_keep_last_names(&layer->make.env);
    words_add(&layer->env, arena, "GOCACHE=" BOX_IN "/.layer/" LAYER);
    layer->make.cwd = BOX_WORK;
    layer->make.limits = limits_of_profile(profile_find(STR("project")));
    layer->make.limits.value[LIMIT_CPUS] = 2000;
    plan->layer = layer;
}

static bool plan(const struct lang *lang, const struct run_request *request,
                 const struct toolchain *toolchain, const char *source, struct arena *arena,
                 struct plan *plan, struct error *err)
{
    (void)lang;
    bool is_folder = native_is_folder(request), tests = str_ends(str_from(source), TEST_ENDING);
    const char *host = host_folder(request, arena), *slash = strrchr(source, '/');
    const char *folder = is_folder ? source : arena_copy(arena, source, (size_t)(slash - source));
    struct words *argv = &plan->compile.argv;
    struct folder top = {};
    if (!native_begin(request, arena, plan, err) ||
        (host != NULL && !folder_read(host, arena, &top, err)))
        return false;
    add_command(toolchain, tests, argv, arena);
    if ((is_folder || tests) && is_module(request, &top))
        words_add(argv, arena, ".");
    else if (is_folder || (tests && host != NULL))
        add_files(&top, folder, tests, argv, arena);
    else
        words_add(argv, arena, source);
    plan->compile.cwd = folder;
    add_compile_env(&plan->compile.env, arena);
    add_layer(request, toolchain, plan, arena);
    add_run_env(&request->limits, &plan->run.env, arena);
    return true;
}

const struct lang lang_go = {
    .name = "go",
    .title = "Go",
    .aliases = (const char *const[]){"golang", NULL},
    .extensions = (const char *const[]){"go", NULL},
    .interpreters = (const char *const[]){NULL},
    .entries = (const char *const[]){"main.go", NULL},
    .whole_folder = true,
    .package = "golang-go",
    .version_argv = (const char *const[]){"version", NULL},
    .hello = "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Println(\"hello\")\n}\n",
    .broken = "package main\n\nfunc main() {\n\tnowhere()\n}\n",
    .programs = (const char *const[]){"go", NULL},
    .homes = (const char *const[]){"/usr/lib/go-*/bin/go", "/usr/local/go/bin/go",
                                   "/usr/local/go*/bin/go", "$HOME/sdk/go*/bin/go", NULL},
    .version_file = "VERSION",
    .version_words = (const char *const[]){"go", NULL},
    .find = search_find,
    .plan = plan,
};
