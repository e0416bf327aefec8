/* Any text as a suite.json, and as what the witness tells of a run of it. */
#include <assert.h>

#include "proof/suite_read.h"
#include "proof/witness.h"
#include "tests/fuzz/fuzz.h"

static void check_indexes(const struct test_suite *suite)
{
    for (uint32_t i = 0; i < suite->block_count; i++)
        assert(suite->blocks[i].target < suite->callable_count && suite->blocks[i].case_count > 0);
    for (uint32_t i = 0; i < suite->target_count; i++)
        assert(suite->targets[i].callable < suite->callable_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_arena struct arena arena;
    struct test_suite suite;
    struct error err = {};
    arena_init(&arena, 64 << 20);
    if (suite_read(&arena, str_of(data, size), &suite, &err)) {
        check_indexes(&suite);
        test_suite_credit(&suite);
    }
    struct witness witness = {
        .module_file = "test_m.py", .planted_file = "test_x.py", .suite = &suite, .arena = &arena};
    witness_read(&witness, str_of(data, size));
    assert(!witness_is_whole(&witness) || (witness.planted_failed && witness.ended));
    return 0;
}
