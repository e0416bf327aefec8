#include "model/outline.h"

static const char *const kind_words[] = {
#define X(name, word) word,
    OUTLINE_KINDS(X)
#undef X
};

static const char *const state_words[] = {
#define X(name, word, meaning) word,
    OUTLINE_STATES(X)
#undef X
};

const char *outline_kind_word(enum outline_kind kind)
{
    return kind_words[kind];
}

const char *outline_state_word(enum outline_state state)
{
    return state_words[state];
}

/* Parents stand before their children, so the way up ends. */
struct str outline_full_name(const struct outline_file *file, uint32_t entry, struct arena *arena)
{
    size_t length = 0;
    for (uint32_t i = entry; i != 0; i = file->entries[i].parent)
        length += file->entries[i].name.len + (length > 0);
    char *text = arena_alloc(arena, length + 1);
    size_t end = length;
    for (uint32_t i = entry; i != 0; i = file->entries[i].parent) {
        struct str name = file->entries[i].name;
        if (end < length)
            text[--end] = '.';
        end -= name.len;
        memcpy(text + end, name.ptr, name.len);
    }
    return str_of(text, length);
}
