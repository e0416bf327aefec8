#include "testgen/engine.h"

#include "base/clock.h"
#include "testgen/search.h"

/* What a box of a gigabyte has room for beside the batches' own arenas. */
static const size_t keep_max = (size_t)640 << 20;

static void engine_done(struct engine *engine)
{
    search_free(engine->search);
    archive_done(&engine->archive);
    guest_close(&engine->guest);
}

/* The archive and the search need the subject, so both begin when the guest has answered. */
static bool engine_open(struct engine *engine, int channel, struct error *err)
{
    const struct engine_options *options = engine->options;
    engine->guest.channel = channel;
    engine->start_ms = clock_ms(clock_now_ns());
    random_init(&engine->random, options->seed);
    if (!guest_open(&engine->guest, &options->open, engine->keep, &engine->subject, err))
        return false;
    archive_init(&engine->archive, engine->keep, &engine->subject);
    engine->search = search_new(engine);
    return true;
}

static bool engine_work(struct engine *engine, struct suite *suite, struct error *err)
{
    engine_begin_part(engine, 0.4);
    return engine_search(engine, err) && engine_choose(engine, suite, err);
}

bool engine_run(const struct engine_options *options, int channel, struct buf *out,
                engine_progress *progress, void *cookie, struct error *err)
{
    auto_arena struct arena keep;
    arena_init(&keep, keep_max);
    struct engine engine = {
        .options = options, .keep = &keep, .progress = progress, .cookie = cookie};
    if (!engine_open(&engine, channel, err))
        return false;
    struct suite suite = {};
    bool worked = engine_work(&engine, &suite, err);
    if (worked)
        suite_write(out, &suite);
    engine_done(&engine);
    return worked;
}
