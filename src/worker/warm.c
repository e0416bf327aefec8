/*
 * The operation `warm`: the reader as a zygote. Grammars and rules are made once; each newborn
 * (sandbox/mother.h) is a copy that stands in a box of its own, reads the options of a check there,
 * does it and ends. Before that no stranger's byte is read.
 *
 *     testudo-reader warm FOLDER SOCKET
 *
 * Both are descriptors: the folder that holds `rules`, and the mother's end of the broker's socket.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "sandbox/mother.h"
#include "source/look.h"
#include "sys/fd.h"
#include "worker/check.h"
#include "worker/operation.h"

enum { RULES_ARENA_BYTES = 64 << 20 };

static bool take_descriptor(const char *word, int *ret, struct error *err)
{
    int64_t number;
    if (word == NULL || !text_read_count(str_from(word), &number) || number > 1000)
        return error_set(err, ERROR_USAGE, "warm takes two descriptors");
    *ret = (int)number;
    return fcntl(*ret, F_SETFD, FD_CLOEXEC) == 0 || error_sys(err, "descriptor %d", *ret);
}

static bool prepare(int folder, struct error *err)
{
    static struct arena arena; /* as long as the process, and all who are born of it */
    arena_init(&arena, RULES_ARENA_BYTES);
    if (fchdir(folder) < 0)
        return error_sys(err, "enter the folder of the rules");
    return check_prepare("rules", &arena, err) && (chdir("/") == 0 || error_sys(err, "chdir /"));
}

/* What is made at the first use is then there; our own text, in each language. */
static void warm_up(void)
{
    static const struct {
        const char *name, *text;
    } samples[] = {
        {"a.py", "import os as o\nclass A:\n    def f(self, x=1):\n        return o.path(x)\n"},
        {"a.js", "const a = require('fs');\nfunction f(x) { return a.y(`${x}`); }\n"},
        {"a.ts", "import { a } from 'b';\nexport const f = (x: number): string => a(x);\n"},
        {"a.tsx", "export const A = () => <p>{1}</p>;\n"},
        {"a.sh", "x=1\nfor i in $x; do echo \"$i\" | cat; done\n"},
        {"A.java", "class A { int f(int x) { return x; } }\n"},
    };

    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        auto_arena struct arena arena;
        struct checked_file file;
        arena_init(&arena, SOURCE_ARENA_BYTES);
        check_look(samples[i].name, str_from(samples[i].text), &arena, &file);
    }
}

/* The broker holds back the signals that end it, which its children inherit. */
static void release_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool wait_for_birth(char *const words[], struct error *err)
{
    static const struct mother_hooks hooks = {};
    auto_close int folder = -1;
    int socket;
    struct newborn newborn;
    if (!take_descriptor(words[0], &folder, err) || !take_descriptor(words[1], &socket, err) ||
        !prepare(folder, err))
        return false;
    fd_close_at(&folder);
    warm_up();
    if (!mother_wait(socket, &hooks, &newborn, err))
        _exit(err->kind == ERROR_NONE ? EXIT_SUCCESS : EXIT_FAILURE);
    release_signals();
    return true;
}

const struct operation operation_warm = {"warm", check_run, wait_for_birth};
