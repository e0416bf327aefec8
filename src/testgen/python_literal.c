#include "testgen/python_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

struct range {
    uint32_t first, last;
};

/* Characters that a reader would not see, or would take for another, besides utf8_is_active. */
static const struct range hidden[] = {
    {0xa0, 0xa0},     {0xad, 0xad},     {0x300, 0x36f},   {0x600, 0x605},    {0x61c, 0x61c},
    {0x115f, 0x1160}, {0x1680, 0x1680}, {0x17b4, 0x17b5}, {0x180b, 0x180e},  {0x2000, 0x200f},
    {0x2028, 0x202f}, {0x205f, 0x206f}, {0x3000, 0x3000}, {0x3164, 0x3164},  {0xd800, 0xf8ff},
    {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0x10000}, {0xe0000, 0x10ffff},
};

static bool is_shown(uint32_t point)
{
    if (utf8_is_active(point))
        return false;
    for (size_t i = 0; i < COUNT_OF(hidden); i++)
        if (point >= hidden[i].first && point <= hidden[i].last)
            return false;
    return true;
}

static char quote_for(struct str text)
{
    return str_has(text, '"') && !str_has(text, '\'') ? '\'' : '"';
}

static bool add_short_escape(struct buf *out, uint32_t point, char quote)
{
    switch (point) {
    case '\n':
        return buf_add_text(out, "\\n"), true;
    case '\r':
        return buf_add_text(out, "\\r"), true;
    case '\t':
        return buf_add_text(out, "\\t"), true;
    case '\\':
        return buf_add_text(out, "\\\\"), true;
    default:
        if (point != (unsigned char)quote)
            return false;
        return buf_printf(out, "\\%c", quote), true;
    }
}

static void add_escape(struct buf *out, uint32_t point)
{
    buf_printf(out, point < 0x100 ? "\\x%02x" : point < 0x10000 ? "\\u%04x" : "\\U%08x", point);
}

void python_quote(struct buf *out, struct str text)
{
    char quote = quote_for(text);
    buf_add_byte(out, quote);
    while (text.len > 0) {
        uint32_t point = UTF8_REPLACEMENT;
        size_t size = utf8_read(text, &point);
        if (size == 0)
            size = 1;
        if (!add_short_escape(out, point, quote)) {
            if (is_shown(point))
                buf_add(out, text.ptr, size);
            else
                add_escape(out, point);
        }
        text = str_skip(text, size);
    }
    buf_add_byte(out, quote);
}

void python_quote_bytes(struct buf *out, struct str bytes)
{
    char quote = quote_for(bytes);
    buf_add_byte(out, 'b');
    buf_add_byte(out, quote);
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.ptr[i];
        if (add_short_escape(out, byte, quote))
            continue;
        if (byte >= ' ' && byte < 0x7f)
            buf_add_byte(out, (char)byte);
        else
            add_escape(out, byte);
    }
    buf_add_byte(out, quote);
}

static bool is_plain_raw(struct str text)
{
    if (text.len == 0 || text.ptr[text.len - 1] == '\\' || str_has(text, '"'))
        return false;
    while (text.len > 0) {
        uint32_t point;
        size_t size = utf8_read(text, &point);
        if (size == 0 || !is_shown(point))
            return false;
        text = str_skip(text, size);
    }
    return true;
}

void python_quote_raw(struct buf *out, struct str text)
{
    if (!str_has(text, '\\') || !is_plain_raw(text)) {
        python_quote(out, text);
        return;
    }
    buf_add_text(out, "r\"");
    buf_add_str(out, text);
    buf_add_byte(out, '"');
}

enum { FLOAT_TEXT_MAX = 40 };

/* The shortest scientific form that reads back as the same number. */
static size_t shortest(double number, char text[FLOAT_TEXT_MAX])
{
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, FLOAT_TEXT_MAX, "%.*e", digits - 1, number);
        if (strtod(text, NULL) == number)
            return (size_t)digits;
    }
    return 17;
}

size_t python_float_digits(double number)
{
    char text[FLOAT_TEXT_MAX];
    return shortest(number, text);
}

static void add_exponent_form(struct buf *out, const char *mantissa, int exponent)
{
    buf_add_byte(out, mantissa[0]);
    if (mantissa[1] != 0)
        buf_printf(out, ".%s", mantissa + 1);
    buf_printf(out, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
}

static void add_point_form(struct buf *out, const char *mantissa, int exponent)
{
    int length = (int)strlen(mantissa);
    if (exponent < 0) {
        buf_add_text(out, "0.");
        for (int i = -1; i > exponent; i--)
            buf_add_byte(out, '0');
        buf_add_text(out, mantissa);
        return;
    }
    for (int i = 0; i <= exponent; i++)
        buf_add_byte(out, i < length ? mantissa[i] : '0');
    buf_printf(out, ".%s", length > exponent + 1 ? mantissa + exponent + 1 : "0");
}

/* As repr() does: powers of ten outside of 1e-4 … 1e16 have an exponent. */
void python_float(struct buf *out, double number)
{
    char text[FLOAT_TEXT_MAX], mantissa[FLOAT_TEXT_MAX];
    size_t digits = 0;
    shortest(number, text);
    const char *exponent_at = strchr(text, 'e');
    int exponent = exponent_at != NULL ? (int)strtol(exponent_at + 1, NULL, 10) : 0;
    for (const char *at = text; *at != 0 && *at != 'e'; at++)
        if (*at >= '0' && *at <= '9')
            mantissa[digits++] = *at;
    mantissa[digits] = 0;
    if (signbit(number))
        buf_add_byte(out, '-');
    if (exponent < -4 || exponent >= 16)
        add_exponent_form(out, mantissa, exponent);
    else
        add_point_form(out, mantissa, exponent);
}
