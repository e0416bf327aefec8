/*
 * What the bench puts on the host, all of it taken away by place_done: a temporary folder, and two
 * handles on mount namespaces of its own. The host's mounts are never touched. Containers and
 * cgroups that contestants leave when they fail carry the bench's name, and go too.
 *
 *   FOLDER/root    an empty root file system: mount points, and links such as bin -> usr/bin
 *   FOLDER/hello   hello.py
 *   FOLDER/us      our program, and FOLDER/us-plain
 *   FOLDER/home    HOME of what runs as us; FOLDER/plain: of what runs as a plain user
 */
#pragma once

#include "bench/bench.h"

[[nodiscard]] bool place_init(struct bench *bench, struct error *err);
void place_done(struct bench *bench);

/* A path below the folder. */
const char *place_path(struct bench *bench, const char *name);

/* The folder FOLDER/NAME, made; NULL is an error. */
[[nodiscard]] const char *place_make_folder(struct bench *bench, const char *name,
                                            struct error *err);
[[nodiscard]] bool place_write(struct bench *bench, const char *name, struct str content,
                               struct error *err);

/* Copies the file `program` to FOLDER/NAME, which every user may start; NULL is an error. */
[[nodiscard]] const char *place_copy_program(struct bench *bench, const char *program,
                                             const char *name, struct error *err);

/* Directories at the top that hold programs or libraries beside /usr: "/bin". On a host with a
 * merged /usr each is a link; then `target` says where it points, else it is NULL. */
struct top {
    const char *path, *target;
};

enum { TOPS_MAX = 5 };

size_t place_tops(struct bench *bench, struct top ret_tops[TOPS_MAX]);
