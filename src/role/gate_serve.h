/* One connection of a box through the gate, in a process of its own: from its first byte to its
 * line in the ledger. */
#pragma once

#include "gate/registries.h"
#include "role/gate_ledger.h"
#include "role/gate_names.h"

struct gate {
    const struct gate_config *config;
    enum registry registry;
    struct names names;
    struct gate_ledger *ledger;
};

void gate_serve(const struct gate *gate, int client);
