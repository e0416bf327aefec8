/* Sources that declare packages, the operator's file of registries, a proxy's URL: any bytes. */
#include <assert.h>

#include "base/mem.h"
#include "deps/declared.h"
#include "gate/registries.h"
#include "tests/fuzz/fuzz.h"

enum { ARENA_BYTES = 16 << 20, TEXT_MAX = 65536 };

static void read_python(struct str text, struct arena *arena, struct error *err)
{
    struct words specs = {};
    if (!declared_by_python(text, arena, &specs, err))
        assert(err->kind == ERROR_INPUT && err->text[0] != '\0');
}

static void read_java(struct str text, struct arena *arena, struct error *err)
{
    struct words specs = {};
    (void)err;
    declared_by_java(text, arena, &specs);
    for (uint32_t i = 0; i < specs.count; i++)
        assert(specs.list[i][0] != '\0');
}

static void read_registries(struct str text, struct arena *arena, struct error *err)
{
    static struct gate_config config;
    if (!gate_config_read(arena, text, &config, err)) {
        assert(err->kind != ERROR_NONE);
        return;
    }
    for (enum registry i = 0; i < REGISTRY_COUNT; i++)
        for (int k = 0; k < config.registries[i].host_count; k++)
            assert(gate_pattern_check(config.registries[i].hosts[k]) == NULL);
}

static void read_proxy(struct str text, struct arena *arena, struct error *err)
{
    struct gate_proxy proxy;
    (void)arena;
    if (gate_proxy_read(text, &proxy, err))
        assert(proxy.host[0] != '\0' && proxy.port > 0);
}

static void read_one(int which, struct str text)
{
    void (*const readers[])(struct str, struct arena *,
                            struct error *) = {read_python, read_java, read_registries, read_proxy};
    auto_arena struct arena arena;
    struct error err = {};
    arena_init(&arena, ARENA_BYTES);
    readers[(size_t)which % COUNT_OF(readers)](text, &arena, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > TEXT_MAX)
        return -1;
    read_one(data[0], str_of(data + 1, size - 1));
    return 0;
}
