#include "testgen/simpler.h"

#include "tests/test.h"

enum { MAX = 200 };

struct kit {
    struct arena arena;
    struct program list[MAX];
    uint32_t count;
};

static void kit_done(struct kit *kit)
{
    arena_done(&kit->arena);
}

#define auto_kit __attribute__((cleanup(kit_done)))

/* f(value) and what is simpler */
static void simplify(struct kit *kit, struct str name, const struct value *value)
{
    struct argument *argument = arena_alloc(&kit->arena, sizeof *argument);
    struct statement *statement = arena_alloc(&kit->arena, sizeof *statement);
    *argument = (struct argument){.name = name, .value = value};
    *statement = (struct statement){.arguments = argument, .argument_count = 1};
    struct program program = {.statements = statement, .count = 1};
    kit->count = simpler_programs(&kit->arena, &program, kit->list, MAX);
}

static bool gives(const struct kit *kit, const struct value *value)
{
    for (uint32_t i = 0; i < kit->count; i++)
        if (kit->list[i].statements->argument_count == 1 &&
            value_equal(kit->list[i].statements->arguments->value, value))
            return true;
    return false;
}

static const struct value *text(struct kit *kit, const char *string)
{
    return value_text(&kit->arena, str_from(string));
}

TEST(simpler_numbers_are_nearer_to_nothing)
{
    auto_kit struct kit kit = {};
    arena_init(&kit.arena, 1 << 20);
    simplify(&kit, STR(""), value_int(&kit.arena, 8));
    CHECK(gives(&kit, value_int(&kit.arena, 0)));
    CHECK(gives(&kit, value_int(&kit.arena, 4)));
    CHECK(gives(&kit, value_int(&kit.arena, 7)));
    CHECK(!gives(&kit, value_int(&kit.arena, 8)));
    CHECK(!gives(&kit, value_int(&kit.arena, 10)));
}

TEST(simpler_texts_lack_a_piece_or_are_plainer)
{
    auto_kit struct kit kit = {};
    arena_init(&kit.arena, 1 << 20);
    simplify(&kit, STR(""), text(&kit, "x+(y"));
    CHECK(gives(&kit, text(&kit, "")));
    CHECK(gives(&kit, text(&kit, "x+")));
    CHECK(gives(&kit, text(&kit, "x+y")));
    CHECK(gives(&kit, text(&kit, "xa(y")));
    CHECK(!gives(&kit, text(&kit, "x+(y")));
}

TEST(simpler_containers_lack_items_and_have_simpler_ones)
{
    auto_kit struct kit kit = {};
    arena_init(&kit.arena, 1 << 20);
    const struct value *items[] = {text(&kit, "k"), value_int(&kit.arena, 5)};
    const struct value *plain[] = {text(&kit, "k"), value_int(&kit.arena, 0)};
    simplify(&kit, STR(""), value_many(&kit.arena, VALUE_DICT, items, 2));
    CHECK(gives(&kit, value_many(&kit.arena, VALUE_DICT, NULL, 0)));
    CHECK(gives(&kit, value_many(&kit.arena, VALUE_DICT, plain, 2)));
}

TEST(simpler_programs_leave_out_options_and_statements)
{
    auto_kit struct kit kit = {};
    arena_init(&kit.arena, 1 << 20);
    struct argument option = {.name = STR("deep"), .value = value_none()};
    struct statement statements[] = {{.callable = 1}, {.arguments = &option, .argument_count = 1}};
    struct program program = {.statements = statements, .count = 2};
    kit.count = simpler_programs(&kit.arena, &program, kit.list, MAX);
    CHECK_INT(kit.count, 2);
    CHECK_INT(kit.list[0].count, 1);
    CHECK_INT(kit.list[1].count, 2);
    CHECK_INT(kit.list[1].statements[1].argument_count, 0);
}

TEST(simpler_programs_are_no_more_than_there_is_room_for)
{
    auto_kit struct kit kit = {};
    arena_init(&kit.arena, 1 << 20);
    struct argument argument = {.value = text(&kit, "abcdefghijkl")};
    struct statement statement = {.arguments = &argument, .argument_count = 1};
    struct program program = {.statements = &statement, .count = 1};
    CHECK_INT(simpler_programs(&kit.arena, &program, kit.list, 3), 3);
}
