/* Bash, which runs scripts for sh too. */
#include "lang/lang.h"

#include "lang/toolchain.h"
#include "model/words.h"

extern const struct lang lang_bash;

static bool find(const struct run_request *request, struct arena *arena, struct toolchain *ret,
                 struct error *err)
{
    if (!toolchain_refuse_choice(request, &lang_bash, err))
        return false;
    const char *const names[] = {"bash", NULL};
    const char *program =
        toolchain_image_is_host(request) ? toolchain_find_program(arena, names) : names[0];
    if (program == NULL)
        return toolchain_missing(&lang_bash, err);
    *ret = (struct toolchain){.program = program};
    return true;
}

static bool plan(const struct run_request *request, const struct toolchain *toolchain,
                 const char *source, struct arena *arena, struct plan *plan, struct error *err)
{
    (void)request, (void)err;
    words_add(&plan->run.argv, arena, toolchain->program);
    words_add(&plan->run.argv, arena, source);
    return true;
}

const struct lang lang_bash = {
    .name = "bash",
    .title = "Bash",
    .aliases = (const char *const[]){"sh", "shell", NULL},
    .extensions = (const char *const[]){"sh", "bash", NULL},
    .interpreters = (const char *const[]){"bash", "sh", "dash", NULL},
    .entries = (const char *const[]){"main.sh", "run.sh", NULL},
    .package = "bash",
    .version_argv = (const char *const[]){"--version", NULL},
    .hello = "echo hello\n",
    .find = find,
    .plan = plan,
};
