#include "testgen/python_text.h"

#include "base/utf8.h"

enum { PIECES_MAX = 400, PIECE_WIDTH = 60, REPEATED_MIN = 30 };

static struct str quoted(struct arena *arena, struct str text,
                         void (*quote)(struct buf *out, struct str text))
{
    auto_buf struct buf out;
    buf_init(&out, text.len * 10 + 16);
    quote(&out, text);
    return str_of(arena_string(arena, buf_str(&out)), out.len);
}

static bool is_one_letter(struct str text)
{
    for (size_t i = 1; i < text.len; i++)
        if (text.ptr[i] != text.ptr[0])
            return false;
    return text.len >= REPEATED_MIN && (unsigned char)text.ptr[0] < 0x80;
}

/* Behind a line's end, or behind the last blank that is not too far, or anywhere between letters.
 */
static size_t piece_of(struct str text)
{
    size_t length = 0, blank = 0;
    while (length < text.len && length < PIECE_WIDTH) {
        uint32_t point;
        size_t size = utf8_read(str_skip(text, length), &point);
        length += size > 0 ? size : 1;
        if (text.ptr[length - 1] == '\n')
            return length;
        if (text.ptr[length - 1] == ' ')
            blank = length;
    }
    return length < text.len && blank > PIECE_WIDTH / 2 ? blank : length;
}

static const struct python_node *in_pieces(struct arena *arena, struct str text,
                                           void (*quote)(struct buf *out, struct str text))
{
    const struct python_node *pieces[PIECES_MAX];
    size_t count = 0;
    while (text.len > 0 && count < PIECES_MAX) {
        size_t length = count + 1 < PIECES_MAX ? piece_of(text) : text.len;
        pieces[count++] = python_atom(arena, quoted(arena, str_of(text.ptr, length), quote));
        text = str_skip(text, length);
    }
    if (count < 2)
        return NULL;
    struct python_node *node = arena_alloc(arena, sizeof *node);
    *node = *python_group(arena, STR(""), "(", pieces, count, ")");
    node->adjacent = true;
    return node;
}

const struct python_node *python_text(struct arena *arena, struct str text,
                                      void (*quote)(struct buf *out, struct str text))
{
    if (is_one_letter(text)) {
        struct str letter = quoted(arena, str_of(text.ptr, 1), quote);
        return python_atom(arena, str_from(arena_text(arena, "%.*s * %zu", (int)letter.len,
                                                      letter.ptr, text.len)));
    }
    struct python_node *node = arena_alloc(arena, sizeof *node);
    *node = *python_atom(arena, quoted(arena, text, quote));
    node->opened = in_pieces(arena, text, quote);
    return node;
}
