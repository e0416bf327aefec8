#include "model/isolation.h"

#include <assert.h>

enum { NO_LIMIT = -1, LIMIT_NONE = NO_LIMIT };

static const struct {
    const char *word, *text;
    int limit;
} guarantees[GUARANTEE_COUNT] = {

#define GUARANTEE(name, word, limit, text) [GUARANTEE_##name] = {word, text, LIMIT_##limit},
#include "model/isolation.def"
#undef GUARANTEE
};

static const char *const mechanisms[MECHANISM_COUNT] = {
#define MECHANISM(name, text) [MECHANISM_##name] = text,
#include "model/isolation.def"
#undef MECHANISM
};

static const struct {
    const char *why, *fix;
} gaps[GAP_COUNT] = {

#define GAP(name, why, fix) [GAP_##name] = {why, fix},
#include "model/isolation.def"
#undef GAP
};

void isolation_note(struct isolation *isolation, enum guarantee which, enum guarantee_level level,
                    enum mechanism mechanism, enum gap gap)
{
    isolation->state[which] =
        (struct guarantee_state){(uint8_t)level, (uint8_t)mechanism, (uint8_t)gap};
}

const char *box_made_word(enum box_made made)
{
    static const char *const words[BOX_MADE_COUNT] = {"cold",   "pooled", "python", "pytest",
                                                      "reader", "node",   "java",   "junit"};
    return words[made];
}

const char *guarantee_word(enum guarantee which)
{
    assert(which < GUARANTEE_COUNT);
    return guarantees[which].word;
}

const char *guarantee_text(enum guarantee which)
{
    assert(which < GUARANTEE_COUNT);
    return guarantees[which].text;
}

const char *mechanism_text(enum mechanism mechanism)
{
    assert(mechanism < MECHANISM_COUNT);
    return mechanisms[mechanism];
}

const char *gap_why(enum gap gap)
{
    assert(gap < GAP_COUNT);
    return gaps[gap].why;
}

const char *gap_fix(enum gap gap)
{
    assert(gap < GAP_COUNT);
    return gaps[gap].fix;
}

const char *guarantee_level_word(enum guarantee_level level)
{
    static const char *const words[] = {[GUARANTEE_MISSING] = "missing",
                                        [GUARANTEE_WEAKER] = "weaker",
                                        [GUARANTEE_ENFORCED] = "enforced"};
    assert(level <= GUARANTEE_ENFORCED);
    return words[level];
}

enum guarantee guarantee_of_limit(enum limit limit)
{
    for (enum guarantee i = 0; i < GUARANTEE_COUNT; i++)
        if (guarantees[i].limit == (int)limit)
            return i;
    assert(!"every limit has a guarantee");
    return GUARANTEE_COUNT;
}

bool isolation_check_named(const struct isolation *isolation, const struct limits *limits,
                           uint32_t accept_missing, struct error *err)
{
    for (enum limit i = 0; i < LIMIT_COUNT; i++) {
        const struct guarantee_state *state = &isolation->state[guarantee_of_limit(i)];
        uint32_t bit = UINT32_C(1) << i;
        if (state->level != GUARANTEE_MISSING || !(limits->named & bit) || (accept_missing & bit))
            continue;
        error_set(err, ERROR_UNENFORCEABLE, "limit %s cannot be enforced on this host: %s",
                  limit_rows[i].flag, gap_why(state->gap));
        return error_hint(err, "%s; or accept that with --accept-missing %s", gap_fix(state->gap),
                          limit_rows[i].flag);
    }
    return true;
}

bool isolation_is_sane(const struct isolation *isolation)
{
    if (isolation->mode > MODE_ROOT || isolation->made >= BOX_MADE_COUNT)
        return false;
    for (enum guarantee i = 0; i < GUARANTEE_COUNT; i++) {
        const struct guarantee_state *state = &isolation->state[i];
        if (state->level > GUARANTEE_ENFORCED || state->mechanism >= MECHANISM_COUNT ||
            state->gap >= GAP_COUNT)
            return false;
    }
    return true;
}
