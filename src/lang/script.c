#include "lang/script.h"

#include "model/words.h"

bool script_plan(const struct lang *lang, const struct run_request *request,
                 const struct toolchain *toolchain, const char *source, struct arena *arena,
                 struct plan *plan, struct error *err)
{
    (void)request, (void)err;
    words_add(&plan->run.argv, arena, toolchain->program);
    for (const char *const *word = lang->options; word != NULL && *word != NULL; word++)
        words_add(&plan->run.argv, arena, *word);
    words_add(&plan->run.argv, arena, source);
    return true;
}
