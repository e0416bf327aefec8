#include "sandbox/brood.h"

#include "base/mem.h"
#include "tests/test.h"

enum { LONG_NS = 1000000000 };

static struct hash_seed seed(uint32_t value)
{
    return (struct hash_seed){HASH_SEED_FIXED, value};
}

/* Asked for twice, so that it gets a place if there is one. */
static struct brood *settle(struct broods *broods, enum warm kind, uint32_t value, int64_t now_ns)
{
    struct brood *brood = brood_admit(broods, kind, seed(value), now_ns);
    if (brood == NULL)
        brood = brood_admit(broods, kind, seed(value), now_ns);
    if (brood == NULL)
        return NULL;
    brood_become(brood, kind, seed(value));
    brood->used_ns = now_ns;
    return brood;
}

TEST(brood_of_each_kind_is_there_from_the_beginning)
{
    struct broods broods;
    broods_init(&broods);
    for (enum warm kind = 0; kind < WARM_COUNT; kind++)
        CHECK_INT(brood_find(&broods, kind, (struct hash_seed){})->kind, kind);
}

TEST(brood_of_a_seed_comes_with_the_second_question)
{
    struct broods broods;
    broods_init(&broods);
    CHECK(brood_find(&broods, WARM_PYTHON, seed(0)) == NULL);
    CHECK(brood_admit(&broods, WARM_PYTHON, seed(0), 1) == NULL);
    struct brood *brood = brood_admit(&broods, WARM_PYTHON, seed(0), 2);
    CHECK(brood != NULL);
    brood_become(brood, WARM_PYTHON, seed(0));
    CHECK(brood_find(&broods, WARM_PYTHON, seed(0)) == brood);
}

TEST(brood_is_of_one_kind_and_one_seed)
{
    struct broods broods;
    broods_init(&broods);
    struct brood *zero = settle(&broods, WARM_PYTHON, 0, 1);
    struct brood *one = settle(&broods, WARM_PYTHON, 1, 1);
    struct brood *tests = settle(&broods, WARM_PYTEST, 0, 1);
    CHECK(zero != NULL && one != NULL && tests != NULL);
    CHECK(zero != one && zero != tests && one != tests);
    CHECK(brood_find(&broods, WARM_PYTHON, seed(1)) == one);
    CHECK(brood_find(&broods, WARM_PYTEST, seed(0)) == tests);
    CHECK(brood_find(&broods, WARM_PYTEST, seed(1)) == NULL);
}

TEST(brood_least_recently_used_gives_way)
{
    struct broods broods;
    broods_init(&broods);
    for (uint32_t value = 0; value < BROOD_SEEDS_MAX; value++)
        CHECK(settle(&broods, WARM_PYTHON, value, 1000 + value) != NULL);
    brood_find(&broods, WARM_PYTHON, seed(0))->used_ns = 5000;
    CHECK(settle(&broods, WARM_PYTHON, 99, 10LL * LONG_NS) != NULL);
    CHECK(brood_find(&broods, WARM_PYTHON, seed(99)) != NULL);
    CHECK(brood_find(&broods, WARM_PYTHON, seed(0)) != NULL);
    CHECK(brood_find(&broods, WARM_PYTHON, seed(1)) == NULL);
}

TEST(brood_in_use_gives_way_to_nobody)
{
    struct broods broods;
    broods_init(&broods);
    for (uint32_t value = 0; value < BROOD_SEEDS_MAX; value++)
        CHECK(settle(&broods, WARM_PYTHON, value, 5LL * LONG_NS) != NULL);
    CHECK(settle(&broods, WARM_PYTHON, 99, 6LL * LONG_NS) == NULL);
    CHECK(settle(&broods, WARM_PYTHON, 99, 8LL * LONG_NS) != NULL);
}

TEST(brood_does_not_come_of_seeds_that_never_come_again)
{
    struct broods broods;
    broods_init(&broods);
    for (uint32_t value = 0; value < 1000; value++)
        CHECK(brood_admit(&broods, WARM_PYTHON, seed(value), value) == NULL);
    CHECK(brood_admit(&broods, WARM_PYTHON, seed(0), 2000) == NULL); /* too long ago */
    CHECK(brood_admit(&broods, WARM_PYTHON, seed(999), 2000) != NULL);
}

TEST(brood_rests_longer_after_each_failure)
{
    struct brood brood = {};
    brood_rest(&brood, 0);
    int64_t first = brood.rests_until_ns;
    CHECK(first > 0);
    brood_rest(&brood, 0);
    CHECK_INT(brood.rests_until_ns, 2 * first);
    for (int i = 0; i < 40; i++)
        brood_rest(&brood, 0);
    CHECK_INT(brood.rests_until_ns, 10LL * LONG_NS);
}
