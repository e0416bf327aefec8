/*
 * The worker and the reader: programs of their own that read strangers' bytes and can do nothing.
 * Each is started in a box without network or input folders but the one that holds it; descriptor 3
 * is all that it has of the outer world, and what it makes lies in its work folder. They share
 * main.c; only the reader is linked with others' parsers.
 *
 * An operation is one file with one const struct; worker.c and reader.c list theirs. Options come
 * as one JSON object on standard input; lines of JSON go to standard output while it works. Our own
 * failure ends with a line {"error": text, "hint": text} and exit status 1.
 */
#pragma once

#include "base/error.h"
#include "base/json_read.h"

enum { WORK_CHANNEL = 3 };

struct operation {
    const char *name;
    bool (*run)(const struct json_value *options, struct arena *arena, struct error *err);
    /* Comes before the options, with the words behind its name, and may come back in another
     * process, which then reads them; NULL: there is nothing to wait for. */
    bool (*wait)(char *const words[], struct error *err);
};

extern const struct operation *const operations[]; /* of this program; NULL ends them */
extern const struct operation operation_check, operation_rules, operation_outline, operation_warm,
    operation_testgen;
