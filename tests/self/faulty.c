/* A program that names the variable of fault injection, as no release may. */
#include <stdlib.h>

#include "tests/test.h"

TEST(names_the_variable)
{
    CHECK(getenv("TESTUDO_FAULT_AT") == NULL);
}
