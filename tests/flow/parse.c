/* From the text of a file to scenarios of steps, and from a step's text to words. */
#include "tests/flow/flow.h"

#include <ctype.h>
#include <string.h>

static int count_lines(struct str text)
{
    int count = 0;
    struct str line;
    while (str_take_line(&text, &line))
        count++;
    return count;
}

/* The `| ` lines as they stand in the file; step_block cleans them when they are needed. */
static void add_to_block(struct step *step, struct str line)
{
    if (!step->has_block)
        step->block = str_of(line.ptr, 0);
    step->block.len = (size_t)(line.ptr + line.len - step->block.ptr);
    step->has_block = true;
}

struct str step_block(struct arena *arena, const struct step *step)
{
    char *text = arena_alloc(arena, step->block.len + 1);
    size_t length = 0;
    struct str line, rest = step->block;
    while (str_take_line(&rest, &line)) {
        line = str_skip(line, line.len > 1 && line.ptr[1] == ' ' ? 2 : 1);
        if (line.len > 0)
            memcpy(text + length, line.ptr, line.len);
        length += line.len;
        text[length++] = '\n';
    }
    return str_of(text, length);
}

bool flow_parse(struct arena *arena, const char *file, struct str text, struct flow_file *ret_file,
                struct error *err)
{
    size_t lines = (size_t)count_lines(text);
    struct step *steps = arena_alloc(arena, lines * sizeof *steps);
    struct flow_file result = {arena_alloc(arena, lines * sizeof *result.scenarios), 0};
    struct scenario *scenario = NULL;
    bool all_once = false;
    struct str line;
    for (int number = 1; str_take_line(&text, &line); number++) {
        struct str rest = str_trim(line), verb;
        if (str_starts(line, "|")) {
            if (scenario == NULL || scenario->count == 0)
                return error_set(err, ERROR_INPUT, "%s:%d: text without a step", file, number);
            add_to_block(&steps[-1], line);
            continue;
        }
        if (rest.len == 0 || rest.ptr[0] == '#')
            continue;
        (void)str_take_until(&rest, ' ', &verb);
        rest = str_trim(rest);
        if (str_is(verb, "flow")) {
            scenario = &result.scenarios[result.count++];
            *scenario = (struct scenario){file, number, rest, steps, 0, all_once};
        } else if (str_is(verb, "once")) {
            *(scenario != NULL ? &scenario->once : &all_once) = true;
        } else if (scenario != NULL) {
            *steps++ = (struct step){.line = number, .verb = verb, .rest = rest};
            scenario->count++;
        } else {
            return error_set(err, ERROR_INPUT, "%s:%d: a step before any flow", file, number);
        }
    }
    if (result.count == 0)
        return error_set(err, ERROR_INPUT, "%s: holds no flow", file);
    *ret_file = result;
    return true;
}

static bool add_variable(struct scene *scene, struct str *rest, struct buf *word, struct error *err)
{
    bool braced = str_take_prefix(rest, "{");
    size_t length = 0;
    while (length < rest->len &&
           (isalnum((unsigned char)rest->ptr[length]) || rest->ptr[length] == '_'))
        length++;
    const char *name = arena_copy(&scene->arena, rest->ptr, length);
    *rest = str_skip(*rest, length);
    const char *value = scene_env(scene, name);
    if (value == NULL || (braced && !str_take_prefix(rest, "}")))
        return error_set(err, ERROR_INPUT, "no variable $%s here", name);
    buf_add_text(word, value);
    return true;
}

static void add_escaped(struct str *rest, struct buf *word)
{
    if (rest->len == 0)
        return;
    char byte = rest->ptr[0];
    buf_add_byte(word, byte == 'n' ? '\n' : byte == 't' ? '\t' : byte);
    *rest = str_skip(*rest, 1);
}

/* One word, which the cursor stands at. */
static bool take_word(struct scene *scene, struct str *rest, struct word *ret, struct error *err)
{
    auto_buf struct buf word;
    buf_init(&word, 1 << 20);
    char quote = '\0';
    while (rest->len > 0 && (quote != '\0' || rest->ptr[0] != ' ')) {
        char byte = rest->ptr[0];
        *rest = str_skip(*rest, 1);
        if (byte == quote) {
            quote = '\0';
        } else if (quote == '\0' && (byte == '\'' || byte == '"')) {
            quote = byte;
            ret->quoted = true;
        } else if (quote == '"' && byte == '\\') {
            add_escaped(rest, &word);
        } else if (quote != '\'' && byte == '$') {
            if (!add_variable(scene, rest, &word, err))
                return false;
        } else {
            buf_add_byte(&word, byte);
        }
    }
    if (quote != '\0')
        return error_set(err, ERROR_INPUT, "a %c is missing", quote);
    ret->text = arena_string(&scene->arena, buf_str(&word));
    return true;
}

bool words_split(struct scene *scene, struct str text, struct words *ret_words, struct error *err)
{
    /* each word takes at least one byte and one blank */
    struct words words = {arena_alloc(&scene->arena, (text.len / 2 + 2) * sizeof *words.list), 0};
    for (text = str_trim(text); text.len > 0; text = str_trim(text))
        if (!take_word(scene, &text, &words.list[words.count++], err))
            return false;
    *ret_words = words;
    return true;
}
