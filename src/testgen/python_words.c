#include "testgen/python_text.h"

#include <ctype.h>

#include "base/mem.h"

static const char *const reserved[] = {
    "False",     "None",   "True",     "and",      "as",          "assert", "async",
    "await",     "break",  "class",    "continue", "def",         "del",    "elif",
    "else",      "except", "finally",  "for",      "from",        "global", "if",
    "import",    "in",     "is",       "lambda",   "nonlocal",    "not",    "or",
    "pass",      "raise",  "return",   "try",      "while",       "with",   "yield",
    "abs",       "all",    "any",      "bin",      "bool",        "bytes",  "chr",
    "complex",   "dict",   "dir",      "divmod",   "filter",      "float",  "format",
    "frozenset", "hash",   "hex",      "id",       "input",       "int",    "isinstance",
    "iter",      "len",    "list",     "map",      "max",         "min",    "next",
    "object",    "oct",    "open",     "ord",      "pow",         "print",  "property",
    "range",     "repr",   "reversed", "round",    "set",         "slice",  "sorted",
    "str",       "sum",    "super",    "tuple",    "type",        "vars",   "zip",
    "bytearray", "capsys", "request",  "tmp_path", "monkeypatch", "pytest", "asyncio",
    "islice",    "math",   "operator",
};

bool python_is_reserved(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(reserved); i++)
        if (str_is(name, reserved[i]))
            return true;
    return false;
}

static bool begins_word(struct str name, size_t at)
{
    if (at == 0 || !isupper((unsigned char)name.ptr[at]) || name.ptr[at - 1] == '_')
        return false;
    bool after_small = !isupper((unsigned char)name.ptr[at - 1]);
    bool before_small = at + 1 < name.len && islower((unsigned char)name.ptr[at + 1]);
    return after_small || before_small;
}

void python_snake(struct buf *out, struct str name)
{
    while (name.len > 0 && name.ptr[0] == '_')
        name = str_skip(name, 1);
    while (name.len > 0 && name.ptr[name.len - 1] == '_')
        name.len--;
    for (size_t i = 0; i < name.len; i++) {
        if (begins_word(name, i))
            buf_add_byte(out, '_');
        unsigned char byte = (unsigned char)name.ptr[i];
        buf_add_byte(out, byte == '.' ? '_' : (char)tolower(byte));
    }
}

static bool is_name_byte(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_';
}

void python_identifier(struct buf *out, struct str words)
{
    size_t begin = out->len;
    while (words.len > 0) {
        size_t length = 0;
        while (length < words.len && is_name_byte(words.ptr[length]))
            length++;
        struct str word = str_of(words.ptr, length);
        words = str_skip(words, length < words.len ? length + 1 : length);
        size_t before = out->len;
        if (before > begin && length > 0)
            buf_add_byte(out, '_');
        size_t empty = out->len;
        python_snake(out, word);
        if (out->len == empty)
            out->len = before;
    }
}
