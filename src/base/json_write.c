#include "base/json_write.h"

#include <inttypes.h>
#include <math.h>

#include "base/base64.h"
#include "base/utf8.h"

void json_start(struct json_writer *json, struct buf *out)
{
    *json = (struct json_writer){.out = out};
}

/* Before every value that does not follow its key. */
static void separate(struct json_writer *json)
{
    if (json->wants_comma)
        buf_add_byte(json->out, ',');
    json->wants_comma = true;
}

static void open_with(struct json_writer *json, char bracket)
{
    separate(json);
    buf_add_byte(json->out, bracket);
    json->wants_comma = false;
}

static void close_with(struct json_writer *json, char bracket)
{
    buf_add_byte(json->out, bracket);
    json->wants_comma = true;
}

void json_object(struct json_writer *json)
{
    open_with(json, '{');
}

void json_object_end(struct json_writer *json)
{
    close_with(json, '}');
}

void json_array(struct json_writer *json)
{
    open_with(json, '[');
}

void json_array_end(struct json_writer *json)
{
    close_with(json, ']');
}

/* The letter of the short escapes, 0 for characters that have none. */
static char short_escape(uint32_t point)
{
    switch (point) {
    case '"':
    case '\\':
        return (char)point;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static bool needs_escape(uint32_t point)
{
    return short_escape(point) != 0 || utf8_is_active(point);
}

static void write_escape(struct buf *out, uint32_t point)
{
    char letter = short_escape(point);
    if (letter != 0)
        buf_add(out, (char[]){'\\', letter}, 2);
    else
        buf_printf(out, "\\u%04" PRIx32, point); /* none of them lies above U+FFFF */
}

/* How many bytes stand for themselves before one needs care. */
static size_t plain_length(struct str text)
{
    size_t length = 0;
    while (length < text.len) {
        char byte = text.ptr[length];
        if (byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\') { /* nearly always */
            length++;
            continue;
        }
        uint32_t point;
        size_t step = utf8_read(str_skip(text, length), &point);
        if (step == 0 || needs_escape(point))
            break;
        length += step;
    }
    return length;
}

static void write_quoted(struct buf *out, struct str text)
{
    buf_add_byte(out, '"');
    while (text.len > 0 && !out->over) {
        size_t plain = plain_length(text);
        buf_add(out, text.ptr, plain);
        text = str_skip(text, plain);
        if (text.len == 0)
            break;
        uint32_t point;
        size_t length = utf8_read(text, &point);
        if (length > 0)
            write_escape(out, point);
        else
            buf_add_text(out, "\xEF\xBF\xBD"); /* U+FFFD */
        text = str_skip(text, length > 0 ? length : 1);
    }
    buf_add_byte(out, '"');
}

void json_key(struct json_writer *json, const char *key)
{
    separate(json);
    write_quoted(json->out, str_from(key));
    buf_add_byte(json->out, ':');
    json->wants_comma = false;
}

void json_str(struct json_writer *json, struct str value)
{
    separate(json);
    write_quoted(json->out, value);
}

void json_text(struct json_writer *json, const char *value)
{
    if (value != NULL)
        json_str(json, str_from(value));
    else
        json_null(json);
}

void json_int(struct json_writer *json, int64_t value)
{
    separate(json);
    buf_printf(json->out, "%" PRId64, value);
}

void json_ms(struct json_writer *json, double ms)
{
    if (!isfinite(ms)) {
        json_null(json);
        return;
    }
    separate(json);
    buf_printf(json->out, "%.3f", ms);
}

void json_bool(struct json_writer *json, bool value)
{
    separate(json);
    buf_add_text(json->out, value ? "true" : "false");
}

void json_null(struct json_writer *json)
{
    separate(json);
    buf_add_text(json->out, "null");
}

void json_base64(struct json_writer *json, struct str bytes)
{
    separate(json);
    buf_add_byte(json->out, '"');
    base64_write(json->out, bytes);
    buf_add_byte(json->out, '"');
}

/* ---- members --------------------------------------------------------------------------------- */

void json_add_str(struct json_writer *json, const char *key, struct str value)
{
    json_key(json, key);
    json_str(json, value);
}

void json_add_text(struct json_writer *json, const char *key, const char *value)
{
    json_key(json, key);
    json_text(json, value);
}

void json_add_int(struct json_writer *json, const char *key, int64_t value)
{
    json_key(json, key);
    json_int(json, value);
}

void json_add_bool(struct json_writer *json, const char *key, bool value)
{
    json_key(json, key);
    json_bool(json, value);
}

bool json_is_text(struct str bytes)
{
    return !str_has(bytes, '\0') && utf8_is_valid(bytes);
}
