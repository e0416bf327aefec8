#include "deps/declared.h"

#include <string.h>

#include "base/buf.h"
#include "model/words.h"

enum { BLOCK_BYTES_MAX = 64 << 10 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

/* ---- the block ------------------------------------------------------------------------------ */

static bool refuse(struct error *err, const char *why)
{
    error_set(err, ERROR_INPUT, "the script's metadata (# /// script): %s", why);
    return error_hint(err,
                      "it is TOML: dependencies = [\"requests<3\", \"rich\"]; --no-deps passes "
                      "it over");
}

/* What stands after "# ", or after "#" alone. */
static bool take_content(struct str line, struct str *ret)
{
    if (str_is(line, "#")) {
        *ret = STR("");
        return true;
    }
    *ret = line;
    return str_take_prefix(ret, "# ");
}

/* By the reference implementation: the block ends with the last line "# ///" of those that begin
 * with "#" without a gap. */
static bool read_block(struct str *rest, struct buf *out)
{
    struct str line, content, ahead = *rest;
    size_t whole = 0;
    bool ended = false;
    while (str_take_line(&ahead, &line)) {
        if (str_is(line, "# ///")) {
            whole = out->len;
            ended = true;
            *rest = ahead;
        }
        if (!take_content(line, &content))
            break;
        buf_add_str(out, content);
        buf_add_byte(out, '\n');
    }
    out->len = whole;
    return ended && !out->over;
}

static bool find_block(struct str source, struct buf *out, bool *ret_found, struct error *err)
{
    struct str line;
    *ret_found = false;
    while (str_take_line(&source, &line)) {
        if (!str_is(line, "# /// script"))
            continue;
        if (*ret_found)
            return refuse(err, "there are two of them");
        if (!read_block(&source, out))
            return refuse(err, "it has no end, a line '# ///'");
        *ret_found = true;
    }
    return true;
}

/* ---- its TOML ------------------------------------------------------------------------------- */

/* Blanks, line ends and comments. */
static void skip_space(struct str *rest)
{
    while (rest->len > 0 && (is_blank(rest->ptr[0]) || rest->ptr[0] == '#')) {
        size_t count = 1;
        if (rest->ptr[0] == '#')
            while (count < rest->len && rest->ptr[count] != '\n')
                count++;
        *rest = str_skip(*rest, count);
    }
}

/* Requirements need no escapes: markers quote with the other kind of quotes. */
static bool take_string(struct str *rest, struct str *ret)
{
    char quote = rest->len > 0 ? rest->ptr[0] : '\0';
    if (quote != '"' && quote != '\'')
        return false;
    *rest = str_skip(*rest, 1);
    *ret = str_of(rest->ptr, 0);
    while (rest->len > 0 && rest->ptr[0] != quote) {
        if (rest->ptr[0] == '\n' || (rest->ptr[0] == '\\' && quote == '"'))
            return false;
        *rest = str_skip(*rest, 1);
        ret->len++;
    }
    return rest->len > 0 && str_take_prefix(rest, quote == '"' ? "\"" : "'");
}

static bool read_list(struct str rest, struct arena *arena, struct words *specs, struct error *err)
{
    skip_space(&rest);
    if (!str_take_prefix(&rest, "["))
        return refuse(err, "dependencies is no list of strings");
    for (;;) {
        struct str item;
        skip_space(&rest);
        if (str_take_prefix(&rest, "]"))
            return true;
        if (!take_string(&rest, &item))
            return refuse(err, "dependencies is no list of strings");
        words_add(specs, arena, arena_string(arena, item));
        skip_space(&rest);
        if (!str_take_prefix(&rest, ",") && (rest.len == 0 || rest.ptr[0] != ']'))
            return refuse(err, "a comma or ] is missing after a dependency");
    }
}

/* The key counts above the first table only: [tool.x] has keys of its own. */
static bool read_metadata(struct str text, struct arena *arena, struct words *specs,
                          struct error *err)
{
    struct str line, rest = text;
    while (str_take_line(&text, &line)) {
        struct str trimmed = str_trim(line);
        if (str_starts(trimmed, "["))
            return true;
        if (str_take_prefix(&trimmed, "dependencies")) {
            trimmed = str_trim(trimmed);
            if (str_starts(trimmed, "=")) {
                size_t at = (size_t)(trimmed.ptr + 1 - rest.ptr);
                return read_list(str_skip(rest, at), arena, specs, err);
            }
        }
    }
    return true;
}

bool declared_by_python(struct str source, struct arena *arena, struct words *specs,
                        struct error *err)
{
    auto_buf struct buf block;
    bool found;
    buf_init(&block, BLOCK_BYTES_MAX);
    return find_block(source, &block, &found, err) &&
           (!found || read_metadata(buf_str(&block), arena, specs, err));
}

/* ---- Java ----------------------------------------------------------------------------------- */

void declared_by_java(struct str source, struct arena *arena, struct words *specs)
{
    struct str line;
    while (str_take_line(&source, &line)) {
        line = str_trim(line);
        if (!str_take_prefix(&line, "//DEPS") || line.len == 0 || !is_blank(line.ptr[0]))
            continue;
        while (line.len > 0) {
            size_t length = 0;
            while (length < line.len && !is_blank(line.ptr[length]) && line.ptr[length] != ',')
                length++;
            if (length > 0)
                words_add(specs, arena, arena_copy(arena, line.ptr, length));
            line = str_skip(line, length < line.len ? length + 1 : length);
        }
    }
}
