/*
 * One box of the proof: what runs in it is said by a request, what came of it is kept until the
 * task is released. Its memory is its own.
 *
 * Fill in what the task_ functions do not, then task_start; `done` is called once, from the loop,
 * unless the task is released before.
 */
#pragma once

#include "model/run_request.h"
#include "proof/proof.h"
#include "run/run.h"

struct task {
    struct arena arena;
    struct run_request request;
    struct run_io io;
    struct plan plan;
    struct run *run;
    struct run_result result;
    int input; /* what it reads, or -1 */
    bool failed;
    struct error error; /* where it failed: our failure, not the guest's */
    void (*done)(void *cookie, struct task *task);
    void *cookie;
};

/* With the limits of a project's own tools, and no input. */
struct task *task_new(void (*done)(void *cookie, struct task *task), void *cookie);
void task_free(struct task *task); /* also ends it */

void task_add_word(struct task *task, const char *word);
void task_add_env(struct task *task, const char *entry);
void task_add_file(struct task *task, const char *name, struct str content);
void task_add_input(struct task *task, const char *path, const char *name);
void task_add_out(struct task *task, const char *name, const char *folder);
[[nodiscard]] bool task_set_input(struct task *task, struct str bytes, struct error *err);

/* The words follow the project's interpreter. */
void task_use_python(struct task *task, const char *interpreter);

[[nodiscard]] bool task_start(struct task *task, struct asker *asker, struct error *err);
void task_cancel(struct task *task);

/* Why there is nothing of use in its result: our failure, or how the box ended; "" if all is well.
 */
const char *task_trouble(struct task *task);
