#include "lang/warm.h"

#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/runtime.h"

/* What an interpreter, its C library and its loader read when they start. */
static const char *const read_at_start[] = {
    "PYTHON", "LANG=", "LANGUAGE=", "LC_",      "LD_",   "TZ=",    "TZDIR=", "MALLOC_",   "GLIBC_",
    "NODE_",  "UV_",   "SSL_",      "OPENSSL_", "JAVA_", "_JAVA_", "JDK_",   "CLASSPATH="};

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

/* There can be one that was started with this seed. */
static bool is_seed(const struct words *env, const char *entry)
{
    return str_starts(str_from(entry), RUNTIME_HASH_SEED "=") &&
           runtime_hash_seed(env).state == HASH_SEED_FIXED;
}

/* Both ways: nothing more, and nothing less. */
static bool starts_the_same(const struct words *env)
{
    for (uint32_t i = 0; i < env->count; i++)
        if (is_read_at_start(env->list[i]) && !has_entry(box_clean_env, env->list[i]) &&
            !is_seed(env, env->list[i]))
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

/* The program and options of all programs of this runtime, as one that waits was started with. */
static uint32_t begins_as_parked(enum runtime runtime, const char *program,
                                 const struct words *argv)
{
    enum { ARENA_BYTES = 16 << 10 };

    auto_arena struct arena arena;
    struct words begun = {};
    struct limits usual = limits_of_profile(&profiles[0]);
    arena_init(&arena, ARENA_BYTES);
    runtime_add_command(runtime, program, &usual, &begun, &arena);
    for (uint32_t i = 0; i < begun.count; i++)
        if (i >= argv->count || strcmp(begun.list[i], argv->list[i]) != 0)
            return 0;
    return begun.count;
}

static bool is_plain(const struct words *argv, uint32_t place)
{
    return place < argv->count && argv->list[place][0] != '-' && argv->list[place][0] != '\0';
}

/* With the classes of JUnit that the waiting one has loaded. */
static bool runs_tests(const struct words *argv, uint32_t at)
{
    return strcmp(argv->list[at + 2], RUNTIME_JUNIT_MAIN) == 0 &&
           strstr(argv->list[at + 1], RUNTIME_JUNIT_PATH) != NULL;
}

/* node OPTIONS FILE..., java OPTIONS -cp PATH CLASS... */
static enum warm parked_kind_of(const struct plan_step *step)
{
    const struct words *argv = &step->argv;
    if (strcmp(step->cwd, BOX_WORK) != 0 ||
        step->limits.value[LIMIT_CPUS] != profiles[0].value[LIMIT_CPUS])
        return WARM_COMMAND;
    uint32_t at = begins_as_parked(RUNTIME_NODE, BOX_NODE, argv);
    if (at > 0 && is_plain(argv, at))
        return WARM_NODE;
    at = begins_as_parked(RUNTIME_JAVA, BOX_JAVA, argv);
    if (at > 0 && at + 2 < argv->count && strcmp(argv->list[at], "-cp") == 0 &&
        is_plain(argv, at + 2))
        return runs_tests(argv, at) ? WARM_JUNIT : WARM_JAVA;
    return WARM_COMMAND;
}

enum warm lang_warm(const struct plan_step *step)
{
    if (!starts_the_same(&step->env))
        return WARM_COMMAND;
    enum warm kind = kind_of(&step->argv);
    return kind != WARM_COMMAND ? kind : parked_kind_of(step);
}
