#include "worker/operation.h"

const struct operation *const operations[] = {&operation_check, &operation_rules,
                                              &operation_outline, &operation_warm, NULL};
