#include "base/text.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"

/* A number as it was typed: WHOLE.PART, where the part counts 1/part_of. */
struct amount {
    int64_t whole, part, part_of;
};

/* What a letter behind a number multiplies it by. */
struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit byte_units[] = {
    {"", 1},
    {"K", INT64_C(1) << 10},
    {"KiB", INT64_C(1) << 10},
    {"M", INT64_C(1) << 20},
    {"MiB", INT64_C(1) << 20},
    {"G", INT64_C(1) << 30},
    {"GiB", INT64_C(1) << 30},
    {"T", INT64_C(1) << 40},
    {"TiB", INT64_C(1) << 40},
};
static const struct unit time_units[] = {
    {"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000},
};
static const struct unit milli_units[] = {{"", 1000}};
static const struct unit count_units[] = {{"", 1}};

/* Digits, at least one. For each digit ret_scale grows tenfold; it must fit too. */
static bool take_digits(struct str *rest, int64_t *ret_value, int64_t *ret_scale)
{
    int64_t value = 0, scale = 1;
    size_t count = 0;
    while (count < rest->len && rest->ptr[count] >= '0' && rest->ptr[count] <= '9') {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, rest->ptr[count] - '0', &value))
            return false;
        if (ret_scale != NULL && __builtin_mul_overflow(scale, 10, &scale))
            return false;
        count++;
    }
    *rest = str_skip(*rest, count);
    *ret_value = value;
    if (ret_scale != NULL)
        *ret_scale = scale;
    return count > 0;
}

static bool take_amount(struct str *rest, struct amount *ret_amount)
{
    *ret_amount = (struct amount){.part_of = 1};
    if (!take_digits(rest, &ret_amount->whole, NULL))
        return false;
    if (!str_take_prefix(rest, "."))
        return true;
    return take_digits(rest, &ret_amount->part, &ret_amount->part_of);
}

static bool multiply(const struct amount *amount, int64_t factor, int64_t *ret_value)
{
    bool has_part = amount->part_of > 1;
    if (has_part && factor == 1)
        return false;
    int64_t value;
    if (__builtin_mul_overflow(amount->whole, factor, &value))
        return false;
    /* below `factor`, since part < part_of */
    int64_t more = (int64_t)((__int128)amount->part * factor / amount->part_of);
    if (__builtin_add_overflow(value, more, &value))
        return false;
    /* Zero often means "without a limit": a tiny number must not turn into it. */
    if (value == 0 && amount->part > 0)
        return false;
    *ret_value = value;
    return true;
}

static bool read_amount(struct str text, const struct unit *units, size_t count, int64_t *ret_value)
{
    struct amount amount;
    if (!take_amount(&text, &amount))
        return false;
    for (size_t i = 0; i < count; i++)
        if (str_is(text, units[i].name))
            return multiply(&amount, units[i].factor, ret_value);
    return false;
}

bool text_read_bytes(struct str text, int64_t *ret_bytes)
{
    return read_amount(text, byte_units, COUNT_OF(byte_units), ret_bytes);
}

bool text_read_ms(struct str text, int64_t *ret_ms)
{
    return read_amount(text, time_units, COUNT_OF(time_units), ret_ms);
}

bool text_read_count(struct str text, int64_t *ret_count)
{
    return read_amount(text, count_units, COUNT_OF(count_units), ret_count);
}

bool text_read_milli(struct str text, int64_t *ret_milli)
{
    return read_amount(text, milli_units, COUNT_OF(milli_units), ret_milli);
}

/* "1.50" becomes "1.5", "2.000" becomes "2". */
static struct str without_end_zeros(struct str number)
{
    if (!str_has(number, '.'))
        return number;
    while (number.ptr[number.len - 1] == '0')
        number.len--;
    if (number.ptr[number.len - 1] == '.')
        number.len--;
    return number;
}

void text_write_bytes(struct buf *out, int64_t bytes)
{
    static const char *const names[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    uint64_t size = bytes < 0 ? -(uint64_t)bytes : (uint64_t)bytes;
    buf_add_text(out, bytes < 0 ? "-" : "");
    if (size < 1024) {
        buf_printf(out, "%" PRIu64 " byte%s", size, size == 1 ? "" : "s");
        return;
    }
    unsigned power = (63 - (unsigned)__builtin_clzll(size)) / 10;
    uint64_t unit = UINT64_C(1) << 10 * power;
    uint64_t hundredths = (uint64_t)((unsigned __int128)(size % unit) * 100 / unit);
    char number[32];
    int length = snprintf(number, sizeof number, "%" PRIu64 ".%02" PRIu64, size / unit, hundredths);
    buf_add_str(out, without_end_zeros(str_of(number, (size_t)length)));
    buf_printf(out, " %s", names[power - 1]);
}

static struct unit unit_to_show(double size)
{
    bool is_whole = size < 1e15 && size == (double)(int64_t)size;
    int64_t whole = is_whole ? (int64_t)size : 0;
    if (whole > 0 && whole % 3600000 == 0)
        return (struct unit){"h", 3600000};
    if (whole > 0 && whole % 60000 == 0)
        return (struct unit){"min", 60000};
    /* from here on three decimals would round up to "1000 ms" */
    return size >= 999.9995 ? (struct unit){"s", 1000} : (struct unit){"ms", 1};
}

void text_write_ms(struct buf *out, double ms)
{
    if (!isfinite(ms)) {
        buf_add_text(out, "unknown");
        return;
    }
    struct unit unit = unit_to_show(fabs(ms));
    char number[DBL_MAX_10_EXP + 8];
    int length = snprintf(number, sizeof number, "%.3f", ms / (double)unit.factor);
    buf_add_str(out, without_end_zeros(str_of(number, (size_t)length)));
    buf_printf(out, " %s", unit.name);
}

enum { SHOWN_MAX = 16 };

/* How a character is shown that must not come out as itself. */
static size_t escape_point(uint32_t point, char shown[SHOWN_MAX])
{
    switch (point) {
    case '\n':
        return (size_t)snprintf(shown, SHOWN_MAX, "\\n");
    case '\t':
        return (size_t)snprintf(shown, SHOWN_MAX, "\\t");
    case '\r':
        return (size_t)snprintf(shown, SHOWN_MAX, "\\r");
    default:
        return (size_t)snprintf(shown, SHOWN_MAX, point < 0x80 ? "\\x%02x" : "\\u{%x}",
                                (unsigned)point);
    }
}

/* Shows the first character or byte; returns how many bytes of `bytes` that was. */
static size_t show_first(struct str bytes, bool keep_lines, char shown[SHOWN_MAX], size_t *ret_size)
{
    uint32_t point;
    size_t length = utf8_read(bytes, &point);
    if (length == 0) {
        unsigned byte = (unsigned char)bytes.ptr[0];
        *ret_size = (size_t)snprintf(shown, SHOWN_MAX, "\\x%02x", byte);
        return 1;
    }
    bool kept = keep_lines && (point == '\n' || point == '\t');
    if (utf8_is_active(point) && !kept) {
        *ret_size = escape_point(point, shown);
    } else {
        memcpy(shown, bytes.ptr, length);
        *ret_size = length;
    }
    return length;
}

static size_t printable_length(struct str bytes)
{
    size_t length = 0;
    while (length < bytes.len && bytes.ptr[length] >= ' ' && bytes.ptr[length] <= '~')
        length++;
    return length;
}

void text_escape(struct buf *out, struct str bytes, bool keep_lines)
{
    while (bytes.len > 0) {
        size_t plain = printable_length(bytes);
        if (!buf_add(out, bytes.ptr, plain))
            return;
        bytes = str_skip(bytes, plain);
        if (bytes.len == 0)
            return;
        char shown[SHOWN_MAX];
        size_t size;
        bytes = str_skip(bytes, show_first(bytes, keep_lines, shown, &size));
        char *place = buf_extend(out, size); /* all or nothing */
        if (place == NULL)
            return;
        memcpy(place, shown, size);
    }
}
