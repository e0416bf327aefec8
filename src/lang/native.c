#include "lang/native.h"

#include "lang/folder.h"
#include "lang/names.h"
#include "lang/toolchain.h"
#include "model/words.h"

bool native_begin(const struct run_request *request, struct arena *arena, struct plan *plan,
                  struct error *err)
{
    if (request->profile != NULL && request->profile->noexec) {
        error_set(err, ERROR_USAGE,
                  "a compiled program is started from the work folder, which "
                  "profile '%s' makes noexec",
                  request->profile->name);
        return error_hint(err, "use another profile: --profile default");
    }
    words_add(&plan->run.argv, arena, BOX_WORK "/" NATIVE_ARTIFACT);
    plan->has_compile = true;
    plan->artifact = NATIVE_ARTIFACT;
    return true;
}

bool native_is_folder(const struct run_request *request)
{
    return request->source_path != NULL && toolchain_is_folder(request->source_path) &&
           request->entry == NULL;
}

bool native_add_sources(const struct lang *lang, const struct run_request *request,
                        const char *folder, struct words *argv, struct arena *arena,
                        struct error *err)
{
    struct folder top;
    if (!folder_read(request->source_path, arena, &top, err))
        return false;
    if (top.has_more)
        return error_set(err, ERROR_LIMIT, "the folder '%s' has more than %d entries",
                         shown_name(request->source_path).text, FOLDER_ENTRIES_MAX);
    for (size_t i = 0; i < top.count; i++)
        if (top.entries[i].is_file && name_has_extension(top.entries[i].name, lang->extensions))
            words_add(argv, arena, arena_text(arena, "%s/%s", folder, top.entries[i].name));
    return true;
}

bool native_plan(const struct lang *lang, const struct run_request *request,
                 const struct toolchain *toolchain, const char *source, struct arena *arena,
                 struct plan *plan, struct error *err)
{
    struct words *argv = &plan->compile.argv;
    if (!native_begin(request, arena, plan, err))
        return false;
    words_add(argv, arena, toolchain->program);
    for (const char *const *word = lang->options; *word != NULL; word++)
        words_add(argv, arena, *word);
    if (!native_is_folder(request))
        words_add(argv, arena, source);
    else if (!native_add_sources(lang, request, source, argv, arena, err))
        return false;
    words_add(argv, arena, "-x");
    words_add(argv, arena, "none");
    words_add(argv, arena, "-lm");
    return true;
}
