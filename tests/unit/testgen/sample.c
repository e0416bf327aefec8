#include "tests/unit/testgen/sample.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "testgen/marshal.h"
#include "tests/test.h"

const struct value *sample_text(struct arena *arena, const char *text)
{
    return value_text(arena, str_from(text));
}

const struct value *sample_dict(struct arena *arena, size_t count,
                                const struct value *const *entries)
{
    return value_many(arena, VALUE_DICT, entries, count);
}

const struct value *sample_tuple(struct arena *arena, size_t count,
                                 const struct value *const *items)
{
    return value_many(arena, VALUE_TUPLE, items, count);
}

#define T(text) sample_text(arena, text)
#define I(number) value_int(arena, number)

/* ---- the description ----------------------------------------------------------------------- */

static const struct value *parameter(struct arena *arena, const char *name, const char *type,
                                     bool optional)
{
    return DICT(arena, T("name"), T(name), T("kind"), T("plain"), T("optional"),
                value_bool(optional), T("annotated"), value_bool(true), T("types"),
                TUPLE(arena, TUPLE(arena, TUPLE(arena, T(type)), value_float(arena, 1))));
}

static const struct value *callable(struct arena *arena, const char *name, const char *kind,
                                    int64_t owner, const struct value *params)
{
    return DICT(arena, T("name"), T(name), T("qual"), T(name), T("kind"), T(kind), T("owner"),
                I(owner), T("line"), I(1), T("end"), I(9), T("public"), value_bool(true), T("test"),
                value_bool(true), T("params"), params);
}

static const struct value *goal(struct arena *arena, int64_t owner, int64_t kind, int64_t parent)
{
    return TUPLE(arena, I(owner), I(2), I(kind), I(parent), T("text"));
}

static const struct value *callables(struct arena *arena)
{
    return TUPLE(arena,
                 callable(arena, "pick", "function", -1,
                          TUPLE(arena, parameter(arena, "number", "int", false),
                                parameter(arena, "word", "str", true))),
                 callable(arena, "Box", "constructor", 0,
                          TUPLE(arena, parameter(arena, "size", "int", false))),
                 callable(arena, "Box.put", "method", 0,
                          TUPLE(arena, parameter(arena, "item", "str", false))));
}

const struct value *sample_description(struct arena *arena)
{
    const struct value *class =
        DICT(arena, T("qual"), T("Box"), T("text"), T("Box"), T("line"), I(5), T("make"),
             TUPLE(arena, I(SAMPLE_BOX)), T("methods"), TUPLE(arena, I(SAMPLE_PUT)));
    const struct value *goals =
        TUPLE(arena, goal(arena, SAMPLE_PICK, 0, -1), goal(arena, SAMPLE_PICK, 1, 0),
              goal(arena, SAMPLE_PICK, 2, 0), goal(arena, SAMPLE_PICK, 1, 2),
              goal(arena, SAMPLE_PICK, 2, 2), goal(arena, SAMPLE_PICK, 1, 3),
              goal(arena, SAMPLE_PICK, 2, 3), goal(arena, SAMPLE_BOX, 0, -1),
              goal(arena, SAMPLE_PUT, 0, -1), goal(arena, SAMPLE_PUT, 1, 8),
              goal(arena, SAMPLE_PUT, 2, 8));
    const struct value *compares =
        TUPLE(arena, TUPLE(arena, I(1), I(2), T("<")), TUPLE(arena, I(3), I(4), T("==")),
              TUPLE(arena, I(5), I(6), T("==")));
    return DICT(arena, T("module"), T("sample"), T("path"), T("sample.py"), T("digest"), T("00"),
                T("runtime"), T("none"), T("lines"), I(9), T("callables"), callables(arena),
                T("classes"), TUPLE(arena, class), T("goals"), goals, T("compares"), compares,
                T("mutants"), value_many(arena, VALUE_LIST, NULL, 0), T("constants"),
                TUPLE(arena, TUPLE(arena, I(SAMPLE_PICK), I(12))));
}

/* ---- running ------------------------------------------------------------------------------- */

struct run {
    struct arena *arena;
    uint8_t hits[32];
    size_t hit_count;
    const struct value *operands[3];
    size_t operand_count;
    int status, origin, puts;
    int64_t fuel;
    const char *exception;
};

/* How long a call goes round: for ever, once for each of the number, or a thousand times. */
static int64_t rounds_of(const struct value *number, const struct value *word)
{
    if (str_is(word->text, "spin"))
        return number->integer > 0 ? INT64_MAX : 0;
    if (str_is(word->text, "long"))
        return number->integer;
    return str_is(word->text, "steep") ? number->integer * 1000 : 0;
}

static bool decide(struct run *run, int compare, bool truth, int goal_true, const struct value *a,
                   const struct value *b)
{
    struct arena *arena = run->arena;
    run->hits[run->hit_count] = (uint8_t)(truth ? goal_true : goal_true + 1);
    run->hit_count += 2;
    run->operands[run->operand_count++] = TUPLE(arena, I(compare), value_bool(truth), a, b);
    return truth;
}

static void run_pick(struct run *run, const struct statement *call)
{
    struct arena *arena = run->arena;
    const struct value *number = NULL, *word = T("");
    for (uint32_t i = 0; i < call->argument_count; i++)
        *(i == 0 ? &number : &word) = call->arguments[i].value;
    run->hits[run->hit_count] = 0;
    run->hit_count += 2;
    if (number == NULL || number->kind != VALUE_INT || word->kind != VALUE_TEXT) {
        run->status = RUN_RAISED;
        run->origin = ORIGIN_ARGUMENT;
        run->exception = "TypeError";
    } else if (rounds_of(number, word) > run->fuel) {
        run->status = RUN_FUEL;
    } else if (decide(run, 0, number->integer < 0, 1, number, I(0))) {
        run->status = RUN_RAISED;
        run->origin = ORIGIN_RAISE;
        run->exception = "ValueError";
    } else if (decide(run, 1, number->integer == 471147, 3, number, I(471147))) {
        decide(run, 2, str_is(word->text, "open sesame"), 5, word, T("open sesame"));
    }
}

static void run_put(struct run *run)
{
    bool last = ++run->puts == 3;
    if (run->puts == 1) {
        run->hits[run->hit_count] = 8;
        run->hits[run->hit_count + 2] = 10;
        run->hit_count += 4;
    }
    if (last) /* goal 9 comes before goal 10 */
        run->hits[run->hit_count - 2] = 9;
}

static const struct value *run_program(struct arena *arena, struct str bytes, int64_t fuel)
{
    struct run run = {.arena = arena, .fuel = fuel};
    struct program program;
    struct error err = {};
    CHECK_OK(program_read(arena, bytes, SAMPLE_CALLABLES, &program, &err), err);
    uint32_t at = 0;
    for (; at < program.count && run.status == RUN_DONE; at++)
        if (program.statements[at].callable == SAMPLE_PICK)
            run_pick(&run, &program.statements[at]);
        else if (program.statements[at].callable == SAMPLE_PUT)
            run_put(&run);
        else if (run.hit_count == 0) {
            run.hits[0] = 7;
            run.hit_count = 2;
        }
    const struct value *hits = value_bytes(arena, str_of(run.hits, run.hit_count));
    return TUPLE(arena, I(run.status), I(at - 1),
                 run.exception != NULL ? T(run.exception) : value_none(), I(run.origin),
                 T("NoneType"), hits,
                 value_many(arena, VALUE_TUPLE, run.operands, run.operand_count),
                 I((int64_t)(value_hash(hits) & INT32_MAX)), I(3));
}

static const struct value *answer(struct arena *arena, const struct value *question)
{
    struct str word = question->items[0]->text;
    if (str_is(word, "open"))
        return TUPLE(arena, T("opened"), sample_description(arena));
    CHECK(str_is(word, "run"));
    const struct value *programs = question->items[4];
    const struct value **results = arena_alloc(arena, (programs->count + 1) * sizeof *results);
    for (size_t i = 0; i < programs->count; i++)
        results[i] = run_program(arena, programs->items[i]->text, question->items[2]->integer);
    return TUPLE(arena, T("ran"), value_many(arena, VALUE_TUPLE, results, programs->count));
}

static bool read_all(int channel, void *place, size_t length)
{
    return length == 0 || recv(channel, place, length, MSG_WAITALL) == (ssize_t)length;
}

static bool serve(int channel)
{
    uint32_t length;
    auto_arena struct arena arena;
    arena_init(&arena, 256 << 20);
    if (!read_all(channel, &length, sizeof length))
        return false;
    char *bytes = arena_alloc(&arena, length);
    struct error err = {};
    if (!read_all(channel, bytes, length))
        return false;
    const struct value *question = marshal_read(&arena, str_of(bytes, length), &err);
    CHECK_OK(question != NULL, err);
    if (str_is(question->items[0]->text, "close"))
        return false;
    auto_buf struct buf out;
    buf_init(&out, 64 << 20);
    buf_extend(&out, 4);
    marshal_write(&out, answer(&arena, question));
    uint32_t size = (uint32_t)out.len - 4;
    memcpy(out.data, &size, sizeof size);
    return send(channel, out.data, out.len, MSG_NOSIGNAL) == (ssize_t)out.len;
}

/* Says it and nothing more, but hears out what it is asked: so only the saying is tested. */
static void tell(int channel, struct str lie)
{
    char heard[4096];
    (void)!send(channel, lie.ptr, lie.len, MSG_NOSIGNAL);
    shutdown(channel, SHUT_WR);
    while (recv(channel, heard, sizeof heard, 0) > 0) {
    }
}

static int start(struct str lie)
{
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    if (fork() == 0) {
        close(ends[0]);
        if (lie.ptr != NULL)
            tell(ends[1], lie);
        else
            while (serve(ends[1])) {
            }
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

int sample_guest(void)
{
    return start((struct str){});
}

int sample_liar(struct str bytes)
{
    return start(bytes);
}
