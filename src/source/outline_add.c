/* Adding to the outline of a file, within its caps: what has no room is left out, and `cut` says
 * so. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "source/outline_private.h"

static void *widen(struct outliner *o, const void *items, uint32_t count, uint32_t *room,
                   size_t size)
{
    uint32_t wider = *room > 0 ? 2 * *room : 16;
    if (!arena_fits(o->arena, wider * size))
        return NULL;
    void *copy = arena_alloc(o->arena, wider * size);
    if (count > 0)
        memcpy(copy, items, count * size);
    *room = wider;
    return copy;
}

#define HAS_ROOM(o, items, count, room, max)                                                       \
    (((o)->file->count < (max) &&                                                                  \
      ((o)->file->count < (o)->room ||                                                             \
       ((o)->file->items = widen(o, (o)->file->items, (o)->file->count, &(o)->room,                \
                                 sizeof *(o)->file->items)) != NULL)) ||                           \
     !((o)->cut = true))

uint32_t outline_here_number(const struct outliner *o)
{
    return o->frames[o->frame_count - 1].entry;
}

struct outline_entry *outline_here(struct outliner *o)
{
    return &o->file->entries[outline_here_number(o)];
}

struct outline_entry *outline_add_entry(struct outliner *o)
{
    if (!HAS_ROOM(o, entries, entry_count, entry_room, OUTLINE_ENTRIES_MAX))
        return NULL;
    struct outline_entry *entry = &o->file->entries[o->file->entry_count++];
    *entry = (struct outline_entry){.first_word = o->file->word_count};
    return entry;
}

/* Each only once: raising the same in many places is told of once. */
void outline_add_word(struct outliner *o, enum outline_word_kind kind, struct str text)
{
    uint32_t entry = outline_here_number(o), count = o->file->word_count;
    text = utf8_cut(text, OUTLINE_NAME_MAX);
    for (uint32_t i = count; i > 0 && count - i < 32; i--) {
        const struct outline_word *word = &o->file->words[i - 1];
        if (word->entry == entry && word->kind == kind && str_equal(word->text, text))
            return;
    }
    if (text.len > 0 && HAS_ROOM(o, words, word_count, word_room, OUTLINE_WORDS_MAX))
        o->file->words[o->file->word_count++] = (struct outline_word){kind, entry, text};
}

static bool calls_itself(const struct outline_entry *entry, struct str name)
{
    if (entry->kind != OUTLINE_FUNCTION && entry->kind != OUTLINE_METHOD)
        return false;
    if (entry->kind == OUTLINE_METHOD && !str_take_prefix(&name, "self.") &&
        !str_take_prefix(&name, "this."))
        return false;
    return str_equal(entry->name, name);
}

void outline_add_call(struct outliner *o, TSNode node, struct str name)
{
    struct outline_entry *entry = outline_here(o);
    name = utf8_cut(name, OUTLINE_NAME_MAX);
    if (name.len == 0 || !HAS_ROOM(o, calls, call_count, call_room, OUTLINE_CALLS_MAX))
        return;
    o->file->calls[o->file->call_count++] =
        (struct outline_call){outline_here_number(o), ts_node_start_point(node).row + 1, name};
    if ((entry->traits & OUTLINE_IS_RECURSIVE) == 0 && calls_itself(entry, name)) {
        entry->traits |= OUTLINE_IS_RECURSIVE;
        entry->cognitive++;
    }
}

void outline_add_import(struct outliner *o, TSNode node, struct str module, struct str name,
                        struct str alias)
{
    if (!HAS_ROOM(o, imports, import_count, import_room, OUTLINE_IMPORTS_MAX))
        return;
    o->file->imports[o->file->import_count++] = (struct outline_import){
        outline_here_number(o),
        ts_node_start_point(node).row + 1,
        utf8_cut(module, OUTLINE_NAME_MAX),
        utf8_cut(name, OUTLINE_NAME_MAX),
        utf8_cut(alias, OUTLINE_NAME_MAX),
    };
}

void outline_add_raised(struct outliner *o, TSNode statement, const char *making, const char *field)
{
    TSNode what = ts_node_named_child(statement, 0);
    if (source_node_is(what, making))
        what = source_node_field(what, field);
    struct str name = outline_text(o, what);
    if (outline_is_dotted(name))
        outline_add_word(o, OUTLINE_WORD_RAISED, name);
}

struct str outline_text(const struct outliner *o, TSNode node)
{
    return ts_node_is_null(node) ? STR("") : source_node_text(o->tree, node);
}

struct str outline_field(const struct outliner *o, TSNode node, const char *field)
{
    return outline_text(o, source_node_field(node, field));
}

bool outline_has_child(TSNode node, const char *type)
{
    uint32_t count = ts_node_child_count(node);
    for (uint32_t i = 0; i < count && i < 8; i++)
        if (source_node_is(ts_node_child(node, i), type))
            return true;
    return false;
}

/* ---- exports --------------------------------------------------------------------------------- */

static int compare(const void *left, const void *right)
{
    const struct str *a = left, *b = right;
    int order = memcmp(a->ptr, b->ptr, a->len < b->len ? a->len : b->len);
    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

/* The names of __all__ and the like, sorted; a stranger may list many. */
static struct str *list_exports(struct outliner *o, size_t *ret_count)
{
    size_t room = o->file->word_count * sizeof(struct str);
    *ret_count = 0;
    if (!o->lists_exports || !arena_fits(o->arena, room))
        return NULL;
    struct str *names = arena_alloc(o->arena, room);
    for (uint32_t i = 0; i < o->file->word_count; i++)
        if (o->file->words[i].kind == OUTLINE_WORD_EXPORT)
            names[(*ret_count)++] = o->file->words[i].text;
    if (*ret_count > 0)
        qsort(names, *ret_count, sizeof *names, compare);
    return names;
}

void outline_mark_exports(struct outliner *o)
{
    size_t count;
    const struct str *names = list_exports(o, &count);
    for (uint32_t i = 1; i < o->file->entry_count; i++) {
        struct outline_entry *entry = &o->file->entries[i];
        const struct outline_entry *upper = &o->file->entries[entry->parent];
        bool shown = (entry->traits & OUTLINE_IS_PUBLIC) != 0;
        if (upper->kind != OUTLINE_MODULE)
            shown = shown && (upper->traits & OUTLINE_IS_EXPORTED) != 0;
        else if (names != NULL && (o->grammar == &outline_python || !shown))
            shown =
                count > 0 && bsearch(&entry->name, names, count, sizeof *names, compare) != NULL;
        if (shown)
            entry->traits |= OUTLINE_IS_EXPORTED | OUTLINE_IS_PUBLIC;
    }
}
