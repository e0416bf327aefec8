#include "testgen/search_private.h"

enum { TURNS = 3, EXECUTIONS = 3000 };

static bool substitute(struct search *search, uint32_t callable, struct error *err)
{
    for (int i = 0; i < TURNS && search_goes_on(search); i++) {
        if (!search_substitute(search, callable, err) || !search_flush(search, err))
            return false;
        search->efforts[callable].turns++;
    }
    return true;
}

bool search_again(struct engine *engine, uint32_t callable, const uint32_t *lines,
                  size_t line_count, struct haul *haul, struct error *err)
{
    struct search *search = engine->search;
    uint64_t end_before = search->executions_end;
    search->executions_end = engine->guest.executions + EXECUTIONS;
    search->haul = haul;
    search->lines = lines;
    search->line_count = line_count;
    bool good = substitute(search, callable, err) && search_enumerate(search, callable, err);
    search->lines = NULL;
    search->haul = NULL;
    search->executions_end = end_before;
    return good;
}
