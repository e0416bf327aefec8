#include "proof/suite_read.h"

#include <stdio.h>

#include "base/mem.h"
#include "tests/test.h"

#define FACTS                                                                                      \
    "\"module\":\"m\",\"path\":\"m.py\",\"digest\":\"d\",\"runtime\":\"r\",\"lines\":3,"           \
    "\"seed\":1,\"executions\":2,\"cut\":false,"
#define LISTS                                                                                      \
    "\"callables\":[{\"name\":\"f\",\"line\":1,\"end\":2,\"test\":true}],"                         \
    "\"goals\":[{\"callable\":0,\"line\":1,\"kind\":\"entry\",\"text\":\"\"}],"                    \
    "\"mutants\":[{\"callable\":-1,\"line\":1,\"operator\":\"o\",\"before\":\"a\","                \
    "\"after\":\"b\",\"fate\":\"killed\"}],\"targets\":[{\"callable\":0,\"why\":\"\"}],"           \
    "\"suspicions\":[],\"rejections\":[],"

static const char block_format[] =
    "{" FACTS LISTS "\"blocks\":[{\"name\":\"%s\",\"callable\":%s,\"imports\":[\"import m\"],"
    "\"head\":[\"%s\"],\"tail\":[],\"cases\":[{\"id\":\"\",\"line\":\"\",\"goals\":[%s],"
    "\"kills\":[%s]}]}]}";

static bool read_block(const char *name, const char *callable, const char *head, const char *goals,
                       const char *kills, struct error *err)
{
    auto_arena struct arena arena;
    struct test_suite suite;
    auto_free char *text = mem_text(block_format, name, callable, head, goals, kills);
    arena_init(&arena, 1 << 20);
    return suite_read(&arena, str_from(text), &suite, err);
}

TEST(suite_read_takes_what_the_engine_writes)
{
    auto_arena struct arena arena;
    struct test_suite suite;
    struct error err = {};
    auto_free char *text = mem_text(block_format, "test_f", "0", "def test_f():", "0", "0");
    arena_init(&arena, 1 << 20);
    CHECK_OK(suite_read(&arena, str_from(text), &suite, &err), err);
    CHECK_INT(suite.block_count, 1);
    CHECK(str_is(suite.blocks[0].name, "test_f"));
    CHECK_INT(suite.blocks[0].case_count, 1);
    test_suite_credit(&suite);
    CHECK(suite.goals[0].covered && suite.mutants[0].killed);
    suite.blocks[0].cases[0].fate = CASE_FLAKY;
    test_suite_credit(&suite);
    CHECK(!suite.goals[0].covered && !suite.mutants[0].killed);
}

TEST(suite_read_refuses_indexes_that_point_to_nothing)
{
    struct error err = {};
    CHECK(read_block("test_f", "0", "x", "0", "0", &err));
    CHECK(!read_block("test_f", "1", "x", "0", "0", &err));
    CHECK(!read_block("test_f", "-1", "x", "0", "0", &err));
    CHECK(!read_block("test_f", "0", "x", "1", "0", &err));
    CHECK(!read_block("test_f", "0", "x", "0", "-1", &err));
    CHECK(!read_block("test_f", "0", "x", "0.5", "0", &err));
    CHECK_INT(err.kind, ERROR_INPUT);
}

TEST(suite_read_refuses_names_that_are_none_and_lines_that_are_two)
{
    struct error err = {};
    CHECK(!read_block("f", "0", "x", "0", "0", &err));
    CHECK(!read_block("test_../../x", "0", "x", "0", "0", &err));
    CHECK(!read_block("test_a b", "0", "x", "0", "0", &err));
    CHECK(!read_block("test_f", "0", "a\\nb", "0", "0", &err));
    CHECK(!read_block("test_f", "0", "a\\rb", "0", "0", &err));
    CHECK(!read_block("test_f", "0", "a\\u0000b", "0", "0", &err));
}
