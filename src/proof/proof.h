/*
 * From a module to a suite that has been proven, in boxes:
 *
 *   search   the engine (libexec's testudo-worker) and its guest, in a box each, joined by a socket
 *   plain    the suite in plain pytest, in the project's own interpreter; what fails is dropped
 *   perturb  the same under other hash seeds, orders, clocks, zones …; what does not hold is
 * dropped cover    once more under coverage.py, where the interpreter has it
 *
 * One object a module, on the asker's loop; what is found goes into the module. That a suite cannot
 * be made, or only a part of it, is no error: the module then has a trouble. A result that a box
 * gives counts only if it also tells of a test that was planted to fail.
 */
#pragma once

#include "base/error.h"
#include "model/box.h"
#include "model/tested.h"

struct asker;

struct proof_options {
    const char *libexec; /* the folder that holds the worker and the guests */
    const char *scratch; /* a folder of ours, for what comes out of boxes */
    int64_t seed;
    uint32_t fuel, tests_max;
    const char *visibility;
    struct words only, skip;
    int width; /* how many boxes one module may have at once, while it is perturbed */
};

enum proof_stage { PROOF_SEARCH, PROOF_PLAIN, PROOF_PERTURB, PROOF_COVER, PROOF_DONE };

extern const char *const proof_stage_words[];

/* For whoever shows how far it is. */
struct proof_state {
    enum proof_stage stage;
    int64_t executions, goals, covered, mutants, killed; /* as the engine told last */
};

struct proof;

struct proof_job {
    struct asker *asker;
    const struct proof_options *options;
    const struct tested_project *project;
    struct tested_module *module;
    int64_t executions; /* the engine's budget */
    int64_t cap_ms;     /* of the search; 0: none */
    void (*done)(void *cookie, struct proof *proof);
    void (*moved)(void *cookie, struct proof *proof); /* its state is another one */
    void *cookie;
};

/* `done` is called once, from the loop, and may free the proof. */
[[nodiscard]] struct proof *proof_start(const struct proof_job *job, struct error *err);

/* By the user, or as time is up. Tests that have passed a whole plain run are kept, others are not;
 * `done` follows. */
void proof_stop(struct proof *proof, bool by_time);
void proof_free(struct proof *proof);

const struct proof_state *proof_state(const struct proof *proof);
struct tested_module *proof_module(const struct proof *proof);
