#include "source/characters.h"

#include <string.h>

#include "base/utf8.h"

/* Embeddings, overrides and isolates; marks of single letters are everyday in some languages. */
static bool turns_writing(uint32_t point)
{
    return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

void source_characters_find(struct source_findings *findings)
{
    static const struct finding what = {
        .rule = "hidden-direction",
        .message =
            "a hidden character turns the direction of writing: what is shown is not what is run",
        .severity = SEVERITY_HIGH,
        .confidence = SEVERITY_HIGH,
        .cwe = 1007,
    };
    struct str bytes = findings->text->bytes;
    for (size_t at = 0; at < bytes.len;) {
        const char *lead = memchr(bytes.ptr + at, '\xe2', bytes.len - at);
        uint32_t point = 0;
        if (lead == NULL)
            return;
        at = (size_t)(lead - bytes.ptr);
        size_t length = utf8_read(str_skip(bytes, at), &point);
        if (length > 0 && turns_writing(point))
            source_findings_add(findings, &what, (uint32_t)at, (uint32_t)(at + length));
        at += length > 0 ? length : 1;
    }
}
