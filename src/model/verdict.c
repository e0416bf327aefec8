#include "model/verdict.h"

#include <assert.h>

static const struct {
    const char *word, *text;
} rows[VERDICT_COUNT] = {

#define X(name, word, text) [VERDICT_##name] = {word, text},
    VERDICTS(X)
#undef X
};

const char *verdict_word(enum verdict verdict)
{
    assert(verdict < VERDICT_COUNT);
    return rows[verdict].word;
}

const char *verdict_text(enum verdict verdict)
{
    assert(verdict < VERDICT_COUNT);
    return rows[verdict].text;
}

int verdict_exit_status(enum verdict verdict, int exit_code, int signal)
{
    switch (verdict) {
    case VERDICT_OK:
        return 0;
    case VERDICT_FAILED:
        return exit_code != 0 ? exit_code
                              : 1; /* a compiler that made nothing, and says all is well */
    case VERDICT_SIGNALED:
        return 128 + signal;
    case VERDICT_PROCESSES:
    case VERDICT_DISK:
        return signal != 0 ? 128 + signal : exit_code;
    case VERDICT_WALL_TIME:
    case VERDICT_CPU_TIME:
        return 124;
    case VERDICT_MEMORY:
    case VERDICT_OUTPUT:
        return 137;
    case VERDICT_POLICY:
        return 126;
    case VERDICT_CANCELED:
        return 130;
    case VERDICT_COUNT:
        break;
    }
    return EXIT_STATUS_TROUBLE;
}
