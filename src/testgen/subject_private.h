/*
 * How the parts of a description are read. A reader remembers the first fault and goes on with
 * harmless values, so that those who read need one check at their end.
 */
#pragma once

#include "testgen/subject.h"

struct subject_reader {
    struct arena *arena;
    struct error *err;
    bool bad;
    const char *part; /* what is being read, for the message */
    uint32_t callables, classes;
};

enum { SUBJECT_NAME_MAX = 400, SUBJECT_TEXT_MAX = 4000, SUBJECT_TYPE_DEPTH = 8 };

/* Remembers the fault; false. */
bool subject_fault(struct subject_reader *reader, const char *what);

/* Zeroed; NULL (and a fault) when the arena is full. */
void *subject_room(struct subject_reader *reader, size_t count, size_t size);

/* What is missing or none is empty, 0, false. */
struct str subject_text(struct subject_reader *reader, const struct value *value, size_t max);
struct str subject_field(struct subject_reader *reader, const struct value *dict, const char *key);
bool subject_truth(struct subject_reader *reader, const struct value *value);
int64_t subject_number(struct subject_reader *reader, const struct value *value, int64_t min,
                       int64_t max);

/* A list or tuple of at most `max` items; NULL and no count where it is missing. */
const struct value *const *subject_items(struct subject_reader *reader, const struct value *value,
                                         size_t max, uint32_t *ret_count);
const uint32_t *subject_indexes(struct subject_reader *reader, const struct value *value,
                                uint32_t below, uint32_t *ret_count);
const struct str *subject_texts(struct subject_reader *reader, const struct value *value,
                                uint32_t *ret_count);

/* NULL after a fault. */
const struct type *subject_type(struct subject_reader *reader, const struct value *value,
                                int depth);
void subject_callable(struct subject_reader *reader, const struct value *value,
                      struct callable *ret);
