#include "cli/run_output.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/base64.h"
#include "base/json_read.h"
#include "tests/test.h"

static struct run_result good_result(void)
{
    struct run_result result = {
        .id = "0123456789abcdef",
        .message = "ended well",
        .language = "python",
        .version = "3.11",
        .ran = true,
        .image = "host",
        .limits = limits_of_profile(profile_find(STR("default"))),
        .prepare_ns = 1500000,
        .run_ns = 2500000,
    };
    result.run = (struct run_stage){
        .verdict = VERDICT_OK,
        .out = {.head = STR("42\n"), .total_bytes = 3},
        .end = {.leader_ended = true,
                .wall_ns = 2500000,
                .cpu_user_ns = 1250000,
                .memory_peak_bytes = 4096,
                .processes_peak = 2},
    };
    for (enum guarantee i = 0; i < GUARANTEE_COUNT; i++)
        isolation_note(&result.isolation, i, GUARANTEE_ENFORCED, MECHANISM_TIMER, GAP_NONE);
    return result;
}

static const struct json_value *shown(const struct run_result *result, bool explain)
{
    static struct arena arena;
    static struct buf out;
    struct error err = {};
    if (arena.max == 0) {
        arena_init(&arena, 8 << 20);
        buf_init(&out, 1 << 20);
    }
    buf_clear(&out);
    run_json_result(result, explain, NULL, &out);
    CHECK(!out.over && out.data[out.len - 1] == '\n');
    const struct json_value *value = json_read(&arena, buf_str(&out), &err);
    CHECK_OK(value != NULL, err);
    return value;
}

static const char *text_at(const struct json_value *object, const char *key)
{
    const struct json_value *value = json_get(object, key);
    CHECK(value != NULL && value->kind == JSON_STRING);
    return value->text.ptr;
}

static double number_at(const struct json_value *object, const char *key)
{
    const struct json_value *value = json_get(object, key);
    CHECK(value != NULL && value->kind == JSON_NUMBER);
    return value->number;
}

static bool is_null_at(const struct json_value *object, const char *key)
{
    const struct json_value *value = json_get(object, key);
    return value != NULL && value->kind == JSON_NULL;
}

TEST(a_result_has_exactly_the_promised_fields)
{
    static const char *const fields[] = {"id",
                                         "verdict",
                                         "message",
                                         "exit_code",
                                         "signal",
                                         "stdout",
                                         "stderr",
                                         "stdout_bytes",
                                         "stderr_bytes",
                                         "truncated",
                                         "wall_ms",
                                         "cpu_user_ms",
                                         "cpu_system_ms",
                                         "memory_peak_bytes",
                                         "processes_peak",
                                         "stages_ms",
                                         "language",
                                         "version",
                                         "warm",
                                         "isolation"};
    struct error err = {};
    struct run_result result = good_result();
    const struct json_value *json = shown(&result, false);
    CHECK_OK(json_check_keys(json, fields, sizeof fields / sizeof *fields, &err), err);
    CHECK_INT(json->count, sizeof fields / sizeof *fields);
}

TEST(a_good_result_says_what_happened)
{
    struct run_result result = good_result();
    const struct json_value *json = shown(&result, false);
    CHECK_TEXT(text_at(json, "verdict"), "ok");
    CHECK_INT(number_at(json, "exit_code"), 0);
    CHECK(is_null_at(json, "signal"));
    CHECK_TEXT(text_at(json, "stdout"), "42\n");
    CHECK_TEXT(text_at(json, "stderr"), "");
    CHECK_INT(number_at(json, "stdout_bytes"), 3);
    CHECK(!json_get(json, "truncated")->truth);
    CHECK(number_at(json, "wall_ms") > 2.49 && number_at(json, "wall_ms") < 2.51);
    CHECK(number_at(json, "cpu_user_ms") > 1.24 && number_at(json, "cpu_user_ms") < 1.26);
    CHECK(number_at(json_get(json, "stages_ms"), "prepare") > 1.49);
    const struct json_value *isolation = json_get(json, "isolation");
    CHECK_TEXT(text_at(isolation, "tier"), "native");
    CHECK_TEXT(text_at(isolation, "mode"), "rootless");
    CHECK_TEXT(text_at(isolation, "image"), "host");
    CHECK_INT(json_get(isolation, "enforced")->count, GUARANTEE_COUNT);
    CHECK_INT(json_get(isolation, "missing")->count, 0);
}

TEST(what_ended_a_program_is_a_status_a_signal_or_neither)
{
    struct run_result result = good_result();
    result.run.verdict = VERDICT_FAILED;
    result.run.exit_code = 3;
    CHECK_INT(number_at(shown(&result, false), "exit_code"), 3);
    result.run.verdict = VERDICT_SIGNALED;
    result.run.signal = 11;
    CHECK_INT(number_at(shown(&result, false), "signal"), 11);
    CHECK(is_null_at(shown(&result, false), "exit_code"));
    result.run.verdict = VERDICT_WALL_TIME;
    result.run.end.leader_ended = false;
    CHECK(is_null_at(shown(&result, false), "exit_code"));
    CHECK(is_null_at(shown(&result, false), "signal"));
}

TEST(what_the_host_cannot_measure_is_null_or_absent)
{
    struct run_result result = good_result();
    result.run.end.memory_peak_bytes = result.run.end.processes_peak = -1;
    result.language = result.version = NULL;
    const struct json_value *json = shown(&result, false);
    CHECK(is_null_at(json, "memory_peak_bytes"));
    CHECK(json_get(json, "processes_peak") == NULL);
    CHECK(is_null_at(json, "language") && is_null_at(json, "version"));
}

TEST(output_that_is_no_text_makes_all_streams_base64)
{
    struct run_result result = good_result();
    result.run.err = (struct run_output){.head = str_of("\xff\0", 2), .total_bytes = 2};
    const struct json_value *json = shown(&result, false);
    auto_buf struct buf bytes;
    buf_init(&bytes, 64);
    CHECK_TEXT(text_at(json, "encoding"), "base64");
    CHECK_TEXT(text_at(json, "stdout"), "NDIK");
    CHECK(base64_read(&bytes, str_from(text_at(json, "stderr"))));
    CHECK(bytes.len == 2 && memcmp(bytes.data, "\xff\0", 2) == 0);
}

TEST(cut_output_says_how_much_is_missing_between_head_and_tail)
{
    struct run_result result = good_result();
    result.run.out = (struct run_output){STR("begin"), STR("end"), 1008};
    const struct json_value *json = shown(&result, false);
    CHECK_TEXT(text_at(json, "stdout"), "begin\n[... 1000 bytes left out ...]\nend");
    CHECK_INT(number_at(json, "stdout_bytes"), 1008);
    CHECK(json_get(json, "truncated")->truth);
}

TEST(output_kept_whole_in_two_pieces_has_no_gap)
{
    struct run_result result = good_result();
    result.run.out = (struct run_output){STR("begin"), STR("end"), 8};
    const struct json_value *json = shown(&result, false);
    CHECK_TEXT(text_at(json, "stdout"), "beginend");
    CHECK(!json_get(json, "truncated")->truth);
}

TEST(a_character_parted_by_the_cut_is_left_out_and_the_rest_stays_text)
{
    struct run_result result = good_result();
    result.run.out = (struct run_output){STR("a\xf0\x9f\x98"),
                                         STR("\xa4"
                                             "b"),
                                         100};
    const struct json_value *json = shown(&result, false);
    CHECK(json_get(json, "encoding") == NULL);
    CHECK_TEXT(text_at(json, "stdout"), "a\n[... 98 bytes left out ...]\nb");
    result.run.out = (struct run_output){STR("a\xff\xff\xff\xff"), STR("b"), 100};
    json = shown(&result, false);
    CHECK_TEXT(text_at(json, "encoding"), "base64");
}

TEST(a_failed_compiler_speaks_for_the_whole)
{
    struct run_result result = good_result();
    result.compiled = true;
    result.ran = false;
    result.compile = (struct run_stage){.verdict = VERDICT_FAILED,
                                        .exit_code = 1,
                                        .err = {.head = STR("x.c:1: error"), .total_bytes = 12},
                                        .end = {.leader_ended = true, .wall_ns = 7000000}};
    result.run = (struct run_stage){};
    const struct json_value *json = shown(&result, false);
    const struct json_value *compile = json_get(json, "compile");
    CHECK_TEXT(text_at(json, "verdict"), "failed");
    CHECK_INT(number_at(json, "exit_code"), 1);
    CHECK_TEXT(text_at(json, "stderr"), "");
    CHECK_INT(number_at(json, "stderr_bytes"), 0);
    CHECK_TEXT(text_at(compile, "stderr"), "x.c:1: error");
    CHECK_TEXT(text_at(compile, "verdict"), "failed");
    CHECK_INT(number_at(compile, "exit_code"), 1);
    CHECK(!json_get(compile, "cached")->truth);
}

TEST(files_that_came_back_are_listed_with_their_digest_or_why_they_did_not)
{
    struct run_file files[] = {{.name = "a.txt", .bytes = 3, .sha256 = "abc"},
                               {.name = "big", .bytes = 9, .left_out = "too large"}};
    struct run_result result = good_result();
    result.files = files;
    result.file_count = 2;
    const struct json_value *list = json_get(shown(&result, false), "files");
    CHECK_INT(list->count, 2);
    CHECK_TEXT(text_at(json_at(list, 0), "sha256"), "abc");
    CHECK_TEXT(text_at(json_at(list, 1), "left_out"), "too large");
    CHECK(json_get(json_at(list, 1), "sha256") == NULL);
}

TEST(what_is_missing_or_weaker_stands_in_the_result)
{
    struct run_result result = good_result();
    isolation_note(&result.isolation, GUARANTEE_MEMORY, GUARANTEE_MISSING, MECHANISM_NOTHING,
                   GAP_NO_CGROUP);
    isolation_note(&result.isolation, GUARANTEE_CPUS, GUARANTEE_WEAKER, MECHANISM_AFFINITY,
                   GAP_WHOLE_CPUS);
    const struct json_value *isolation = json_get(shown(&result, false), "isolation");
    CHECK_INT(json_get(isolation, "enforced")->count, GUARANTEE_COUNT - 2);
    CHECK(str_is(json_at(json_get(isolation, "missing"), 0)->text, "memory"));
    CHECK(str_is(json_at(json_get(isolation, "weaker"), 0)->text, "cpus"));
}

static struct run_refusal refusal_of(int call, int number, const char *path)
{
    struct run_refusal refusal = {.what = {.call = call, .number = number}, .count = 2};
    strncpy(refusal.what.path, path, sizeof refusal.what.path - 1);
    return refusal;
}

TEST(refusals_are_explained_when_asked_for)
{
    struct run_refusal refusals[] = {
        refusal_of(SYS_mount, EPERM, ""),
        refusal_of(SYS_openat, EROFS, "/usr/x"),
        refusal_of(SYS_openat, ENOENT, "/nowhere/at/all"),
        refusal_of(SYS_connect, ENETUNREACH, "192.0.2.1:80"),
    };
    struct run_result result = good_result();
    result.refusals = refusals;
    result.refusal_count = 4;
    CHECK(json_get(shown(&result, false), "refusals") == NULL);
    const struct json_value *list = json_get(shown(&result, true), "refusals");
    CHECK_INT(list->count, 3);
    CHECK_TEXT(text_at(json_at(list, 0), "call"), "mount");
    CHECK_TEXT(text_at(json_at(list, 0), "error"), "EPERM");
    CHECK_CONTAINS(text_at(json_at(list, 0), "why"), "mounts");
    CHECK_TEXT(text_at(json_at(list, 1), "path"), "/usr/x");
    CHECK_CONTAINS(text_at(json_at(list, 1), "change"), "write below /work or /tmp");
    CHECK_INT(number_at(json_at(list, 1), "count"), 2);
    CHECK_CONTAINS(text_at(json_at(list, 2), "change"), "--network loopback");
}

TEST(run_json_tags_a_result_of_many_and_an_error_alike)
{
    struct run_result result = {.id = "ours"};
    const struct run_tag tag = {7, NULL}, named = {8, "x\"y"};
    struct error err = {};
    auto_buf struct buf out;
    buf_init(&out, 1 << 20);
    run_json_result(&result, false, &tag, &out);
    CHECK_CONTAINS(out.data, "{\"index\":7,\"id\":\"ours\",");
    buf_clear(&out);
    run_json_result(&result, false, &named, &out);
    CHECK_CONTAINS(out.data, "{\"index\":8,\"id\":\"x\\\"y\",");
    buf_clear(&out);
    error_set(&err, ERROR_LIMIT, "too large");
    run_json_error(&err, &named, &out);
    CHECK_TEXT(out.data, "{\"index\":8,\"id\":\"x\\\"y\",\"error\":{\"kind\":\"limit\",\"code\":"
                         "\"limit\",\"stage\":null,\"errno\":0,\"message\":\"too large\","
                         "\"hint\":null}}\n");
    buf_clear(&out);
    run_json_error(&err, NULL, &out);
    CHECK_CONTAINS(out.data, "{\"error\":{");
}
