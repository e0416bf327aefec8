/* Any payload as the spec of a box: refused, or well-formed, and then the same when sent on. */
#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "tests/fuzz/fuzz.h"
#include "wire/box_wire.h"

enum { ARENA_BYTES = 4 << 20 };

static void check_words(const struct words *words)
{
    assert(words->count <= BOX_WORDS_MAX && words->list[words->count] == NULL);
    for (uint32_t i = 0; i < words->count; i++)
        assert(strlen(words->list[i]) <= BOX_WORD_BYTES_MAX);
}

static void check(const struct box_spec *spec)
{
    check_words(&spec->argv);
    check_words(&spec->env);
    assert(strlen(spec->cwd) <= BOX_PATH_MAX && strlen(spec->image) <= BOX_PATH_MAX);
    assert(spec->channel_count <= BOX_CHANNELS_MAX && spec->input_count <= BOX_INPUTS_MAX);
    assert(spec->link_count <= BOX_LINKS_MAX && spec->network <= NETWORK_GATE);
    for (uint32_t i = 0; i < spec->input_count; i++)
        assert(spec->inputs[i].kind <= BOX_INPUT_PREFIX && spec->inputs[i].fd >= 100);
}

/* The first byte is how many fds came along; their numbers stand for themselves. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 1 << 16)
        return -1;
    struct error err = {};
    struct wire_message message = {.kind = WIRE_BOX_PREPARE, .fd_count = data[0] % MESSAGE_FDS_MAX};
    int fds[MESSAGE_FDS_MAX];
    for (int i = 0; i < message.fd_count; i++)
        message.fds[i] = 100 + i;
    auto_arena struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    buf_init(&message.payload, WIRE_PAYLOAD_MAX);
    buf_add(&message.payload, data + 1, size - 1);
    struct box_spec spec;
    if (wire_get_spec(&message, &arena, &spec, &err)) {
        check(&spec);
        auto_buf struct buf again;
        buf_init(&again, WIRE_PAYLOAD_MAX);
        assert(wire_put_spec(&again, &spec, fds) == message.fd_count);
        assert(str_equal(buf_str(&again), buf_str(&message.payload)));
        if (!box_spec_check(&spec, &err))
            assert(err.kind != ERROR_INTERNAL && err.text[0] != '\0');
    } else {
        assert(err.kind == ERROR_INTERNAL && err.text[0] != '\0');
    }
    buf_done(&message.payload);
    return 0;
}
