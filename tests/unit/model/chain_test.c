/* Who speaks for a chain. */
#include "model/chain.h"

#include <signal.h>
#include <string.h>

#include "tests/test.h"

enum { PARTS = 3 };

struct scene {
    struct chain_result result;
    struct chain_end ends[PARTS];
    struct chain_plan plan;
    struct chain_plan_part parts[PARTS];
};

static void begin(struct scene *scene, enum chain_kind kind)
{
    memset(scene, 0, sizeof *scene);
    chain_result_init(&scene->result);
    scene->result.kind = scene->plan.kind = kind;
    scene->result.count = scene->plan.count = PARTS;
    scene->result.ends = scene->ends;
    scene->plan.parts = scene->parts;
    for (int i = 0; i < PARTS; i++) {
        run_result_init(&scene->ends[i].result);
        scene->ends[i].state = CHAIN_RAN;
        scene->ends[i].result.ran = true;
        scene->ends[i].result.message = "did something";
        scene->ends[i].piped.left_ns = i + 1;
    }
}

static void set(struct scene *scene, int part, enum verdict verdict, int exit_code, int number)
{
    struct run_stage *stage = &scene->ends[part].result.run;
    stage->verdict = verdict;
    stage->exit_code = exit_code;
    stage->signal = number;
}

static void check(struct scene *scene, enum verdict verdict, uint32_t speaker)
{
    chain_judge(&scene->result, &scene->plan, false);
    CHECK(!scene->result.broken);
    CHECK_INT(scene->result.verdict, verdict);
    CHECK_INT(scene->result.speaker, speaker);
    chain_result_done(&scene->result);
}

TEST(chain_judge_hears_the_first_step_that_did_not_end_well)
{
    struct scene scene;
    begin(&scene, CHAIN_STEPS);
    check(&scene, VERDICT_OK, 2);
    begin(&scene, CHAIN_STEPS);
    set(&scene, 1, VERDICT_FAILED, 7, 0);
    scene.ends[2].state = CHAIN_SKIPPED;
    chain_judge(&scene.result, &scene.plan, false);
    CHECK_INT(scene.result.exit_code, 7);
    CHECK_TEXT(scene.result.message, "step 2 did something");
    chain_result_done(&scene.result);
    begin(&scene, CHAIN_STEPS);
    set(&scene, 2, VERDICT_FAILED, 7, 0);
    scene.parts[2].may_fail = true;
    check(&scene, VERDICT_OK, 2);
}

TEST(chain_judge_has_no_verdict_where_we_ourselves_failed)
{
    struct scene scene;
    begin(&scene, CHAIN_STEPS);
    set(&scene, 0, VERDICT_FAILED, 1, 0);
    scene.ends[1].state = CHAIN_BROKEN;
    chain_judge(&scene.result, &scene.plan, false);
    CHECK(scene.result.broken);
    CHECK_INT(scene.result.speaker, 1);
    scene.ends[1].state = CHAIN_RAN;
    chain_result_done(&scene.result);
}

TEST(chain_judge_says_canceled_when_what_was_left_was_not_begun)
{
    struct scene scene;
    begin(&scene, CHAIN_STEPS);
    scene.ends[2].state = CHAIN_SKIPPED;
    chain_judge(&scene.result, &scene.plan, true);
    CHECK_INT(scene.result.verdict, VERDICT_CANCELED);
    chain_result_done(&scene.result);
}

TEST(chain_judge_blames_of_pipes_who_let_go_first)
{
    struct scene scene;
    begin(&scene, CHAIN_PIPES);
    set(&scene, 0, VERDICT_FAILED, 1, 0);
    set(&scene, 2, VERDICT_FAILED, 2, 0);
    scene.ends[2].piped.left_ns = 0;
    check(&scene, VERDICT_FAILED, 2);
    CHECK_INT(scene.ends[2].piped.order, 1);
    CHECK_INT(scene.ends[0].piped.order, 2);
    CHECK_INT(scene.ends[1].piped.order, 3);
}

TEST(chain_judge_excuses_who_was_ended_by_writing_to_one_that_had_stopped_to_read)
{
    struct scene scene;
    begin(&scene, CHAIN_PIPES);
    set(&scene, 0, VERDICT_SIGNALED, 0, SIGPIPE);
    check(&scene, VERDICT_SIGNALED, 0);
    begin(&scene, CHAIN_PIPES);
    set(&scene, 0, VERDICT_SIGNALED, 0, SIGPIPE);
    scene.ends[0].piped.reader_gone = true;
    check(&scene, VERDICT_OK, 2);
    begin(&scene, CHAIN_PIPES);
    set(&scene, 0, VERDICT_SIGNALED, 0, SIGSEGV);
    scene.ends[0].piped.reader_gone = true;
    check(&scene, VERDICT_SIGNALED, 0);
    /* a status counts in a ring, not in a line */
    begin(&scene, CHAIN_PIPES);
    set(&scene, 0, VERDICT_FAILED, 1, 0);
    scene.ends[0].piped.reader_gone = true;
    check(&scene, VERDICT_OK, 2);
    begin(&scene, CHAIN_PIPES);
    set(&scene, 0, VERDICT_FAILED, 1, 0);
    scene.ends[0].piped.reader_gone = scene.result.ring = true;
    check(&scene, VERDICT_FAILED, 0);
    /* the one who stopped is the one to ask */
    begin(&scene, CHAIN_PIPES);
    set(&scene, 0, VERDICT_SIGNALED, 0, SIGPIPE);
    set(&scene, 1, VERDICT_FAILED, 3, 0);
    scene.ends[0].piped.reader_gone = true;
    check(&scene, VERDICT_FAILED, 1);
}
