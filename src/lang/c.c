/*
 * C: compiled in a box with the sources as input, run in a second one that gets the program and
 * the same inputs. A folder is one program of all its .c files, unless an entry is named.
 */
#include "lang/lang.h"

#include <string.h>

#include "lang/folder.h"
#include "lang/names.h"
#include "lang/toolchain.h"
#include "model/words.h"

#define ARTIFACT "a.out"

extern const struct lang lang_c;

static const char *find_compiler(const struct run_request *request, struct arena *arena)
{
    static const char *const usual[] = {"gcc", "clang", "cc", NULL};
    if (request->version == NULL)
        return toolchain_find_program(arena, usual);
    const char *const versioned[] = {arena_text(arena, "gcc-%s", request->version),
                                     arena_text(arena, "clang-%s", request->version), NULL};
    return toolchain_find_program(arena, versioned);
}

static bool check_choice(const struct run_request *request, struct error *err)
{
    struct run_request without_version = *request;
    without_version.version = NULL;
    if (!toolchain_refuse_choice(&without_version, &lang_c, err))
        return false;
    if (request->version == NULL || toolchain_version_is_plain(request->version))
        return true;
    error_set(err, ERROR_USAGE, "'%s' is no version of a C compiler",
              shown_name(request->version).text);
    return error_hint(err, "--version takes numbers such as 12, for gcc-12 or clang-12");
}

static bool find(const struct run_request *request, struct arena *arena, struct toolchain *ret,
                 struct error *err)
{
    if (!check_choice(request, err))
        return false;
    if (!toolchain_image_is_host(request)) {
        *ret = (struct toolchain){.program = request->version == NULL
                                                 ? "gcc"
                                                 : arena_text(arena, "gcc-%s", request->version)};
        return true;
    }
    const char *program = find_compiler(request, arena);
    const char *real = program != NULL ? toolchain_real_path(arena, program) : NULL;
    if (real != NULL && toolchain_is_in_image(real)) {
        *ret = (struct toolchain){.program = program,
                                  .version = toolchain_version_of_name(arena, real)};
        return true;
    }
    if (request->version == NULL)
        return toolchain_missing(&lang_c, err);
    error_set(err, ERROR_INPUT, "neither gcc-%s nor clang-%s is installed on this host",
              request->version, request->version);
    return error_hint(err, "leave --version out to use the usual compiler");
}

/* `folder` is the source's folder as the box sees it. */
static bool add_all_sources(const struct run_request *request, const char *folder,
                            struct words *argv, struct arena *arena, struct error *err)
{
    struct folder top;
    if (!folder_read(request->source_path, arena, &top, err))
        return false;
    if (top.has_more)
        return error_set(err, ERROR_LIMIT, "the folder '%s' has more than %d entries",
                         shown_name(request->source_path).text, FOLDER_ENTRIES_MAX);
    for (size_t i = 0; i < top.count; i++)
        if (top.entries[i].is_file && name_has_extension(top.entries[i].name, lang_c.extensions))
            words_add(argv, arena, arena_text(arena, "%s/%s", folder, top.entries[i].name));
    return true;
}

static bool plan(const struct run_request *request, const struct toolchain *toolchain,
                 const char *source, struct arena *arena, struct plan *plan, struct error *err)
{
    if (request->profile != NULL && request->profile->noexec) {
        error_set(err, ERROR_USAGE,
                  "a compiled program is started from the work folder, which "
                  "profile '%s' makes noexec",
                  request->profile->name);
        return error_hint(err, "use another profile: --profile default");
    }
    static const char *const before[] = {"-O2", "-std=gnu17", "-o", BOX_WORK "/" ARTIFACT,
                                         "-x",  "c"};
    struct words *argv = &plan->compile.argv;
    words_add(argv, arena, toolchain->program);
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        words_add(argv, arena, before[i]);
    bool is_folder = request->source_path != NULL && toolchain_is_folder(request->source_path);
    if (!is_folder || request->entry != NULL)
        words_add(argv, arena, source);
    else if (!add_all_sources(request, source, argv, arena, err))
        return false;
    words_add(argv, arena, "-x");
    words_add(argv, arena, "none");
    words_add(argv, arena, "-lm");
    words_add(&plan->run.argv, arena, BOX_WORK "/" ARTIFACT);
    plan->has_compile = true;
    plan->artifact = ARTIFACT;
    return true;
}

const struct lang lang_c = {
    .name = "c",
    .title = "C",
    .aliases = (const char *const[]){"c17", NULL},
    .extensions = (const char *const[]){"c", NULL},
    .interpreters = (const char *const[]){NULL},
    .entries = (const char *const[]){"main.c", NULL},
    .whole_folder = true,
    .package = "gcc libc6-dev",
    .version_argv = (const char *const[]){"--version", NULL},
    .hello = "#include <stdio.h>\nint main(void) { puts(\"hello\"); }\n",
    .find = find,
    .plan = plan,
};
