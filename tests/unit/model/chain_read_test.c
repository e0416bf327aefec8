/* Chains as JSON: what is taken, and which part of what is refused is named. */
#include "model/chain_read.h"

#include <stdlib.h>

#include "tests/test.h"

static struct arena arena;

static struct chain_request read_ok(const char *text)
{
    struct chain_request request;
    struct error err = {};
    arena_init(&arena, REQUEST_ARENA_BYTES);
    CHECK_OK(chain_read(str_from(text), &arena, &request, &err), err);
    return request;
}

static void check_refused(const char *text, const char *why)
{
    struct chain_request request;
    struct error err = {};
    auto_arena struct arena room;
    arena_init(&room, REQUEST_ARENA_BYTES);
    CHECK(!chain_read(str_from(text), &room, &request, &err));
    CHECK_TEXT(err.text, why);
}

TEST(chain_read_takes_one_request_as_it_is)
{
    struct chain_request request = read_ok("{\"id\":\"x\",\"command\":[\"true\"]}");
    CHECK_INT(request.kind, CHAIN_ALONE);
    CHECK_INT(request.count, 1);
    CHECK_TEXT(request.id, "x");
    CHECK_TEXT(request.parts[0].request.command.list[0], "true");
    CHECK(!request.parts[0].request.carried);
    arena_done(&arena);
}

TEST(chain_read_takes_steps_of_which_all_but_the_first_are_carried)
{
    struct chain_request request = read_ok(
        "{\"steps\":[{\"command\":[\"a\"],\"may_fail\":true,\"id\":\"one\"},{\"entry\":\"b.py\"}],"
        "\"id\":\"all\"}");
    CHECK_INT(request.kind, CHAIN_STEPS);
    CHECK_INT(request.count, 2);
    CHECK_TEXT(request.id, "all");
    CHECK_TEXT(request.parts[0].request.id, "one");
    CHECK(request.parts[0].may_fail && !request.parts[1].may_fail);
    CHECK(!request.parts[0].request.carried && request.parts[1].request.carried);
    arena_done(&arena);
}

TEST(chain_read_takes_pipes_and_rings)
{
    struct chain_request request =
        read_ok("{\"pipes\":[{\"command\":[\"a\"],\"stdin\":\"x\"},{\"command\":[\"b\"]}]}");
    CHECK_INT(request.kind, CHAIN_PIPES);
    CHECK(!request.ring && !request.parts[1].request.carried);
    arena_done(&arena);
    request = read_ok("{\"ring\":true,\"pipes\":[{\"command\":[\"a\"]},{\"command\":[\"b\"]}]}");
    CHECK(request.ring);
    arena_done(&arena);
}

TEST(chain_read_names_the_part_that_is_wrong)
{
    check_refused("{\"steps\":[{\"command\":[\"a\"]},{\"limits\":{\"wall\":1}}]}",
                  "steps[1]: limits: unknown field 'wall'");
    check_refused("{\"steps\":[{\"pipes\":[]}]}", "steps[0]: a part of a chain is no chain itself");
    check_refused("{\"steps\":[]}", "field 'steps' has 0 parts; it takes from 1 to 64");
    check_refused("{\"steps\":7}", "field 'steps' must be an array, not a number");
    check_refused("{\"pipes\":[{}]}", "field 'pipes' has 1 parts; it takes from 2 to 16");
    check_refused("{\"pipes\":[],\"steps\":[]}", "a request has 'steps' or 'pipes', not both");
    check_refused("{\"steps\":[{}],\"ring\":false}", "field 'ring' goes with 'pipes' only");
    check_refused("{\"steps\":[{}],\"env\":{}}", "unknown field 'env'");
    check_refused("{\"steps\":[{}],\"id\":7}", "field 'id' must be a string, not a number");
    check_refused("{\"pipes\":[{\"may_fail\":true},{}]}", "pipes[0]: unknown field 'may_fail'");
    check_refused("{\"pipes\":[{},{\"stdin\":\"x\"}]}",
                  "pipes[1]: field 'stdin': it reads what another one of the pipes writes");
    check_refused("{\"ring\":true,\"pipes\":[{\"stdin\":\"x\"},{}]}",
                  "pipes[0]: field 'stdin': it reads what another one of the pipes writes");
    check_refused("[]", "a request is a JSON object");
}
