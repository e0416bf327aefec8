/*
 * The worker: a program of its own that reads strangers' bytes and can do nothing. It is started
 * in a box without network or input folders but the one that holds it; descriptor 3 is all that it
 * has of the outer world, and what it makes lies in its work folder.
 *
 * An operation is one file with one const struct; the table in main.c lists them. Options come as
 * one JSON object on standard input; lines of JSON go to standard output while it works. Our own
 * failure ends with a line {"error": text, "hint": text} and exit status 1.
 */
#pragma once

#include "base/error.h"
#include "base/json_read.h"

enum { WORK_CHANNEL = 3 };

struct operation {
    const char *name;
    bool (*run)(const struct json_value *options, struct arena *arena, struct error *err);
};

extern const struct operation operation_check, operation_rules, operation_testgen;
