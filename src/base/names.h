/*
 * Names of the kernel's numbers, the same with every C library: no locale, no lock, so good in a
 * child of clone too.
 */
#pragma once

/* "No such file or directory"; "error 4711" is never told apart: unknown ones are "unknown error".
 */
const char *errno_words(int number);

/* "ENOENT", or NULL. */
const char *errno_name(int number);

/* "Segmentation fault", or "unknown signal". */
const char *signal_words(int number);
