/* What the files of sandbox/image share. */
#pragma once

#include "sandbox/image.h"

/* The folder with all images of their own, by name. */
[[nodiscard]] int image_store_open(struct error *err);

/* Names at the top that the box makes itself, whatever an image brings: dev, proc, work, … */
bool image_is_made_by_box(const char *name);

/* What lies in `root`, added to the image. */
[[nodiscard]] bool image_open_tree(struct image *image, int root, struct error *err);
[[nodiscard]] bool image_open_host(struct image *ret_image, struct error *err);
[[nodiscard]] bool image_add_link(struct image *image, const char *name, const char *text,
                                  struct error *err);

/* Takes both fds, also when it fails. */
[[nodiscard]] bool image_add_folder(struct image *image, const char *name, int folder, int hide,
                                    struct error *err);

/* Adds DIR/NAME as link or folder if it is one; other kinds are passed over. `hide_dir` may be -1,
 * else NAME in it is what hides. */
[[nodiscard]] bool image_add_from(struct image *image, int dir, const char *name, int hide_dir,
                                  struct error *err);
