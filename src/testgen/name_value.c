#include "testgen/name.h"

#include <ctype.h>

/* How values are told: what is longer is only counted. */
enum { SHOWN_MAX = 24, ITEMS_SHOWN = 5 };

struct wording {
    struct arena *arena;
    const struct subject *subject;
    struct str parameter;
    bool exact; /* as it is, for an id; else in words that can be part of a name */
    bool alone; /* nothing stands beside it, so that a text need not say what it is */
};

/* ---- parameters ---------------------------------------------------------------------------- */

static bool is_on_object(const struct callable *callable)
{
    return callable->kind == CALLABLE_METHOD || callable->kind == CALLABLE_PROPERTY ||
           callable->kind == CALLABLE_SETTER;
}

struct str name_parameter(const struct subject *subject, const struct statement *statement,
                          uint32_t argument)
{
    if (statement->kind != STATEMENT_CALL)
        return STR("");
    if (statement->arguments[argument].name.len > 0)
        return statement->arguments[argument].name;
    const struct callable *callable = &subject->callables[statement->callable];
    bool on_object = is_on_object(callable);
    if (on_object && argument == 0)
        return callable->owner >= 0 ? subject->classes[callable->owner].qual : STR("");
    uint32_t place = argument - on_object;
    return place < callable->parameter_count ? callable->parameters[place].name : STR("");
}

/* ---- words --------------------------------------------------------------------------------- */

static struct str joined(const struct wording *wording, struct str a, struct str b)
{
    if (a.len == 0 || b.len == 0)
        return a.len == 0 ? b : a;
    return str_from(arena_text(wording->arena, "%.*s %.*s", (int)a.len, a.ptr, (int)b.len, b.ptr));
}

/* "shares 3" */
static struct str after_parameter(const struct wording *wording, struct str words)
{
    return joined(wording, wording->parameter, words);
}

/* "empty text" */
static struct str before_parameter(const struct wording *wording, const char *words)
{
    return joined(wording, str_from(words), wording->parameter);
}

static struct str number_words(const struct wording *wording, double number)
{
    if (number != number)
        return STR("nan");
    const char *sign = number < 0 ? wording->exact ? "-" : "minus " : "";
    const char *digits = arena_text(wording->arena, "%.6g", number < 0 ? -number : number);
    bool whole = wording->exact && strspn(digits, "0123456789") == strlen(digits);
    return str_from(arena_text(wording->arena, "%s%s%s", sign, digits, whole ? ".0" : ""));
}

static struct str integer_words(const struct wording *wording, int64_t integer)
{
    unsigned long long size =
        integer < 0 ? -(unsigned long long)integer : (unsigned long long)integer;
    const char *sign = integer < 0 ? wording->exact ? "-" : "minus " : "";
    return str_from(arena_text(wording->arena, "%s%llu", sign, size));
}

static bool is_word_byte(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_' || byte == '.' || byte == '-' || byte == ' ';
}

/* An id is between brackets, and runners cut at colons; quotes and backslashes would be escaped. */
static bool is_id_byte(char byte)
{
    return byte >= ' ' && byte < 0x7f && strchr("[]\"'\\:", byte) == NULL;
}

static bool is_shown(const struct wording *wording, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (wording->exact ? !is_id_byte(text.ptr[i]) : !is_word_byte(text.ptr[i]))
            return false;
    return text.len > 0 && text.len <= SHOWN_MAX && str_trim(text).len == text.len;
}

static bool has_letter(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (isalpha((unsigned char)text.ptr[i]))
            return true;
    return false;
}

/* "3 cents" where that is a word for many, else "text of 3 characters". */
static struct str count_words(const struct wording *wording, size_t count, const char *one,
                              const char *many)
{
    struct str parameter = wording->parameter;
    if (count == 0)
        return before_parameter(wording, parameter.len > 0 ? "empty" : "nothing");
    if (count > 1 && str_ends(parameter, "s") && !str_ends(parameter, "ss") && many[0] == 'i')
        return str_from(
            arena_text(wording->arena, "%zu %.*s", count, (int)parameter.len, parameter.ptr));
    const char *words = arena_text(wording->arena, "%s%zu %s", parameter.len > 0 ? "of " : "",
                                   count, count == 1 ? one : many);
    return after_parameter(wording, str_from(words));
}

static struct str text_words(const struct wording *wording, struct str text)
{
    if (text.len == 0)
        return before_parameter(wording, "empty");
    if (str_trim(text).len == 0)
        return before_parameter(wording, "blank");
    if (!is_shown(wording, text))
        return count_words(wording, text.len, "character", "characters");
    return wording->alone && has_letter(text) ? text : after_parameter(wording, text);
}

/* ---- many ---------------------------------------------------------------------------------- */

static bool is_scalar(const struct wording *wording, const struct value *value)
{
    if (value->kind == VALUE_TEXT)
        return is_shown(wording, value->text) && !str_has(value->text, ' ');
    return value->kind == VALUE_INT || value->kind == VALUE_FLOAT;
}

static struct str scalar_words(const struct wording *wording, const struct value *value)
{
    if (value->kind == VALUE_TEXT)
        return value->text;
    return value->kind == VALUE_INT ? integer_words(wording, value->integer)
                                    : number_words(wording, value->number);
}

static struct str with_gap(const struct wording *wording, struct str a, const char *gap,
                           struct str b)
{
    if (a.len == 0)
        return b;
    return str_from(
        arena_text(wording->arena, "%.*s%s%.*s", (int)a.len, a.ptr, gap, (int)b.len, b.ptr));
}

/* A few short items, one after the other; empty where there are too many, or other ones. */
static struct str list_words(const struct wording *wording, const struct value *value,
                             const char *gap)
{
    struct str words = STR("");
    if (value->count == 0 || value->count > ITEMS_SHOWN)
        return words;
    for (size_t i = 0; i < value->count; i++) {
        if (!is_scalar(wording, value->items[i]))
            return STR("");
        words = with_gap(wording, words, gap, scalar_words(wording, value->items[i]));
    }
    return words.len <= SHOWN_MAX ? words : STR("");
}

static struct str many_words(const struct wording *wording, const struct value *value)
{
    struct str list = list_words(wording, value, " ");
    return list.len > 0 ? after_parameter(wording, list)
                        : count_words(wording, value->count, "item", "items");
}

/* Three numbers that may well be a day: 2024-2-29. */
static bool is_day(const struct value *arguments)
{
    for (size_t i = 0; i < arguments->count; i++)
        if (arguments->items[i]->kind != VALUE_INT || arguments->items[i]->integer < 0)
            return false;
    return arguments->count == 3;
}

static struct str last_part(struct str dotted)
{
    for (size_t i = dotted.len; i-- > 0;)
        if (dotted.ptr[i] == '.')
            return str_skip(dotted, i + 1);
    return dotted;
}

/* Color.RED, str: what has a name of its own; empty for a lambda, or for what is called. */
static struct str constant_words(const struct wording *wording, const struct value *value)
{
    if (value->count == 0 || value->items[0]->kind != VALUE_INT)
        return STR("");
    int64_t index = value->items[0]->integer;
    if (index < 0 || index >= wording->subject->callable_count)
        return STR("");
    const struct callable *callable = &wording->subject->callables[index];
    struct str name = last_part(callable->text);
    bool constant = callable->kind == CALLABLE_LIBRARY && callable->parameter_count == 0;
    return constant && is_shown(wording, name) && !str_has(name, ' ') ? name : STR("");
}

/* ("make", what, …, arguments, options) or a name: what it is, and its plain arguments. */
static struct str special_words(const struct wording *wording, const struct value *value)
{
    const struct value *arguments = NULL;
    for (size_t i = 0; i < value->count && arguments == NULL; i++)
        if (value->items[i]->kind == VALUE_TUPLE)
            arguments = value->items[i];
    struct str list = STR("");
    if (arguments != NULL)
        list = list_words(wording, arguments, wording->exact && is_day(arguments) ? "-" : " ");
    if (list.len > 0)
        return after_parameter(wording, list);
    struct str constant = constant_words(wording, value);
    if (constant.len > 0)
        return after_parameter(wording, constant);
    if (value->count > 0 && value->items[0]->kind == VALUE_TEXT)
        return value->items[0]->text;
    return wording->parameter.len > 0 ? wording->parameter : STR("object");
}

static struct str words_of(const struct wording *wording, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NONE:
        return after_parameter(wording, STR("none"));
    case VALUE_BOOL:
        return after_parameter(wording, value->truth ? STR("true") : STR("false"));
    case VALUE_INT:
        return after_parameter(wording, integer_words(wording, value->integer));
    case VALUE_BIG:
        return before_parameter(wording, "huge");
    case VALUE_FLOAT:
        return after_parameter(wording, number_words(wording, value->number));
    case VALUE_TEXT:
        return text_words(wording, value->text);
    case VALUE_BYTES:
        return count_words(wording, value->text.len, "byte", "bytes");
    case VALUE_TUPLE:
    case VALUE_LIST:
    case VALUE_SET:
    case VALUE_FROZENSET:
        return many_words(wording, value);
    case VALUE_DICT:
        return count_words(wording, value->count / 2, "entry", "entries");
    case VALUE_SPECIAL:
        return special_words(wording, value);
    }
    return STR("");
}

struct str name_argument(struct arena *arena, const struct subject *subject, struct str parameter,
                         const struct value *value)
{
    const struct wording wording = {arena, subject, parameter, false, false};
    return words_of(&wording, value);
}

struct str name_case(struct arena *arena, const struct subject *subject, struct str parameter,
                     const struct value *value, bool alone)
{
    const struct wording wording = {arena, subject, parameter, true, alone};
    return words_of(&wording, value);
}
