#include "wire/field.h"

#include <string.h>

void field_put_number(struct buf *out, int64_t number)
{
    buf_add(out, &number, sizeof number);
}

void field_put_text(struct buf *out, const char *text)
{
    size_t length = strlen(text);
    field_put_number(out, (int64_t)length);
    buf_add(out, text, length);
}

int64_t field_get_number(struct field_reader *reader)
{
    int64_t number = 0;
    if (reader->rest.len < sizeof number) {
        reader->broken = true;
        return 0;
    }
    memcpy(&number, reader->rest.ptr, sizeof number);
    reader->rest = str_of(reader->rest.ptr + sizeof number, reader->rest.len - sizeof number);
    return number;
}

uint32_t field_get_index(struct field_reader *reader, uint32_t max)
{
    int64_t number = field_get_number(reader);
    if (number < 0 || number > (int64_t)max) {
        reader->broken = true;
        return 0;
    }
    return (uint32_t)number;
}

const char *field_get_text(struct field_reader *reader, size_t max)
{
    int64_t length = field_get_number(reader);
    if (reader->broken || length < 0 || (uint64_t)length > max ||
        (uint64_t)length > reader->rest.len ||
        str_has(str_of(reader->rest.ptr, (size_t)length), '\0') ||
        !arena_fits(reader->arena, (size_t)length + 64)) {
        reader->broken = true;
        return "";
    }
    const char *text = arena_copy(reader->arena, reader->rest.ptr, (size_t)length);
    reader->rest = str_of(reader->rest.ptr + length, reader->rest.len - (size_t)length);
    return text;
}

bool field_is_complete(const struct field_reader *reader)
{
    return !reader->broken && reader->rest.len == 0;
}
