/*
 * The caller's own terminal, while a program in a box has it in use through one of its own.
 *
 * console_open takes the terminal that controls us, by a description of our own that never waits.
 * console_enter puts it into raw mode: what is typed comes as it is typed, Ctrl-C is a byte.
 * console_leave puts back what was, and so does console_close. Should we die in between, in
 * whatever way, a guardian does: a small process that waits for our end and for nothing else.
 */
#pragma once

#include "base/error.h"
#include <sys/ioctl.h>

struct console;

/* Standard input and output must be terminals, too. */
[[nodiscard]] struct console *console_open(struct error *err);
void console_close(struct console *console);

/* To read what is typed and to write what is shown; non-blocking. */
int console_fd(const struct console *console);

/* Readable when the size may have changed, or we go on after a stop; console_refresh takes note. */
int console_news_fd(const struct console *console);
void console_refresh(struct console *console);

struct winsize console_size(const struct console *console);

[[nodiscard]] bool console_enter(struct console *console, struct error *err);
void console_leave(struct console *console);
