#include "model/runtime.h"

#include "base/text.h"
#include "model/words.h"

/* Heap is not all: code, stacks and buffers must fit into the box as well. */
static long long heap_mib(const struct limits *limits)
{
    long long mib = (long long)(limits->value[LIMIT_MEMORY] >> 20) * 3 / 4;
    return mib > 16 ? mib : 16;
}

static void add_node_options(const struct limits *limits, struct words *argv, struct arena *arena)
{
    words_add(argv, arena, arena_text(arena, "--max-old-space-size=%lld", heap_mib(limits)));
}

/* The machine's collector for one processor has no threads of its own; its performance data would
 * be a file in the guest's /tmp. */
static void add_java_options(const struct limits *limits, struct words *argv, struct arena *arena)
{
    long long processors = ((long long)limits->value[LIMIT_CPUS] + 999) / 1000;
    words_add(argv, arena, "-XX:+UseSerialGC");
    words_add(argv, arena, "-XX:-UsePerfData");
    words_add(argv, arena, arena_text(arena, "-XX:ActiveProcessorCount=%lld", processors));
    words_add(argv, arena, arena_text(arena, "-Xmx%lldm", heap_mib(limits)));
}

void runtime_add_command(enum runtime runtime, const char *program, const struct limits *limits,
                         struct words *argv, struct arena *arena)
{
    words_add(argv, arena, program);
    if (runtime == RUNTIME_NODE)
        add_node_options(limits, argv, arena);
    else
        add_java_options(limits, argv, arena);
}

/* Only as anybody would write it: what else an interpreter takes for a number is its own matter. */
static bool is_canonical(struct str text, int64_t *ret_value)
{
    return text.len > 0 && (text.ptr[0] != '0' || text.len == 1) &&
           text_read_count(text, ret_value) && *ret_value <= UINT32_MAX;
}

struct hash_seed runtime_hash_seed(const struct words *env)
{
    for (uint32_t i = 0; i < env->count; i++) {
        struct str entry = str_from(env->list[i]);
        int64_t value;
        if (!str_take_prefix(&entry, RUNTIME_HASH_SEED "="))
            continue;
        if (!is_canonical(entry, &value))
            return (struct hash_seed){.state = HASH_SEED_OTHER};
        return (struct hash_seed){HASH_SEED_FIXED, (uint32_t)value};
    }
    return (struct hash_seed){};
}
