/*
 * A file on its way to its place. Until it is put there nobody sees it, and it is put there whole.
 *
 * It has no name while it is written, so whoever dies meanwhile leaves nothing. Only to replace a
 * file, or where the file system knows no nameless files, it gets one for a while: with its maker's
 * mark, by which the next one that comes this way removes what a dead one left.
 */
#pragma once

#include "base/error.h"
#include "sys/process.h"

enum { ARRIVAL_NAME_MAX = PROCESS_MARK_TEXT + 32 };

struct arrival {
    int folder; /* lent */
    int fd;     /* to be written */
    bool is_named;
    char name[ARRIVAL_NAME_MAX]; /* of ours, in `folder` */
};

/* `number` tells the files of one process apart. */
[[nodiscard]] bool arrival_begin(struct arrival *ret_arrival, int folder, unsigned number,
                                 struct error *err);

/* An EEXIST if there is one of this name that may not be replaced. */
[[nodiscard]] bool arrival_put(struct arrival *arrival, const char *name, bool may_replace,
                               struct error *err);

/* What was not put is gone. */
void arrival_done(struct arrival *arrival);
