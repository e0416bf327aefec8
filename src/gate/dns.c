#include "gate/dns.h"

#include <string.h>

enum {
    HEAD_BYTES = 12,
    CLASS_INTERNET = 1,
    KIND_ALIAS = 5,
    FLAG_ANSWER = 0x8000,
    FLAG_CUT = 0x0200,
    FLAG_WANT_RECURSION = 0x0100,
    CODE_MASK = 0x000f,
    CODE_NO_SUCH_NAME = 3,
    POINTERS_MAX = 16,
};

static void put_2(struct buf *out, unsigned value)
{
    buf_add_byte(out, (char)(value >> 8));
    buf_add_byte(out, (char)value);
}

void dns_ask(struct buf *out, uint16_t id, const struct gate_host *host, enum dns_kind kind)
{
    struct str rest = str_from(host->name), label;
    put_2(out, id);
    put_2(out, FLAG_WANT_RECURSION);
    put_2(out, 1);
    for (int i = 0; i < 3; i++)
        put_2(out, 0);
    while (str_take_until(&rest, '.', &label)) {
        buf_add_byte(out, (char)label.len);
        buf_add_str(out, label);
    }
    buf_add_byte(out, 0);
    put_2(out, kind);
    put_2(out, CLASS_INTERNET);
}

/* A place in the packet. Past its end nothing is read, and it is broken from then on. */
struct cursor {
    struct str packet;
    size_t at;
    bool broken;
};

static unsigned get(struct cursor *c, int bytes)
{
    unsigned value = 0;
    if (c->broken || c->packet.len - c->at < (size_t)bytes) {
        c->broken = true;
        return 0;
    }
    for (int i = 0; i < bytes; i++)
        value = value << 8 | (unsigned char)c->packet.ptr[c->at++];
    return value;
}

/* With small letters, labels joined by dots. */
static void get_name(struct cursor *c, struct gate_host *ret)
{
    size_t length = 0, behind = 0;
    for (int pointers = 0;;) {
        unsigned size = get(c, 1);
        if (c->broken || size == 0)
            break;
        if (size >= 0xc0) {
            size_t to = (size % 0x40) << 8 | get(c, 1);
            behind = behind == 0 ? c->at : behind;
            c->broken |= to >= c->packet.len || ++pointers > POINTERS_MAX;
            c->at = c->broken ? c->at : to;
            continue;
        }
        if (size > 63 || length + size + 1 > GATE_HOST_MAX || c->packet.len - c->at < size) {
            c->broken = true;
            break;
        }
        if (length > 0)
            ret->name[length++] = '.';
        for (unsigned i = 0; i < size; i++) {
            char byte = c->packet.ptr[c->at++];
            ret->name[length++] = byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
        }
    }
    ret->name[c->broken ? 0 : length] = '\0';
    c->at = behind > 0 ? behind : c->at;
}

static bool read_head(struct cursor *c, uint16_t id, unsigned *ret_flags, unsigned *ret_answers)
{
    bool is_ours = get(c, 2) == id;
    *ret_flags = get(c, 2);
    bool is_one = get(c, 2) == 1;
    *ret_answers = get(c, 2);
    (void)get(c, 4);
    return !c->broken && is_ours && is_one && (*ret_flags & FLAG_ANSWER) != 0 &&
           (*ret_flags & FLAG_CUT) == 0;
}

static bool read_question(struct cursor *c, const struct gate_host *host, enum dns_kind kind)
{
    struct gate_host asked;
    get_name(c, &asked);
    bool is_kind = get(c, 2) == (unsigned)kind, is_class = get(c, 2) == CLASS_INTERNET;
    return !c->broken && is_kind && is_class && strcmp(asked.name, host->name) == 0;
}

static void add(struct cursor *c, unsigned length, struct dns_answer *answer)
{
    if (c->packet.len - c->at < length || answer->count == DNS_ADDRESSES_MAX)
        return;
    const unsigned char *bytes = (const unsigned char *)c->packet.ptr + c->at;
    struct gate_address *address = &answer->addresses[answer->count++];
    if (length == 4)
        *address = gate_address_of_4(bytes);
    else
        memcpy(address->bytes, bytes, sizeof address->bytes);
}

/* `wanted` is the name whose addresses count: the one asked for, then what it is an alias of. */
static void read_record(struct cursor *c, enum dns_kind kind, struct gate_host *wanted,
                        struct dns_answer *answer)
{
    struct gate_host name;
    get_name(c, &name);
    unsigned type = get(c, 2), class = get(c, 2);
    (void)get(c, 4);
    unsigned length = get(c, 2);
    if (c->broken || c->packet.len - c->at < length) {
        c->broken = true;
        return;
    }
    size_t end = c->at + length;
    bool counts = class == CLASS_INTERNET && strcmp(name.name, wanted->name) == 0;
    if (counts && type == KIND_ALIAS)
        get_name(c, wanted);
    else if (counts && type == (unsigned)kind && length == (kind == DNS_ADDRESS_4 ? 4 : 16))
        add(c, length, answer);
    c->at = end;
}

bool dns_read(struct str packet, uint16_t id, const struct gate_host *host, enum dns_kind kind,
              struct dns_answer *ret_answer)
{
    struct cursor c = {.packet = packet};
    struct gate_host wanted = *host;
    unsigned flags, answers;
    *ret_answer = (struct dns_answer){};
    if (packet.len < HEAD_BYTES || !read_head(&c, id, &flags, &answers) ||
        !read_question(&c, host, kind))
        return false;
    ret_answer->no_such_name = (flags & CODE_MASK) == CODE_NO_SUCH_NAME;
    if ((flags & CODE_MASK) != 0)
        return ret_answer->no_such_name;
    for (unsigned i = 0; i < answers && !c.broken; i++)
        read_record(&c, kind, &wanted, ret_answer);
    return !c.broken;
}
