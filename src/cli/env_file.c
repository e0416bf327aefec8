#include "cli/env_file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "lang/names.h"
#include "model/words.h"
#include "sys/fd.h"

struct reader {
    struct str rest;
    const char *name;
    int line; /* of what is read now */
    struct arena *arena;
    struct words *words;
};

static bool refuse(const struct reader *reader, const char *what, const char *hint,
                   struct error *err)
{
    error_set(err, ERROR_USAGE, "%s:%d: %s", shown_name(reader->name).text, reader->line, what);
    return error_hint(err, "%s", hint);
}

static char take_byte(struct reader *reader)
{
    char byte = reader->rest.ptr[0];
    reader->rest = str_skip(reader->rest, 1);
    return byte;
}

static void skip_blanks(struct reader *reader)
{
    while (reader->rest.len > 0 && (reader->rest.ptr[0] == ' ' || reader->rest.ptr[0] == '\t'))
        take_byte(reader);
}

static char unescaped(char byte)
{
    switch (byte) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case '\\':
    case '"':
    case '$':
        return byte;
    default:
        return '\0';
    }
}

/* The opening quote has been taken. */
static bool read_quoted(struct reader *reader, char quote, struct buf *value, struct error *err)
{
    int begun = reader->line;
    while (reader->rest.len > 0) {
        char byte = take_byte(reader);
        if (byte == quote)
            return true;
        if (byte == '\\' && quote == '"' && reader->rest.len > 0 &&
            unescaped(reader->rest.ptr[0]) != '\0')
            byte = unescaped(take_byte(reader));
        else if (byte == '\n')
            reader->line++;
        buf_add_byte(value, byte);
    }
    reader->line = begun;
    return refuse(reader, "a quote is opened and never closed", "close it, or leave it out", err);
}

static struct str bare_value(struct str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] == '#' && (i == 0 || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t'))
            return str_trim(str_of(line.ptr, i));
    return str_trim(line);
}

static bool read_value(struct reader *reader, struct buf *value, struct error *err)
{
    struct str line = {};
    skip_blanks(reader);
    bool quoted =
        reader->rest.len > 0 && (reader->rest.ptr[0] == '"' || reader->rest.ptr[0] == '\'');
    if (quoted && !read_quoted(reader, take_byte(reader), value, err))
        return false;
    (void)str_take_line(&reader->rest, &line);
    struct str bare = bare_value(line);
    if (!quoted)
        buf_add_str(value, bare);
    else if (bare.len > 0)
        return refuse(reader, "something follows the closing quote",
                      "quote the whole value, or begin a comment with #", err);
    return true;
}

static bool take_name(struct reader *reader, struct str *ret_name, struct error *err)
{
    size_t length = 0;
    while (length < reader->rest.len && reader->rest.ptr[length] != '=' &&
           reader->rest.ptr[length] != '\n')
        length++;
    if (length == reader->rest.len || reader->rest.ptr[length] == '\n')
        return refuse(reader, "there is no '='", "write NAME=VALUE", err);
    *ret_name = str_trim(str_of(reader->rest.ptr, length));
    reader->rest = str_skip(reader->rest, length + 1);
    if (env_name_is_plain(*ret_name))
        return true;
    return refuse(reader, "that is no name of a variable",
                  "names have letters, digits, '_', '.' and '-', and begin with no digit", err);
}

static bool read_entry(struct reader *reader, struct error *err)
{
    struct str name = {};
    auto_buf struct buf entry;
    buf_init(&entry, BOX_WORD_BYTES_MAX);
    if (!take_name(reader, &name, err))
        return false;
    buf_add_str(&entry, name);
    buf_add_byte(&entry, '=');
    if (!read_value(reader, &entry, err))
        return false;
    if (entry.over || !arena_fits(reader->arena, entry.len) ||
        reader->words->count >= BOX_WORDS_MAX)
        return refuse(reader, "the environment is larger than what fits",
                      "put large data into a file: --file PATH", err);
    words_add(reader->words, reader->arena, arena_string(reader->arena, buf_str(&entry)));
    return true;
}

bool env_file_read(struct str text, const char *name, struct arena *arena, struct words *words,
                   struct error *err)
{
    struct reader reader = {text, name, 1, arena, words};
    struct str nul_before = text;
    if (str_has(text, '\0')) {
        (void)str_take_until(&nul_before, '\0', &text);
        for (size_t i = 0; i < text.len; i++)
            reader.line += text.ptr[i] == '\n';
        return refuse(&reader, "there is a NUL byte", "the file must be text", err);
    }
    (void)str_take_prefix(&reader.rest, "\xef\xbb\xbf"); /* some editors begin files so */
    for (; reader.rest.len > 0; reader.line++) {
        struct str line = reader.rest, look = {};
        (void)str_take_line(&line, &look);
        look = str_trim(look);
        if (look.len == 0 || look.ptr[0] == '#') {
            reader.rest = line;
            continue;
        }
        skip_blanks(&reader);
        if (str_take_prefix(&reader.rest, "export "))
            skip_blanks(&reader);
        if (!read_entry(&reader, err))
            return false;
    }
    return true;
}

bool env_file_load(const char *path, struct arena *arena, struct words *words, struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, ENV_FILE_BYTES_MAX);
    /* not only regular files: a shell's <(command) is a pipe */
    if (!fd_read_file(AT_FDCWD, path, &text, err)) {
        bool large = err->kind == ERROR_LIMIT;
        err->kind = large ? ERROR_LIMIT : ERROR_INPUT;
        error_wrap(err, "the environment file");
        return error_hint(err, "%s",
                          large ? "put large data into a file: --file PATH"
                                : "--env-file names a file of NAME=VALUE lines");
    }
    return env_file_read(buf_str(&text), path, arena, words, err);
}
