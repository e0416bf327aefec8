/*
 * Python environments (venv, virtualenv, uv): a folder with pyvenv.cfg, which says where the
 * interpreter lives that it was made from, and bin/python, a link to that.
 */
#pragma once

#include "lang/lang.h"

struct venv {
    const char *folder;  /* absolute, its links followed */
    const char *program; /* the environment's own bin/python */
    const char *home;    /* the folder of the interpreter that it was made from */
    const char *version; /* or NULL: the file does not say */
};

/* Is there a pyvenv.cfg in this folder? */
bool venv_is_one(struct arena *arena, const char *folder);

[[nodiscard]] bool venv_read(const char *folder, struct arena *arena, struct venv *ret_venv,
                             struct error *err);
