#include "sys/fault.h"

#ifdef TESTUDO_FAULTS

#include <errno.h>
#include <stdlib.h>

bool fault_strikes(void)
{
    static long countdown = -1;
    if (countdown == -1) {
        const char *at = getenv("TESTUDO_FAULT_AT");
        countdown = at != NULL ? strtol(at, NULL, 10) : 0;
    }
    if (countdown <= 0 || --countdown > 0)
        return false;
    errno = EMFILE;
    return true;
}

#endif
