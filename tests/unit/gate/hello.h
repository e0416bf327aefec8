/* TLS hellos for tests, as good or as bad as they are wanted. */
#pragma once

#include "base/buf.h"

struct hello_spec {
    const char *name, *second_name; /* NULL: no such extension */
    bool with_ech, ends_early;
    size_t record; /* bytes in each record; 0: all in one */
};

void hello_write(const struct hello_spec *spec, struct buf *out);
