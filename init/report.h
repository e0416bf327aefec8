/* What init tells the broker: one message, when the box's leader has ended. */
#pragma once

#include <stdint.h>

enum { INIT_REPORT_MAGIC = 0x54455354 };

struct init_report {
    uint32_t magic;
    int32_t status; /* as wait4 gives it */
};
