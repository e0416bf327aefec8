#include "source/bash_private.h"

#include <string.h>

#include "base/mem.h"

/* ---- cutting --------------------------------------------------------------------------------- */

void bash_words_add(struct bash_words *words, struct source_values value)
{
    if (words->count < FACT_ARGUMENTS_MAX)
        words->list[words->count++].value = value;
}

static void add_text(struct bash_words *words, struct str text)
{
    bash_words_add(words, values_of((struct source_value){.kind = VALUE_TEXT, .text = text}));
}

static void add_cut(struct bash_words *words, struct str text, char border)
{
    struct str piece;
    while (str_take_until(&text, border, &piece))
        if (piece.len > 0)
            add_text(words, piece);
}

/* "${list[@]}" is as many words as the list has. */
static bool is_cut(const struct follow *bash, TSNode node)
{
    struct str text = source_node_text(bash->tree, node);
    enum bash_kind kind = bash_kind(bash, node);
    if (kind == BASH_STRING)
        return str_ends(text, "[@]}\"") || str_is(text, "\"$@\"");
    return kind == BASH_SIMPLE_EXPANSION || kind == BASH_EXPANSION ||
           kind == BASH_COMMAND_SUBSTITUTION || (kind == BASH_CONCATENATION && str_has(text, '$'));
}

static bool is_choice(struct str text)
{
    return text.len > 3 && text.ptr[0] == '{' && text.ptr[text.len - 1] == '}' &&
           str_has(text, ',');
}

static void add_word(struct follow *bash, TSNode node, int depth, struct bash_words *words)
{
    struct source_values value = bash_values(bash, node, depth + 1);
    struct str text = value.list[0].text;
    if (values_are_text(&value) && is_cut(bash, node) && str_has(text, ' '))
        add_cut(words, text, ' ');
    else if (values_are_text(&value) && is_choice(source_node_text(bash->tree, node)))
        add_cut(words, str_of(text.ptr + 1, text.len - 2), ',');
    else
        bash_words_add(words, value);
}

static bool is_word(enum bash_kind kind)
{
    return kind != BASH_ASSIGNMENT && kind != BASH_FILE_REDIRECT && kind != BASH_HEREDOC_REDIRECT &&
           kind != BASH_HERESTRING && kind != BASH_COMMENT;
}

void bash_words_of(struct follow *bash, TSNode command, int depth, struct bash_words *ret)
{
    uint32_t count = ts_node_named_child_count(command);
    *ret = (struct bash_words){};
    for (uint32_t i = 0; i < count; i++) {
        TSNode child = ts_node_named_child(command, i);
        enum bash_kind kind = bash_kind(bash, child);
        if (kind == BASH_COMMAND_NAME && ts_node_named_child_count(child) > 0)
            child = ts_node_named_child(child, 0);
        if (is_word(kind))
            add_word(bash, child, depth, ret);
    }
}

/* ---- names ----------------------------------------------------------------------------------- */

struct str bash_name_of(const struct bash_words *words)
{
    if (words->count == 0 || !values_are_text(&words->list[0].value))
        return STR("");
    struct str rest = words->list[0].value.list[0].text, piece = {};
    while (str_take_until(&rest, '/', &piece))
        continue;
    return piece;
}

static void replace_first(struct bash_words *words, struct str text)
{
    struct bash_words longer = {};
    add_cut(&longer, text, ' ');
    for (uint32_t i = 1; i < words->count; i++)
        bash_words_add(&longer, words->list[i].value);
    if (longer.count > 0)
        *words = longer;
}

void bash_words_expand(struct follow *bash, struct bash_words *words)
{
    if (words->count == 0 || !values_are_text(&words->list[0].value))
        return;
    uint32_t alias = follow_binding_of(bash, BASH_FUNCTIONS, words->list[0].value.list[0].text, 0);
    if (alias != 0 && bash->bindings[alias].kind == BINDING_NAME)
        replace_first(words, bash->bindings[alias].text);
}

/* ---- commands that start others -------------------------------------------------------------- */

/* name, its options that take a word of their own, words that come before the command */
static const struct starter {
    const char *name, *with_word;
    uint32_t own_words;
} starters[] = {
    {"sudo", "-u -g -C -D -h -p -R -r -t -T -U --user --group", 0},
    {"doas", "-u -C", 0},
    {"env", "-u -C -S --unset --chdir", 0},
    {"nohup", "", 0},
    {"nice", "-n --adjustment", 0},
    {"ionice", "-c -n -p", 0},
    {"time", "-f -o", 0},
    {"exec", "-a", 0},
    {"command", "", 0},
    {"builtin", "", 0},
    {"setsid", "", 0},
    {"stdbuf", "-i -o -e", 0},
    {"busybox", "", 0},
    {"chronic", "", 0},
    {"timeout", "-s -k --signal --kill-after", 1},
    {"chroot", "", 1},
    {"xargs", "-I -n -P -L -d -E -s -a --max-args --max-procs --delimiter", 0},
};

static bool is_exec(struct str word)
{
    return follow_is_one_of(word, "-exec -execdir -ok -okdir");
}

static struct str text_of(const struct bash_words *words, uint32_t number)
{
    const struct source_values *value = &words->list[number].value;
    return number < words->count && values_are_text(value) ? value->list[0].text : STR("");
}

static uint32_t before_inner(const struct starter *starter, const struct bash_words *words)
{
    uint32_t at = 1, own = starter->own_words;
    while (at < words->count) {
        struct str word = text_of(words, at);
        bool option = str_starts(word, "-");
        bool assigns = str_has(word, '=') &&
                       (strcmp(starter->name, "env") == 0 || strcmp(starter->name, "sudo") == 0);
        if (!option && !assigns && own == 0)
            return at;
        own -= !option && !assigns;
        at += option && follow_is_one_of(word, starter->with_word) ? 2 : 1;
    }
    return 0;
}

uint32_t bash_words_before_inner(const struct bash_words *words)
{
    struct str name = bash_name_of(words);
    for (size_t i = 0; i < COUNT_OF(starters); i++)
        if (str_is(name, starters[i].name))
            return before_inner(&starters[i], words);
    for (uint32_t i = 1; str_is(name, "find") && i + 1 < words->count; i++)
        if (is_exec(text_of(words, i)))
            return i + 1;
    return 0;
}
