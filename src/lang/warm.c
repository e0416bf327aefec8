#include "lang/warm.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* What an interpreter, its C library and its loader read when they start. */
static const char *const read_at_start[] = {"PYTHON", "LANG=",  "LANGUAGE=", "LC_",   "LD_",
                                            "TZ=",    "TZDIR=", "MALLOC_",   "GLIBC_"};

static bool is_read_at_start(const char *entry)
{
    for (size_t i = 0; i < COUNT_OF(read_at_start); i++)
        if (str_starts(str_from(entry), read_at_start[i]))
            return true;
    return false;
}

static bool has_entry(const char *const *env, const char *entry)
{
    for (; *env != NULL; env++)
        if (strcmp(*env, entry) == 0)
            return true;
    return false;
}

/* Both ways: nothing more, and nothing less. */
static bool starts_the_same(const struct words *env)
{
    for (uint32_t i = 0; i < env->count; i++)
        if (is_read_at_start(env->list[i]) && !has_entry(box_clean_env, env->list[i]))
            return false;
    for (size_t i = 0; box_clean_env[i] != NULL; i++)
        if (is_read_at_start(box_clean_env[i]) && !has_entry(env->list, box_clean_env[i]))
            return false;
    return true;
}

/* python3 FILE, -c CODE, -m MODULE; options of the interpreter come before these. */
static enum warm kind_of(const struct words *argv)
{
    if (argv->count < 2 || strcmp(argv->list[0], BOX_PYTHON) != 0)
        return WARM_COMMAND;
    const char *first = argv->list[1];
    if (strcmp(first, "-m") == 0 && argv->count > 2)
        return strcmp(argv->list[2], "pytest") == 0 ? WARM_PYTEST : WARM_PYTHON;
    if (strcmp(first, "-c") == 0 && argv->count > 2)
        return WARM_PYTHON;
    return first[0] != '-' && first[0] != '\0' ? WARM_PYTHON : WARM_COMMAND;
}

enum warm lang_warm(const struct plan_step *step)
{
    return starts_the_same(&step->env) ? kind_of(&step->argv) : WARM_COMMAND;
}
