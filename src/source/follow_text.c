#include "source/follow.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "base/utf8.h"

struct str follow_join(struct follow *p, struct str first, struct str second, struct str third)
{
    size_t length = first.len + second.len + third.len;
    if (length > FACT_TEXT_MAX || !arena_fits(p->arena, length)) {
        p->cut = p->cut || length <= FACT_TEXT_MAX;
        return STR("");
    }
    char *joined = arena_alloc(p->arena, length + 1);
    mempcpy(mempcpy(mempcpy(joined, first.ptr, first.len), second.ptr, second.len), third.ptr,
            third.len);
    return str_of(joined, length);
}

struct source_value follow_text_end(struct follow *p, struct follow_text *text)
{
    if (text->bytes.over)
        text->has_holes = true;
    struct source_value value = {.kind = text->has_holes ? VALUE_PART : VALUE_TEXT};
    value.text = follow_join(p, buf_str(&text->bytes), STR(""), STR(""));
    buf_done(&text->bytes);
    return value;
}

struct follow_text follow_text_begin(void)
{
    struct follow_text text = {};
    buf_init(&text.bytes, FACT_TEXT_MAX);
    return text;
}

void follow_text_add(struct follow_text *text, const struct source_values *values)
{
    const struct source_value *value = &values->list[0];
    if (values->count == 1 && (value->kind == VALUE_TEXT || value->kind == VALUE_PART))
        buf_add_str(&text->bytes, value->text);
    if (values->count != 1 || value->kind != VALUE_TEXT)
        text->has_holes = true;
}

static int digit_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 16;
}

uint32_t follow_number(struct str digits, uint32_t base)
{
    uint32_t number = 0;
    for (size_t i = 0; i < digits.len; i++)
        if ((uint32_t)digit_of(digits.ptr[i]) < base)
            number = number * base + (uint32_t)digit_of(digits.ptr[i]);
    return number;
}

void follow_text_add_point(struct buf *out, uint32_t point)
{
    char bytes[UTF8_MAX];
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        point = UTF8_REPLACEMENT;
    buf_add(out, bytes, utf8_write(point, bytes));
}

/* "\n", "\x41", "\u0041", "\101", and what stands for itself. */
void follow_text_add_escape(struct buf *out, struct str escape)
{
    static const char letters[] = "abfnrtv", bytes[] = "\a\b\f\n\r\t\v";
    char c = escape.len > 1 ? escape.ptr[1] : '\\';
    const char *letter = strchr(letters, c);
    if (escape.len < 2)
        buf_add_byte(out, c);
    else if (c == 'x' || c == 'u' || c == 'U')
        follow_text_add_point(out, follow_number(str_skip(escape, 2), 16));
    else if (c >= '0' && c <= '7')
        follow_text_add_point(out, follow_number(str_skip(escape, 1), 8));
    else if (c != '\0' && letter != NULL)
        buf_add_byte(out, bytes[letter - letters]);
    else if (c != '\n' && c != '\r')
        buf_add_byte(out, c);
}

struct source_value follow_text_of(struct follow *p, struct str bytes)
{
    struct follow_text text = follow_text_begin();
    buf_add_str(&text.bytes, bytes);
    return follow_text_end(p, &text);
}

struct source_value follow_text_with_case(struct follow *p, struct source_value value, bool upper)
{
    struct follow_text text = follow_text_begin();
    for (size_t i = 0; i < value.text.len; i++) {
        char c = value.text.ptr[i];
        bool changes = upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z';
        buf_add_byte(&text.bytes, changes ? (char)(c ^ ' ') : c);
    }
    text.has_holes = value.kind == VALUE_PART;
    return follow_text_end(p, &text);
}

struct source_value follow_text_replaced(struct follow *p, struct str text, struct str old,
                                         struct str new)
{
    struct follow_text out = follow_text_begin();
    while (text.len > 0) {
        bool here = old.len > 0 && text.len >= old.len && memcmp(text.ptr, old.ptr, old.len) == 0;
        buf_add_str(&out.bytes, here ? new : str_of(text.ptr, 1));
        text = str_skip(text, here ? old.len : 1);
    }
    return follow_text_end(p, &out);
}

bool follow_is_one_of(struct str name, const char *list)
{
    struct str rest = str_from(list), piece;
    while (str_take_until(&rest, ' ', &piece))
        if (str_equal(piece, name))
            return true;
    return false;
}

struct source_value follow_text_from_hex(struct follow *p, struct str digits)
{
    struct follow_text text = follow_text_begin();
    for (size_t i = 0; i + 1 < digits.len; i += 2)
        buf_add_byte(&text.bytes, (char)follow_number(str_of(digits.ptr + i, 2), 16));
    return follow_text_end(p, &text);
}

struct source_value follow_text_from_base64(struct follow *p, struct str text)
{
    auto_buf struct buf out;
    buf_init(&out, FACT_TEXT_MAX);
    return base64_read(&out, text) ? follow_text_of(p, buf_str(&out)) : VALUE_IS(UNKNOWN);
}

struct source_value follow_text_reversed(struct follow *p, struct source_value value)
{
    struct str copy = follow_join(p, value.text, STR(""), STR(""));
    char *bytes = (char *)(uintptr_t)copy.ptr;
    for (size_t i = 0; i < copy.len / 2; i++) {
        char byte = bytes[i];
        bytes[i] = bytes[copy.len - 1 - i];
        bytes[copy.len - 1 - i] = byte;
    }
    value.text = copy;
    return value;
}

struct source_value follow_value_of_number(struct str literal)
{
    enum { DIGITS_MAX = 24 };

    char digits[DIGITS_MAX + 1], *end;
    size_t length = 0;
    bool octal = str_starts(literal, "0o") || str_starts(literal, "0O");
    bool binary = str_starts(literal, "0b") || str_starts(literal, "0B");
    literal = octal || binary ? str_skip(literal, 2) : literal;
    for (size_t i = 0; i < literal.len && length < DIGITS_MAX; i++)
        if (literal.ptr[i] != '_')
            digits[length++] = literal.ptr[i];
    digits[length] = '\0';
    long long number = strtoll(digits, &end, octal ? 8 : binary ? 2 : 0);
    return (struct source_value){.kind = VALUE_NUMBER, .number = number};
}
