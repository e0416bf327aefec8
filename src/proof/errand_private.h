/* What the kinds of errands share: a box, a folder of ours, and the file that is its answer. */
#pragma once

#include "base/json_read.h"
#include "base/json_write.h"
#include "proof/errand.h"
#include "proof/task.h"

#define ERRAND_SCRIPTS BOX_IN "/.testudo/before"

struct errand {
    struct errand_job job;
    struct task *task;
    char *scratch;
    char answer[40]; /* a name that nobody could know before */
    const struct words *only;
    bool (*take)(struct errand *errand, struct error *err);
};

/* The script in the project's interpreter; nothing is started yet. */
struct errand *errand_new(const struct errand_job *job, const char *script,
                          bool (*take)(struct errand *errand, struct error *err),
                          struct error *err);

/* Starts it, with these words of JSON as its input; NULL and no errand any more if it cannot. */
struct errand *errand_start(struct errand *errand, struct str input, struct error *err);

/* The answer, or NULL and what went wrong. */
const struct json_value *errand_answer(struct errand *errand, struct error *err);

/* What an answer says, put into the project: own.c, and since.c, which may find that it is none. */
void own_take_answer(struct errand *errand, const struct json_value *answer);
[[nodiscard]] bool since_take_answer(struct errand *errand, const struct json_value *answer,
                                     struct error *err);

/* A stranger's text, to be shown: escaped and short. */
const char *errand_shown(struct errand *errand, struct str text);
