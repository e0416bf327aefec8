#include "model/run_result.h"

/* Two streams of two stages, each as long as the largest limit of output, and the rest. */
#define RESULT_BYTES_MAX ((size_t)5 << 30)

void run_result_init(struct run_result *result)
{
    *result = (struct run_result){};
    arena_init(&result->arena, RESULT_BYTES_MAX);
}

void run_result_done(struct run_result *result)
{
    arena_done(&result->arena);
}

const struct run_stage *run_result_last(const struct run_result *result)
{
    return result->compiled && !result->ran ? &result->compile : &result->run;
}
