#include "source/language.h"

#define LANGUAGE(id, name, grammar, ends, interpreters) const struct TSLanguage *grammar(void);
#include "source/languages.def"
#undef LANGUAGE

static const struct source_language languages[] = {
#define LANGUAGE(id, name, grammar, ends, interpreters)                                            \
    {SOURCE_##id, name, grammar, ends, interpreters},
#include "source/languages.def"
#undef LANGUAGE
};

const struct source_language *source_language_find(struct str name)
{
    for (size_t i = 0; i < SOURCE_LANGUAGES; i++)
        if (str_is(name, languages[i].name))
            return &languages[i];
    return NULL;
}

static bool list_has(const char *list, struct str word)
{
    struct str rest = str_from(list), piece;
    while (str_take_until(&rest, ' ', &piece))
        if (str_equal(piece, word))
            return true;
    return false;
}

/* "a.py" of "src/a.py" */
static struct str last_part(struct str path)
{
    struct str piece = {};
    while (str_take_until(&path, '/', &piece))
        continue;
    return piece;
}

/* A name that begins with its only dot has no end: ".py" is a hidden file. */
static struct str end_of_name(struct str path)
{
    struct str name = last_part(path);
    for (size_t i = name.len; i-- > 1;)
        if (name.ptr[i] == '.')
            return str_skip(name, i);
    return STR("");
}

/* "python3" of "#!/usr/bin/env -S python3.11 -u" */
static struct str interpreter_of(struct str content)
{
    struct str line = {}, word = {};
    if (!str_take_prefix(&content, "#!") || !str_take_line(&content, &line))
        return STR("");
    line = str_trim(line);
    while (str_take_until(&line, ' ', &word)) {
        word = last_part(word);
        if (word.len > 0 && !str_is(word, "env") && word.ptr[0] != '-')
            break;
    }
    while (word.len > 0 && (str_has(STR(".0123456789"), word.ptr[word.len - 1])) &&
           !str_is(word, "python2") && !str_is(word, "python3"))
        word.len--;
    return word;
}

const struct source_language *source_language_of(struct str path, struct str content)
{
    struct str end = end_of_name(path);
    for (size_t i = 0; end.len > 0 && i < SOURCE_LANGUAGES; i++)
        if (list_has(languages[i].ends, end))
            return &languages[i];
    struct str interpreter = end.len > 0 ? STR("") : interpreter_of(content);
    for (size_t i = 0; interpreter.len > 0 && i < SOURCE_LANGUAGES; i++)
        if (list_has(languages[i].interpreters, interpreter))
            return &languages[i];
    return NULL;
}
