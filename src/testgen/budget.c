#include "base/clock.h"
#include "testgen/engine.h"

void engine_begin_part(struct engine *engine, double share)
{
    if (engine->options->seconds > 0)
        engine->deadline_ms = engine->start_ms + engine->options->seconds * 1000 * share;
}

bool engine_goes_on(struct engine *engine, uint64_t executions_end)
{
    if (engine->deadline_ms > 0 && clock_ms(clock_now_ns()) >= engine->deadline_ms) {
        engine->cut = true;
        return false;
    }
    return engine->guest.executions < executions_end;
}

uint32_t engine_fuel(const struct engine *engine)
{
    enum { FUEL = 100000 };

    return engine->options->open.fuel > 0 ? engine->options->open.fuel : FUEL;
}
