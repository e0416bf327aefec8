/*
 * How far `testudo test` is, told on stderr: on a terminal one line that is written over and over,
 * elsewhere a line for each stage of each module, with what came of it.
 */
#pragma once

#include "model/tested.h"
#include "proof/proof.h"

struct test_progress {
    bool shown, rewrites;
    const struct tested_project *project;
    uint32_t ended;           /* modules */
    enum proof_stage *stages; /* of each module, as it was told last */
    int64_t shown_ns;
};

void test_progress_init(struct test_progress *progress, const struct tested_project *project,
                        bool shown, struct arena *arena);

/* What is done before any module is looked at. */
void test_progress_say(struct test_progress *progress, const char *what);

/* The proof's state is another one. */
void test_progress_move(struct test_progress *progress, const struct proof *proof);

/* Nothing is to be seen of it any more. */
void test_progress_end(struct test_progress *progress);
