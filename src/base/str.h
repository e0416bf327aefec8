/*
 * A str is a borrowed view of bytes; it may hold any byte and need not end in NUL. Parsing is by
 * cursor: the str_take functions cut a piece off the front and move the view on.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})

static inline struct str str_from(const char *text)
{
    return (struct str){text, strlen(text)};
}

static inline struct str str_of(const void *bytes, size_t length)
{
    return (struct str){bytes, length};
}

/* What follows the first `count` bytes, of which there must be as many. */
static inline struct str str_skip(struct str text, size_t count)
{
    return count == 0 ? text : (struct str){text.ptr + count, text.len - count};
}

bool str_equal(struct str a, struct str b);
bool str_is(struct str a, const char *text);
bool str_starts(struct str text, const char *prefix);
bool str_ends(struct str text, const char *suffix);
bool str_has(struct str text, char byte);
struct str str_trim(struct str text); /* blanks, tabs, line ends */

/* Cuts off what stands before the first `border` (all, if there is none) and the border itself;
 * false when nothing was left to cut: "a,b" and "a,b," both give two pieces. */
bool str_take_until(struct str *rest, char border, struct str *ret_piece);

/* One line without its "\n" or "\r\n". */
bool str_take_line(struct str *rest, struct str *ret_line);
bool str_take_prefix(struct str *rest, const char *prefix);
