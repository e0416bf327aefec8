/*
 * Leaving out single layers of a box, for the tests that show what each of them stops.
 *
 * TESTUDO_LAYERS_OFF="landlock seccomp" in the environment of a test build leaves these two out.
 * It refuses to on a real host: only in a user namespace that is not the host's, or in a virtual
 * machine started with testudo.disposable on its kernel's command line. A release build has none of
 * this: there the conditions below are constants.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum layer {

#define LAYER(name, word, probe, without, sentence) LAYER_##name,
#include "sys/layers.def"
    LAYER_COUNT
};

#ifdef TESTUDO_FAULTS

bool layer_is_off(enum layer layer);

/* The layer whose word that is; LAYER_COUNT if there is none. */
enum layer layer_find(const char *word);

/* Capabilities of the box's user namespace for the guest, over its change of ids and its exec. */
void layer_keep_capabilities(bool before_ids);

/* All that is open stays open for the command. */
void layer_keep_files_open(void);

#else

static inline bool layer_is_off(enum layer layer)
{
    (void)layer;
    return false;
}

static inline void layer_keep_capabilities(bool before_ids)
{
    (void)before_ids;
}

static inline void layer_keep_files_open(void)
{
}

#endif

/* What the layer asks the kernel for: nothing when it is left out. */
static inline uint64_t layer_flags(enum layer layer, uint64_t flags)
{
    return layer_is_off(layer) ? 0 : flags;
}

static inline int64_t layer_limit(enum layer layer, int64_t limit, int64_t without)
{
    return layer_is_off(layer) ? without : limit;
}
