#include "guest/python/finish.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Native modules of the standard library whose objects end without a trace. */
static const char *const quiet_modules[] = {
    "_asyncio",   "_bz2",       "_codecs_cn",      "_codecs_hk", "_codecs_iso2022", "_codecs_jp",
    "_codecs_kr", "_codecs_tw", "_contextvars",    "_crypt",     "_decimal",        "_hashlib",
    "_json",      "_lzma",      "_multibytecodec", "_opcode",    "_queue",          "_typing",
    "_uuid",      "_zoneinfo",  "audioop",         "resource",   "termios",         NULL,
};

_Noreturn static void end_process(struct program_end end, int status)
{
    if (end.by_interrupt) {
        signal(SIGINT, SIG_DFL);
        kill(getpid(), SIGINT);
    }
    fflush(NULL);
    _exit(status);
}

_Noreturn static void finish_wholly(struct program_end end)
{
    int status = Py_FinalizeEx() < 0 ? 120 : end.status;
    if (end.by_interrupt)
        end_process(end, SIGINT + 128);
    exit(status);
}

/* What threading has to do, before the exit functions. False if it could not. */
static bool end_threading(void)
{
    PyObject *threading = PyDict_GetItemString(PyImport_GetModuleDict(), "threading");
    if (threading == NULL)
        return true;
    auto_object PyObject *done = PyObject_CallMethod(threading, "_shutdown", NULL);
    if (done == NULL)
        PyErr_WriteUnraisable(threading);
    return done != NULL;
}

static bool has_threads(const struct finish *with)
{
    auto_object PyObject *count = PyObject_CallObject(with->count_threads, NULL);
    return count == NULL || PyLong_AsLong(count) != 0;
}

/* ---- what could be noticed ---------------------------------------------------------------- */

static bool is_quiet_module(const char *name)
{
    for (size_t i = 0; quiet_modules[i] != NULL; i++)
        if (strcmp(name, quiet_modules[i]) == 0)
            return true;
    return false;
}

/* A module that came from a shared library; those that are part of the interpreter have no file. */
static bool is_loud_module(PyObject *module)
{
    auto_object PyObject *file = PyModule_GetFilenameObject(module);
    if (file == NULL) {
        PyErr_Clear();
        return false;
    }
    auto_object PyObject *path = PyUnicode_EncodeFSDefault(file);
    const char *name = PyModule_GetName(module), *bytes = path ? PyBytes_AsString(path) : NULL;
    bool native =
        bytes != NULL && strlen(bytes) > 3 && strcmp(bytes + strlen(bytes) - 3, ".so") == 0;
    bool loud = native && (name == NULL || !is_quiet_module(name));
    PyErr_Clear();
    return loud;
}

/* Only weakref, abc, logging have callbacks of their own that do nothing which can be seen. */
static bool has_callback(PyObject *reference)
{
    auto_object PyObject *callback = PyObject_GetAttrString(reference, "__callback__");
    if (callback == NULL || callback == Py_None) {
        PyErr_Clear();
        return false;
    }
    auto_object PyObject *module = PyObject_GetAttrString(callback, "__module__");
    PyErr_Clear();
    if (module == NULL || !PyUnicode_Check(module))
        return !PyCFunction_Check(callback);
    return PyUnicode_CompareWithASCIIString(module, "weakref") != 0 &&
           PyUnicode_CompareWithASCIIString(module, "_weakrefset") != 0 &&
           PyUnicode_CompareWithASCIIString(module, "_abc") != 0 &&
           PyUnicode_CompareWithASCIIString(module, "logging") != 0 &&
           PyUnicode_CompareWithASCIIString(module, "functools") != 0;
}

static bool has_finalizer(PyTypeObject *type)
{
    return PyType_GetSlot(type, Py_tp_finalize) != NULL || PyType_GetSlot(type, Py_tp_del) != NULL;
}

/* Its instances are not in the collector's lists, so that the type itself must speak for them. */
static bool is_hidden_finalizer(PyObject *type)
{
    return !(PyType_GetFlags((PyTypeObject *)type) & Py_TPFLAGS_HAVE_GC) &&
           has_finalizer((PyTypeObject *)type);
}

struct streams {
    PyObject *parts[9];
    size_t count;
};

static bool is_stream(const struct streams *streams, PyObject *object)
{
    for (size_t i = 0; i < streams->count; i++)
        if (streams->parts[i] == object)
            return true;
    return false;
}

static void streams_add(struct streams *streams, PyObject *object)
{
    if (object != NULL && object != Py_None)
        streams->parts[streams->count++] = object; /* its owner keeps it alive */
    PyErr_Clear();
}

static PyObject *part_of(PyObject *object, const char *name)
{
    PyObject *part = object == NULL ? NULL : PyObject_GetAttrString(object, name);
    PyErr_Clear();
    Py_XDECREF(part);
    return part;
}

/* The three standard streams, which are flushed, and the layers below them. */
static void streams_find(struct streams *ret)
{
    static const char *const names[] = {"__stdin__", "__stdout__", "__stderr__"};
    *ret = (struct streams){};
    for (size_t i = 0; i < 3; i++) {
        PyObject *text = PySys_GetObject(names[i]);
        if (text == NULL || text == Py_None)
            continue;
        PyObject *buffer = part_of(text, "buffer");
        streams_add(ret, text);
        streams_add(ret, buffer);
        streams_add(ret, part_of(buffer, "raw"));
    }
}

struct look {
    const struct finish *with;
    struct streams streams;
    PyObject *in_memory[2]; /* types whose finalizer only lets go of memory */
    PyTypeObject *last;
    bool last_has_finalizer;
};

static bool is_noticed(struct look *look, PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (type != look->last) {
        look->last = type;
        look->last_has_finalizer = has_finalizer(type) && (PyObject *)type != look->in_memory[0] &&
                                   (PyObject *)type != look->in_memory[1];
    }
    if (look->last_has_finalizer && !is_stream(&look->streams, object))
        return true;
    if (PyType_Check(object))
        return is_hidden_finalizer(object);
    if ((PyObject *)type == look->with->weak_reference)
        return has_callback(object);
    return PyModule_Check(object) && is_loud_module(object);
}

/* Then the stream that it was flushes only when it goes. */
static bool is_stream_replaced(void)
{
    return PySys_GetObject("stdout") != PySys_GetObject("__stdout__") ||
           PySys_GetObject("stderr") != PySys_GetObject("__stderr__");
}

/* Is anything left whose end a program could notice? Also if we cannot know. */
static bool is_anything_noticed(const struct finish *with)
{
    if (Py_GetVersion()[2] < '1' && Py_GetVersion()[3] == '.')
        return true; /* before 3.10 slots of the interpreter's own types cannot be read */
    auto_object PyObject *all = PyObject_CallObject(with->get_objects, NULL);
    if (all == NULL)
        return true;
    struct look look = {.with = with};
    streams_find(&look.streams);
    PyObject *io = PyDict_GetItemString(PyImport_GetModuleDict(), "_io");
    look.in_memory[0] = part_of(io, "StringIO");
    look.in_memory[1] = part_of(io, "BytesIO");
    for (Py_ssize_t i = 0, count = PyList_Size(all); i < count; i++)
        if (is_noticed(&look, PyList_GetItem(all, i)))
            return true;
    return false;
}

/* False if a stream could not be flushed: the interpreter shall try again and complain. */
static bool flush(const char *name)
{
    PyObject *stream = PySys_GetObject(name);
    if (stream == NULL || stream == Py_None)
        return true;
    auto_object PyObject *closed = PyObject_GetAttrString(stream, "closed");
    if (closed != NULL && PyObject_IsTrue(closed) == 1)
        return true;
    PyErr_Clear();
    auto_object PyObject *done = PyObject_CallMethod(stream, "flush", NULL);
    PyErr_Clear();
    return done != NULL;
}

void finish(const struct finish *with, struct program_end end)
{
    if (has_threads(with) || !end_threading())
        finish_wholly(end);
    auto_object PyObject *done = PyObject_CallObject(with->run_exit, NULL);
    if (done == NULL || has_threads(with) || is_stream_replaced() || is_anything_noticed(with))
        finish_wholly(end);
    if (!flush("stdout") || !flush("stderr"))
        finish_wholly(end);
    end_process(end, end.status);
}
