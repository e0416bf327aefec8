#include "testgen/search_private.h"

#include <unistd.h>

#include "tests/test.h"
#include "tests/unit/testgen/sample.h"

struct searched {
    struct engine engine;
    struct engine_options options;
    struct arena keep;
};

static void search_sample(struct searched *searched, uint64_t seed, uint64_t executions)
{
    struct error err = {};
    arena_init(&searched->keep, 256 << 20);
    searched->options = (struct engine_options){.seed = seed, .executions = executions};
    searched->engine = (struct engine){.options = &searched->options,
                                       .keep = &searched->keep,
                                       .guest = {.channel = sample_guest()}};
    struct engine *engine = &searched->engine;
    random_init(&engine->random, seed);
    CHECK_OK(
        guest_open(&engine->guest, &searched->options.open, engine->keep, &engine->subject, &err),
        err);
    archive_init(&engine->archive, engine->keep, &engine->subject);
    engine->search = search_new(engine);
    CHECK_OK(engine_search(engine, &err), err);
}

static void end(struct searched *searched)
{
    search_free(searched->engine.search);
    guest_close(&searched->engine.guest);
    close(searched->engine.guest.channel);
    arena_done(&searched->keep);
}

TEST(search_finds_what_is_compared_with_behind_what_is_compared_with)
{
    struct searched searched;
    search_sample(&searched, 1, 20000);
    for (uint32_t goal = 0; goal < 7; goal++)
        CHECK(!search_is_open(searched.engine.search, goal));
    const struct candidate *found = searched.engine.archive.goals[5];
    CHECK_INT(found->program.count, 1);
    CHECK_INT(found->program.statements[0].arguments[0].value->integer, 471147);
    CHECK(str_is(found->program.statements[0].arguments[1].value->text, "open sesame"));
    end(&searched);
}

TEST(search_calls_methods_until_the_state_is_there)
{
    struct searched searched;
    search_sample(&searched, 1, 20000);
    const struct candidate *found = searched.engine.archive.goals[9];
    CHECK(found != NULL);
    CHECK_INT(found->target, SAMPLE_PUT);
    CHECK_INT(found->program.statements[0].callable, SAMPLE_BOX);
    CHECK(found->program.count >= 4);
    end(&searched);
}

TEST(search_keeps_to_its_share_of_the_budget)
{
    struct searched searched;
    search_sample(&searched, 1, 2000);
    uint64_t slack = 1600; /* what one turn of one callable takes */
    CHECK(searched.engine.guest.executions <= 1200 + slack);
    CHECK(!searched.engine.cut);
    end(&searched);
}

/* What the archive holds, and what the search comes by from then on. */
static void write_archive(struct engine *engine, struct buf *out)
{
    enum { ROOM = 300 };
    const struct candidate *list[ROOM];
    struct haul haul = {.list = list, .max = ROOM};
    struct error err = {};
    for (uint32_t i = 0; i < engine->subject.callable_count; i++)
        for (uint32_t k = 0; k < engine->archive.lists[i].count; k++)
            program_write(out, &engine->archive.lists[i].candidates[k]->program);
    arena_init(&haul.arena, SIZE_MAX);
    CHECK_OK(search_more(engine, SAMPLE_PICK, 200, NULL, 0, &haul, &err), err);
    for (uint32_t i = 0; i < haul.count; i++)
        program_write(out, &haul.list[i]->program);
    arena_done(&haul.arena);
}

TEST(search_finds_the_same_for_the_same_seed)
{
    auto_buf struct buf first, second, other;
    buf_init(&first, 8 << 20);
    buf_init(&second, 8 << 20);
    buf_init(&other, 8 << 20);
    struct searched searched;
    search_sample(&searched, 7, 5000);
    write_archive(&searched.engine, &first);
    end(&searched);
    search_sample(&searched, 7, 5000);
    write_archive(&searched.engine, &second);
    end(&searched);
    search_sample(&searched, 8, 5000);
    write_archive(&searched.engine, &other);
    end(&searched);
    CHECK(first.len > 0 && str_equal(buf_str(&first), buf_str(&second)));
    CHECK(!str_equal(buf_str(&first), buf_str(&other)));
}

TEST(search_learns_that_an_annotated_type_fits)
{
    struct searched searched;
    search_sample(&searched, 3, 5000);
    const struct belief *belief = belief_of(&searched.engine.search->beliefs, SAMPLE_PICK, 0);
    CHECK_INT(belief->arms[belief_rank(belief, 0)].type->kind, TYPE_INT);
    CHECK(belief->arms[0].good > belief->arms[0].bad);
    end(&searched);
}

TEST(search_more_stays_within_what_it_is_given)
{
    struct searched searched;
    struct error err = {};

    enum { ROOM = 1000 };
    const struct candidate *list[ROOM];
    struct haul haul = {.list = list, .max = ROOM};
    arena_init(&haul.arena, SIZE_MAX);
    search_sample(&searched, 3, 2000);
    uint64_t before = searched.engine.guest.executions;
    CHECK_OK(search_more(&searched.engine, SAMPLE_PICK, 100, NULL, 0, &haul, &err), err);
    CHECK(haul.count > 0);
    for (uint32_t i = 0; i < haul.count; i++)
        CHECK_INT(list[i]->target, SAMPLE_PICK);
    arena_done(&haul.arena);
    CHECK(searched.engine.guest.executions > before);
    CHECK(searched.engine.guest.executions <= before + 100 + BATCH_MAX);
    end(&searched);
}

TEST(search_ends_with_an_error_when_the_guest_is_gone)
{
    struct searched searched;
    struct error err = {};
    search_sample(&searched, 3, 2000);
    guest_close(&searched.engine.guest);
    usleep(1000);
    CHECK(!search_more(&searched.engine, SAMPLE_PICK, 5000, NULL, 0, NULL, &err));
    CHECK_INT(err.kind, ERROR_INTERRUPTED);
    end(&searched);
}

static bool picks(const struct haul *haul, int64_t number)
{
    for (uint32_t i = 0; i < haul->count; i++) {
        const struct statement *call = &haul->list[i]->program.statements[0];
        if (call->argument_count > 0 && call->arguments[0].value->kind == VALUE_INT &&
            call->arguments[0].value->integer == number)
            return true;
    }
    return false;
}

TEST(search_shows_constants_again_though_the_archive_saw_nothing_new_in_them)
{
    enum { ROOM = 500, CONSTANT = 12 };
    const struct candidate *list[ROOM];
    const uint32_t line = 1;
    struct haul haul = {.list = list, .max = ROOM};
    struct error err = {};
    struct searched searched;
    search_sample(&searched, 1, 5000);
    arena_init(&haul.arena, SIZE_MAX);
    CHECK_OK(search_again(&searched.engine, SAMPLE_PICK, &line, 1, &haul, &err), err);
    CHECK(picks(&haul, CONSTANT));
    CHECK(haul.count < ROOM);
    arena_done(&haul.arena);
    end(&searched);
}
