#include "testgen/python_text.h"

const struct python_node *python_atom(struct arena *arena, struct str text)
{
    struct python_node *node = arena_alloc(arena, sizeof *node);
    node->head = str_of(arena_string(arena, text), text.len);
    return node;
}

const struct python_node *python_group(struct arena *arena, struct str head, const char *open,
                                       const struct python_node *const *items, size_t count,
                                       const char *close)
{
    struct python_node *node = arena_alloc(arena, sizeof *node);
    const struct python_node **copies = arena_alloc(arena, count * sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = items[i];
    node->head = str_of(arena_string(arena, head), head.len);
    node->open = str_from(open);
    node->close = str_from(close);
    node->items = copies;
    node->count = count;
    return node;
}

static struct str join(struct arena *arena, struct str a, struct str b)
{
    char *text = arena_alloc(arena, a.len + b.len + 1);
    if (a.len > 0)
        memcpy(text, a.ptr, a.len);
    if (b.len > 0)
        memcpy(text + a.len, b.ptr, b.len);
    return str_of(text, a.len + b.len);
}

const struct python_node *python_around(struct arena *arena, struct str prefix,
                                        const struct python_node *node, struct str suffix)
{
    struct python_node *copy = arena_alloc(arena, sizeof *copy);
    *copy = *node;
    if (node->opened != NULL)
        copy->opened = python_around(arena, prefix, node->opened, suffix);
    copy->head = join(arena, prefix, node->head);
    if (node->open.len > 0)
        copy->tail = join(arena, node->tail, suffix);
    else
        copy->head = join(arena, copy->head, suffix);
    return copy;
}

/* Characters, not bytes: what follows the first byte of one is not counted. */
static size_t width_of(struct str text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.len; i++)
        width += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return width;
}

static size_t width_of_items(const struct python_node *node)
{
    size_t width = 0;
    for (size_t i = 0; i < node->count; i++)
        width += python_width(node->items[i]) + (i > 0 ? 2 : 0);
    return width + (node->lone_comma && node->count == 1);
}

size_t python_width(const struct python_node *node)
{
    return width_of(node->head) + width_of(node->open) + width_of_items(node) +
           width_of(node->close) + width_of(node->tail);
}

static void write_flat(struct buf *out, const struct python_node *node);

static void write_flat_items(struct buf *out, const struct python_node *node)
{
    for (size_t i = 0; i < node->count; i++) {
        if (i > 0)
            buf_add_text(out, ", ");
        write_flat(out, node->items[i]);
    }
    if (node->lone_comma && node->count == 1)
        buf_add_byte(out, ',');
}

static void write_flat(struct buf *out, const struct python_node *node)
{
    buf_add_str(out, node->head);
    buf_add_str(out, node->open);
    write_flat_items(out, node);
    buf_add_str(out, node->close);
    buf_add_str(out, node->tail);
}

static void new_line(struct buf *out, size_t indent)
{
    buf_add_byte(out, '\n');
    for (size_t i = 0; i < indent; i++)
        buf_add_byte(out, ' ');
}

/* All items on one line of their own, if they fit there; else one a line, each with a comma. */
static void write_open(struct buf *out, const struct python_node *node, size_t indent)
{
    size_t inner = indent + PYTHON_INDENT;
    bool together = !node->adjacent && inner + width_of_items(node) <= PYTHON_WIDTH;
    if (together) {
        new_line(out, inner);
        write_flat_items(out, node);
    }
    for (size_t i = 0; !together && i < node->count; i++) {
        new_line(out, inner);
        python_write(out, node->items[i], inner, inner, 1);
        buf_add_text(out, node->adjacent ? "" : ",");
    }
    new_line(out, indent);
}

void python_write(struct buf *out, const struct python_node *node, size_t indent, size_t used,
                  size_t after)
{
    bool fits = used + python_width(node) + after <= PYTHON_WIDTH;
    if (fits || (node->count == 0 && node->opened == NULL)) {
        write_flat(out, node);
        return;
    }
    node = node->opened != NULL ? node->opened : node;
    buf_add_str(out, node->head);
    buf_add_str(out, node->open);
    write_open(out, node, indent);
    buf_add_str(out, node->close);
    buf_add_str(out, node->tail);
}

struct str python_flat(struct arena *arena, const struct python_node *node)
{
    auto_buf struct buf out;
    buf_init(&out, 1 << 20);
    write_flat(&out, node);
    return str_of(arena_string(arena, buf_str(&out)), out.len);
}
