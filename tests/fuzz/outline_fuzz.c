/*
 * Any bytes as a source of any language, which the first byte chooses: the outline ends, each entry
 * lies in the text and behind its holder, and what is written of it is read again the same.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "base/mem.h"
#include "source/outline.h"

static const char *const names[] = {"a.py", "a.js", "a.ts", "a.tsx", "a.sh", "A.java", "a.md"};

static void check_file(const struct outline_file *file)
{
    assert(file->code <= file->lines);
    for (uint32_t i = 0; i < file->entry_count; i++) {
        const struct outline_entry *entry = &file->entries[i];
        assert(entry->parent < i || i == 0);
        assert(entry->line >= 1 && entry->end_line >= entry->line);
        assert(entry->cyclomatic >= 1);
        assert(entry->signature.len <= OUTLINE_SIGNATURE_MAX && entry->doc.len <= OUTLINE_DOC_MAX);
    }
}

/* The arena's own words are those of the text, so what is read must be what was written. */
static void check_told(const struct outline_file *file)
{
    struct error err = {};
    struct outline_reader reader;
    auto_arena struct arena arena;
    auto_buf struct buf text;
    bool ended = false;
    arena_init(&arena, 512 << 20);
    buf_init(&text, 64 << 20);
    outline_write(&text, file);
    assert(!text.over);
    outline_reader_init(&reader, &arena);
    struct str rest = buf_str(&text), line;
    while (str_take_until(&rest, '\n', &line))
        assert(outline_read(&reader, line, false, &ended, &err));
    assert(ended);
    assert(reader.file.entry_count == file->entry_count);
    assert(reader.file.call_count == file->call_count);
    assert(reader.file.word_count == file->word_count);
    assert(str_equal(reader.file.name, file->name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct outline_file file;
    if (size == 0 || size > 1 << 16)
        return 0;
    auto_arena struct arena arena;
    arena_init(&arena, OUTLINE_ARENA_BYTES);
    source_outline(names[data[0] % COUNT_OF(names)], str_of(data + 1, size - 1), NULL, false, 2000,
                   &arena, &file);
    check_file(&file);
    check_told(&file);
    return 0;
}
