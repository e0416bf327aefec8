#include "tests/unit/gate/hello.h"

static void put(struct buf *out, size_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        buf_add_byte(out, (char)(value >> (8 * i)));
}

static void put_name(struct buf *out, const char *name)
{
    size_t length = strlen(name);
    put(out, 0, 2);
    put(out, length + 5, 2);
    put(out, length + 3, 2);
    put(out, 0, 1);
    put(out, length, 2);
    buf_add_text(out, name);
}

static void put_extensions(struct buf *out, const struct hello_spec *spec)
{
    put(out, 0x002b, 2); /* versions */
    put(out, 3, 2);
    put(out, 0x020304, 3);
    if (spec->name != NULL)
        put_name(out, spec->name);
    if (spec->second_name != NULL)
        put_name(out, spec->second_name);
    if (spec->with_ech) {
        put(out, 0xfe0d, 2);
        put(out, 4, 2);
        put(out, 0, 4);
    }
}

void hello_write(const struct hello_spec *spec, struct buf *out)
{
    auto_buf struct buf body, extensions, message;
    buf_init(&body, 4096);
    buf_init(&extensions, 4096);
    buf_init(&message, 8192);
    put_extensions(&extensions, spec);
    put(&body, 0x0303, 2);
    for (int i = 0; i < 32; i++)
        put(&body, 7, 1);
    put(&body, 0, 1);
    put(&body, 2, 2);
    put(&body, 0x1301, 2);
    put(&body, 0x0100, 2);
    put(&body, extensions.len, 2);
    buf_add_str(&body, buf_str(&extensions));
    put(&message, 1, 1);
    put(&message, body.len, 3);
    buf_add_str(&message, buf_str(&body));
    struct str rest = buf_str(&message);
    if (spec->ends_early)
        rest.len -= 3;
    while (rest.len > 0) {
        size_t length = spec->record > 0 && spec->record < rest.len ? spec->record : rest.len;
        put(out, 0x160301, 3);
        put(out, length, 2);
        buf_add_str(out, str_of(rest.ptr, length));
        rest = str_skip(rest, length);
    }
}
