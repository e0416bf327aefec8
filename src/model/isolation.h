/*
 * Which guarantees hold for one box, by which mechanism, and why not where they do not. It travels
 * with every result: nothing is silently weaker.
 */
#pragma once

#include "model/limits.h"
#include <stdbool.h>
#include <stdint.h>

enum guarantee {

#define GUARANTEE(name, word, limit, text) GUARANTEE_##name,
#include "model/isolation.def"
#undef GUARANTEE
    GUARANTEE_COUNT
};

enum mechanism {

#define MECHANISM(name, text) MECHANISM_##name,
#include "model/isolation.def"
#undef MECHANISM
    MECHANISM_COUNT
};

enum gap {

#define GAP(name, why, fix) GAP_##name,
#include "model/isolation.def"
#undef GAP
    GAP_COUNT
};

enum guarantee_level { GUARANTEE_MISSING, GUARANTEE_WEAKER, GUARANTEE_ENFORCED };

enum privilege_mode { MODE_ROOTLESS, MODE_ROOT };

/* How the box came to be. What it guarantees is the same. */
enum box_made {
    BOX_MADE_COLD,
    BOX_MADE_POOLED, /* from here on in the order of enum warm */
    BOX_MADE_PYTHON,
    BOX_MADE_PYTEST,
    BOX_MADE_READER,
    BOX_MADE_NODE,
    BOX_MADE_JAVA,
    BOX_MADE_JUNIT,
    BOX_MADE_COUNT,
};

struct guarantee_state {
    uint8_t level, mechanism, gap;
};

struct isolation {
    uint8_t mode; /* enum privilege_mode */
    uint8_t landlock_abi;
    uint8_t shared_page_cache; /* the image shares files with the host */
    uint8_t made;              /* enum box_made */
    struct guarantee_state state[GUARANTEE_COUNT];
};

void isolation_note(struct isolation *isolation, enum guarantee which, enum guarantee_level level,
                    enum mechanism mechanism, enum gap gap);

const char *box_made_word(enum box_made made);
const char *guarantee_word(enum guarantee which);
const char *guarantee_text(enum guarantee which);
const char *mechanism_text(enum mechanism mechanism);
const char *gap_why(enum gap gap);
const char *gap_fix(enum gap gap);
const char *guarantee_level_word(enum guarantee_level level);

/* The guarantee behind a limit; every limit has one. */
enum guarantee guarantee_of_limit(enum limit limit);

/* A limit that the caller named must hold, or be in accept_missing (bit 1 << enum limit). */
[[nodiscard]] bool isolation_check_named(const struct isolation *isolation,
                                         const struct limits *limits, uint32_t accept_missing,
                                         struct error *err);

/* For receivers from another process: are all numbers inside their tables? */
bool isolation_is_sane(const struct isolation *isolation);
