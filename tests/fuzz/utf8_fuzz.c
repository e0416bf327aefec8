/*
 * Any bytes as UTF-8, against a decoder that is written down as the table of well-formed sequences
 * is; and as base64, there and back.
 */
#include <assert.h>
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"

/* The Unicode standard's table 3-7: lead bytes, second bytes, length. */
static const struct {
    unsigned char lead_first, lead_last, second_first, second_last, length;
} rows[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static size_t length_by_table(const unsigned char *bytes, size_t size)
{
    if (size == 0)
        return 0;
    if (bytes[0] < 0x80)
        return 1;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (bytes[0] < rows[i].lead_first || bytes[0] > rows[i].lead_last)
            continue;
        if (size < rows[i].length || bytes[1] < rows[i].second_first ||
            bytes[1] > rows[i].second_last)
            return 0;
        for (size_t n = 2; n < rows[i].length; n++)
            if (bytes[n] < 0x80 || bytes[n] > 0xbf)
                return 0;
        return rows[i].length;
    }
    return 0;
}

static void check_character(struct str text)
{
    uint32_t point = 77;
    size_t length = utf8_read(text, &point);
    assert(length == length_by_table((const unsigned char *)text.ptr, text.len));
    if (length == 0)
        return;
    char again[UTF8_MAX];
    assert(utf8_write(point, again) == length && memcmp(again, text.ptr, length) == 0);
}

static void check_cut(struct str text, size_t max)
{
    struct str cut = utf8_cut(text, max);
    assert(cut.ptr == text.ptr && cut.len <= max && cut.len <= text.len);
    assert(max < text.len || cut.len == text.len);
    if (utf8_is_valid(text)) {
        assert(utf8_is_valid(cut));
        assert(cut.len == text.len || cut.len + UTF8_MAX > max);
    }
}

static void check_base64(struct str bytes)
{
    auto_buf struct buf text, back;
    buf_init(&text, bytes.len * 2 + 8);
    buf_init(&back, bytes.len * 2 + 8);
    base64_write(&text, bytes);
    assert(text.len == (bytes.len + 2) / 3 * 4);
    assert(base64_read(&back, buf_str(&text)) && str_equal(buf_str(&back), bytes));
    buf_clear(&text);
    buf_clear(&back);
    if (base64_read(&back, bytes)) { /* then it is the one text for these bytes */
        base64_write(&text, buf_str(&back));
        assert(str_equal(buf_str(&text), bytes));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of(data, size);
    bool valid = true;
    for (size_t at = 0; at < size; at++)
        check_character(str_skip(text, at));
    for (size_t at = 0, length; at < size && valid; at += length)
        valid = (length = length_by_table(data + at, size - at)) > 0;
    assert(utf8_is_valid(text) == valid);
    for (size_t max = 0; max <= size + 1 && max < 64; max++)
        check_cut(text, max);
    check_base64(text);
    return 0;
}
