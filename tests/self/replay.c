/* A fuzz target that crashes on inputs which say so, for the replayer to count. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size >= 5 && memcmp(data, "crash", 5) == 0)
        abort();
    return 0;
}
