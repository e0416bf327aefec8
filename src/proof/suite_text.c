#include "proof/suite_text.h"

#include "testgen/layout.h"

const char *suite_text_file(struct arena *arena, const char *module)
{
    char *file = arena_text(arena, "test_%s.py", module);
    for (char *at = file; at[0] != '\0' && strcmp(at, ".py") != 0; at++)
        if (*at == '.')
            *at = '_';
    return file;
}

struct choice {
    suite_text_wants *wants;
    const void *cookie;
};

static struct suite_case *wanted_cases(const struct choice *choice, struct arena *arena,
                                       struct test_block *block, uint32_t *ret_count)
{
    struct suite_case *cases = arena_alloc(arena, (block->case_count + (size_t)1) * sizeof *cases);
    *ret_count = 0;
    for (uint32_t i = 0; i < block->case_count; i++) {
        struct test_case *one = &block->cases[i];
        one->position = TEST_NOWHERE;
        if (!choice->wants(one, choice->cookie))
            continue;
        one->position = *ret_count;
        cases[(*ret_count)++] = (struct suite_case){.id = one->id, .line = one->line};
    }
    return cases;
}

static bool take_block(const struct choice *choice, struct arena *arena, struct test_block *from,
                       struct suite_block *to)
{
    *to = (struct suite_block){
        .name = from->name,
        .target = from->target,
        .imports = from->imports,
        .import_count = from->import_count,
        .definitions = from->definitions,
        .definition_count = from->definition_count,
        .head = from->head,
        .head_count = from->head_count,
        .tail = from->tail,
        .tail_count = from->tail_count,
    };
    to->cases = wanted_cases(choice, arena, from, &to->case_count);
    return to->case_count > 0;
}

void suite_text_write(struct buf *out, struct tested_module *module, suite_text_wants *wants,
                      const void *cookie)
{
    const struct choice choice = {wants, cookie};
    auto_arena struct arena arena;
    struct test_suite *suite = &module->suite;
    struct str name = str_from(module->name), rest = name, root = {};
    const char *again = module->again != NULL ? module->again : "";
    arena_init(&arena, SIZE_MAX / 2);
    struct suite_block *blocks =
        arena_alloc(&arena, (suite->block_count + (size_t)1) * sizeof *blocks);
    size_t count = 0;
    for (uint32_t i = 0; i < suite->block_count; i++)
        count += take_block(&choice, &arena, &suite->blocks[i], &blocks[count]);
    (void)str_take_until(&rest, '.', &root);
    layout_write(out, &(struct layout){.version = STR("0.1.0"),
                                       .module = name,
                                       .digest = suite->digest,
                                       .again = str_from(again),
                                       .root = root,
                                       .seed = (uint64_t)suite->seed,
                                       .blocks = blocks,
                                       .block_count = count});
}

static bool is_kept(const struct test_case *one, const void *cookie)
{
    (void)cookie;
    return one->fate == CASE_KEPT;
}

void suite_text_write_kept(struct buf *out, struct tested_module *module)
{
    suite_text_write(out, module, is_kept, NULL);
}
