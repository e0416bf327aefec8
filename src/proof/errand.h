/*
 * What is done in a box of its own before any module is looked at, each by a script of
 * guest/python/before and answered in a file of JSON:
 *
 *   setup  the user's command, in a copy of the project, which every later box gets to see instead
 *   since  which callables are others than in a commit: git and a parser, both inside
 *   own    the project's own tests, in plain pytest, and what they cover
 *
 * On the asker's loop, one at a time. errand_take puts what came of it into the project.
 */
#pragma once

#include "base/error.h"
#include "model/tested.h"
#include "proof/proof.h"

struct asker;
struct errand;

struct errand_job {
    struct asker *asker;
    const struct proof_options *options;
    struct tested_project *project;
    struct arena *arena; /* for what is kept */
    int64_t cap_ms;      /* 0: none but the usual limits */
    void (*done)(void *cookie, struct errand *errand);
    void *cookie;
};

[[nodiscard]] struct errand *errand_start_setup(const struct errand_job *job, const char *command,
                                                struct error *err);
[[nodiscard]] struct errand *errand_start_since(const struct errand_job *job, const char *ref,
                                                const struct words *only, struct error *err);
[[nodiscard]] struct errand *errand_start_own(const struct errand_job *job, struct error *err);

/* In `done`: false where the whole cannot go on without it. */
[[nodiscard]] bool errand_take(struct errand *errand, struct error *err);
void errand_cancel(struct errand *errand);
void errand_free(struct errand *errand);
