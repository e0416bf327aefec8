/* Run requests as JSON: what is taken, and how the rest is refused. */
#include "model/request_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/test.h"

static struct arena arena;

static struct run_request read_ok(const char *text)
{
    struct run_request request;
    struct error err = {};
    arena_init(&arena, REQUEST_ARENA_BYTES);
    CHECK_OK(request_read(str_from(text), &arena, &request, &err), err);
    return request;
}

static void check_refused(const char *text, const char *why)
{
    struct run_request request;
    struct error err = {};
    auto_arena struct arena room;
    arena_init(&room, REQUEST_ARENA_BYTES);
    CHECK(!request_read(str_from(text), &room, &request, &err));
    CHECK_TEXT(err.text, why);
    CHECK(err.kind == ERROR_USAGE || err.kind == ERROR_LIMIT);
}

TEST(request_read_takes_every_field)
{
    struct run_request request = read_ok(
        "{\"id\":\"x7\",\"code\":\"print(1)\\u0000\",\"language\":\"python\",\"version\":\"3.11\","
        "\"args\":[\"a\",\"\"],\"stdin\":\"in\\u0000put\",\"cwd\":\"sub\",\"image\":\"mine\","
        "\"files\":[{\"name\":\"a\",\"content\":\"A\"},{\"encoding\":\"base64\",\"name\":\"b\","
        "\"content\":\"AP8=\"},{\"name\":\"c\",\"content\":\"C\",\"encoding\":\"text\"}],"
        "\"inputs\":[{\"path\":\"/data\",\"name\":\"d\"}],\"env\":{\"B\":\"2\",\"A\":\"=\"},"
        "\"profile\":\"snippet\",\"limits\":{\"wall_ms\":7,\"cpus\":0.25,\"memory_bytes\":2097152},"
        "\"compile_limits\":{\"wall_ms\":9},\"accept_missing\":[\"memory\",\"cpu_ms\"],"
        "\"network\":\"loopback\",\"out\":[\"*.png\",\"" BOX_WORK
        "/a\"],\"cold\":true,\"explain\":true}");
    CHECK_TEXT(request.id, "x7");
    CHECK(request.has_code && str_equal(request.code, STR("print(1)\0")));
    CHECK_TEXT(request.language, "python");
    CHECK_TEXT(request.version, "3.11");
    CHECK_INT(request.args.count, 2);
    CHECK_TEXT(request.args.list[0], "a");
    CHECK_TEXT(request.args.list[1], "");
    CHECK(str_equal(request.input, STR("in\0put")));
    CHECK_TEXT(request.cwd, "sub");
    CHECK_TEXT(request.image, "mine");
    CHECK_INT(request.file_count, 3);
    CHECK_TEXT(request.files[1].name, "b");
    CHECK(str_equal(request.files[1].content, STR("\0\xff")));
    CHECK(str_is(request.files[2].content, "C"));
    CHECK(request.files[0].path == NULL);
    CHECK_INT(request.input_count, 1);
    CHECK_TEXT(request.inputs[0].path, "/data");
    CHECK_TEXT(request.inputs[0].name, "d");
    CHECK_INT(request.env.count, 2);
    CHECK_TEXT(request.env.list[0], "B=2");
    CHECK_TEXT(request.env.list[1], "A==");
    CHECK_TEXT(request.profile->name, "snippet");
    CHECK_INT(request.limits.value[LIMIT_WALL], 7);
    CHECK_INT(request.limits.value[LIMIT_CPUS], 250);
    CHECK_INT(request.limits.value[LIMIT_MEMORY], 2 << 20);
    CHECK_INT(request.limits.value[LIMIT_CPU], 5000); /* of the profile */
    CHECK_INT(request.limits.named, 1 << LIMIT_WALL | 1 << LIMIT_CPUS | 1 << LIMIT_MEMORY);
    CHECK_INT(request.compile_limits.value[LIMIT_WALL], 9);
    CHECK_INT(request.compile_limits.value[LIMIT_CPU], 60000);
    CHECK_INT(request.accept_missing, 1 << LIMIT_MEMORY | 1 << LIMIT_CPU);
    CHECK_INT(request.network, NETWORK_LOOPBACK);
    CHECK_INT(request.out_count, 2);
    CHECK_TEXT(request.outs[0].glob, "*.png");
    CHECK_TEXT(request.outs[1].glob, "a");
    CHECK(request.cold && request.explain);
    arena_done(&arena);
}

TEST(request_read_leaves_out_what_is_not_said)
{
    struct run_request request = read_ok("{\"command\":[\"/bin/true\"]}");
    CHECK_INT(request.command.count, 1);
    CHECK(!request.has_code && !request.cold && !request.explain);
    CHECK(request.id == NULL && request.language == NULL && request.cwd == NULL &&
          request.image == NULL && request.entry == NULL && request.source_path == NULL);
    CHECK_TEXT(request.profile->name, "default");
    CHECK_INT(request.limits.named, 0);
    CHECK_INT(request.network, NETWORK_NONE);
    arena_done(&arena);
}

TEST(request_read_names_the_field_that_is_wrong)
{
    check_refused("[]", "a request is a JSON object");
    check_refused("{\"comand\":[]}", "unknown field 'comand'");
    check_refused("{\"source_path\":\"/etc/shadow\"}", "unknown field 'source_path'");
    check_refused("{\"code\":1}", "field 'code' must be a string, not a number");
    check_refused("{\"code\":\"a\",\"code\":\"b\"}",
                  "line 1, column 20: the key 'code' stands twice in one object");
    check_refused("{\"command\":\"/bin/true\"}", "field 'command' must be an array, not a string");
    check_refused("{\"args\":[\"a\",null]}", "args[1]: the value must be a string, not null");
    check_refused("{\"args\":[\"a\\u0000\"]}", "args[0]: the value holds a NUL character");
    check_refused("{\"cwd\":\"a\\u0000\"}", "field 'cwd' holds a NUL character");
    check_refused("{\"cold\":\"yes\"}", "field 'cold' must be true or false, not a string");
    check_refused("{\"network\":\"host\"}", "field 'network' must be \"none\" or \"loopback\"");
    check_refused("{\"profile\":\"big\\u001b[0m\"}", "there is no profile 'big\\x1b[0m'");
    check_refused("{\"profile\":5}", "field 'profile' must be a string, not a number");
    check_refused("{\"out\":[7]}", "out[0]: the value must be a string, not a number");
    check_refused("{\"accept_missing\":[\"memory\",\"mem\"]}",
                  "accept_missing[1]: there is no limit 'mem'");
}

TEST(request_read_names_the_place_in_lists_and_objects)
{
    check_refused("{\"files\":[{\"name\":\"a\"}]}", "files[0]: field 'content' is missing");
    check_refused("{\"files\":[{\"name\":\"a\",\"content\":\"\"},{\"content\":\"\"}]}",
                  "files[1]: field 'name' is missing");
    check_refused("{\"files\":[{\"name\":\"a\",\"content\":\"\",\"mode\":1}]}",
                  "files[0]: unknown field 'mode'");
    check_refused("{\"files\":[{\"name\":\"a\",\"content\":\"!\",\"encoding\":\"base64\"}]}",
                  "files[0]: field 'content' is not base64");
    check_refused("{\"files\":[{\"name\":\"a\",\"content\":\"\",\"encoding\":\"gzip\"}]}",
                  "files[0]: field 'encoding' must be \"text\" or \"base64\"");
    check_refused("{\"files\":[{\"name\":\"a\\u0000\",\"content\":\"\"}]}",
                  "files[0]: field 'name' holds a NUL character");
    check_refused("{\"inputs\":[{\"path\":\"/\"}]}", "inputs[0]: field 'name' is missing");
    check_refused("{\"inputs\":[\"/\"]}", "inputs[0]: the value must be an object, not a string");
    check_refused("{\"env\":{\"A\":1}}", "env: field 'A' must be a string, not a number");
    check_refused("{\"env\":{\"A\":\"\\u0000\"}}", "env: field 'A' holds a NUL character");
    check_refused("{\"env\":{\"A=B\":\"\"}}",
                  "field 'env' names a variable by more than letters, digits, '_', '.' and '-', or "
                  "by a digit first");
    check_refused("{\"env\":{\"\":\"\"}}",
                  "field 'env' names a variable by more than letters, digits, '_', '.' and '-', or "
                  "by a digit first");
}

/* The ranges are those of the table that the options have too. */
TEST(request_read_checks_limits_by_the_table)
{
    check_refused("{\"limits\":{\"wall\":1}}", "limits: unknown field 'wall'");
    check_refused("{\"limits\":{\"wall_ms\":\"5s\"}}",
                  "limits: field 'wall_ms' must be a number, not a string");
    check_refused("{\"limits\":{\"wall_ms\":0}}",
                  "limits: field 'wall_ms': limit wall must be from 1 ms to 24 h");
    check_refused("{\"limits\":{\"wall_ms\":1.5}}",
                  "limits: field 'wall_ms' must be a whole number from 1 to 86400000");
    check_refused("{\"compile_limits\":{\"processes\":-1}}",
                  "compile_limits: field 'processes': limit processes must be from 1 to 30000");
    check_refused("{\"limits\":{\"cpus\":1e300}}", "limits: field 'cpus' is far too large");
    check_refused("{\"limits\":{\"cpus\":0.001}}",
                  "limits: field 'cpus': limit cpus must be from 0.01 to 1024");
    check_refused("{\"limits\":[]}", "limits: field 'limits' must be an object, not an array");
}

/* Bounded in what it reads and in what it makes of it: the arena is never asked for more. */
TEST(request_read_refuses_what_is_too_large_or_has_too_many_parts)
{
    enum { PARTS = 3000000 };

    struct run_request request;
    struct error err = {};
    auto_arena struct arena room;
    arena_init(&room, REQUEST_ARENA_BYTES);
    auto_buf struct buf text;
    buf_init(&text, 64 << 20);
    buf_add_text(&text, "{\"args\":[\"\"");
    for (int i = 0; i < PARTS; i++)
        buf_add_text(&text, ",\"\"");
    buf_add_text(&text, "]}");
    CHECK(!request_read(buf_str(&text), &room, &request, &err));
    CHECK_INT(err.kind, ERROR_LIMIT);
    buf_clear(&text);
    buf_add_text(&text, "{\"code\":\"");
    memset(buf_extend(&text, REQUEST_BYTES_MAX), 'a', REQUEST_BYTES_MAX);
    buf_add_text(&text, "\"}");
    CHECK(!request_read(buf_str(&text), &room, &request, &err));
    CHECK_INT(err.kind, ERROR_LIMIT);
}

/* Each size of list up to where the arena says no: none of them may end the process. */
TEST_LASTING(request_read_fits_lists_of_any_length_into_the_arena, 60)
{
    for (int parts = 300000; parts < 700000; parts += 19997) {
        struct run_request request;
        struct error err = {};
        auto_arena struct arena room;
        arena_init(&room, REQUEST_ARENA_BYTES);
        auto_buf struct buf text;
        buf_init(&text, REQUEST_BYTES_MAX);
        buf_add_text(&text, "{\"env\":{\"A\":\"\"");
        for (int i = 0; i < parts; i++)
            buf_printf(&text, ",\"A%d\":\"\"", i);
        buf_add_text(&text, "}}");
        CHECK(!text.over);
        if (!request_read(buf_str(&text), &room, &request, &err))
            CHECK_INT(err.kind, ERROR_LIMIT);
        else
            CHECK_INT(request.env.count, parts + 1);
    }
}
