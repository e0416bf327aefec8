#include "cli/refusal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/names.h"
#include "lang/names.h"
#include "lang/toolchain.h"
#include "sys/seccomp.h"

static const struct {
    int number;
    const char *why, *change;
} file_rows[] = {
    {EROFS, "the image and the inputs are read-only",
     "write below /work or /tmp; --out GLOB brings files of /work back"},
    {EACCES, "the box's user has no right to it",
     "write below /work or /tmp; what is to be read must be readable for others (chmod o+r)"},
    {EPERM, "the box has no privileges", "nothing: a box never has any"},
    {ENOSPC, "the box's own files have reached their limit", "--disk SIZE, --inodes N"},
    {EDQUOT, "the box's own files have reached their limit", "--disk SIZE, --inodes N"},
    {EMFILE, "the process has as many files open as it may", "closing some"},
    {ENODEV, "devices are out of reach in a box", "nothing: never allowed"},
    {ENXIO, "devices are out of reach in a box", "nothing: never allowed"},
};

static const struct {
    int number;
    const char *why, *change;
} socket_rows[] = {
    {ENETUNREACH, "the box has no way out to any network",
     "--network loopback lets it talk to itself; nothing lets it out"},
    {EADDRNOTAVAIL, "the box has no such address", "--network loopback gives it 127.0.0.1 and ::1"},
    {EACCES, "the box's user has no right to that address", "ports from 1024 on need none"},
};

static void put(struct refusal_words *words, const char *why, const char *change)
{
    snprintf(words->why, sizeof words->why, "%s", why);
    snprintf(words->change, sizeof words->change, "%s", change);
}

static bool names_address(const char *call)
{
    static const char *const calls[] = {"connect", "bind", "sendto", "sendmsg", "sendmmsg"};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(call, calls[i]) == 0)
            return true;
    return false;
}

static void explain_socket(const struct box_refusal *refusal, struct refusal_words *words)
{
    put(words, "the kernel refused it", "nothing that Testudo knows of");
    for (size_t i = 0; i < sizeof socket_rows / sizeof *socket_rows; i++)
        if (socket_rows[i].number == refusal->number)
            put(words, socket_rows[i].why, socket_rows[i].change);
}

/* What is below /usr a box has too, or what a link there leads to is not meant for it. */
static bool exists_here(const char *path)
{
    struct stat info;
    return path[0] == '/' && !toolchain_is_in_image(path) && lstat(path, &info) == 0;
}

static bool explain_absent(const struct box_refusal *refusal, struct refusal_words *words)
{
    if (!exists_here(refusal->path))
        return false;
    const char *slash = strrchr(refusal->path, '/');
    struct shown path = shown_name(refusal->path);
    snprintf(words->why, sizeof words->why, "the host has it, the box does not see it");
    snprintf(words->change, sizeof words->change,
             "--file %.100s (as /work%.60s) or --input DIR (as /in/NAME)", path.text,
             shown_name(slash).text);
    return true;
}

static bool explain_file(const struct box_refusal *refusal, struct refusal_words *words)
{
    if (refusal->number == ENOENT || refusal->number == ENOTDIR)
        return explain_absent(refusal, words);
    put(words, "the kernel refused it", "nothing that Testudo knows of");
    for (size_t i = 0; i < sizeof file_rows / sizeof *file_rows; i++)
        if (file_rows[i].number == refusal->number)
            put(words, file_rows[i].why, file_rows[i].change);
    return true;
}

/* The one argument that decided is known, not its place; for the words it may stand everywhere. */
static void explain_call(const struct box_refusal *refusal, struct refusal_words *words)
{
    struct seccomp_data data = {.nr = refusal->call, .arch = SECCOMP_NATIVE};
    for (size_t i = 0; i < sizeof data.args / sizeof *data.args; i++)
        data.args[i] = (uint64_t)refusal->argument;
    struct seccomp_verdict verdict = seccomp_judge(SECCOMP_NATIVE, &data);
    bool refused = verdict.answer == SECCOMP_REFUSED || verdict.answer == SECCOMP_KILLED;
    if (refused && verdict.reason != NULL)
        put(words, verdict.reason->words, verdict.reason->change);
    else
        put(words, "a use of this call that no box may make", "nothing: never allowed");
}

bool refusal_explain(const struct box_refusal *refusal, struct refusal_words *ret_words)
{
    const char *call = seccomp_call_name(SECCOMP_NATIVE, refusal->call);
    const char *error = errno_name(refusal->number);
    struct refusal_words words = {.call = call != NULL ? call : "an unknown call",
                                  .error = error != NULL ? error : "an error"};
    if (refusal->path[0] == '\0')
        explain_call(refusal, &words);
    else if (names_address(words.call))
        explain_socket(refusal, &words);
    else if (!explain_file(refusal, &words))
        return false;
    *ret_words = words;
    return true;
}
