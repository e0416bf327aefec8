#include "run/verdict.h"

#include <signal.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tests/test.h"

enum { MS = 1000000, CPU_MS = 2000 };

static struct limits make_limits(void)
{
    struct limits limits = limits_of_profile(profile_find(STR("default")));
    limits.value[LIMIT_CPU] = CPU_MS;
    limits.value[LIMIT_IDLE] = 3000;
    return limits;
}

#define STATUS(code) ((code) << 8)

static const struct {
    struct box_end end;
    enum verdict verdict;
    int exit_code, signal;
    const char *message;
} rows[] = {
    {{.leader_ended = true}, VERDICT_OK, 0, 0, "ended well"},
    {{.leader_ended = true, .status = STATUS(3)}, VERDICT_FAILED, 3, 0, "(exit status 3)"},
    {{.leader_ended = true, .status = STATUS(255)}, VERDICT_FAILED, 255, 0, "(exit status 255)"},
    {{.leader_ended = true, .status = SIGSEGV},
     VERDICT_SIGNALED,
     0,
     SIGSEGV,
     "(Segmentation fault)"},
    {{.leader_ended = true, .status = SIGSEGV | 0x80}, VERDICT_SIGNALED, 0, SIGSEGV, "ended by"},
    {{.leader_ended = true, .status = SIGSYS}, VERDICT_POLICY, 0, SIGSYS, "foreign architecture"},
    {{.cause = BOX_CAUSE_WALL_TIME}, VERDICT_WALL_TIME, 0, SIGKILL, "(10 s; --wall)"},
    {{.cause = BOX_CAUSE_IDLE}, VERDICT_WALL_TIME, 0, SIGKILL, "silent"},
    {{.cause = BOX_CAUSE_IDLE}, VERDICT_WALL_TIME, 0, SIGKILL, "(3 s; --idle)"},
    {{.cause = BOX_CAUSE_CPU_TIME}, VERDICT_CPU_TIME, 0, SIGKILL, "(2 s; --cpu)"},
    {{.cause = BOX_CAUSE_MEMORY}, VERDICT_MEMORY, 0, SIGKILL, "(512 MiB; --memory)"},
    {{.cause = BOX_CAUSE_OUTPUT}, VERDICT_OUTPUT, 0, SIGKILL, "(1 MiB; --output)"},
    {{.cause = BOX_CAUSE_CANCELED}, VERDICT_CANCELED, 0, SIGKILL, "was canceled"},
    /* a cause counts whatever the leader's end looked like */
    {{.cause = BOX_CAUSE_MEMORY, .leader_ended = true}, VERDICT_MEMORY, 0, 0, "memory"},
    {{.cause = BOX_CAUSE_MEMORY, .leader_ended = true, .status = STATUS(1)},
     VERDICT_MEMORY,
     1,
     0,
     "memory"},
    /* processor time that only the kernel's own limit has stopped */
    {{.leader_ended = true, .status = SIGXCPU, .cpu_user_ns = INT64_C(2000) * MS},
     VERDICT_CPU_TIME,
     0,
     SIGXCPU,
     "--cpu"},
    {{.leader_ended = true,
      .status = SIGKILL,
      .cpu_user_ns = INT64_C(1500) * MS,
      .cpu_system_ns = INT64_C(500) * MS},
     VERDICT_CPU_TIME,
     0,
     SIGKILL,
     "--cpu"},
    {{.leader_ended = true, .status = SIGKILL, .cpu_user_ns = INT64_C(1999) * MS},
     VERDICT_SIGNALED,
     0,
     SIGKILL,
     "(Killed)"},
    {{.leader_ended = true, .status = STATUS(1), .cpu_user_ns = INT64_C(9000) * MS},
     VERDICT_FAILED,
     1,
     0,
     "(exit status 1)"},
    /* limits that a guest may have noticed explain its failure, not its success */
    {{.leader_ended = true, .status = STATUS(1), .forks_refused = 1},
     VERDICT_PROCESSES,
     1,
     0,
     "(128; --processes)"},
    {{.leader_ended = true, .status = SIGABRT, .forks_refused = 1},
     VERDICT_PROCESSES,
     0,
     SIGABRT,
     "--processes"},
    {{.leader_ended = true, .forks_refused = 1}, VERDICT_OK, 0, 0, "ended well"},
    {{.leader_ended = true, .status = STATUS(1), .disk_full = true},
     VERDICT_DISK,
     1,
     0,
     "(128 MiB; --disk)"},
    {{.leader_ended = true, .disk_full = true}, VERDICT_OK, 0, 0, "ended well"},
    {{.leader_ended = true, .status = STATUS(1), .disk_full = true, .forks_refused = 1},
     VERDICT_PROCESSES,
     1,
     0,
     "--processes"},
};

TEST(run_verdict_table)
{
    struct limits limits = make_limits();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run_stage stage = {.end = rows[i].end, .verdict = VERDICT_COUNT};
        auto_arena struct arena arena;
        arena_init(&arena, 4096);
        run_judge(&stage, &limits);
        auto_free char *want = mem_text("row %zu: %s %d %d", i, verdict_word(rows[i].verdict),
                                        rows[i].exit_code, rows[i].signal);
        auto_free char *got = mem_text("row %zu: %s %d %d", i, verdict_word(stage.verdict),
                                       stage.exit_code, stage.signal);
        CHECK_TEXT(got, want);
        CHECK_CONTAINS(run_message(&stage, &limits, false, &arena), rows[i].message);
    }
}

TEST(run_verdict_every_cause_has_a_verdict_and_a_sentence)
{
    struct limits limits = make_limits();
    for (enum box_cause cause = BOX_CAUSE_NONE + 1; cause < BOX_CAUSE_COUNT; cause++) {
        struct run_stage stage = {.end.cause = cause};
        auto_arena struct arena arena;
        arena_init(&arena, 4096);
        run_judge(&stage, &limits);
        CHECK(stage.verdict != VERDICT_OK && stage.verdict != VERDICT_FAILED);
        CHECK(run_message(&stage, &limits, false, &arena)[0] != '\0');
    }
}
