/* The steps of building a mount tree, for the two files that put them in order: tree.c, for a box
 * that is made whole, and tree_pooled.c, for a slot that outlives its boxes. Private to these and
 * to tree_masks.c. */
#pragma once

#include "sandbox/inside.h"

[[nodiscard]] int tree_make_root(struct error *err);
[[nodiscard]] bool tree_attach_image(struct tree *tree, struct error *err);
[[nodiscard]] bool tree_attach_devices(const struct tree *tree, struct error *err);
[[nodiscard]] bool tree_attach_proc(int root, struct error *err);
/* `writable` is a folder in which an empty file can be made for a moment. The working folder is the
 * root then. */
[[nodiscard]] bool tree_mask_proc(int root, int writable, struct error *err);

/* The parts of the disk at their places; tree->work and tree->disk are set. */
[[nodiscard]] bool tree_attach_disk(struct tree *tree, const struct limits *limits, bool noexec,
                                    struct error *err);
[[nodiscard]] bool tree_make_links(const struct tree *tree, const struct box_spec *spec,
                                   struct error *err);
[[nodiscard]] bool tree_attach_inputs(const struct tree *tree, struct box_spec *spec,
                                      struct error *err);
void tree_close_all(struct tree *tree, struct box_spec *spec);
