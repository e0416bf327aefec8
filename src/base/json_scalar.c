#include "base/json_private.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/utf8.h"

/* Where the string that begins at `at` has its closing quote; the text's length if nowhere. */
static size_t find_quote(const struct json_reader *json)
{
    size_t at = json->at + 1;
    while (at < json->text.len && json->text.ptr[at] != '"')
        at += json->text.ptr[at] == '\\' ? 2 : 1;
    return at < json->text.len ? at : json->text.len;
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* The four digits after "\u". */
static bool read_hex(struct json_reader *json, uint32_t *ret_unit)
{
    struct str rest = str_skip(json->text, json->at);
    uint32_t unit = 0;
    for (size_t i = 0; i < 4; i++) {
        int value = i < rest.len ? hex_value(rest.ptr[i]) : -1;
        if (value < 0)
            return json_fault(json, json->at, "expected four hexadecimal digits");
        unit = unit << 4 | (uint32_t)value;
    }
    json->at += 4;
    *ret_unit = unit;
    return true;
}

/* "\ud83d\ude00" is one character; half of it is none. */
static bool read_unicode(struct json_reader *json, uint32_t *ret_point)
{
    size_t start = json->at;
    uint32_t low;
    if (!read_hex(json, ret_point))
        return false;
    if (*ret_point < 0xD800 || *ret_point > 0xDFFF)
        return true;
    if (*ret_point > 0xDBFF || !json_take(json, '\\') || !json_take(json, 'u'))
        return json_fault(json, start, "half of a surrogate pair");
    if (!read_hex(json, &low))
        return false;
    if (low < 0xDC00 || low > 0xDFFF)
        return json_fault(json, start, "half of a surrogate pair");
    *ret_point = 0x10000 + ((*ret_point - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

/* After the backslash. */
static bool read_escape(struct json_reader *json, uint32_t *ret_point)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    int letter = json_peek(json);
    const char *found = letter > 0 ? strchr(letters, letter) : NULL;
    if (letter != 'u' && found == NULL)
        return json_fault(json, json->at, "unknown escape in a string");
    json->at++;
    if (found == NULL)
        return read_unicode(json, ret_point);
    *ret_point = (unsigned char)meanings[found - letters];
    return true;
}

static bool read_point(struct json_reader *json, size_t end, uint32_t *ret_point)
{
    if (json_take(json, '\\'))
        return read_escape(json, ret_point);
    size_t length = utf8_read(str_of(json->text.ptr + json->at, end - json->at), ret_point);
    if (length == 0)
        return json_fault(json, json->at, "a byte that is not UTF-8");
    if (*ret_point < 0x20)
        return json_fault(json, json->at, "a control character in a string");
    json->at += length;
    return true;
}

bool json_read_string(struct json_reader *json, struct str *ret_text)
{
    size_t end = find_quote(json);
    if (end == json->text.len)
        return json_fault(json, json->at, "a string without an end");
    json->at++;
    /* No escape is shorter than what it stands for. */
    if (!arena_fits(json->arena, end - json->at))
        return json_over_limit(json, json->at, "the JSON text holds more than we accept");
    char *text = arena_alloc(json->arena, end - json->at + 1);
    size_t length = 0;
    while (json->at < end) {
        uint32_t point = 0;
        if (!read_point(json, end, &point))
            return false;
        length += utf8_write(point, text + length);
    }
    json->at++;
    *ret_text = str_of(text, length);
    return true;
}

static size_t skip_digits(struct json_reader *json)
{
    size_t start = json->at;
    while (json_peek(json) >= '0' && json_peek(json) <= '9')
        json->at++;
    return json->at - start;
}

/* Moves over a number by the grammar, since strtod takes much more ("0x1p3", "inf", " 1"). */
static bool skip_number(struct json_reader *json, bool *ret_is_whole)
{
    json_take(json, '-');
    size_t first = json->at, digits = skip_digits(json);
    if (digits == 0)
        return json_fault(json, json->at, "expected a digit");
    if (digits > 1 && json->text.ptr[first] == '0')
        return json_fault(json, first, "a number must not begin with 0");
    *ret_is_whole = true;
    if (json_take(json, '.')) {
        *ret_is_whole = false;
        if (skip_digits(json) == 0)
            return json_fault(json, json->at, "expected a digit");
    }
    if (json_take(json, 'e') || json_take(json, 'E')) {
        *ret_is_whole = false;
        if (!json_take(json, '-'))
            json_take(json, '+');
        if (skip_digits(json) == 0)
            return json_fault(json, json->at, "expected a digit");
    }
    return true;
}

bool json_read_number(struct json_reader *json, struct json_value *value)
{
    size_t start = json->at;
    bool is_whole;
    if (!skip_number(json, &is_whole))
        return false;
    char digits[JSON_NUMBER_MAX + 1] = {};
    if (json->at - start > JSON_NUMBER_MAX)
        return json_over_limit(json, start, "a number with too many digits");
    memcpy(digits, json->text.ptr + start, json->at - start);
    value->kind = JSON_NUMBER;
    value->number = strtod(digits, NULL); /* nobody here sets a locale with another point */
    if (!isfinite(value->number))
        return json_over_limit(json, start, "a number that is too large");
    errno = 0;
    long long integer = is_whole ? strtoll(digits, NULL, 10) : 0;
    value->is_integer = is_whole && errno == 0;
    value->integer = value->is_integer ? integer : 0;
    return true;
}
