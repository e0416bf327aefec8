#include "cli/run_output.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/json_read.h"
#include "lang/lang.h"
#include "tests/test.h"

static struct run_result result_of(enum verdict verdict, const char *message)
{
    struct run_result result = {.message = message, .ran = true};
    result.limits = limits_of_profile(profile_find(STR("default")));
    result.run = (struct run_stage){.verdict = verdict,
                                    .end = {.wall_ns = 12000000,
                                            .cpu_user_ns = 3000000,
                                            .memory_peak_bytes = 1 << 20,
                                            .processes_peak = 1}};
    for (enum guarantee i = 0; i < GUARANTEE_COUNT; i++)
        isolation_note(&result.isolation, i, GUARANTEE_ENFORCED, MECHANISM_TIMER, GAP_NONE);
    return result;
}

static const char *said_end(const struct run_result *result, bool verbose)
{
    static struct buf out;
    buf_done(&out);
    buf_init(&out, 65536);
    run_say_end(result, verbose, &out);
    return buf_str(&out).ptr;
}

TEST(a_good_end_is_silent_and_a_bad_one_is_one_line)
{
    struct run_result result = result_of(VERDICT_OK, "ended well");
    CHECK_TEXT(said_end(&result, false), "");
    result = result_of(VERDICT_WALL_TIME, "took longer than its time limit (5 s; --wall)");
    CHECK_TEXT(said_end(&result, false),
               "testudo: the program took longer than its time limit (5 s; --wall)\n");
    result.compiled = true;
    result.ran = false;
    result.compile.verdict = VERDICT_FAILED;
    CHECK_CONTAINS(said_end(&result, false), "testudo: the compiler took");
}

TEST(verbose_adds_time_memory_and_processes)
{
    struct run_result result = result_of(VERDICT_OK, "ended well");
    CHECK_TEXT(said_end(&result, true), "testudo: ok in 12 ms, processor 3 ms, memory 1 MiB, "
                                        "1 process at most, prepared in 0 ms\n");
    result.run.end.memory_peak_bytes = result.run.end.processes_peak = -1;
    CHECK_TEXT(said_end(&result, true), "testudo: ok in 12 ms, processor 3 ms, prepared in 0 ms\n");
}

TEST(files_that_were_not_brought_back_are_named_harmlessly)
{
    struct run_file file = {.name = "a\x1b[2J", .left_out = "it is a link"};
    struct run_result result = result_of(VERDICT_OK, "ended well");
    result.files = &file;
    result.file_count = 1;
    CHECK_TEXT(said_end(&result, false), "testudo: not brought back: a\\x1b[2J: it is a link\n");
}

TEST(what_is_not_enforced_is_said_unless_it_was_accepted)
{
    auto_buf struct buf out;
    buf_init(&out, 4096);
    struct run_result result = result_of(VERDICT_OK, "ended well");
    run_say_missing(&result, 0, &out);
    CHECK_INT(out.len, 0);
    isolation_note(&result.isolation, GUARANTEE_MEMORY, GUARANTEE_MISSING, MECHANISM_NOTHING,
                   GAP_NO_CGROUP);
    isolation_note(&result.isolation, GUARANTEE_CPUS, GUARANTEE_MISSING, MECHANISM_NOTHING,
                   GAP_NO_CGROUP);
    isolation_note(&result.isolation, GUARANTEE_IDLE, GUARANTEE_MISSING, MECHANISM_NOTHING,
                   GAP_NO_CGROUP);
    run_say_missing(&result, 0, &out);
    CHECK_TEXT(out.data,
               "testudo: not enforced on this host: memory, cpus (testudo doctor says why)\n");
    buf_clear(&out);
    run_say_missing(&result, 1 << LIMIT_MEMORY | 1 << LIMIT_CPUS, &out);
    CHECK_INT(out.len, 0);
}

TEST(nothing_is_said_to_be_missing_of_a_box_that_never_was)
{
    auto_buf struct buf out;
    buf_init(&out, 4096);
    struct run_result result = result_of(VERDICT_CANCELED, "was canceled");
    result.isolation = (struct isolation){};
    run_say_missing(&result, 0, &out);
    CHECK_INT(out.len, 0);
}

TEST(refusals_are_said_in_plain_words_with_what_would_change_them)
{
    auto_buf struct buf out;
    buf_init(&out, 4096);
    struct run_refusal refusals[] = {
        {.what = {.call = SYS_mount, .number = EPERM}, .count = 1},
        {.what = {.call = SYS_openat, .number = EROFS, .path = "/usr/\x1b"}, .count = 3},
    };
    struct run_result result = result_of(VERDICT_OK, "ended well");
    run_say_refusals(&result, &out);
    CHECK_TEXT(out.data, "testudo: nothing was refused\n");
    buf_clear(&out);
    result.refusals = refusals;
    result.refusal_count = 2;
    run_say_refusals(&result, &out);
    CHECK_CONTAINS(out.data, "testudo: what was refused:\n  mount: EPERM: ");
    CHECK_CONTAINS(out.data, "  openat /usr/\\x1b (3 times): EROFS: the image and the inputs");
    CHECK_CONTAINS(out.data, "what would change it: write below /work or /tmp");
}

TEST(a_plan_is_shown_to_people_and_to_programs)
{
    auto_arena struct arena arena;
    auto_buf struct buf out;
    struct error err = {};
    struct plan plan;
    const char *argv[] = {"echo", "a b", "\x1b[2J", NULL};
    struct run_request request = {
        .profile = profile_find(STR("snippet")),
        .limits = limits_of_profile(profile_find(STR("snippet"))),
        .command = {argv, 3},
    };
    arena_init(&arena, 8 << 20);
    buf_init(&out, 65536);
    CHECK_OK(lang_plan(&request, &arena, &plan, &err), err);
    run_say_plan(&plan, &out);
    CHECK_CONTAINS(out.data, "command  echo 'a b' '\\x1b[2J'\n");
    CHECK_CONTAINS(out.data, "wall 5 s, cpu 5 s, idle none, memory 256 MiB, cpus 0.5");
    CHECK_CONTAINS(out.data, "nothing below /work can be executed");
    buf_clear(&out);
    run_json_plan(&plan, &out);
    const struct json_value *json = json_read(&arena, buf_str(&out), &err);
    CHECK_OK(json != NULL, err);
    const struct json_value *run = json_get(json, "run");
    CHECK_INT(json_get(run, "command")->count, 3);
    CHECK(str_is(json_at(json_get(run, "command"), 2)->text, "\x1b[2J"));
    CHECK_INT(json_get(json_get(run, "limits"), "wall_ms")->integer, 5000);
    CHECK(json_get(json_get(run, "limits"), "cpus")->number > 0.49);
    CHECK(json_get(json, "compile") == NULL);
}
