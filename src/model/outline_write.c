/* Writing the lines of an outline: a letter and fields with a tab between, in which "\\", tabs and
 * line ends are escaped by a backslash. */
#include "model/outline.h"

static void add_number(struct buf *out, uint32_t number)
{
    char digits[12];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    digits[--at] = '\t';
    buf_add(out, digits + at, sizeof digits - at);
}

static bool is_plain(char c)
{
    return c != '\\' && c != '\t' && c != '\n';
}

static void add_text(struct buf *out, struct str text)
{
    buf_add_byte(out, '\t');
    for (size_t start = 0, i = 0; i <= text.len; i++) {
        if (i < text.len && is_plain(text.ptr[i]))
            continue;
        buf_add(out, text.ptr + start, i - start);
        start = i + 1;
        if (i < text.len) {
            buf_add_byte(out, '\\');
            buf_add_byte(out, text.ptr[i] == '\t' ? 't' : text.ptr[i] == '\n' ? 'n' : '\\');
        }
    }
}

static void write_word(struct buf *out, const struct outline_word *word)
{
    static const char letters[] = {
#define X(name, letter, word) letter,
        OUTLINE_WORDS(X)
#undef X
    };
    buf_add_byte(out, letters[word->kind]);
    add_number(out, word->entry);
    add_text(out, word->text);
    buf_add_byte(out, '\n');
}

static void write_entry(struct buf *out, const struct outline_entry *entry)
{
    buf_add_byte(out, 'D');
#define X(name, max) add_number(out, entry->name);
    OUTLINE_ENTRY_NUMBERS(X)
#undef X
    add_text(out, entry->name);
    add_text(out, entry->signature);
    add_text(out, entry->doc);
    buf_add_byte(out, '\n');
}

static void write_call(struct buf *out, const struct outline_call *call)
{
    buf_add_byte(out, 'C');
    add_number(out, call->entry);
    add_number(out, call->line);
    add_text(out, call->name);
    buf_add_byte(out, '\n');
}

static void write_import(struct buf *out, const struct outline_import *import)
{
    buf_add_byte(out, 'I');
    add_number(out, import->entry);
    add_number(out, import->line);
    add_text(out, import->module);
    add_text(out, import->name);
    add_text(out, import->alias);
    buf_add_byte(out, '\n');
}

void outline_write(struct buf *out, const struct outline_file *file)
{
    buf_add_byte(out, 'F');
#define X(name, max) add_number(out, file->name);
    OUTLINE_FILE_NUMBERS(X)
#undef X
    add_text(out, file->name);
    add_text(out, file->language);
    add_text(out, file->why);
    add_text(out, file->package);
    buf_add_byte(out, '\n');
    for (uint32_t i = 0; i < file->entry_count; i++)
        write_entry(out, &file->entries[i]);
    for (uint32_t i = 0; i < file->word_count; i++)
        write_word(out, &file->words[i]);
    for (uint32_t i = 0; i < file->call_count; i++)
        write_call(out, &file->calls[i]);
    for (uint32_t i = 0; i < file->import_count; i++)
        write_import(out, &file->imports[i]);
    buf_add_text(out, "E\n");
}
