#include "model/limits.h"

#include "base/mem.h"
#include "tests/test.h"

static struct limits default_limits(void)
{
    return limits_of_profile(profile_find(STR("default")));
}

TEST(every_profile_stays_inside_every_limits_range)
{
    for (int i = 0; i < profile_count; i++) {
        struct error err = {};
        struct limits limits = limits_of_profile(&profiles[i]);
        CHECK_OK(limits_check(&limits, &err), err);
        CHECK_INT(limits.named, 0);
    }
}

TEST(profiles_are_found_by_their_whole_name_only)
{
    CHECK_TEXT(profile_find(STR("snippet"))->name, "snippet");
    CHECK(profile_find(STR("snippet"))->noexec);
    CHECK(!profile_find(STR("default"))->noexec);
    CHECK(profile_find(STR("snip")) == NULL);
    CHECK(profile_find(STR("")) == NULL);
}

TEST(the_snippet_profile_is_the_box_that_was_promised)
{
    struct limits limits = limits_of_profile(profile_find(STR("snippet")));
    CHECK_INT(limits.value[LIMIT_MEMORY], 256 << 20);
    CHECK_INT(limits.value[LIMIT_CPUS], 500);
    CHECK_INT(limits.value[LIMIT_WALL], 5000);
    CHECK_INT(limits.value[LIMIT_PROCESSES], 64);
}

TEST(limits_are_read_as_people_type_them_and_marked_as_named)
{
    static const struct {
        enum limit which;
        const char *text;
        int64_t value;
    } rows[] = {
        {LIMIT_WALL, "5s", 5000},        {LIMIT_WALL, "250ms", 250},
        {LIMIT_WALL, "2m", 120000},      {LIMIT_CPU, "1.5s", 1500},
        {LIMIT_MEMORY, "64M", 64 << 20}, {LIMIT_MEMORY, "1.5G", INT64_C(1536) << 20},
        {LIMIT_CPUS, "0.5", 500},        {LIMIT_CPUS, "2", 2000},
        {LIMIT_PROCESSES, "64", 64},     {LIMIT_IDLE, "0", 0},
        {LIMIT_DISK, "4096", 4096},      {LIMIT_OUTPUT, "1", 1},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct error err = {};
        struct limits limits = default_limits();
        CHECK_OK(limits_set_text(&limits, rows[i].which, str_from(rows[i].text), &err), err);
        CHECK_INT(limits.value[rows[i].which], rows[i].value);
        CHECK_INT(limits.named, 1 << rows[i].which);
    }
}

TEST(limits_that_are_zero_negative_huge_or_nonsense_are_refused_and_change_nothing)
{
    static const struct {
        enum limit which;
        const char *text, *part;
    } rows[] = {
        {LIMIT_WALL, "0", "limit wall must be from 1 ms to 24 h"},
        {LIMIT_WALL, "-5s", "limit wall wants 5s, 500ms or 2m, not '-5s'"},
        {LIMIT_WALL, "25h", "must be from"},
        {LIMIT_WALL, "", "not ''"},
        {LIMIT_WALL, "5 s", "not '5 s'"},
        {LIMIT_MEMORY, "0", "must be from 1 MiB to 4 TiB"},
        {LIMIT_MEMORY, "999999999999999999999", "limit memory wants"},
        {LIMIT_MEMORY, "5T", "must be from"},
        {LIMIT_MEMORY, "lots", "not 'lots'"},
        {LIMIT_CPUS, "0", "must be from 0.01 to 1024"},
        {LIMIT_CPUS, "nan", "limit cpus wants 0.5 or 2"},
        {LIMIT_CPUS, "1e3", "limit cpus wants"},
        {LIMIT_PROCESSES, "0", "must be from 1 to 30000"},
        {LIMIT_PROCESSES, "1.5", "wants a whole number"},
        {LIMIT_PROCESSES, "+3", "wants a whole number"},
        {LIMIT_DISK, "1", "must be from 4 KiB"},
        {LIMIT_INODES, "15", "must be from 16"},
        {LIMIT_OUTPUT, "0", "must be from 1 byte to"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct error err = {};
        struct limits limits = default_limits(), before = limits;
        CHECK(!limits_set_text(&limits, rows[i].which, str_from(rows[i].text), &err));
        CHECK_INT(err.kind, ERROR_USAGE);
        CHECK_CONTAINS(err.text, rows[i].part);
        CHECK(memcmp(&limits, &before, sizeof limits) == 0);
    }
}

TEST(a_refused_limit_shows_control_characters_harmlessly)
{
    struct error err = {};
    struct limits limits = default_limits();
    CHECK(!limits_set_text(&limits, LIMIT_WALL, STR("\x1b[2J"), &err));
    CHECK_CONTAINS(err.text, "'\\x1b[2J'");
}

TEST(limits_at_both_ends_of_their_range_hold_and_one_beyond_does_not)
{
    for (enum limit i = 0; i < LIMIT_COUNT; i++) {
        struct error err = {};
        struct limits limits = default_limits();
        CHECK_OK(limits_set(&limits, i, limit_rows[i].min, &err), err);
        CHECK_OK(limits_set(&limits, i, limit_rows[i].max, &err), err);
        CHECK(!limits_set(&limits, i, limit_rows[i].min - 1, &err));
        CHECK(!limits_set(&limits, i, limit_rows[i].max + 1, &err));
        limits.value[i] = limit_rows[i].max + 1;
        CHECK(!limits_check(&limits, &err));
        CHECK_CONTAINS(err.text, limit_rows[i].flag);
    }
}

TEST(limits_are_found_by_flag_and_by_field)
{
    enum limit which = LIMIT_COUNT;
    CHECK(limit_find(STR("memory"), &which) && which == LIMIT_MEMORY);
    CHECK(limit_find(STR("wall_ms"), &which) && which == LIMIT_WALL);
    CHECK(!limit_find(STR("mem"), &which));
    CHECK(!limit_find(STR(""), &which));
}
