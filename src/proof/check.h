/*
 * One run of a module's suite in pytest, told by the witness: plain, or under a perturbation. The
 * text of the suite is that which was made last.
 */
#pragma once

#include "proof/proof.h"
#include "proof/witness.h"

/* NULL and 0: as it is. */
struct perturb {
    const char *name, *hash_seed, *zone, *locale;
    int order, seed;
    int64_t clock, cpus;
    bool elsewhere;
};

extern const struct perturb perturbs[];
extern const int perturb_count;

struct check;

/* `under` NULL: plain. The scratch folder is the module's own. */
[[nodiscard]] struct check *check_start(const struct proof_job *job, const char *scratch,
                                        struct str text, const struct perturb *under,
                                        void (*done)(void *cookie, struct check *check),
                                        void *cookie, struct error *err);
void check_cancel(struct check *check);

/* It has little of a processor: there is room for another beside it. */
bool check_is_slowed(const struct check *check);

/* Of tests that were dropped already: what fails is noted as a cause, and nothing else. */
[[nodiscard]] struct check *check_start_alone(const struct proof_job *job, const char *scratch,
                                              struct str text, const struct perturb *under,
                                              unsigned cause,
                                              void (*done)(void *cookie, struct check *check),
                                              void *cookie, struct error *err);

/* Those that are random are drawn from the suite's own seed, so that a flip can be had again. */
const char *check_hash_seed(const struct proof_job *job, const struct perturb *under,
                            struct arena *arena);

/* In `done`: marks the cases. Why nothing can be said about some or all of them, or NULL. */
const char *check_judge(struct check *check, struct witness *ret_witness);
void check_free(struct check *check);

/* The run under coverage.py; in `done`, check_take_coverage puts what it measured into the module.
 */
[[nodiscard]] struct check *check_start_coverage(const struct proof_job *job, const char *scratch,
                                                 struct str text,
                                                 void (*done)(void *cookie, struct check *check),
                                                 void *cookie, struct error *err);
void check_take_coverage(struct check *check);
