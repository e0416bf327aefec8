/* The nouns of a box as bytes and back. */
#include "wire/box_wire.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/test.h"
#include "wire/field.h"

enum { ARENA_BYTES = 4 << 20 };

static const char *argv_list[] = {"python3", "", "-c", "print('\xc3\xa9')", NULL};
static const char *env_list[] = {"A=1", "B=", NULL};

static const struct box_link links[] = {{"data", "/in/a/data"}, {"x.py", "/in/a/x.py"}};

static struct box_spec make_spec(void)
{
    struct box_spec spec = {
        .argv = {argv_list, 4},
        .env = {env_list, 2},
        .cwd = "/work",
        .image = "host",
        .limits = limits_of_profile(&profiles[0]),
        .accept_missing = UINT32_C(1) << LIMIT_CPUS,
        .network = NETWORK_LOOPBACK,
        .noexec = true,
        .explain = true,
        .cold = true,
        .terminal = true,
        .rows = BOX_TERMINAL_MAX,
        .columns = 80,
        .stdio = {10, 11, 12},
        .channel_count = 2,
        .channels = {13, 14},
        .input_count = 2,
        .inputs = {{BOX_INPUT_FOLDER, "/in/a", 15}, {BOX_INPUT_PREFIX, "/opt/x", 16}},
        .link_count = 2,
        .links = links,
    };
    spec.limits.named = UINT32_MAX;
    spec.limits.value[LIMIT_MEMORY] = INT64_MAX;
    spec.limits.value[LIMIT_IDLE] = INT64_MIN;
    return spec;
}

/* As it would arrive; the numbers of the fds stand for themselves. */
static struct wire_message message_of(const struct box_spec *spec)
{
    struct wire_message message = {.kind = WIRE_BOX_PREPARE, .id = 1};
    buf_init(&message.payload, WIRE_PAYLOAD_MAX);
    message.fd_count = wire_put_spec(&message.payload, spec, message.fds);
    CHECK(!message.payload.over);
    return message;
}

static void check_words(const struct words *got, const struct words *want)
{
    CHECK_INT(got->count, want->count);
    for (uint32_t i = 0; i < want->count; i++)
        CHECK_TEXT(got->list[i], want->list[i]);
    CHECK(got->list[got->count] == NULL);
}

TEST(box_wire_a_spec_comes_back_as_it_was)
{
    struct box_spec want = make_spec(), got;
    struct wire_message message = message_of(&want);
    struct error err;
    auto_arena struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    CHECK_INT(message.fd_count, 7);
    CHECK_OK(wire_get_spec(&message, &arena, &got, &err), err);
    check_words(&got.argv, &want.argv);
    check_words(&got.env, &want.env);
    CHECK_TEXT(got.cwd, want.cwd);
    CHECK_TEXT(got.image, want.image);
    for (enum limit i = 0; i < LIMIT_COUNT; i++)
        CHECK_INT(got.limits.value[i], want.limits.value[i]);
    CHECK_INT(got.limits.named, want.limits.named);
    CHECK_INT(got.accept_missing, want.accept_missing);
    CHECK_INT(got.network, NETWORK_LOOPBACK);
    CHECK(got.noexec && got.explain && got.cold && got.terminal);
    CHECK_INT(got.rows, BOX_TERMINAL_MAX);
    CHECK_INT(got.columns, 80);
    CHECK_INT(got.stdio[0], 10);
    CHECK_INT(got.stdio[2], 12);
    CHECK_INT(got.channel_count, 2);
    CHECK_INT(got.channels[1], 14);
    CHECK_INT(got.input_count, 2);
    CHECK_INT(got.inputs[0].kind, BOX_INPUT_FOLDER);
    CHECK_TEXT(got.inputs[1].target, "/opt/x");
    CHECK_INT(got.inputs[1].kind, BOX_INPUT_PREFIX);
    CHECK_INT(got.inputs[1].fd, 16);
    CHECK_INT(got.link_count, 2);
    CHECK_TEXT(got.links[0].name, "data");
    CHECK_TEXT(got.links[1].text, "/in/a/x.py");
    buf_done(&message.payload);
}

static bool is_read(struct wire_message *message)
{
    struct box_spec spec;
    struct error err = {};
    auto_arena struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    bool ok = wire_get_spec(message, &arena, &spec, &err);
    if (!ok)
        CHECK_INT(err.kind, ERROR_INTERNAL);
    return ok;
}

TEST(box_wire_a_spec_cut_anywhere_or_with_more_behind_it_is_refused)
{
    struct box_spec spec = make_spec();
    struct wire_message message = message_of(&spec);
    size_t whole = message.payload.len;
    for (size_t length = 0; length < whole; length++) {
        message.payload.len = length;
        CHECK(!is_read(&message));
    }
    message.payload.len = whole;
    CHECK(is_read(&message));
    buf_add_byte(&message.payload, 'x');
    CHECK(!is_read(&message));
    buf_done(&message.payload);
}

TEST(box_wire_a_spec_with_more_or_fewer_fds_than_it_names_is_refused)
{
    struct box_spec spec = make_spec();
    struct wire_message message = message_of(&spec);
    message.fd_count--;
    CHECK(!is_read(&message));
    message.fd_count += 2;
    CHECK(!is_read(&message));
    buf_done(&message.payload);
}

/* Each number of the payload in turn becomes one that no honest side writes. */
TEST(box_wire_no_number_of_a_spec_can_lie_its_way_past_the_bounds)
{
    static const int64_t lies[] = {-1, INT64_MIN, INT64_MAX, UINT32_MAX, INT64_C(1) << 32, 65537};
    struct box_spec spec = make_spec();
    struct wire_message message = message_of(&spec);
    for (size_t at = 0; at + sizeof(int64_t) <= message.payload.len; at++) {
        char saved[sizeof(int64_t)];
        memcpy(saved, message.payload.data + at, sizeof saved);
        for (size_t i = 0; i < COUNT_OF(lies); i++) {
            memcpy(message.payload.data + at, &lies[i], sizeof lies[i]);
            (void)is_read(&message);
        }
        memcpy(message.payload.data + at, saved, sizeof saved);
    }
    CHECK(is_read(&message));
    buf_done(&message.payload);
}

static void put_start(struct buf *out, int64_t argv_count)
{
    buf_init(out, WIRE_PAYLOAD_MAX);
    field_put_number(out, argv_count);
}

TEST(box_wire_a_huge_count_of_words_takes_no_memory)
{
    struct wire_message message = {.fd_count = 3};
    put_start(&message.payload, BOX_WORDS_MAX);
    struct box_spec spec;
    struct error err;
    auto_arena struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    CHECK(!wire_get_spec(&message, &arena, &spec, &err));
    CHECK_INT(arena.used, 0);
    buf_done(&message.payload);
}

TEST(box_wire_words_that_do_not_fit_the_arena_are_refused_not_fatal)
{
    struct box_spec spec = make_spec();
    static char word[BOX_WORD_BYTES_MAX + 1];
    const char *list[13] = {};
    memset(word, 'x', BOX_WORD_BYTES_MAX);
    for (int i = 0; i < 12; i++)
        list[i] = word;
    spec.argv = (struct words){list, 12};
    struct wire_message message = message_of(&spec);
    CHECK(is_read(&message));
    struct box_spec got;
    struct error err;
    for (size_t room = 0; room < (1 << 20); room += 99991) {
        auto_arena struct arena arena;
        arena_init(&arena, room);
        CHECK(!wire_get_spec(&message, &arena, &got, &err));
    }
    buf_done(&message.payload);
}

TEST(box_wire_texts_with_a_nul_inside_or_too_long_are_refused)
{
    struct field_reader reader;
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    auto_buf struct buf bytes;
    buf_init(&bytes, 1024);
    field_put_number(&bytes, 3);
    buf_add(&bytes, "a\0b", 3);
    reader = (struct field_reader){buf_str(&bytes), &arena, false};
    CHECK_TEXT(field_get_text(&reader, 10), "");
    CHECK(reader.broken);
    buf_clear(&bytes);
    field_put_text(&bytes, "abcd");
    reader = (struct field_reader){buf_str(&bytes), &arena, false};
    CHECK_TEXT(field_get_text(&reader, 4), "abcd");
    CHECK(field_is_complete(&reader));
    reader = (struct field_reader){buf_str(&bytes), &arena, false};
    CHECK_TEXT(field_get_text(&reader, 3), "");
    CHECK(!field_is_complete(&reader));
}

TEST(field_a_broken_reader_gives_zeros_and_stays_broken)
{
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    auto_buf struct buf bytes;
    buf_init(&bytes, 1024);
    field_put_number(&bytes, 7);
    field_put_number(&bytes, 5);
    struct field_reader reader = {buf_str(&bytes), &arena, false};
    CHECK_INT(field_get_index(&reader, 6), 0);
    CHECK(reader.broken);
    CHECK_TEXT(field_get_text(&reader, 10), "");
    CHECK_INT(field_get_number(&reader), 0);
    CHECK(!field_is_complete(&reader));
}

TEST(box_wire_causes_come_back_and_unknown_ones_are_refused)
{
    for (int64_t number = -1; number <= BOX_CAUSE_COUNT; number++) {
        auto_buf struct buf bytes;
        struct error err;
        enum box_cause cause;
        buf_init(&bytes, 16);
        field_put_number(&bytes, number);
        bool good = number >= 0 && number < BOX_CAUSE_COUNT;
        CHECK_INT(wire_get_cause(buf_str(&bytes), &cause, &err), good);
        if (good)
            CHECK_INT(cause, number);
        buf_add_byte(&bytes, 0);
        CHECK(!wire_get_cause(buf_str(&bytes), &cause, &err));
    }
    struct error err;
    enum box_cause cause;
    CHECK(!wire_get_cause(STR(""), &cause, &err));
}

TEST(box_wire_an_end_comes_back_with_every_number)
{
    struct box_end want = {BOX_CAUSE_OUTPUT, true, SIGKILL, 1, 2, 3, -1, -1, 6, 7, true}, got;
    struct error err;
    auto_buf struct buf bytes;
    buf_init(&bytes, 256); /* of messages.def */
    wire_put_end(&bytes, &want);
    CHECK(!bytes.over);
    CHECK_OK(wire_get_end(buf_str(&bytes), &got, &err), err);
    CHECK_INT(got.cause, want.cause);
    CHECK_INT(got.leader_ended, true);
    CHECK_INT(got.disk_full, true);
    CHECK_INT(got.status, SIGKILL);
    CHECK_INT(got.wall_ns, 1);
    CHECK_INT(got.cpu_user_ns, 2);
    CHECK_INT(got.cpu_system_ns, 3);
    CHECK_INT(got.memory_peak_bytes, -1);
    CHECK_INT(got.processes_peak, -1);
    CHECK_INT(got.oom_kills, 6);
    CHECK_INT(got.forks_refused, 7);
    for (size_t length = 0; length < bytes.len; length++)
        CHECK(!wire_get_end(str_of(bytes.data, length), &got, &err));
}

TEST(box_wire_an_isolation_comes_back_and_numbers_outside_its_tables_are_refused)
{
    struct isolation want = {.mode = MODE_ROOT, .landlock_abi = 6}, got;
    struct error err;
    isolation_note(&want, GUARANTEE_MEMORY, GUARANTEE_WEAKER, MECHANISM_RLIMIT, GAP_NO_CGROUP);
    auto_buf struct buf bytes;
    buf_init(&bytes, 256);
    wire_put_isolation(&bytes, &want);
    CHECK(!bytes.over);
    CHECK_OK(wire_get_isolation(buf_str(&bytes), &got, &err), err);
    CHECK(memcmp(&got, &want, sizeof got) == 0);
    CHECK(!wire_get_isolation(str_of(bytes.data, bytes.len - 1), &got, &err));
    want.state[GUARANTEE_MEMORY].gap = GAP_COUNT;
    CHECK(!wire_get_isolation(str_of(&want, sizeof want), &got, &err));
    want.state[GUARANTEE_MEMORY].gap = 0;
    want.mode = 2;
    CHECK(!wire_get_isolation(str_of(&want, sizeof want), &got, &err));
}

TEST(box_wire_a_refusal_and_an_error_end_in_nul_whatever_came)
{
    struct box_refusal refusal;
    struct error theirs, err;
    memset(&refusal, 'x', sizeof refusal);
    memset(&theirs, 'x', sizeof theirs);
    auto_buf struct buf bytes;
    buf_init(&bytes, 2048); /* of messages.def */
    wire_put_refusal(&bytes, &refusal);
    CHECK(!bytes.over);
    CHECK_OK(wire_get_refusal(buf_str(&bytes), &refusal, &err), err);
    CHECK_INT(strlen(refusal.path), sizeof refusal.path - 1);
    CHECK(!wire_get_refusal(str_of(bytes.data, bytes.len - 1), &refusal, &err));
    buf_clear(&bytes);
    wire_put_error(&bytes, &theirs);
    CHECK(!bytes.over);
    CHECK_OK(wire_get_error(buf_str(&bytes), &theirs, &err), err);
    CHECK(strlen(theirs.text) < sizeof theirs.text && strlen(theirs.hint) < sizeof theirs.hint);
    CHECK_INT(theirs.kind, ERROR_INTERNAL);
    CHECK(!wire_get_error(STR(""), &theirs, &err));
}
