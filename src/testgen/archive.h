/*
 * What the search found worth keeping: for each goal the shortest, simplest program that reaches
 * it, and for each callable a bounded set of programs that behave differently from each other (by
 * digest, goals and fuel), which are what mutants are shown.
 *
 * A program that died or was ended by a clock is never kept; one that ran out of fuel is kept
 * apart, as a suspicion.
 */
#pragma once

#include "testgen/guest.h"

struct candidate {
    struct program program;
    uint32_t target; /* the callable that it is about */
    uint32_t weight, fuel;
    enum run_status status;
    enum run_origin origin;
    struct str exception, type;
    uint64_t digest;
    uint64_t signature; /* of status, exception, type and hits: which way it went */
    const uint16_t *hits;
    uint32_t hit_count;
};

enum { ARCHIVE_PER_CALLABLE = 400 };

struct archive {
    struct arena *arena; /* everything that is kept is copied into it */
    const struct subject *subject;
    const struct candidate **goals; /* by goal; NULL: not reached */
    struct archive_list *lists;     /* by callable */
    const struct candidate **hangs; /* by callable; NULL: none */
    uint32_t covered;
};

struct archive_list {
    const struct candidate *candidates[ARCHIVE_PER_CALLABLE];
    uint32_t count;
};

void archive_init(struct archive *archive, struct arena *arena, const struct subject *subject);
void archive_done(struct archive *archive);

/* Returns whether a goal or a behaviour was new; a simpler way to known ones is kept, and no news.
 */
bool archive_add(struct archive *archive, uint32_t target, const struct program *program,
                 const struct trace *trace);

/* It did not end, though it had all the fuel there is. */
void archive_add_hang(struct archive *archive, uint32_t target, const struct program *program,
                      const struct trace *trace);

/* What a reader has to take in; what does not fit its annotations weighs much more. */
uint32_t archive_weigh(const struct archive *archive, const struct program *program);

/* What such a run would be in the archive, but in an arena of the caller's; NULL if no test can
 * come of it. */
const struct candidate *candidate_new(const struct archive *archive, struct arena *arena,
                                      uint32_t target, const struct program *program,
                                      const struct trace *trace);
const struct candidate *candidate_copy(struct arena *arena, const struct candidate *from);
