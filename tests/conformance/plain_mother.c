/*
 * A mother without boxes, for the conformance runner: it takes an order of argv, environment and
 * working folder with the fds 0 to 2, forks, and reports how the newborn ended. So the
 * interpreter's side of a birth is compared with a fresh interpreter by itself.
 *
 * An order is one message of texts that each end in NUL: how many arguments, how many variables,
 * the folder, then those. The answer is waitpid's status and nothing else.
 */
#include "sandbox/mother.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/fd.h"
#include "sys/message.h"

enum { ORDER_MAX = 256 * 1024, WORDS_MAX = 4096 };

static char order[ORDER_MAX];
static const char *words[WORDS_MAX];

/* One text of the order; what lies behind its end reads as empty ones. */
static const char *take(const char **at)
{
    const char *text = *at;
    if (text < order + ORDER_MAX - 1)
        *at += strlen(text) + 1;
    return text;
}

static bool read_order(struct newborn *ret)
{
    const char *at = order, **next = words;
    unsigned long argc = strtoul(take(&at), NULL, 10), envc = strtoul(take(&at), NULL, 10);
    if (argc + envc + 2 > WORDS_MAX)
        return false;
    *ret = (struct newborn){.cwd = take(&at), .argv = next};
    for (unsigned long i = 0; i < argc; i++)
        *next++ = take(&at);
    *next++ = NULL;
    ret->env = next;
    for (unsigned long i = 0; i < envc; i++)
        *next++ = take(&at);
    *next = NULL;
    return true;
}

static void enter(const int fds[3], struct newborn *ret)
{
    if (chdir(ret->cwd) < 0)
        _exit(126);
    for (int i = 0; i < 3; i++)
        if (dup2(fds[i], i) < 0)
            _exit(126);
    close_range(3, ~0U, 0);
}

static bool give_birth(int socket, const struct mother_hooks *hooks, const int fds[3],
                       struct newborn *ret, struct error *err)
{
    hooks->before_fork();
    pid_t pid = fork();
    if (pid == 0) {
        enter(fds, ret);
        hooks->after_fork_child();
        return true;
    }
    hooks->after_fork_parent();
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) < 0)
        return error_sys(err, "fork");
    if (!message_send(socket, str_of(&status, sizeof status), NULL, 0, err))
        return false;
    return error_set(err, ERROR_NONE, "the next one");
}

bool mother_wait(int socket, const struct mother_hooks *hooks, struct newborn *ret,
                 struct error *err)
{
    for (;;) {
        int fds[3] = {-1, -1, -1}, count = 3;
        long length = message_receive(socket, order, sizeof order - 1, fds, &count, err);
        if (length <= 0 || count != 3)
            return false;
        memset(order + length, 0, sizeof order - (size_t)length);
        if (!read_order(ret))
            return error_set(err, ERROR_LIMIT, "an order has too many words");
        if (give_birth(socket, hooks, fds, ret, err))
            return true;
        for (int i = 0; i < 3; i++)
            close(fds[i]);
        if (err->kind != ERROR_NONE)
            return false;
    }
}
