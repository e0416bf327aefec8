#include "gate/hello.h"

#include <stdint.h>
#include <strings.h>

#include "base/buf.h"

enum {
    RECORD_HANDSHAKE = 22,
    RECORD_HEAD = 5,
    RECORD_MAX = 16384,
    HANDSHAKE_HELLO = 1,
    HANDSHAKE_HEAD = 4,
    EXTENSION_NAME = 0,
    EXTENSION_ECH = 0xfe0d,
    EXTENSION_ESNI = 0xffce, /* the draft before it */
    NAME_OF_HOST = 0,
    RANDOM_AND_VERSION = 34,
};

static bool take(struct str *rest, size_t count, struct str *ret)
{
    if (rest->len < count)
        return false;
    *ret = str_of(rest->ptr, count);
    *rest = str_skip(*rest, count);
    return true;
}

static bool take_number(struct str *rest, size_t bytes, size_t *ret)
{
    struct str piece;
    if (!take(rest, bytes, &piece))
        return false;
    *ret = 0;
    for (size_t i = 0; i < bytes; i++)
        *ret = *ret << 8 | (unsigned char)piece.ptr[i];
    return true;
}

/* What begins with its own length. */
static bool take_vector(struct str *rest, size_t length_bytes, struct str *ret)
{
    size_t length;
    return take_number(rest, length_bytes, &length) && take(rest, length, ret);
}

/* ---- the name ------------------------------------------------------------------------------- */

static bool read_name(struct str extension, struct str *ret_name)
{
    struct str list;
    size_t kind;
    return take_vector(&extension, 2, &list) && extension.len == 0 &&
           take_number(&list, 1, &kind) && kind == NAME_OF_HOST &&
           take_vector(&list, 2, ret_name) && list.len == 0 && ret_name->len > 0;
}

static const char *read_extensions(struct str rest, struct str *ret_name)
{
    bool named = false;
    while (rest.len > 0) {
        struct str extension;
        size_t kind;
        if (!take_number(&rest, 2, &kind) || !take_vector(&rest, 2, &extension))
            return "its TLS hello is broken";
        if (kind == EXTENSION_ECH || kind == EXTENSION_ESNI)
            return "its TLS hello hides the name that it wants (ECH)";
        if (kind != EXTENSION_NAME)
            continue;
        if (named || !read_name(extension, ret_name))
            return "its TLS hello names no host, or more than one";
        named = true;
    }
    return named ? NULL : "its TLS hello names no host";
}

static const char *read_hello(struct str body, struct str *ret_name)
{
    struct str part;
    if (!take(&body, RANDOM_AND_VERSION, &part) || !take_vector(&body, 1, &part) ||
        !take_vector(&body, 2, &part) || !take_vector(&body, 1, &part))
        return "its TLS hello is broken";
    if (body.len == 0)
        return "its TLS hello names no host";
    if (!take_vector(&body, 2, &part) || body.len > 0)
        return "its TLS hello is broken";
    return read_extensions(part, ret_name);
}

/* ---- records -------------------------------------------------------------------------------- */

static enum gate_hello bad(const char **ret_why, const char *why)
{
    *ret_why = why;
    return GATE_HELLO_BAD;
}

static enum gate_hello judge(struct str body, const char *host, const char **ret_why)
{
    struct str name = {};
    const char *why = read_hello(body, &name);
    if (why != NULL)
        return bad(ret_why, why);
    if (name.len != strlen(host) || strncasecmp(name.ptr, host, name.len) != 0)
        return bad(ret_why, "its TLS hello names another host than CONNECT did");
    return GATE_HELLO_GOOD;
}

/* One record's part of the handshake. False: nothing whole is left. */
static bool take_record(struct str *rest, struct buf *handshake, const char **ret_why)
{
    size_t kind, version, length;
    struct str copy = *rest, piece;
    if (!take_number(&copy, 1, &kind))
        return false;
    if (kind != RECORD_HANDSHAKE) {
        *ret_why = "it does not speak TLS";
        return false;
    }
    if (!take_number(&copy, 2, &version) || !take_number(&copy, 2, &length))
        return false;
    if (version >> 8 != 3 || length == 0 || length > RECORD_MAX) {
        *ret_why = "it does not speak TLS";
        return false;
    }
    if (!take(&copy, length, &piece))
        return false;
    buf_add_str(handshake, piece);
    *rest = copy;
    return true;
}

/* A hello may come in several records, as small as their sender likes. */
enum gate_hello gate_hello_check(struct str bytes, const char *host, const char **ret_why)
{
    auto_buf struct buf handshake;
    buf_init(&handshake, GATE_HELLO_MAX);
    *ret_why = NULL;
    struct str rest = bytes;
    while (take_record(&rest, &handshake, ret_why)) {
        struct str message = buf_str(&handshake);
        size_t kind, length;
        struct str body;
        if (message.len < HANDSHAKE_HEAD)
            continue;
        if (!take_number(&message, 1, &kind) || kind != HANDSHAKE_HELLO)
            return bad(ret_why, "it does not begin with a TLS hello");
        if (!take_number(&message, 3, &length) || length > GATE_HELLO_MAX - HANDSHAKE_HEAD)
            return bad(ret_why, "its TLS hello is too long");
        if (take(&message, length, &body))
            return message.len == 0 ? judge(body, host, ret_why)
                                    : bad(ret_why, "its TLS hello is broken");
    }
    if (*ret_why != NULL)
        return GATE_HELLO_BAD;
    return bytes.len < GATE_HELLO_MAX ? GATE_HELLO_MORE : bad(ret_why, "its TLS hello is too long");
}
