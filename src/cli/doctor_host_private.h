/* Parts of doctor_host: each finds out about one thing. */
#pragma once

#include "cli/doctor_host.h"

/* Which trees there are and where in them we are; whether we may use them, only a box tells. */
void doctor_look_at_cgroups(struct doctor_host *host, struct arena *arena);

/* By the marks that makers of containers leave. */
void doctor_look_for_container(struct doctor_host *host);

void doctor_look_at_ids(struct doctor_host *host, struct arena *arena);

/* What in the facts stands in a box's way, and what to do about it. */
void doctor_make_remarks(struct doctor_host *host, struct arena *arena);
