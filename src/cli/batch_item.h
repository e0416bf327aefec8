/* One request of a batch, which may be a chain, from its line to the line of its result. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "model/chain.h"
#include "run/asker.h"
#include "run/chain.h"
#include "run/run.h"

struct batch_item;

typedef void batch_item_end(void *cookie, struct batch_item *item);

/* What a batch does with its lines. */
struct batch_trade {
    enum warm ready; /* boxes of this kind are to wait for requests */
    /* Reads the line into the item: `request`, `inputs` and `plan`. */
    bool (*plan)(struct batch_item *item, struct str text, struct error *err);
    /* Of a request that is no chain: writes what came of it into `said`. */
    bool (*tell)(struct batch_item *item, const struct run_result *result, struct error *err);
    const void *own; /* lent to both */
};

/* Run requests, and their results. */
extern const struct batch_trade batch_of_runs;

/* Where items live, and who hears of their ends. */
struct batch_place {
    const struct batch_trade *trade;
    struct asker *asker;
    struct store *store; /* of what compilers made, or NULL */
    const char *out_dir; /* or NULL: here */
    batch_item_end *end; /* may free the item */
    void *cookie;
};

struct batch_item {
    struct batch_item *next;
    int64_t index, line;
    struct batch_place place;
    struct arena request_room, plan_room; /* released when it has ended */
    struct chain_request request;
    struct chain_plan plan;
    struct run *run;     /* of a request that is no chain */
    struct chain *chain; /* of one that is */
    int *inputs;         /* what each of its parts reads, or -1; as many as the request has */
    uint32_t boxes;      /* that it may have at once */
    bool has_ended, failed;
    struct buf said; /* when it has ended: its line */
};

struct batch_item *batch_item_new(int64_t index, int64_t line);
void batch_item_free(struct batch_item *item);

/* Reads the request and begins its run; the end follows. */
[[nodiscard]] bool batch_item_begin(struct batch_item *item, struct str text,
                                    const struct batch_place *place, struct error *err);

/* Of what is wrong with a JSON text: the line is told by its number in the batch; in the text it is
 * always the first. Returns false. */
bool batch_forget_line(struct error *err);

/* Ended before it began. */
void batch_item_fail(struct batch_item *item, const struct error *why);
void batch_item_cancel(struct batch_item *item);
