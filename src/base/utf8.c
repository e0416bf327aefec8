#include "base/utf8.h"

#include <assert.h>

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Length and first bits as the first byte promises them; 0 for bytes that begin nothing. */
static size_t read_first(unsigned char first, uint32_t *ret_point)
{
    *ret_point = first;
    if (first < 0x80)
        return 1;
    *ret_point = first & 0x1F;
    if (first >= 0xC2 && first <= 0xDF)
        return 2;
    *ret_point = first & 0x0F;
    if (first >= 0xE0 && first <= 0xEF)
        return 3;
    *ret_point = first & 0x07;
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

static bool can_be_said(uint32_t point)
{
    return point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
}

size_t utf8_read(struct str text, uint32_t *ret_point)
{
    static const uint32_t smallest[UTF8_MAX + 1] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t point;
    if (text.len == 0)
        return 0;
    size_t length = read_first((unsigned char)text.ptr[0], &point);
    if (length == 0 || length > text.len)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if (!is_continuation(text.ptr[i]))
            return 0;
        point = point << 6 | ((unsigned char)text.ptr[i] & 0x3F);
    }
    if (point < smallest[length] || !can_be_said(point))
        return 0;
    *ret_point = point;
    return length;
}

size_t utf8_write(uint32_t point, char ret_bytes[UTF8_MAX])
{
    assert(can_be_said(point));
    if (point < 0x80) {
        ret_bytes[0] = (char)point;
        return 1;
    }
    size_t length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        ret_bytes[i] = (char)(0x80 | (point & 0x3F));
        point >>= 6;
    }
    /* as many leading ones as there are bytes */
    ret_bytes[0] = (char)((0xF00 >> length & 0xFF) | point);
    return length;
}

bool utf8_is_valid(struct str text)
{
    uint32_t point;
    while (text.len > 0) {
        size_t length = utf8_read(text, &point);
        if (length == 0)
            return false;
        text = str_skip(text, length);
    }
    return true;
}

struct str utf8_cut(struct str text, size_t max)
{
    if (text.len <= max)
        return text;
    size_t length = max;
    /* More than three continuation bytes in a row belong to no character: no use going back. */
    while (length > 0 && max - length < UTF8_MAX && is_continuation(text.ptr[length]))
        length--;
    return str_of(text.ptr, max - length < UTF8_MAX ? length : max);
}

bool utf8_is_active(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point <= 0x9F) || point == 0x061C ||
           (point >= 0x200E && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
           (point >= 0x2066 && point <= 0x2069);
}
