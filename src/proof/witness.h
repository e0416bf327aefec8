/*
 * What guest/python/witness tells of a run of a suite: a line of JSON for each test. The file was
 * written beside the code under test, so it is a stranger's: what does not fit is passed over, and
 * nothing in it counts unless the planted tests came out as they must.
 */
#pragma once

#include "base/error.h"
#include "model/tested.h"

struct witness {
    const char *module_file, *planted_file;
    struct test_suite *suite;
    struct arena *arena; /* for reasons */
    const char *under;   /* "under another hash seed"; NULL: in a plain run */
    int rank; /* of several perturbations that a test does not hold under the lowest is told */
    unsigned cause; /* not 0: nothing is dropped; this is added to the causes of what fails */

    bool began, ended;
    bool planted_failed, planted_passed;
    bool collected; /* false: pytest could not read the suite; then `why` says what is wrong */
    const char *why;
    uint32_t dropped;
};

enum { WITNESS_BYTES_MAX = 64 << 20 };

/* Marks the cases of the suite that did not hold. Afterwards witness_is_whole says whether all of
 * the run has been told. */
void witness_read(struct witness *witness, struct str text);
bool witness_is_whole(const struct witness *witness);

/* The first case that stood in the file and was not seen in this run, or NULL. */
struct test_case *witness_first_unseen(const struct test_suite *suite);
