#include "work/work.h"

const struct operation *const operations[] = {&operation_testgen, NULL};
