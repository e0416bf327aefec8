#include "model/box.h"

#include <string.h>

#include "base/mem.h"
#include "tests/test.h"

static const char *argv_true[] = {"/bin/true", NULL};
static const char *env_path[] = {"PATH=/bin", NULL};

static struct box_spec good_spec(void)
{
    return (struct box_spec){
        .argv = {argv_true, 1},
        .env = {env_path, 1},
        .cwd = "/work",
        .image = "host",
        .limits = limits_of_profile(profile_find(STR("default"))),
    };
}

static void check_refused(const struct box_spec *spec, enum error_kind kind, const char *part)
{
    struct error err = {};
    CHECK(!box_spec_check(spec, &err));
    CHECK_INT(err.kind, kind);
    CHECK_CONTAINS(err.text, part);
}

TEST(only_a_box_made_anew_can_have_a_terminal)
{
    struct error err = {};
    struct box_spec spec = good_spec();
    spec.terminal = true;
    check_refused(&spec, ERROR_USAGE, "made anew");
    spec.cold = true;
    spec.columns = BOX_TERMINAL_MAX;
    CHECK_OK(box_spec_check(&spec, &err), err);
    spec.rows = BOX_TERMINAL_MAX + 1;
    check_refused(&spec, ERROR_LIMIT, "rows and columns");
}

TEST(a_plain_spec_is_accepted)
{
    struct error err = {};
    struct box_spec spec = good_spec();
    spec.inputs[0] = (struct box_input){BOX_INPUT_FOLDER, "/in/data", 5};
    spec.inputs[1] = (struct box_input){BOX_INPUT_PREFIX, "/opt/python", 6};
    spec.input_count = 2;
    spec.channel_count = BOX_CHANNELS_MAX;
    CHECK_OK(box_spec_check(&spec, &err), err);
}

TEST(paths_in_a_box_are_plain_or_refused)
{
    static const char *const good[] = {"/a",   BOX_WORK "/a.txt", "/in/a b/c",
                                       "/...", "/a/..b",          "/\xc3\xa4"};
    static const char *const bad[] = {"",        "/",     "a",     "a/b",    "//",
                                      "/a/",     "/a//b", "/.",    "/..",    "/a/.",
                                      "/a/../b", "/./a",  "/a\nb", "/a\x1b", "/a\x7f"};
    for (size_t i = 0; i < COUNT_OF(good); i++)
        CHECK(box_path_is_plain(good[i]));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(!box_path_is_plain(bad[i]));
}

TEST(overlong_paths_and_parts_are_refused)
{
    char part[300] = "/";
    memset(part + 1, 'a', 255);
    part[256] = '\0';
    CHECK(box_path_is_plain(part));
    memset(part + 1, 'a', 256);
    part[257] = '\0';
    CHECK(!box_path_is_plain(part));
    char path[BOX_PATH_MAX + 2] = "";
    for (size_t i = 0; i + 1 < sizeof path; i++)
        path[i] = i % 2 == 0 ? '/' : 'a';
    path[BOX_PATH_MAX] = '\0';
    CHECK(!box_path_is_plain(path));
    path[BOX_PATH_MAX - 2] = '\0';
    CHECK(box_path_is_plain(path));
}

TEST(a_spec_without_a_command_is_refused)
{
    struct box_spec spec = good_spec();
    spec.argv.count = 0;
    check_refused(&spec, ERROR_USAGE, "no command");
    const char *empty[] = {"", NULL};
    spec.argv = (struct words){empty, 1};
    check_refused(&spec, ERROR_USAGE, "no command");
}

TEST(environment_entries_without_a_name_are_refused)
{
    struct box_spec spec = good_spec();
    const char *nameless[] = {"A=1", "=2", NULL}, *bare[] = {"A", NULL}, *empty[] = {"", NULL};
    spec.env = (struct words){nameless, 2};
    check_refused(&spec, ERROR_USAGE, "NAME=VALUE");
    spec.env = (struct words){bare, 1};
    check_refused(&spec, ERROR_USAGE, "NAME=VALUE");
    spec.env = (struct words){empty, 1};
    check_refused(&spec, ERROR_USAGE, "NAME=VALUE");
}

TEST(words_that_are_too_long_too_many_or_too_large_together_are_refused)
{
    struct box_spec spec = good_spec();
    auto_free char *huge = mem_alloc(BOX_WORD_BYTES_MAX + 2);
    memset(huge, 'x', BOX_WORD_BYTES_MAX + 1);
    const char *one[] = {"/bin/true", huge, NULL};
    spec.argv = (struct words){one, 2};
    check_refused(&spec, ERROR_LIMIT, "at most");
    huge[BOX_WORD_BYTES_MAX] = '\0';
    struct error err = {};
    CHECK_OK(box_spec_check(&spec, &err), err);

    auto_free const char **many = mem_alloc((BOX_WORDS_MAX + 2) * sizeof *many);
    for (size_t i = 0; i <= BOX_WORDS_MAX; i++)
        many[i] = "a";
    spec.argv = (struct words){many, BOX_WORDS_MAX + 1};
    check_refused(&spec, ERROR_LIMIT, "at most 65536");
    for (size_t i = 0; i < 10; i++)
        many[i] = huge;
    spec.argv = (struct words){many, 10};
    check_refused(&spec, ERROR_LIMIT, "together");
}

TEST(a_working_folder_that_is_not_plain_is_refused)
{
    static const char *const bad[] = {"work", BOX_WORK "/..", BOX_WORK "//x", ""};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct box_spec spec = good_spec();
        spec.cwd = bad[i];
        check_refused(&spec, ERROR_USAGE, "working folder");
    }
}

TEST(inputs_go_below_in_and_toolchains_never_over_what_is_the_boxes_own)
{
    CHECK(box_target_is_allowed(BOX_INPUT_FOLDER, "/in/a"));
    CHECK(box_target_is_allowed(BOX_INPUT_FOLDER, "/in/.venv"));
    CHECK(!box_target_is_allowed(BOX_INPUT_FOLDER, "/in"));
    CHECK(!box_target_is_allowed(BOX_INPUT_FOLDER, "/in/a/b"));
    CHECK(!box_target_is_allowed(BOX_INPUT_FOLDER, "/inside"));
    CHECK(!box_target_is_allowed(BOX_INPUT_FOLDER, "/usr"));
    CHECK(!box_target_is_allowed(BOX_INPUT_FOLDER, "/in/.."));
    CHECK(box_target_is_allowed(BOX_INPUT_PREFIX, "/opt/python"));
    CHECK(box_target_is_allowed(BOX_INPUT_PREFIX, "/root/.pyenv/versions/3.12.1"));
    CHECK(box_target_is_allowed(BOX_INPUT_PREFIX, "/tmpfiles"));
    static const char *const ours[] = {"/proc", "/sys", "/dev", "/etc", "/tmp", "/work", "/in"};
    for (size_t i = 0; i < COUNT_OF(ours); i++) {
        auto_free char *below = mem_text("%s/x", ours[i]);
        CHECK(!box_target_is_allowed(BOX_INPUT_PREFIX, ours[i]));
        CHECK(!box_target_is_allowed(BOX_INPUT_PREFIX, below));
    }
}

TEST(two_inputs_at_one_place_and_too_many_inputs_are_refused)
{
    struct box_spec spec = good_spec();
    spec.inputs[0] = spec.inputs[1] = (struct box_input){BOX_INPUT_FOLDER, "/in/a", 5};
    spec.input_count = 2;
    check_refused(&spec, ERROR_USAGE, "same place, /in/a");
    spec.inputs[1].target = "/etc/passwd";
    check_refused(&spec, ERROR_USAGE, "cannot be shown");
    spec.input_count = BOX_INPUTS_MAX + 1;
    check_refused(&spec, ERROR_LIMIT, "inputs");
}

TEST(numbers_outside_of_their_tables_are_refused)
{
    struct box_spec spec = good_spec();
    spec.channel_count = BOX_CHANNELS_MAX + 1;
    check_refused(&spec, ERROR_LIMIT, "channels");
    spec = good_spec();
    spec.network = NETWORK_GATE + 1;
    check_refused(&spec, ERROR_USAGE, "network");
    spec = good_spec();
    spec.limits.value[LIMIT_MEMORY] = INT64_MAX;
    check_refused(&spec, ERROR_USAGE, "limit memory");
}

TEST(a_box_with_a_gate_is_made_anew_and_brings_its_door)
{
    struct error err = {};
    struct box_spec spec = good_spec();
    spec.network = NETWORK_GATE;
    spec.cold = true;
    check_refused(&spec, ERROR_USAGE, "door");
    spec.channel_count = 1;
    CHECK_OK(box_spec_check(&spec, &err), err);
    spec.cold = false;
    check_refused(&spec, ERROR_USAGE, "made anew");
}
