#include "model/run_result.h"

enum { RESULT_BYTES_MAX = 64 << 20 };

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
