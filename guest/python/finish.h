/*
 * The end of a program: what Py_FinalizeEx does that can be seen from outside, without touching the
 * whole heap, which costs a forked interpreter more than its program (each page is copied first).
 *
 * Exit functions run and streams are flushed. Then, if nothing is left whose end a program could
 * notice (an object with a finalizer, a weak reference with a callback, a thread, a native module
 * that we do not know), the process ends there; else by the interpreter's own finalisation.
 */
#pragma once

#include "guest/python/interpreter.h"
#include "guest/python/program.h"

/* Borrowed for good, from before the births; nothing of it is seen by a program. */
struct finish {
    PyObject *get_objects;    /* gc's: everything that was made since the birth */
    PyObject *run_exit;       /* atexit's */
    PyObject *count_threads;  /* _thread's */
    PyObject *weak_reference; /* the type */
};

_Noreturn void finish(const struct finish *with, struct program_end end);
