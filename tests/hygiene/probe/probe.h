/*
 * What `make hygiene` lets loose in boxes. A census tells all that a guest can see, a line each, as
 * `place: value`; a dirtying run leaves traces wherever a guest can write, hold, count or queue
 * something, and says of each attempt how it went. The runner compares the censuses.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>

void census(void);

/* Which slot this is, as well as a guest can know. */
void say_slot(void);

/* `how` says how it ends, by number: well, badly, by a signal, by a limit; and from 8 on the same,
 * having tried the network. */
void dirty(int how);

/* Of dirty.c for its parts: errno is the answer unless `worked`. */
void did(const char *what, bool worked);

void dirty_files(void);
void dirty_ipc(void);
void dirty_network(void);
void dirty_process(void);
void dirty_kernel(void);
