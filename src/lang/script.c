#include "lang/script.h"

#include "model/words.h"

void script_add_source(const struct lang *lang, const char *source, struct words *argv,
                       struct arena *arena)
{
    if (source != NULL)
        words_add(argv, arena, source);
    for (const char *const *word = lang->prompt; source == NULL && *word != NULL; word++)
        words_add(argv, arena, *word);
}

bool script_plan(const struct lang *lang, const struct run_request *request,
                 const struct toolchain *toolchain, const char *source, struct arena *arena,
                 struct plan *plan, struct error *err)
{
    (void)request, (void)err;
    words_add(&plan->run.argv, arena, toolchain->program);
    for (const char *const *word = lang->options; word != NULL && *word != NULL; word++)
        words_add(&plan->run.argv, arena, *word);
    script_add_source(lang, source, &plan->run.argv, arena);
    return true;
}
