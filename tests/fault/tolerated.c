#include "tests/fault/tolerated.h"

#include <string.h>

#include "base/mem.h"

static const struct {
    enum role role;
    const char *call, *because;
} rows[] = {

#include "tests/fault/tolerated.def"
};

bool is_tolerated(enum role role, const char *call)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].role == role && strcmp(rows[i].call, call) == 0)
            return true;
    return false;
}
