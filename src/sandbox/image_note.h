/*
 * The note beside an image's tree: image.json, a small JSON object. It is ours, but lies on a disk:
 * what cannot be understood counts as missing.
 */
#pragma once

#include "base/arena.h"
#include "sandbox/image_store.h"

[[nodiscard]] bool image_note_write(int image, const struct image_note *note, struct error *err);

/* `image` is the folder; name is not touched. */
void image_note_read(int image, struct arena *arena, struct image_note *note);
