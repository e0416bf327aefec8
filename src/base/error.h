/*
 * An error is a fixed-size value on the caller's stack, so reporting one can never itself fail.
 *
 * The innermost function says what failed; each caller may add what it was trying to do
 * (error_wrap); the edge (cli, role) shows it once. A success leaves the error untouched.
 *
 * The setters return false, the _null and _fd forms NULL and -1, so that a failing function reads
 * `return error_sys(err, "open memory.max");`. All of them keep errno.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* name, word in JSON, what it means */
#define ERROR_KINDS(X)                                                                             \
    X(NONE, "none", "no error")                                                                    \
    X(USAGE, "usage", "the request itself is wrong: the caller can mend it")                       \
    X(INPUT, "input", "a file, folder or image that the request names cannot be used")             \
    X(LIMIT, "limit", "something is larger than we accept")                                        \
    X(UNENFORCEABLE, "unenforceable", "this host cannot enforce a limit that the caller named")    \
    X(HOST, "host", "the host forbids or lacks something that we need")                            \
    X(SYSTEM, "system", "a system call failed")                                                    \
    X(INTERRUPTED, "interrupted", "a part of us ended before its work was done")                   \
    X(INTERNAL, "internal", "a mistake of ours")

enum error_kind {

#define X(name, word, meaning) ERROR_##name,
    ERROR_KINDS(X)
#undef X
};

struct error {
    enum error_kind kind;
    int number;     /* errno, or 0 */
    char stage[32]; /* which part of the work failed: "mount", "exec"; may be empty */
    char text[480];
    char hint[320]; /* what to do about it; may be empty */
};

bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* From errno: "FORMAT: No such file or directory". */
bool error_sys(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "FORMAT: " before the text that is there; if both are too long, less of FORMAT. */
bool error_wrap(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool error_hint(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Names the stage unless an inner function did. */
bool error_stage(struct error *err, const char *stage);

/* For receivers of errors from another process: nothing unterminated, no unknown kind survives.
 * The bytes stay as they are: whoever shows them escapes them (text_escape, json_text). */
void error_sanitise(struct error *err);

const char *error_kind_word(enum error_kind kind);

#define error_set_null(...) (error_set(__VA_ARGS__), NULL)
#define error_sys_null(...) (error_sys(__VA_ARGS__), NULL)
#define error_wrap_null(...) (error_wrap(__VA_ARGS__), NULL)
#define error_set_fd(...) (error_set(__VA_ARGS__), -1)
#define error_sys_fd(...) (error_sys(__VA_ARGS__), -1)
#define error_wrap_fd(...) (error_wrap(__VA_ARGS__), -1)
