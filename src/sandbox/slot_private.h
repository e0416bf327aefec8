/* What the two files of sandbox/slot share. */
#pragma once

#include "sandbox/slot.h"

/* Ends whoever lives in the slot, and waits for that. */
void slot_evict(struct slot *slot);
