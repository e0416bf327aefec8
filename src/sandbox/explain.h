/*
 * Explaining: why a call in a box was refused. Only in explain mode, where the box's filter hands
 * every refusal, and every call that names a file or an address, to this listener.
 *
 * It answers as the filter would have, so the guest behaves the same, and tells what was refused.
 * For calls that name a file it foretells the kernel's answer by looking at the file itself; that
 * is advice, given from outside and a moment earlier, and never changes what the kernel does.
 */
#pragma once

#include "base/error.h"
#include "model/box.h"
#include "sys/loop.h"

struct explain;

typedef void explain_tell(void *cookie, const struct box_refusal *refusal);

/* The guest's ids outside. Takes the listener's fd. */
[[nodiscard]] struct explain *explain_new(struct loop *loop, int listener, uint32_t guest_uid,
                                          uint32_t guest_gid, explain_tell *tell, void *cookie,
                                          struct error *err);
void explain_free(struct explain *explain);
