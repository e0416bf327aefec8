/*
 * Python as the zygote uses it: the stable ABI of 3.8, so that one build serves every later
 * version, and what all of them export without promising it.
 */
#pragma once

#define Py_LIMITED_API 0x03080000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdio.h>

struct compiler_flags { /* PyCompilerFlags; later versions only add members that they default */
    int flags, feature_version;
    long reserved[2];
};

enum { COMPILE_FILE = 257, COMPILE_IGNORES_COOKIE = 0x0800 };

PyObject *PyRun_FileExFlags(FILE *file, const char *name, int start, PyObject *globals,
                            PyObject *locals, int close_it, struct compiler_flags *flags);
PyObject *PyRun_StringFlags(const char *text, int start, PyObject *globals, PyObject *locals,
                            struct compiler_flags *flags);
int PyRun_SimpleFileExFlags(FILE *file, const char *name, int close_it,
                            struct compiler_flags *flags);
int PyObject_Print(PyObject *object, FILE *file, int how);

static inline void object_release(PyObject **place)
{
    Py_XDECREF(*place);
}

#define auto_object __attribute__((cleanup(object_release)))
