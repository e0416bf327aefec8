#include "model/runtime.h"

#include "tests/test.h"

static struct hash_seed seed_of(const char *entry, const char *second)
{
    const char *list[] = {"A=PYTHONHASHSEED=7", entry, second, NULL};
    return runtime_hash_seed(&(struct words){list, second != NULL ? 3 : 2});
}

TEST(runtime_hash_seed_is_any_number_that_an_interpreter_takes)
{
    struct hash_seed seed = seed_of("PYTHONHASHSEED=0", NULL);
    CHECK_INT(seed.state, HASH_SEED_FIXED);
    CHECK_INT(seed.value, 0);
    seed = seed_of("PYTHONHASHSEED=4294967295", NULL);
    CHECK_INT(seed.state, HASH_SEED_FIXED);
    CHECK(seed.value == 4294967295u);
}

TEST(runtime_hash_seed_that_is_no_plain_number_is_the_interpreters_to_read)
{
    static const char *const entries[] = {
        "PYTHONHASHSEED=random", "PYTHONHASHSEED=",   "PYTHONHASHSEED=4294967296",
        "PYTHONHASHSEED=-1",     "PYTHONHASHSEED=07", "PYTHONHASHSEED= 7",
        "PYTHONHASHSEED=7 ",     "PYTHONHASHSEED=+7", "PYTHONHASHSEED=0x7",
    };
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        CHECK_INT(seed_of(entries[i], NULL).state, HASH_SEED_OTHER);
}

TEST(runtime_hash_seed_is_unset_without_the_variable_itself)
{
    CHECK_INT(seed_of("PYTHONHASHSEEDS=1", NULL).state, HASH_SEED_UNSET);
    CHECK_INT(seed_of("PYTHONHASHSEED", NULL).state, HASH_SEED_UNSET);
}

TEST(runtime_hash_seed_of_several_is_the_first)
{
    CHECK_INT(seed_of("PYTHONHASHSEED=3", "PYTHONHASHSEED=4").value, 3);
    CHECK_INT(seed_of("PYTHONHASHSEED=random", "PYTHONHASHSEED=4").state, HASH_SEED_OTHER);
}
