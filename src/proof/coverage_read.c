#include "proof/coverage_read.h"

#include "base/json_read.h"

enum { ARENA_BYTES = 256 << 20, LINES_MAX = 200000, BRANCHES_MAX = 10000 };

static bool read_line(const struct json_value *from, struct tested_line *ret)
{
    const struct json_value *line = json_at(from, 0), *executed = json_at(from, 1),
                            *branches = json_at(from, 2), *taken = json_at(from, 3);
    if (line == NULL || !line->is_integer || line->integer < 1 || line->integer > INT32_MAX ||
        executed == NULL || executed->kind != JSON_BOOL || branches == NULL ||
        !branches->is_integer || branches->integer < 0 || branches->integer > BRANCHES_MAX ||
        taken == NULL || !taken->is_integer || taken->integer < 0 ||
        taken->integer > branches->integer)
        return false;
    *ret = (struct tested_line){(uint32_t)line->integer, (uint32_t)branches->integer,
                                (uint32_t)taken->integer, executed->truth};
    return true;
}

static void take_lines(struct tested_module *module, const struct json_value *list)
{
    if (list == NULL || list->kind != JSON_ARRAY || list->count > LINES_MAX)
        return;
    struct tested_line *lines = arena_alloc(&module->arena, (list->count + 1) * sizeof *lines);
    uint32_t count = 0;
    for (const struct json_value *item = list->first; item != NULL; item = item->next)
        if (read_line(item, &lines[count]))
            count++;
    module->coverage = lines;
    module->coverage_count = count;
}

void coverage_read(struct tested_module *module, struct str text)
{
    struct error unheard;
    auto_arena struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    const struct json_value *json = json_read(&arena, text, &unheard);
    take_lines(module, json_get(json_get(json, "files"), module->path));
}
