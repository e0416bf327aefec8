#include "base/base64.h"

#include <stdint.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* One to three bytes become four characters. */
static void write_group(struct buf *out, const unsigned char *bytes, size_t count)
{
    uint32_t bits = (uint32_t)bytes[0] << 16;
    bits |= count > 1 ? (uint32_t)bytes[1] << 8 : 0;
    bits |= count > 2 ? bytes[2] : 0;
    char group[4];
    for (unsigned i = 0; i < 4; i++)
        group[i] = i <= count ? digits[bits >> (18 - 6 * i) & 63] : '=';
    buf_add(out, group, sizeof group);
}

void base64_write(struct buf *out, struct str bytes)
{
    while (bytes.len > 0 && !out->over) {
        size_t count = bytes.len < 3 ? bytes.len : 3;
        write_group(out, (const unsigned char *)bytes.ptr, count);
        bytes = str_skip(bytes, count);
    }
}

static int value_of(char digit)
{
    if (digit >= 'A' && digit <= 'Z')
        return digit - 'A';
    if (digit >= 'a' && digit <= 'z')
        return digit - 'a' + 26;
    if (digit >= '0' && digit <= '9')
        return digit - '0' + 52;
    return digit == '+' ? 62 : digit == '/' ? 63 : -1;
}

/* `count` is how many of the four characters are digits: the others are padding. */
static bool read_group(struct buf *out, const char *group, size_t count)
{
    uint32_t bits = 0;
    for (unsigned i = 0; i < 4; i++) {
        int value = i < count ? value_of(group[i]) : 0;
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
    }
    uint32_t beyond = 0xFFFFFF >> 8 * (count - 1);
    if ((bits & beyond) != 0)
        return false;
    char bytes[3] = {(char)(bits >> 16), (char)(bits >> 8), (char)bits};
    buf_add(out, bytes, count - 1);
    return true;
}

bool base64_read(struct buf *out, struct str text)
{
    if (text.len % 4 != 0)
        return false;
    while (text.len > 0) {
        size_t count = 4;
        if (text.len == 4)
            count = text.ptr[3] != '=' ? 4 : text.ptr[2] != '=' ? 3 : 2;
        if (!read_group(out, text.ptr, count))
            return false;
        text = str_skip(text, 4);
    }
    return true;
}
