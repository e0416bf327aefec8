/* What shelf.c, which makes layers, and shelf_list.c, which lists and removes them, share. */
#pragma once

#include "deps/shelf.h"

#define SHELF_UNFINISHED ".new-"
#define SHELF_GONE ".gone-"

enum { SHELF_NOTE_BYTES_MAX = 64 << 10 };

bool shelf_id_is_good(const char *id);
