/*
 * Installing what a wish asks for: in a box whose only network is the gate (role/gate.h), by the
 * runtime's own installer, and out of it as a new layer of the shelf.
 *
 * Packages run no code of theirs meanwhile unless the wish allows it; even then they are in that
 * box. What comes out is copied from the dead box's folder: files, folders and links as texts.
 */
#pragma once

#include "deps/shelf.h"
#include "gate/registries.h"
#include "model/run_request.h"

struct install {
    const struct run_request *request; /* whose runtime it is for */
    const struct wish *wish;
    const struct gate_config *config;
    const char *config_path; /* for hints */
    const struct shelf *shelf;
    struct arena *arena;
    struct str lock; /* what it was resolved to before; empty: resolve now */

    /* how it went */
    uint32_t connections;
    int64_t down_bytes;
    const char *refused; /* a connection that was refused though all went well, or NULL */
};

[[nodiscard]] bool install_run(struct install *install, struct layer *ret_layer, struct error *err);
