#include "guest/python/program.h"

#include "guest/python/interpreter.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_form(const char *const *argv, const char *form)
{
    return argv[1] != NULL && strcmp(argv[1], form) == 0 && argv[2] != NULL;
}

static bool is_utf8(const char *text)
{
    auto_object PyObject *decoded = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "strict");
    PyErr_Clear();
    return decoded != NULL;
}

bool program_is_known(const char *const *argv)
{
    if (argv[0] == NULL || argv[1] == NULL)
        return false;
    if (is_form(argv, "-c") || is_form(argv, "-m"))
        return is_utf8(argv[2]);
    return argv[1][0] != '-' && argv[1][0] != '\0';
}

char *program_first_path(const char *const *argv)
{
    if (is_form(argv, "-c"))
        return strdup("");
    if (is_form(argv, "-m"))
        return getcwd(NULL, 0);
    char *real = realpath(argv[1], NULL);
    if (real == NULL)
        return strdup(""); /* there is no such file, which opening it will say */
    char *slash = strrchr(real, '/');
    slash[slash == real] = '\0';
    return real;
}

/* ---- how an error ends a program ---------------------------------------------------------- */

/* What sys.exit was given: a number is the status, anything else is shown and means 1. */
static int status_of_exit(PyObject *code)
{
    if (code == NULL || code == Py_None)
        return 0;
    if (PyLong_Check(code)) {
        int status = (int)PyLong_AsLong(code);
        PyErr_Clear();
        return status;
    }
    PyObject *stream = PySys_GetObject("stderr");
    if (stream != NULL && stream != Py_None) {
        if (PyFile_WriteObject(code, stream, Py_PRINT_RAW) < 0)
            PyErr_Clear();
    } else if (PyObject_Print(code, stderr, Py_PRINT_RAW) < 0) {
        PyErr_Clear();
    }
    PySys_WriteStderr("\n");
    return 1;
}

static struct program_end end_by_exit(void)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    auto_object PyObject *code = value != NULL ? PyObject_GetAttrString(value, "code") : NULL;
    PyErr_Clear();
    struct program_end end = {.status = status_of_exit(code), .by_exit = true};
    PyErr_Clear();
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return end;
}

static void flush_streams(void)
{
    static const char *const names[] = {"stderr", "stdout"};
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    for (size_t i = 0; i < 2; i++) {
        PyObject *stream = PySys_GetObject(names[i]);
        if (stream == NULL)
            continue;
        Py_XDECREF(PyObject_CallMethod(stream, "flush", NULL));
        PyErr_Clear();
    }
    PyErr_Restore(type, value, traceback);
}

/* The result of a program's code; takes it. */
static struct program_end end_of(PyObject *result)
{
    bool interrupted = result == NULL && PyErr_Occurred() == PyExc_KeyboardInterrupt;
    bool failed = result == NULL;
    Py_XDECREF(result);
    if (!failed)
        return (struct program_end){};
    if (PyErr_ExceptionMatches(PyExc_SystemExit))
        return end_by_exit();
    PyErr_Print();
    return (struct program_end){.status = 1, .by_interrupt = interrupted};
}

/* ---- -m ----------------------------------------------------------------------------------- */

static struct program_end run_module(const char *name, bool sets_argv)
{
    auto_object PyObject *runpy = PyImport_ImportModule("runpy");
    auto_object PyObject *run =
        runpy == NULL ? NULL : PyObject_GetAttrString(runpy, "_run_module_as_main");
    PyObject *done = run == NULL ? NULL : PyObject_CallFunction(run, "si", name, (int)sets_argv);
    return end_of(done);
}

/* ---- -c ----------------------------------------------------------------------------------- */

static PyObject *main_names(void)
{
    return PyModule_GetDict(PyImport_AddModule("__main__"));
}

static struct program_end run_code(const char *code)
{
    struct compiler_flags flags = {.flags = COMPILE_IGNORES_COOKIE};
    PyObject *names = main_names();
    return end_of(PyRun_StringFlags(code, COMPILE_FILE, names, names, &flags));
}

/* ---- FILE --------------------------------------------------------------------------------- */

/* The name is made absolute but not resolved, since 3.9. */
static bool absolute_name(const char *name, char *ret, size_t size)
{
    char folder[PATH_MAX];
    if (name[0] == '/' || Py_GetVersion()[2] == '8')
        return snprintf(ret, size, "%s", name) < (int)size;
    if (getcwd(folder, sizeof folder) == NULL)
        return false;
    if (strncmp(name, "./", 2) == 0)
        name += 2;
    return snprintf(ret, size, "%s/%s", folder, name) < (int)size;
}

/* A folder or a zip with a __main__ in it is run as a module. 1 if so, 0 if not, -1 on an error. */
static int becomes_first_path(const char *name)
{
    auto_object PyObject *path = PyUnicode_DecodeFSDefault(name);
    auto_object PyObject *importer = path == NULL ? NULL : PyImport_GetImporter(path);
    if (importer == NULL)
        return -1;
    if (importer == Py_None)
        return 0;
    return PyList_SetItem(PySys_GetObject("path"), 0, Py_NewRef(path)) < 0 ? -1 : 1;
}

/* Compiled files have a loader of their own; the interpreter tells them by name or first bytes. */
static bool is_compiled(FILE *file, const char *name)
{
    size_t length = strlen(name);
    if (length >= 4 && strcmp(name + length - 4, ".pyc") == 0)
        return true;
    unsigned char magic[2];
    bool has_magic = fread(magic, 1, 2, file) == 2;
    rewind(file);
    long wanted = PyImport_GetMagicNumber() & 0xFFFF;
    return has_magic && (magic[0] | magic[1] << 8) == wanted;
}

static bool set_loader(PyObject *names, const char *file)
{
    auto_object PyObject *external = PyImport_ImportModule("_frozen_importlib_external");
    auto_object PyObject *loader =
        external == NULL ? NULL
                         : PyObject_CallMethod(external, "SourceFileLoader", "sN", "__main__",
                                               PyUnicode_DecodeFSDefault(file));
    return loader != NULL && PyDict_SetItemString(names, "__loader__", loader) == 0;
}

static struct program_end run_source(FILE *file, const char *name)
{
    struct compiler_flags flags = {};
    PyObject *names = main_names();
    auto_object PyObject *path = PyUnicode_DecodeFSDefault(name);
    PyObject *result = NULL;
    if (path != NULL && PyDict_SetItemString(names, "__file__", path) == 0 &&
        PyDict_SetItemString(names, "__cached__", Py_None) == 0 && set_loader(names, name))
        result = PyRun_FileExFlags(file, name, COMPILE_FILE, names, names, 1, &flags);
    flush_streams(); /* of these forms only this one does so before it shows an error */
    struct program_end end = end_of(result);
    if (end.by_exit)
        return end; /* then the interpreter ends on the spot, and exit functions see the names */
    if (PyDict_DelItemString(names, "__file__") < 0)
        PyErr_Clear();
    if (PyDict_DelItemString(names, "__cached__") < 0)
        PyErr_Clear();
    return end;
}

static struct program_end cannot_open(const char *program, const char *name, int number)
{
    auto_object PyObject *path = PyUnicode_DecodeFSDefault(name);
    PySys_FormatStderr("%s: can't open file %R: [Errno %d] %s\n", program, path, number,
                       strerror(number));
    return (struct program_end){.status = 2};
}

static struct program_end run_file(const char *program, const char *given)
{
    char name[PATH_MAX * 2];
    if (!absolute_name(given, name, sizeof name))
        return cannot_open(program, given, ENAMETOOLONG);
    int first_path = becomes_first_path(name);
    if (first_path < 0)
        return end_of(NULL);
    if (first_path > 0)
        return run_module("__main__", false);
    FILE *file = fopen(name, "rbe");
    if (file == NULL)
        return cannot_open(program, name, errno);
    if (is_compiled(file, name)) {
        struct compiler_flags flags = {};
        return (struct program_end){.status = PyRun_SimpleFileExFlags(file, name, 1, &flags) != 0};
    }
    return run_source(file, name);
}

struct program_end program_run(const char *const *argv)
{
    if (is_form(argv, "-c"))
        return run_code(argv[2]);
    if (is_form(argv, "-m"))
        return run_module(argv[2], true);
    return run_file(argv[0], argv[1]);
}
