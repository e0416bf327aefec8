#include "lang/java_source.h"

#include "base/mem.h"

/* A cursor that gives words and single signs; comments, blanks and literals are passed over. */
struct reader {
    struct str rest;
    int depth; /* of braces */
};

static bool is_word_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '$' || (byte & 0x80) != 0;
}

static void pass(struct reader *reader, size_t count)
{
    reader->rest = str_skip(reader->rest, count < reader->rest.len ? count : reader->rest.len);
}

/* Up to and with `end`, or all that is left. */
static void pass_until(struct reader *reader, const char *end)
{
    while (reader->rest.len > 0 && !str_starts(reader->rest, end))
        pass(reader, 1);
    pass(reader, strlen(end));
}

/* A literal's rest: an escaped byte ends nothing. */
static void pass_literal(struct reader *reader, const char *end)
{
    while (reader->rest.len > 0 && !str_starts(reader->rest, end))
        pass(reader, reader->rest.ptr[0] == '\\' ? 2 : 1);
    pass(reader, strlen(end));
}

static bool pass_nothing_said(struct reader *reader)
{
    static const struct {
        const char *begin, *end;
        bool literal;
    } rows[] = {
        {"//", "\n", false}, {"/*", "*/", false}, {"\"\"\"", "\"\"\"", true},
        {"\"", "\"", true},  {"'", "'", true},    {" ", "", false},
        {"\t", "", false},   {"\r", "", false},   {"\n", "", false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (!str_starts(reader->rest, rows[i].begin))
            continue;
        pass(reader, strlen(rows[i].begin));
        if (rows[i].literal)
            pass_literal(reader, rows[i].end);
        else
            pass_until(reader, rows[i].end);
        return true;
    }
    return false;
}

/* An empty one at the end. */
static struct str next(struct reader *reader)
{
    while (pass_nothing_said(reader))
        continue;
    struct str token = str_of(reader->rest.ptr, 0);
    while (token.len < reader->rest.len && is_word_byte(reader->rest.ptr[token.len]))
        token.len++;
    if (token.len == 0 && reader->rest.len > 0)
        token.len = 1;
    pass(reader, token.len);
    reader->depth += str_is(token, "{");
    reader->depth -= str_is(token, "}");
    return token;
}

static bool begins_type(struct str word)
{
    return str_is(word, "class") || str_is(word, "interface") || str_is(word, "enum") ||
           str_is(word, "record");
}

static struct str until_semicolon(struct reader *reader)
{
    struct str first = next(reader), last = first;
    for (struct str token = first; token.len > 0 && !str_is(token, ";"); token = next(reader))
        last = token;
    return str_of(first.ptr, (size_t)(last.ptr + last.len - first.ptr));
}

/* "org.junit" and no more of it that would be the next edition's. */
static bool names_tests(struct str imported)
{
    return str_starts(imported, "org.junit.") || str_starts(imported, "static org.junit.");
}

/* A name that a type may have: what follows `record` may also be anything else. */
static bool is_name(struct str token)
{
    return token.len > 0 && is_word_byte(token.ptr[0]) &&
           !(token.ptr[0] >= '0' && token.ptr[0] <= '9');
}

/* Two tokens back: of "void main (" and "class Name". */
struct past {
    struct str one, two;
};

static void note_type(struct java_source *source, struct str name, struct str *present)
{
    *present = name;
    if (source->type.len == 0)
        source->type = name;
}

struct java_source java_source_read(struct str text)
{
    struct reader reader = {.rest = text};
    struct java_source source = {};
    struct past past = {};
    struct str present = {};
    for (struct str token; (token = next(&reader)).len > 0;) {
        bool outside = reader.depth == 0;
        if (outside && str_is(token, "package"))
            source.package = until_semicolon(&reader);
        else if (outside && str_is(token, "import"))
            source.has_tests = names_tests(until_semicolon(&reader)) || source.has_tests;
        else if (outside && begins_type(past.one) && is_name(token))
            note_type(&source, token, &present);
        else if (reader.depth == 1 && !source.has_main && str_is(token, "(") &&
                 str_is(past.one, "main") && str_is(past.two, "void")) {
            source.has_main = true;
            source.type = present;
        }
        past = (struct past){token, past.one};
    }
    return source;
}
