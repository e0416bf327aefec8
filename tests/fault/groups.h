/* The control groups of boxes, seen from outside. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* Finds Testudo's folders, once one run has made them. */
void groups_find(void);
bool groups_are_there(void);

/* Removes the boxes' folders of this broker, as far as nobody is in them; returns how many. */
int groups_remove_of(pid_t broker);

/* In our own mount namespace. False if some file of them is just open for writing. */
bool groups_set_read_only(bool read_only);

/* One left by a broker that is no more; NULL: none. */
const char *groups_find_orphan(void);
