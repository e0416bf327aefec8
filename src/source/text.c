#include "source/text.h"

#include <assert.h>
#include <string.h>

#include "base/utf8.h"

const char *source_text_refusal(struct str bytes)
{
    if (bytes.len > SOURCE_BYTES_MAX)
        return "is larger than 8 MiB";
    if (str_starts(bytes, "\xff\xfe") || str_starts(bytes, "\xfe\xff"))
        return "is UTF-16; only UTF-8 is read";
    if (memchr(bytes.ptr, '\0', bytes.len) != NULL)
        return "holds NUL bytes: no source text";
    return NULL;
}

static bool ends_line(struct str bytes, size_t i)
{
    return bytes.ptr[i] == '\n' ||
           (bytes.ptr[i] == '\r' && (i + 1 == bytes.len || bytes.ptr[i + 1] != '\n'));
}

static uint32_t count_lines(struct str bytes)
{
    uint32_t count = 1;
    for (size_t i = 0; i < bytes.len; i++)
        count += ends_line(bytes, i);
    return count;
}

struct str source_text_with_line_ends(struct str bytes, struct arena *arena)
{
    char *copy = NULL;
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] != '\r' || !ends_line(bytes, i))
            continue;
        if (copy == NULL)
            copy = arena_string(arena, bytes);
        copy[i] = '\n';
    }
    return copy != NULL ? str_of(copy, bytes.len) : bytes;
}

void source_text_init(struct source_text *text, struct str bytes, struct arena *arena)
{
    assert(bytes.len <= SOURCE_BYTES_MAX);
    (void)str_take_prefix(&bytes, "\xef\xbb\xbf");
    *text = (struct source_text){.bytes = bytes};
    text->starts = arena_alloc(arena, count_lines(bytes) * sizeof *text->starts);
    text->starts[text->line_count++] = 0;
    for (size_t i = 0; i < bytes.len; i++)
        if (ends_line(bytes, i))
            text->starts[text->line_count++] = (uint32_t)i + 1;
}

static uint32_t line_of(const struct source_text *text, uint32_t offset)
{
    uint32_t low = 0, high = text->line_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (text->starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static uint32_t count_characters(struct str bytes)
{
    uint32_t count = 0, point;
    while (bytes.len > 0) {
        size_t length = utf8_read(bytes, &point);
        bytes = str_skip(bytes, length > 0 ? length : 1);
        count++;
    }
    return count;
}

struct source_place source_text_place(const struct source_text *text, uint32_t offset)
{
    assert(offset <= text->bytes.len);
    uint32_t line = line_of(text, offset), start = text->starts[line];
    struct str before = str_of(text->bytes.ptr + start, offset - start);
    return (struct source_place){line + 1, count_characters(before) + 1};
}

struct str source_text_line(const struct source_text *text, uint32_t line)
{
    if (line < 1 || line > text->line_count)
        return STR("");
    size_t start = text->starts[line - 1];
    size_t end = line < text->line_count ? text->starts[line] : text->bytes.len;
    while (end > start && str_has(STR("\r\n"), text->bytes.ptr[end - 1]))
        end--;
    return str_of(text->bytes.ptr + start, end - start);
}
