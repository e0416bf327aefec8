#include "base/clock.h"
#include "testgen/engine.h"

bool engine_goes_on(struct engine *engine, uint64_t executions_end)
{
    if (engine->deadline_ms > 0 && clock_ms(clock_now_ns()) >= engine->deadline_ms)
        engine->cut = true;
    return !engine->cut && engine->guest.executions < executions_end;
}
