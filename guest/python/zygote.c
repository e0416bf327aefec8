/*
 * A zygote is an interpreter that has started and waits: each program is a fork of it, put into a
 * box before its first byte is read.
 *
 * No frame of ours may lie below the program's: it would be seen in its stack, its tracebacks, its
 * warnings. So the zygote waits, and the program runs, inside sys.excepthook: the boot text raises
 * an error, and the interpreter calls the hook after it has unwound everything, as the last thing
 * of its main. For the same reason the hook takes back the level of recursion that it costs.
 *
 * A zygote itself never runs a stranger's code and reads nothing of his but argv and environment,
 * and those only in the newborn.
 */
#include "guest/python/interpreter.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "guest/python/finish.h"
#include "guest/python/program.h"
#include "sandbox/mother.h"

extern const char birth_source[], birth_source_end[];
extern const char warm_pytest_source[], warm_pytest_source_end[];

static struct {
    int socket;
    PyObject *rehearse, *become, *freeze;
    struct finish finish;
} zygote;

/* What the hook's own call has left behind. */
static void forget_the_error(void)
{
    static const char *const names[] = {"last_type", "last_value", "last_traceback", "last_exc"};
    for (size_t i = 0; i < 4; i++)
        PySys_SetObject(names[i], NULL);
    PySys_SetObject("excepthook", PySys_GetObject("__excepthook__"));
    PyErr_Clear();
}

/* ---- the newborn -------------------------------------------------------------------------- */

/* Nobody waits yet. What fails in a rehearsal will fail, and be told, in earnest. */
static void wake_up(void)
{
    PyOS_AfterFork_Child();
    auto_object PyObject *done = PyObject_CallObject(zygote.rehearse, NULL);
    if (done == NULL)
        PyErr_Clear();
}

static const struct mother_hooks hooks = {
    .before_fork = PyOS_BeforeFork,
    .after_fork_parent = PyOS_AfterFork_Parent,
    .after_fork_child = wake_up,
};

static PyObject *words(const char *const *texts, PyObject *(*word)(const char *))
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && texts[i] != NULL; i++) {
        auto_object PyObject *each = word(texts[i]);
        if (each == NULL || PyList_Append(list, each) < 0)
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *become(const struct newborn *newborn)
{
    auto_object PyObject *argv = words(newborn->argv, PyUnicode_DecodeFSDefault);
    auto_object PyObject *env = words(newborn->env, PyBytes_FromString);
    char *path = program_first_path(newborn->argv);
    PyObject *done = NULL;
    if (argv != NULL && env != NULL && path != NULL)
        done =
            PyObject_CallFunction(zygote.become, "OON", argv, env, PyUnicode_DecodeFSDefault(path));
    free(path);
    return done;
}

/* The same program by a fresh interpreter, in the same box: right for everything, only slower. */
_Noreturn static void start_afresh(const struct newborn *newborn)
{
    execve(newborn->argv[0], (char *const *)(uintptr_t)newborn->argv,
           (char *const *)(uintptr_t)newborn->env);
    _exit(127);
}

/* The broker holds back the signals that end it, which its children inherit. */
static void release_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn static void live(const struct newborn *newborn)
{
    release_signals();
    if (!program_is_known(newborn->argv))
        start_afresh(newborn);
    environ = (char **)(uintptr_t)newborn->env;
    auto_object PyObject *became = become(newborn);
    if (became != Py_True) {
        PyErr_Clear();
        start_afresh(newborn);
    }
    Py_LeaveRecursiveCall();
    struct program_end end = program_run(newborn->argv);
    finish(&zygote.finish, end);
}

/* ---- the zygote --------------------------------------------------------------------------- */

static PyObject *wait_for_births(PyObject *self, PyObject *args)
{
    (void)self, (void)args;
    forget_the_error();
    auto_object PyObject *frozen = PyObject_CallObject(zygote.freeze, NULL);
    struct newborn newborn;
    struct error err = {};
    if (frozen != NULL && mother_wait(zygote.socket, &hooks, &newborn, &err))
        live(&newborn);
    _exit(err.kind == ERROR_NONE ? 0 : 1); /* the broker has gone, or says so itself */
}

static PyMethodDef hook = {"excepthook", wait_for_births, METH_VARARGS, NULL};

/* arm(socket, rehearse, become, gc, run_exit, count_threads, weak_reference): the hook. */
static PyObject *arm(PyObject *self, PyObject *args)
{
    PyObject *gc = NULL;
    struct finish *finish = &zygote.finish;
    if (!PyArg_ParseTuple(args, "iOOOOOO", &zygote.socket, &zygote.rehearse, &zygote.become, &gc,
                          &finish->run_exit, &finish->count_threads, &finish->weak_reference))
        return NULL;
    finish->get_objects = PyObject_GetAttrString(gc, "get_objects");
    zygote.freeze = PyObject_GetAttrString(gc, "freeze");
    PyObject *const kept[] = {zygote.rehearse, zygote.become, finish->run_exit,
                              finish->count_threads, finish->weak_reference};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        Py_INCREF(kept[i]);
    return PyCFunction_New(&hook, self);
}

static bool add_text(PyObject *module, const char *name, const char *text, const char *end)
{
    PyObject *object = PyUnicode_DecodeUTF8(text, end - text, NULL);
    return object != NULL && PyModule_AddObject(module, name, object) == 0;
}

static int fill(PyObject *module)
{
    return add_text(module, "source", birth_source, birth_source_end) &&
                   add_text(module, "warm_pytest_source", warm_pytest_source,
                            warm_pytest_source_end)
               ? 0
               : -1;
}

static PyMethodDef functions[] = {{"arm", arm, METH_VARARGS, NULL}, {}};
static PyModuleDef_Slot slots[] = {{Py_mod_exec, fill}, {}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "testudo_zygote",
                                        .m_methods = functions, .m_slots = slots};

PyMODINIT_FUNC PyInit_testudo_zygote(void);

__attribute__((visibility("default"))) PyMODINIT_FUNC PyInit_testudo_zygote(void)
{
    return PyModuleDef_Init(&definition);
}
