/*
 * Locks on files that have no inode of their own.
 *
 * Event, epoll, timer, signal and inotify descriptors of the whole host share a single inode, and
 * the kernel lets everybody lock it: two boxes that do are talking to each other. So each box holds
 * that inode locked as all others do, for reading and as a whole, for as long as it lives: then a
 * lock for writing fails always, one for reading never, and asking who is in the way names the
 * oldest holder, which is never a guest, for each box has its own before its guest is born.
 */
#pragma once

#include "base/error.h"

/* A descriptor whose life is the locks' life; it must be open in pid 1 until the box ends. */
[[nodiscard]] int anonymous_hold(struct error *err);
