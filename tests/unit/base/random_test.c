#include "base/random.h"

#include "base/mem.h"
#include "tests/test.h"

/* The published vectors of both generators. */
TEST(random_starts_as_splitmix64_says)
{
    static const uint64_t first[] = {6457827717110365317u, 3203168211198807973u,
                                     9817491932198370423u, 4593380528125082431u};
    struct random random;
    random_init(&random, 1234567);
    for (size_t i = 0; i < COUNT_OF(first); i++)
        CHECK(random.state[i] == first[i]);
}

TEST(random_goes_on_as_xoshiro256_says)
{
    static const uint64_t drawn[] = {11520u,
                                     0u,
                                     1509978240u,
                                     1215971899390074240u,
                                     1216172134540287360u,
                                     607988272756665600u,
                                     16172922978634559625u,
                                     8476171486693032832u,
                                     10595114339597558777u,
                                     2904607092377533576u};
    struct random random = {.state = {1, 2, 3, 4}};
    for (size_t i = 0; i < COUNT_OF(drawn); i++)
        CHECK(random_next(&random) == drawn[i]);
}

TEST(random_below_reaches_all_and_no_more)
{
    struct random random;
    int counts[7] = {};
    random_init(&random, 1);
    for (int i = 0; i < 7000; i++) {
        uint64_t drawn = random_below(&random, 7);
        CHECK(drawn < 7);
        counts[drawn]++;
    }
    for (int i = 0; i < 7; i++)
        CHECK(counts[i] > 800 && counts[i] < 1200);
    CHECK_INT(random_below(&random, 1), 0);
}

TEST(random_chance_is_as_likely_as_said)
{
    struct random random;
    random_init(&random, 9);
    int hits = 0;
    for (int i = 0; i < 10000; i++) {
        double unit = random_unit(&random);
        CHECK(unit >= 0 && unit < 1);
        hits += random_chance(&random, 0.25);
    }
    CHECK(hits > 2300 && hits < 2700);
    CHECK(!random_chance(&random, 0) && random_chance(&random, 1));
}
