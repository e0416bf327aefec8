/* Controls: that each attack works without the layers that stop it, and each layer's own probe. */
#pragma once

#include "tests/escape/outer.h"

struct control_tally {
    int passed, failed, skipped;
};

/* Every word that the tables use is in the other table, and every layer is shown by something. */
[[nodiscard]] bool controls_check_tables(struct error *err);

void controls_play(const struct outer_stage *stage, const char *only, struct control_tally *tally);
