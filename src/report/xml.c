#include "report/xml.h"

#include "base/utf8.h"

static const char *escape_of(uint32_t point)
{
    switch (point) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\n':
        return "&#10;";
    case '\t':
        return "&#9;";
    default:
        return utf8_is_active(point) || point == 0xfffe || point == 0xffff ? "\xef\xbf\xbd" : NULL;
    }
}

void xml_add_text(struct buf *out, struct str text)
{
    while (text.len > 0) {
        uint32_t point = UTF8_REPLACEMENT;
        size_t length = utf8_read(text, &point);
        const char *escape = length == 0 ? "\xef\xbf\xbd" : escape_of(point);
        if (escape != NULL)
            buf_add_text(out, escape);
        else
            buf_add(out, text.ptr, length);
        text = str_skip(text, length > 0 ? length : 1);
    }
}
