#include "testgen/archive.h"

#include "tests/test.h"
#include "tests/unit/testgen/sample.h"

struct kit {
    struct arena arena;
    struct subject subject;
    struct archive archive;
};

static void kit_done(struct kit *kit)
{
    arena_done(&kit->arena);
}

#define auto_kit __attribute__((cleanup(kit_done)))

static void set_up(struct kit *kit)
{
    struct error err = {};
    arena_init(&kit->arena, 64 << 20);
    CHECK_OK(subject_read(&kit->arena, sample_description(&kit->arena), &kit->subject, &err), err);
    archive_init(&kit->archive, &kit->arena, &kit->subject);
}

/* pick(number) */
static struct program call(struct kit *kit, int64_t number)
{
    struct argument *argument = arena_alloc(&kit->arena, sizeof *argument);
    struct statement *statement = arena_alloc(&kit->arena, sizeof *statement);
    argument->value = value_int(&kit->arena, number);
    *statement = (struct statement){.arguments = argument, .argument_count = 1};
    return (struct program){.statements = statement, .count = 1};
}

/* Shows the archive a call of pick(number) that went this way. */
static bool add(struct kit *kit, int64_t number, struct trace trace)
{
    struct program program = call(kit, number);
    return archive_add(&kit->archive, SAMPLE_PICK, &program, &trace);
}

static struct trace way(uint64_t digest, const uint16_t *hits, uint32_t count)
{
    return (struct trace){.digest = digest, .hits = hits, .hit_count = count};
}

static const uint16_t low[] = {0, 2}, high[] = {0, 2, 3};

TEST(archive_keeps_the_simplest_way_to_a_goal)
{
    auto_kit struct kit kit;
    set_up(&kit);
    CHECK(add(&kit, 123456, way(1, low, 2)));
    CHECK_INT(kit.archive.covered, 2);
    CHECK(!add(&kit, 1, way(1, low, 2))); /* simpler, and no news */
    CHECK_INT(kit.archive.goals[2]->program.statements[0].arguments[0].value->integer, 1);
    CHECK_INT(kit.archive.lists[SAMPLE_PICK].count, 1);
    CHECK_INT(kit.archive.lists[SAMPLE_PICK].candidates[0]->weight, kit.archive.goals[2]->weight);
    CHECK(add(&kit, 7777, way(2, high, 3)));
    CHECK_INT(kit.archive.covered, 3);
    CHECK_INT(kit.archive.goals[2]->program.statements[0].arguments[0].value->integer, 1);
}

TEST(archive_prefers_what_ends_well)
{
    auto_kit struct kit kit;
    set_up(&kit);
    struct trace raised = way(1, low, 2);
    raised.status = RUN_RAISED;
    raised.origin = ORIGIN_OPERATION;
    CHECK(add(&kit, 1, raised));
    add(&kit, 123456, way(2, low, 2));
    CHECK_INT(kit.archive.goals[0]->status, RUN_DONE);
}

TEST(archive_takes_no_call_that_does_not_fit_or_dies)
{
    auto_kit struct kit kit;
    set_up(&kit);
    struct trace trace = way(1, low, 2);
    trace.status = RUN_RAISED;
    trace.origin = ORIGIN_ARGUMENT;
    CHECK(!add(&kit, 1, trace));
    trace.origin = ORIGIN_NONE;
    trace.status = RUN_DIED;
    CHECK(!add(&kit, 1, trace));
    trace.status = RUN_CLOCK;
    CHECK(!add(&kit, 1, trace));
    trace.status = RUN_FUEL;
    CHECK(!add(&kit, 1, trace));
    CHECK_INT(kit.archive.covered, 0);
    CHECK_INT(kit.archive.lists[SAMPLE_PICK].count, 0);
    CHECK(kit.archive.hangs[SAMPLE_PICK] == NULL);
}

TEST(archive_keeps_the_lightest_call_that_does_not_end)
{
    auto_kit struct kit kit;
    set_up(&kit);
    struct trace trace = way(1, low, 2);
    trace.status = RUN_FUEL;
    for (int i = 0; i < 3; i++) {
        static const int64_t numbers[] = {1000000, 1, 500};
        struct program program = call(&kit, numbers[i]);
        archive_add_hang(&kit.archive, SAMPLE_PICK, &program, &trace);
    }
    const struct candidate *hang = kit.archive.hangs[SAMPLE_PICK];
    CHECK(hang != NULL && hang->program.statements->arguments->value->integer == 1);
}

TEST(archive_tells_inputs_of_one_outcome_apart_by_their_fuel)
{
    auto_kit struct kit kit;
    set_up(&kit);
    struct trace trace = way(7, low, 2);
    for (uint32_t i = 0; i < 100; i++) {
        trace.fuel = i;
        CHECK_INT(add(&kit, 5, trace), i == 0); /* only the first is news */
    }
    CHECK(kit.archive.lists[SAMPLE_PICK].count > 10);
    CHECK(kit.archive.lists[SAMPLE_PICK].count < 50);
}

TEST(archive_gives_rare_ways_the_room_of_crowded_ones)
{
    auto_kit struct kit kit;
    set_up(&kit);
    for (uint64_t i = 0; i < ARCHIVE_PER_CALLABLE; i++)
        CHECK(add(&kit, 1000000, way(i + 1, low, 2)));
    CHECK_INT(kit.archive.lists[SAMPLE_PICK].count, ARCHIVE_PER_CALLABLE);
    CHECK(!add(&kit, 1000001, way(5000, low, 2)));
    CHECK(add(&kit, 1, way(5001, low, 2))); /* lighter than the heaviest of its way */
    CHECK(add(&kit, 1000000, way(6000, high, 3)));
    CHECK(add(&kit, 1000000, way(6001, high, 3)));
    CHECK_INT(kit.archive.lists[SAMPLE_PICK].count, ARCHIVE_PER_CALLABLE);
}

TEST(archive_keeps_few_failures_of_one_kind)
{
    auto_kit struct kit kit;
    set_up(&kit);
    struct trace trace = way(0, low, 2);
    trace.status = RUN_RAISED;
    trace.origin = ORIGIN_OPERATION;
    for (uint64_t i = 0; i < 100; i++) {
        trace.digest = i + 1;
        add(&kit, 5, trace);
    }
    CHECK(kit.archive.lists[SAMPLE_PICK].count < 10);
}

TEST(archive_borrows_nothing_from_what_it_is_shown)
{
    auto_kit struct kit kit;
    set_up(&kit);
    uint16_t hits[] = {0, 2};
    add(&kit, 3, way(1, hits, 2));
    hits[0] = hits[1] = 9;
    CHECK_INT(kit.archive.goals[0]->hits[0], 0);
}
