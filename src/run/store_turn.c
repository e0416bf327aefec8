/*
 * Turns. A lock is a file beside the entry, made by the first who wants it and removed by whoever
 * ends his turn: so one that was waited for and is not there any more is over, and one that is
 * still there when its lock is free belonged to somebody who died.
 */
#include "run/store.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/store_private.h"
#include "sys/fd.h"

void store_turn_init(struct store_turn *turn, struct store *store, const struct store_key *key)
{
    char name[STORE_NAME_MAX];
    sha256_digest_hex(key->digest, name);
    *turn = (struct store_turn){.store = store, .lock = -1};
    snprintf(turn->name, sizeof turn->name, "%s" STORE_LOCK_ENDING, name);
}

enum store_turn_is store_turn_ask(struct store_turn *turn)
{
    struct stat about;
    struct error unheard; /* without a lock the same is made twice, which is no harm */
    if (turn->lock < 0)
        turn->lock = fd_open(turn->store->folder, turn->name,
                             O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0600, &unheard);
    if (turn->lock < 0)
        return STORE_TURN_MINE;
    if (flock(turn->lock, LOCK_EX | LOCK_NB) < 0)
        return STORE_TURN_OTHERS;
    if (fstat(turn->lock, &about) == 0 && about.st_nlink > 0)
        return STORE_TURN_MINE;
    fd_close_at(&turn->lock);
    return STORE_TURN_OVER;
}

void store_turn_end(struct store_turn *turn)
{
    if (turn->lock < 0)
        return;
    if (flock(turn->lock, LOCK_EX | LOCK_NB) == 0)
        (void)unlinkat(turn->store->folder, turn->name, 0);
    fd_close_at(&turn->lock);
}
