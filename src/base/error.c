#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/utf8.h"

static const char *const words[] = {
#define X(name, word, meaning) [ERROR_##name] = word,
    ERROR_KINDS(X)
#undef X
};

const char *error_kind_word(enum error_kind kind)
{
    return (size_t)kind < sizeof words / sizeof *words ? words[kind] : words[ERROR_INTERNAL];
}

static void reset(struct error *err, enum error_kind kind, int number)
{
    err->kind = kind;
    err->number = number;
    err->stage[0] = '\0';
    err->hint[0] = '\0';
}

bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
    int saved = errno;
    char text[sizeof err->text]; /* the arguments may lie in err */
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    reset(err, kind, 0);
    memcpy(err->text, text, strlen(text) + 1);
    errno = saved;
    return false;
}

/* "OUTER: INNER". The inner cause is what users need: a long outer text gives way to it. */
static void join(struct error *err, const char *outer, const char *inner)
{
    size_t inner_length = strnlen(inner, sizeof err->text - 1);
    size_t room = sizeof err->text - 1 - inner_length;
    size_t outer_length = room < 2 ? 0 : utf8_cut(str_from(outer), room - 2).len;
    size_t border = outer_length > 0 ? 2 : 0;
    memmove(err->text + outer_length + border, inner, inner_length);
    memcpy(err->text, outer, outer_length);
    memcpy(err->text + outer_length, ": ", border);
    err->text[outer_length + border + inner_length] = '\0';
}

bool error_sys(struct error *err, const char *format, ...)
{
    int saved = errno;
    char outer[sizeof err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(outer, sizeof outer, format, args);
    va_end(args);
    reset(err, ERROR_SYSTEM, saved);
    join(err, outer, errno_words(saved));
    errno = saved;
    return false;
}

bool error_wrap(struct error *err, const char *format, ...)
{
    int saved = errno;
    char outer[sizeof err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(outer, sizeof outer, format, args);
    va_end(args);
    join(err, outer, err->text);
    errno = saved;
    return false;
}

bool error_hint(struct error *err, const char *format, ...)
{
    int saved = errno;
    char hint[sizeof err->hint];
    va_list args;
    va_start(args, format);
    vsnprintf(hint, sizeof hint, format, args);
    va_end(args);
    memcpy(err->hint, hint, strlen(hint) + 1);
    errno = saved;
    return false;
}

bool error_stage(struct error *err, const char *stage)
{
    if (err->stage[0] == '\0')
        memccpy(err->stage, stage, '\0', sizeof err->stage - 1);
    err->stage[sizeof err->stage - 1] = '\0';
    return false;
}

void error_sanitise(struct error *err)
{
    if ((size_t)err->kind >= sizeof words / sizeof *words || err->kind == ERROR_NONE)
        err->kind = ERROR_INTERNAL;
    err->stage[sizeof err->stage - 1] = '\0';
    err->text[sizeof err->text - 1] = '\0';
    err->hint[sizeof err->hint - 1] = '\0';
}
