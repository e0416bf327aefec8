#include "worker/operation.h"

const struct operation *const operations[] = {&operation_testgen, NULL};
