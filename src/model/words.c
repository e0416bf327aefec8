#include "model/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { WORDS_FIRST_ROOM = 8 };

static bool is_full(uint32_t count)
{
    uint32_t used = count + 1; /* with the NULL at the end */
    return count == 0 || (used >= WORDS_FIRST_ROOM && (used & (used - 1)) == 0);
}

static void make_room(struct words *words, struct arena *arena)
{
    size_t room = words->count == 0 ? WORDS_FIRST_ROOM : (words->count + 1) * (size_t)2;
    const char **list = arena_alloc(arena, room * sizeof *list);
    if (words->count > 0)
        memcpy(list, words->list, words->count * sizeof *list);
    words->list = list;
}

void words_add(struct words *words, struct arena *arena, const char *word)
{
    if (is_full(words->count))
        make_room(words, arena);
    words->list[words->count++] = word;
    words->list[words->count] = NULL;
}

void words_add_all(struct words *words, struct arena *arena, const struct words *more)
{
    for (uint32_t i = 0; i < more->count; i++)
        words_add(words, arena, more->list[i]);
}

static int compare_names(const char *a, const char *b)
{
    size_t a_length = strcspn(a, "="), b_length = strcspn(b, "=");
    int order = strncmp(a, b, a_length < b_length ? a_length : b_length);
    return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

struct entry {
    const char *word;
    uint32_t place;
};

/* Equal names in the order in which they came, so that the last of them is the last one said. */
static int compare_entries(const void *a, const void *b)
{
    const struct entry *one = a, *other = b;
    int order = compare_names(one->word, other->word);
    return order != 0 ? order : (one->place > other->place) - (one->place < other->place);
}

void words_keep_last_names(struct words *words)
{
    if (words->count < 2)
        return;
    auto_free struct entry *entries = mem_alloc(words->count * sizeof *entries);
    for (uint32_t i = 0; i < words->count; i++)
        entries[i] = (struct entry){words->list[i], i};
    qsort(entries, words->count, sizeof *entries, compare_entries);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < words->count; i++) {
        bool is_last =
            i + 1 == words->count || compare_names(entries[i].word, entries[i + 1].word) != 0;
        if (is_last)
            words->list[kept++] = entries[i].word;
    }
    words->list[kept] = NULL;
    words->count = kept;
}

bool env_name_is_plain(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        bool inner = (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (!letter && (i == 0 || !inner))
            return false;
    }
    return name.len > 0;
}
