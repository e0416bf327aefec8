#include "model/isolation.h"

#include <string.h>

#include "tests/test.h"

static struct isolation all_enforced(void)
{
    struct isolation isolation = {.mode = MODE_ROOT};
    for (enum guarantee i = 0; i < GUARANTEE_COUNT; i++)
        isolation_note(&isolation, i, GUARANTEE_ENFORCED, MECHANISM_TIMER, GAP_NONE);
    return isolation;
}

TEST(every_limit_has_a_guarantee_of_its_own)
{
    for (enum limit i = 0; i < LIMIT_COUNT; i++)
        for (enum limit k = 0; k < i; k++)
            CHECK(guarantee_of_limit(i) != guarantee_of_limit(k));
    CHECK_INT(guarantee_of_limit(LIMIT_MEMORY), GUARANTEE_MEMORY);
    CHECK_INT(guarantee_of_limit(LIMIT_WALL), GUARANTEE_WALL_TIME);
}

TEST(a_named_limit_that_cannot_be_enforced_is_an_error_with_why_and_what_to_do)
{
    struct error err = {};
    struct isolation isolation = all_enforced();
    struct limits limits = limits_of_profile(profile_find(STR("default")));
    isolation_note(&isolation, GUARANTEE_MEMORY, GUARANTEE_MISSING, MECHANISM_NOTHING,
                   GAP_NO_CGROUP);
    CHECK_OK(isolation_check_named(&isolation, &limits, 0, &err), err);
    CHECK_OK(limits_set(&limits, LIMIT_MEMORY, 64 << 20, &err), err);
    CHECK(!isolation_check_named(&isolation, &limits, 0, &err));
    CHECK_INT(err.kind, ERROR_UNENFORCEABLE);
    CHECK_CONTAINS(err.text, "limit memory cannot be enforced on this host: no control group");
    CHECK_CONTAINS(err.hint, "--accept-missing memory");
    CHECK_OK(isolation_check_named(&isolation, &limits, 1 << LIMIT_MEMORY, &err), err);
    CHECK(!isolation_check_named(&isolation, &limits, 1 << LIMIT_CPU, &err));
}

TEST(a_weaker_limit_is_no_missing_one)
{
    struct error err = {};
    struct isolation isolation = all_enforced();
    struct limits limits = limits_of_profile(profile_find(STR("default")));
    CHECK_OK(limits_set(&limits, LIMIT_CPUS, 500, &err), err);
    isolation_note(&isolation, GUARANTEE_CPUS, GUARANTEE_WEAKER, MECHANISM_AFFINITY,
                   GAP_WHOLE_CPUS);
    CHECK_OK(isolation_check_named(&isolation, &limits, 0, &err), err);
}

TEST(numbers_from_another_process_are_held_against_the_tables)
{
    struct isolation isolation = all_enforced();
    CHECK(isolation_is_sane(&isolation));
    isolation.mode = MODE_ROOT + 1;
    CHECK(!isolation_is_sane(&isolation));
    isolation = all_enforced();
    isolation.state[GUARANTEE_IDLE].level = GUARANTEE_ENFORCED + 1;
    CHECK(!isolation_is_sane(&isolation));
    isolation = all_enforced();
    isolation.state[0].mechanism = MECHANISM_COUNT;
    CHECK(!isolation_is_sane(&isolation));
    isolation = all_enforced();
    isolation.state[GUARANTEE_COUNT - 1].gap = GAP_COUNT;
    CHECK(!isolation_is_sane(&isolation));
}

TEST(every_gap_but_none_says_why_and_what_to_do)
{
    for (enum gap i = 0; i < GAP_COUNT; i++)
        CHECK((i == GAP_NONE) == (gap_why(i)[0] == '\0') &&
              (gap_why(i)[0] == '\0') == (gap_fix(i)[0] == '\0'));
    for (enum mechanism i = 0; i < MECHANISM_COUNT; i++)
        CHECK(mechanism_text(i)[0] != '\0');
    for (enum guarantee i = 0; i < GUARANTEE_COUNT; i++)
        CHECK(guarantee_word(i)[0] != '\0' && guarantee_text(i)[0] != '\0');
    CHECK_TEXT(guarantee_level_word(GUARANTEE_WEAKER), "weaker");
}
