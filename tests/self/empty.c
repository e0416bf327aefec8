/* A test program without a test: the harness must not call that a success. */
#include "tests/test.h"

struct test;
