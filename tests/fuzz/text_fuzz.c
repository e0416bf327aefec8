/*
 * text_escape: nothing harmful comes out of any bytes, harmless text comes out as it is, and a full
 * buf holds a beginning. The readers: what they accept is what a plain decimal reading gives.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"

static bool is_harmless(struct str text, bool keep_lines)
{
    while (text.len > 0) {
        uint32_t point = 0;
        size_t length = utf8_read(text, &point);
        bool kept = keep_lines && (point == '\n' || point == '\t');
        if (length == 0 || (utf8_is_active(point) && !kept))
            return false;
        text = str_skip(text, length);
    }
    return true;
}

static void check_escape(struct str bytes, bool keep_lines)
{
    auto_buf struct buf whole, part;
    buf_init(&whole, bytes.len * 8);
    text_escape(&whole, bytes, keep_lines);
    assert(!whole.over);
    assert(is_harmless(buf_str(&whole), keep_lines));
    assert(str_equal(buf_str(&whole), bytes) == is_harmless(bytes, keep_lines));
    buf_init(&part, whole.len / 2);
    text_escape(&part, bytes, keep_lines);
    assert(part.over == (whole.len > 0));
    assert(str_equal(buf_str(&part), str_of(buf_str(&whole).ptr, part.len)));
    assert(is_harmless(buf_str(&part), keep_lines));
}

typedef bool reader(struct str text, int64_t *ret_value);

static double unit_of(const char *name, double bare)
{
    static const struct {
        const char *name;
        double factor;
    } units[] = {
        {"ms", 1},     {"s", 1e3},      {"m", 6e4},    {"h", 36e5},
        {"K", 0x1p10}, {"KiB", 0x1p10}, {"M", 0x1p20}, {"MiB", 0x1p20},
        {"G", 0x1p30}, {"GiB", 0x1p30}, {"T", 0x1p40}, {"TiB", 0x1p40},
    };

    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (strcmp(name, units[i].name) == 0)
            return units[i].factor;
    assert(name[0] == '\0');
    return bare;
}

/* Against strtod, which is another's work: within what a double can tell and a cut-off part. */
static void check_reader(reader *read, struct str text, double bare)
{
    int64_t value = -77;
    if (!read(text, &value)) {
        assert(value == -77);
        return;
    }
    assert(value >= 0 && text.len > 0 && !str_has(text, '\0'));
    auto_free char *copy = mem_copy(text.ptr, text.len);
    assert(strspn(copy, "0123456789.") > 0 && copy[0] != '.');
    char *end = copy;
    double want = strtod(copy, &end);
    want *= unit_of(end, bare);
    assert((double)value <= want * (1 + 1e-15));
    assert((double)value >= want * (1 - 1e-15) - 1);
}

static void check_numbers(struct str text)
{
    check_reader(text_read_bytes, text, 1);
    check_reader(text_read_ms, text, 1000);
    check_reader(text_read_milli, text, 1000);
    check_reader(text_read_count, text, 1);
}

/* "1.5 KiB" read back without its blank is the number or, cut off, a little less. */
static void check_shown_bytes(int64_t bytes)
{
    auto_buf struct buf out;
    buf_init(&out, 64);
    text_write_bytes(&out, bytes);
    assert(!out.over);
    char *end = NULL;
    double number = strtod(out.data, &end);
    int power = 0;
    for (const char *letter = "KMGTPE"; str_ends(str_from(end), "iB"); letter++) {
        power += 10;
        if (end[1] == *letter)
            break;
    }
    double unit = ldexp(1, power);
    assert(fabs(number) < 1024 && fabs(number * unit) <= fabs((double)bytes));
    assert(fabs((double)bytes) - fabs(number * unit) <= unit * 0.0101);
}

static void check_shown_ms(double ms)
{
    auto_buf struct buf out;
    buf_init(&out, 400);
    text_write_ms(&out, ms);
    assert(!out.over && out.len > 0);
    assert(isfinite(ms) || str_is(buf_str(&out), "unknown"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of(data, size);
    check_escape(text, false);
    check_escape(text, true);
    check_numbers(text);

    struct {
        int64_t bytes;
        double ms;
    } raw = {};

    memcpy(&raw, data, size < sizeof raw ? size : sizeof raw);
    check_shown_bytes(raw.bytes);
    check_shown_ms(raw.ms);
    return 0;
}
