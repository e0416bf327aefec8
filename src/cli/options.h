/*
 * Options of a command, read by its table: "--flag VALUE", "--flag=VALUE", "-f VALUE", "-fVALUE".
 *
 * Reading stops at the first word that is no option, and after "--". Unknown flags are refused by
 * name, with the nearest known one; flags are never abbreviated, so that a new one cannot change
 * what an old command line means. Help and completion are made of the same table.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "model/box.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct option_row {
    int id;
    const char *flag;     /* without its dashes */
    char letter;          /* or 0 */
    const char *argument; /* what help calls it, or NULL: the flag takes none. "[X]": it may have
                             one, only as --flag=X */
    const char *text;
};

struct option_table {
    const struct option_row *rows;
    size_t count;
};

/* Every command has these two; their ids are below those of any table. */
enum { OPTION_HELP = -2, OPTION_JSON = -1 };

#define OPTION_ROW_HELP                                                                            \
    {                                                                                              \
        OPTION_HELP, "help", 'h', NULL, "show this text"                                           \
    }
#define OPTION_ROW_JSON                                                                            \
    {                                                                                              \
        OPTION_JSON, "json", 0, NULL, "print one JSON object and nothing else"                     \
    }

struct option_reader {
    struct option_table table;
    int argc;
    char **argv;
    int next;            /* after the last option: the first word that is none */
    const char *letters; /* left of a word such as -vx */
    bool saw_border;     /* the options ended with "--" */
};

struct option_found {
    const struct option_row *row; /* NULL: no more options */
    const char *value;            /* of rows with an argument; NULL if it was left out */
};

/* Starts after argv[0]. */
void option_reader_init(struct option_reader *reader, struct option_table table, int argc,
                        char **argv);
[[nodiscard]] bool option_next(struct option_reader *reader, struct option_found *ret_found,
                               struct error *err);

/* Of commands whose options may stand before and after their targets: each option is given to
 * `apply`, all other words become targets. */
typedef bool option_apply(void *cookie, const struct option_found *found, struct arena *arena,
                          struct error *err);
[[nodiscard]] bool options_read_all(struct option_reader *reader, option_apply *apply, void *cookie,
                                    struct arena *arena, struct words *targets, struct error *err);

/* The value of an option that takes a whole number. */
[[nodiscard]] bool option_read_count(const struct option_found *found, int64_t min, int64_t max,
                                     int64_t *ret, struct error *err);

/* The row that a word such as "--json" or "--wall=5s" names, or NULL. */
const struct option_row *option_of_word(struct option_table table, const char *word);

/* Is --json among the words before "--"? For errors that come before all options are read. */
bool option_wants_json(int argc, char **argv);

void options_write_help(struct option_table table, struct buf *out);

/* The candidate that `word` was probably meant to be, or NULL. */
const char *nearest_word(const char *word, const char *const *candidates, size_t count);
