/*
 * Packages for a run: from a request that wants some to a folder that its box will see read-only.
 * The first time they are installed (install.h); after that the kept layer is used, and nothing is
 * asked of the network.
 */
#pragma once

#include "deps/install.h"

struct deps {
    bool any;       /* the request wants packages */
    bool installed; /* just now; else they were here */
    struct wish wish;
    struct layer layer; /* held until deps_done */
    uint32_t connections;
    int64_t down_bytes, took_ns;
    const char *refused; /* see install.h */
};

/* Told before something takes long: what is done now. */
typedef void deps_say(void *cookie, const char *line);

/* Sets request->layer. Runs boxes and a gate of its own where something must be installed. */
[[nodiscard]] bool deps_settle(struct run_request *request, struct arena *arena, deps_say *say,
                               void *cookie, struct deps *ret_deps, struct error *err);
void deps_done(struct deps *deps);

/* The operator's file of registries, or what holds without one. *ret_path is where it lies or would
 * lie. */
[[nodiscard]] bool deps_read_config(struct arena *arena, struct gate_config *ret_config,
                                    const char **ret_path, struct error *err);
