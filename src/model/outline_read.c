/* Reading what outline_write wrote: strictly, because a reader that was taken over writes what it
 * likes. */
#include "base/mem.h"
#include "model/outline.h"

/* The fields of one line, taken one after the other; `broken` is sticky. */
struct fields {
    struct str rest;
    struct arena *arena;
    bool more, broken;
};

void outline_reader_init(struct outline_reader *reader, struct arena *arena)
{
    *reader = (struct outline_reader){.arena = arena};
}

static struct str take_raw(struct fields *f)
{
    if (!f->more) {
        f->broken = true;
        return STR("");
    }
    const char *tab = memchr(f->rest.ptr, '\t', f->rest.len);
    struct str field = str_of(f->rest.ptr, tab != NULL ? (size_t)(tab - f->rest.ptr) : f->rest.len);
    f->more = tab != NULL;
    f->rest = str_skip(f->rest, field.len + f->more);
    return field;
}

static uint32_t take_number(struct fields *f, uint32_t max)
{
    struct str field = take_raw(f);
    uint64_t number = 0;
    bool good = field.len > 0 && field.len <= 10;
    for (size_t i = 0; good && i < field.len; i++) {
        good = field.ptr[i] >= '0' && field.ptr[i] <= '9';
        number = number * 10 + (uint64_t)(field.ptr[i] - '0');
    }
    f->broken = f->broken || !good || number > max;
    return f->broken ? 0 : (uint32_t)number;
}

static struct str unescape(struct fields *f, struct str field)
{
    char *copy = arena_alloc(f->arena, field.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < field.len; i++) {
        char c = field.ptr[i];
        if (c == '\\') {
            c = ++i < field.len ? field.ptr[i] : '\0';
            f->broken = f->broken || !str_has(STR("tn\\"), c);
            c = c == 't' ? '\t' : c == 'n' ? '\n' : c;
        }
        copy[length++] = c;
    }
    return str_of(copy, length);
}

static struct str take_text(struct fields *f, size_t max)
{
    struct str field = take_raw(f);
    if (memchr(field.ptr, '\0', field.len) != NULL)
        f->broken = true;
    if (!f->broken && field.len > 0 && memchr(field.ptr, '\\', field.len) != NULL)
        field = unescape(f, field);
    f->broken = f->broken || field.len > max;
    return f->broken ? STR("") : field;
}

/* A copy with twice the room, or NULL. */
static void *widen(struct arena *arena, const void *items, uint32_t count, uint32_t *room,
                   size_t size)
{
    uint32_t wider = *room > 0 ? 2 * *room : 8;
    if (!arena_fits(arena, wider * size))
        return NULL;
    void *copy = arena_alloc(arena, wider * size);
    if (count > 0)
        memcpy(copy, items, count * size);
    *room = wider;
    return copy;
}

/* Is there room for one more item, of which there are `max` at most? */
#define HAS_ROOM(r, items, count, room, max)                                                       \
    ((r)->file.count < (max) &&                                                                    \
     ((r)->file.count < (r)->room ||                                                               \
      ((r)->file.items = widen((r)->arena, (r)->file.items, (r)->file.count, &(r)->room,           \
                               sizeof *(r)->file.items)) != NULL))

static bool read_file_line(struct outline_reader *r, struct fields *f)
{
    r->file = (struct outline_file){};
    r->entry_room = r->word_room = r->call_room = r->import_room = 0;
#define X(name, max) r->file.name = take_number(f, max);
    OUTLINE_FILE_NUMBERS(X)
#undef X
    r->file.name = take_text(f, OUTLINE_PATH_MAX);
    r->file.language = take_text(f, OUTLINE_NAME_MAX);
    r->file.why = take_text(f, OUTLINE_SIGNATURE_MAX);
    r->file.package = take_text(f, OUTLINE_NAME_MAX);
    r->begun = true;
    return r->file.name.len > 0;
}

/* Whoever follows holders upward, for each of many entries, must come to an end soon. */
static bool is_deep(const struct outline_file *file, uint32_t entry)
{
    uint32_t depth = 0;
    for (; entry != 0 && depth <= OUTLINE_DEPTH_MAX; entry = file->entries[entry].parent)
        depth++;
    return depth > OUTLINE_DEPTH_MAX;
}

static bool read_entry(struct outline_reader *r, struct fields *f)
{
    uint32_t number = r->file.entry_count;
    if (!HAS_ROOM(r, entries, entry_count, entry_room, OUTLINE_ENTRIES_MAX))
        return false;
    struct outline_entry *entry = &r->file.entries[r->file.entry_count++];
    *entry = (struct outline_entry){};
#define X(name, max) entry->name = take_number(f, max);
    OUTLINE_ENTRY_NUMBERS(X)
#undef X
    entry->name = take_text(f, OUTLINE_NAME_MAX);
    entry->signature = take_text(f, OUTLINE_SIGNATURE_MAX);
    entry->doc = take_text(f, OUTLINE_DOC_MAX);
    return number == 0 ? entry->parent == 0 : entry->parent < number && !is_deep(&r->file, number);
}

static bool read_word(struct outline_reader *r, struct fields *f, enum outline_word_kind kind)
{
    if (!HAS_ROOM(r, words, word_count, word_room, OUTLINE_WORDS_MAX))
        return false;
    struct outline_word *word = &r->file.words[r->file.word_count++];
    word->kind = kind;
    word->entry = take_number(f, OUTLINE_ENTRIES_MAX);
    word->text = take_text(f, OUTLINE_SIGNATURE_MAX);
    if (word->entry >= r->file.entry_count)
        return false;
    r->file.entries[word->entry].word_count++;
    return true;
}

/* Those of one entry stand together, in their order. */
static bool sort_words(struct outline_reader *r)
{
    struct outline_file *file = &r->file;
    uint32_t at = 0;
    if (!arena_fits(r->arena, file->word_count * sizeof *file->words))
        return false;
    struct outline_word *sorted = arena_alloc(r->arena, file->word_count * sizeof *sorted);
    for (uint32_t i = 0; i < file->entry_count; i++) {
        file->entries[i].first_word = at;
        at += file->entries[i].word_count;
        file->entries[i].word_count = 0;
    }
    for (uint32_t i = 0; i < file->word_count; i++) {
        struct outline_entry *entry = &file->entries[file->words[i].entry];
        sorted[entry->first_word + entry->word_count++] = file->words[i];
    }
    file->words = sorted;
    return true;
}

static bool read_call(struct outline_reader *r, struct fields *f)
{
    if (!HAS_ROOM(r, calls, call_count, call_room, OUTLINE_CALLS_MAX))
        return false;
    struct outline_call *call = &r->file.calls[r->file.call_count++];
    call->entry = take_number(f, OUTLINE_ENTRIES_MAX);
    call->line = take_number(f, OUTLINE_NUMBER_MAX);
    call->name = take_text(f, OUTLINE_NAME_MAX);
    return call->entry < r->file.entry_count;
}

static bool read_import(struct outline_reader *r, struct fields *f)
{
    if (!HAS_ROOM(r, imports, import_count, import_room, OUTLINE_IMPORTS_MAX))
        return false;
    struct outline_import *import = &r->file.imports[r->file.import_count++];
    import->entry = take_number(f, OUTLINE_ENTRIES_MAX);
    import->line = take_number(f, OUTLINE_NUMBER_MAX);
    import->module = take_text(f, OUTLINE_NAME_MAX);
    import->name = take_text(f, OUTLINE_NAME_MAX);
    import->alias = take_text(f, OUTLINE_NAME_MAX);
    return import->entry < r->file.entry_count;
}

/* Of what its letter says. */
static bool read_fields(struct outline_reader *r, char letter, struct fields *f)
{
    switch (letter) {
    case 'D':
        return read_entry(r, f);
    case 'C':
        return read_call(r, f);
    case 'I':
        return read_import(r, f);
#define X(name, sign, word)                                                                        \
    case sign:                                                                                     \
        return read_word(r, f, OUTLINE_WORD_##name);
        OUTLINE_WORDS(X)
#undef X
    default:
        return false;
    }
}

bool outline_read(struct outline_reader *reader, struct str line, bool lent, bool *ret_ended,
                  struct error *err)
{
    *ret_ended = false;
    /* twice: a field whose escapes are taken out is copied once more */
    if (!arena_fits(reader->arena, 2 * line.len + 1024))
        return error_set(err, ERROR_LIMIT, "there is more to tell than there is room for");
    if (str_is(line, "E") && reader->begun) {
        reader->begun = false;
        *ret_ended = sort_words(reader);
        return *ret_ended || error_set(err, ERROR_LIMIT, "there is no room for so many words");
    }
    if (!lent)
        line = str_of(arena_string(reader->arena, line), line.len);
    char letter = line.len > 0 ? line.ptr[0] : '\0';
    struct fields f = {.arena = reader->arena, .more = line.len > 2 && line.ptr[1] == '\t'};
    f.rest = f.more ? str_skip(line, 2) : STR("");
    bool good = reader->begun ? read_fields(reader, letter, &f)
                              : letter == 'F' && read_file_line(reader, &f);
    if (good && !f.broken && !f.more)
        return true;
    return error_set(err, ERROR_USAGE, "an outline has a line that is none");
}
