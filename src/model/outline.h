/*
 * What a file of a project is and what it defines: its outline. The reader tells it in lines
 * (outline_write), whoever asked reads them again (outline_read); all that `testudo outline` says
 * is made of it.
 *
 * The first entry of a file that was read is the file itself; the others follow in the order of the
 * source, each behind the one that holds it. Strings are a stranger's, cut to a length and
 * otherwise as they were: whoever shows them escapes them.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

/* NAME, word in JSON */
#define OUTLINE_KINDS(X)                                                                           \
    X(MODULE, "module")                                                                            \
    X(FUNCTION, "function")                                                                        \
    X(METHOD, "method")                                                                            \
    X(CLASS, "class")                                                                              \
    X(INTERFACE, "interface")                                                                      \
    X(ENUM, "enum")                                                                                \
    X(RECORD, "record")                                                                            \
    X(TYPE, "type")                                                                                \
    X(NAMESPACE, "namespace")

enum outline_kind {

#define X(name, word) OUTLINE_##name,
    OUTLINE_KINDS(X)
#undef X
        OUTLINE_KIND_COUNT,
};

/* NAME, word in JSON: of an entry */
#define OUTLINE_TRAITS(X)                                                                          \
    X(PUBLIC, "public")                                                                            \
    X(PROTECTED, "protected")                                                                      \
    X(EXPORTED, "exported")                                                                        \
    X(ASYNC, "async")                                                                              \
    X(GENERATOR, "generator")                                                                      \
    X(STATIC, "static")                                                                            \
    X(ABSTRACT, "abstract")                                                                        \
    X(PROPERTY, "property")                                                                        \
    X(TEST, "test")                                                                                \
    X(MAIN, "main")                                                                                \
    X(RECURSIVE, "recursive")

enum outline_trait_bit {

#define X(name, word) OUTLINE_BIT_##name,
    OUTLINE_TRAITS(X)
#undef X
        OUTLINE_TRAIT_COUNT,
};

enum outline_trait {

#define X(name, word) OUTLINE_IS_##name = 1 << OUTLINE_BIT_##name,
    OUTLINE_TRAITS(X)
#undef X
};

/* NAME, word in JSON: of a file */
#define OUTLINE_FILE_TRAITS(X)                                                                     \
    X(GENERATED, "generated")                                                                      \
    X(VENDORED, "vendored")                                                                        \
    X(BINARY, "binary")                                                                            \
    X(TEST, "test")                                                                                \
    X(ENTRY, "entry_point")                                                                        \
    X(EXECUTABLE, "executable")

enum outline_file_trait_bit {

#define X(name, word) OUTLINE_FILE_BIT_##name,
    OUTLINE_FILE_TRAITS(X)
#undef X
        OUTLINE_FILE_TRAIT_COUNT,
};

enum outline_file_trait {

#define X(name, word) OUTLINE_FILE_##name = 1 << OUTLINE_FILE_BIT_##name,
    OUTLINE_FILE_TRAITS(X)
#undef X
};

/* NAME, word in JSON, what it says */
#define OUTLINE_STATES(X)                                                                          \
    X(WHOLE, "outlined", "all of it was read")                                                     \
    X(PARTIAL, "partial", "only a part of it is told")                                             \
    X(LISTED, "listed",                                                                            \
      "it is counted; what it defines was not asked for, or is in a language that is not "         \
      "outlined")                                                                                  \
    X(SKIPPED, "skipped", "it could not be read")

enum outline_state {

#define X(name, word, meaning) OUTLINE_##name,
    OUTLINE_STATES(X)
#undef X
        OUTLINE_STATE_COUNT,
};

enum {
    OUTLINE_NAME_MAX = 200,
    OUTLINE_PATH_MAX = 4096,
    OUTLINE_SIGNATURE_MAX = 1000,
    OUTLINE_DOC_MAX = 4000,
    OUTLINE_DEPTH_MAX = 256,     /* definitions in each other */
    OUTLINE_ENTRIES_MAX = 20000, /* of one file, and so on; with more it is PARTIAL */
    OUTLINE_WORDS_MAX = 100000,
    OUTLINE_CALLS_MAX = 200000,
    OUTLINE_IMPORTS_MAX = 20000,
    OUTLINE_NUMBER_MAX = 1 << 30,
};

/* The numbers of an entry, in the order in which its line has them: NAME, largest */
#define OUTLINE_ENTRY_NUMBERS(X)                                                                   \
    X(kind, OUTLINE_KIND_COUNT - 1)                                                                \
    X(parent, OUTLINE_ENTRIES_MAX)                                                                 \
    X(line, OUTLINE_NUMBER_MAX)                                                                    \
    X(end_line, OUTLINE_NUMBER_MAX)                                                                \
    X(traits, (1 << OUTLINE_TRAIT_COUNT) - 1)                                                      \
    X(parameters, OUTLINE_NUMBER_MAX)                                                              \
    X(cyclomatic, OUTLINE_NUMBER_MAX)                                                              \
    X(cognitive, OUTLINE_NUMBER_MAX)                                                               \
    X(nesting, OUTLINE_NUMBER_MAX)                                                                 \
    X(doctests, OUTLINE_NUMBER_MAX)

struct outline_entry {
#define X(name, max) uint32_t name;
    OUTLINE_ENTRY_NUMBERS(X)
#undef X
    struct str name, signature, doc;
    uint32_t first_word, word_count; /* in the file's words, once they were read */
};

/* NAME, letter of its line, word in JSON: what names belong to an entry */
#define OUTLINE_WORDS(X)                                                                           \
    X(BASE, 'B', "bases")                                                                          \
    X(RAISED, 'R', "raises")                                                                       \
    X(DECORATOR, 'A', "decorators")                                                                \
    X(EXPORT, 'X', "exports")                                                                      \
    X(FRAMEWORK, 'T', "test_frameworks")

enum outline_word_kind {

#define X(name, letter, word) OUTLINE_WORD_##name,
    OUTLINE_WORDS(X)
#undef X
        OUTLINE_WORD_COUNT,
};

struct outline_word {
    enum outline_word_kind kind;
    uint32_t entry;
    struct str text;
};

struct outline_call {
    uint32_t entry, line;
    struct str name; /* "os.path.join"; ".close" of what has no name */
};

/* What is imported: the module, a name of it or "" or "*", and what it is called here. */
struct outline_import {
    uint32_t entry, line;
    struct str module, name, alias;
};

/* The numbers of a file. */
#define OUTLINE_FILE_NUMBERS(X)                                                                    \
    X(state, OUTLINE_STATE_COUNT - 1)                                                              \
    X(traits, (1 << OUTLINE_FILE_TRAIT_COUNT) - 1)                                                 \
    X(bytes, UINT32_MAX)                                                                           \
    X(lines, OUTLINE_NUMBER_MAX)                                                                   \
    X(code, OUTLINE_NUMBER_MAX)                                                                    \
    X(comments, OUTLINE_NUMBER_MAX)                                                                \
    X(syntax_errors, OUTLINE_NUMBER_MAX)

struct outline_file {
    struct str name, language, why, package; /* package: as Java declares it */
#define X(name, max) uint32_t name;
    OUTLINE_FILE_NUMBERS(X)
#undef X
    struct outline_entry *entries;
    struct outline_word *words;
    struct outline_call *calls;
    struct outline_import *imports;
    uint32_t entry_count, word_count, call_count, import_count;
};

const char *outline_kind_word(enum outline_kind kind);
const char *outline_state_word(enum outline_state state);

/* "class.method" within its file; in the arena. */
struct str outline_full_name(const struct outline_file *file, uint32_t entry, struct arena *arena);

/* Some lines, the last of which ends the file. */
void outline_write(struct buf *out, const struct outline_file *file);

/* Reads the lines of one file, one after the other. */
struct outline_reader {
    struct arena *arena;
    struct outline_file file;
    uint32_t entry_room, word_room, call_room, import_room;
    bool begun;
};

void outline_reader_init(struct outline_reader *reader, struct arena *arena);

/* The line may be a stranger's, without its line end. *ret_ended: reader->file is whole and the
 * next line begins another. Everything lives in the arena and borrows from the line only if `lent`.
 */
[[nodiscard]] bool outline_read(struct outline_reader *reader, struct str line, bool lent,
                                bool *ret_ended, struct error *err);
