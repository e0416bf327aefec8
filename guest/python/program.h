/*
 * Runs what argv says as the interpreter's own main would: `python3 FILE`, `-c CODE`, `-m MODULE`.
 * The steps and their order are those of CPython's start, because a program can see each of them:
 * which name __file__ has and when it goes, what traceback and which status an error gives.
 */
#pragma once

#include <stdbool.h>

struct program_end {
    int status;
    bool by_exit;      /* sys.exit or the like */
    bool by_interrupt; /* a KeyboardInterrupt that nobody caught: the process ends by SIGINT */
};

/* Is this a form that program_run knows? Everything else is for a fresh interpreter. */
bool program_is_known(const char *const *argv);

/* The first entry of sys.path, the caller's to free; NULL if it cannot be told. */
char *program_first_path(const char *const *argv);

/* Runs it, and shows the error that ends it. */
struct program_end program_run(const char *const *argv);
