#include "testgen/hang.h"

#include <unistd.h>

#include "tests/test.h"
#include "tests/unit/testgen/sample.h"

struct kit {
    struct engine engine;
    struct engine_options options;
    struct arena keep;
};

static void open_kit(struct kit *kit)
{
    struct error err = {};
    struct engine *engine = &kit->engine;
    arena_init(&kit->keep, 64 << 20);
    kit->options = (struct engine_options){.seed = 1, .executions = 1000};
    *engine = (struct engine){
        .options = &kit->options, .keep = &kit->keep, .guest = {.channel = sample_guest()}};
    CHECK_OK(guest_open(&engine->guest, &kit->options.open, engine->keep, &engine->subject, &err),
             err);
    archive_init(&engine->archive, engine->keep, &engine->subject);
}

static void close_kit(struct kit *kit)
{
    guest_close(&kit->engine.guest);
    close(kit->engine.guest.channel);
    arena_done(&kit->keep);
}

#define auto_kit __attribute__((cleanup(close_kit)))

static struct program pick(struct kit *kit, int64_t number, const char *word)
{
    struct argument *arguments = arena_alloc(&kit->keep, 2 * sizeof *arguments);
    struct statement *statement = arena_alloc(&kit->keep, sizeof *statement);
    arguments[0].value = value_int(&kit->keep, number);
    arguments[1].value = sample_text(&kit->keep, word);
    *statement =
        (struct statement){.callable = SAMPLE_PICK, .arguments = arguments, .argument_count = 2};
    return (struct program){.statements = statement, .count = 1};
}

/* What is told when this call was seen to run out of fuel. */
static struct program hang_of(struct kit *kit, int64_t number, const char *word)
{
    struct error err = {};
    struct program program = pick(kit, number, word), found = {};
    struct trace trace = {.status = RUN_FUEL, .fuel = engine_fuel(&kit->engine)};
    archive_add_hang(&kit->engine.archive, SAMPLE_PICK, &program, &trace);
    CHECK_OK(hang_find(&kit->engine, SAMPLE_PICK, &found, &err), err);
    return found;
}

TEST(hang_is_told_by_the_simplest_call_that_does_not_end)
{
    auto_kit struct kit kit;
    open_kit(&kit);
    struct program found = hang_of(&kit, 46312, "spin"), simplest = pick(&kit, 1, "spin");
    CHECK(program_equal(&found, &simplest));
}

TEST(hang_is_none_where_a_large_number_only_takes_long)
{
    auto_kit struct kit kit;
    open_kit(&kit);
    CHECK_INT(hang_of(&kit, 4631200, "long").count, 0);
}

TEST(hang_is_none_where_more_fuel_is_enough)
{
    auto_kit struct kit kit;
    open_kit(&kit);
    CHECK_INT(hang_of(&kit, 500, "steep").count, 0);
}

TEST(hang_is_none_where_nothing_ran_out_of_fuel)
{
    auto_kit struct kit kit;
    struct error err = {};
    struct program found = {.count = 9};
    open_kit(&kit);
    CHECK_OK(hang_find(&kit.engine, SAMPLE_PICK, &found, &err), err);
    CHECK_INT(found.count, 0);
}

TEST(hang_is_believed_of_small_values_only)
{
    auto_kit struct kit kit;
    open_kit(&kit);
    struct program small = pick(&kit, -1000, "spin"), large = pick(&kit, 1001, "spin");
    CHECK(hang_is_small(&small));
    CHECK(!hang_is_small(&large));
}
