/*
 * What needs no step: a host that is short of something from the start. Each row prepares the
 * shortage for the child only, or in our own mount namespace; the answer may be any that is clear,
 * and the next run, without the shortage, works.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/fault/fault.h"

enum { FILES_LEAST = 3, FILES_MOST = 40, FILES_ENOUGH = 128, PROCESSES_MOST = 6 };

struct shortage {
    struct place *place;
    struct tally *tally;
    int told, well; /* answers: an error of ours, a result */
    bool ok;
};

/* ---- one run under a shortage --------------------------------------------------------------- */

static void fail(struct shortage *s, const char *what, const struct error *err)
{
    printf("        %s: %s\n", what, err->text);
    s->ok = false;
    place_accept(s->place);
}

static void play(struct shortage *s, const char *kind_name, const struct limits_wished *wished,
                 const char *what)
{
    static const struct fault none = {};
    const struct kind *kind = kind_named(kind_name);
    struct outcome outcome;
    struct error err = {};
    outcome_init(&outcome);
    bool heard = !wished->no_stdout && !wished->no_stderr;
    if (!run_plainly(s->place, kind, wished, &outcome, &err) ||
        (heard && !check_answer(s->place, kind, &none, &outcome, &err)))
        fail(s, what, &err);
    else if (!WIFEXITED(outcome.status))
        fail(s, what, (error_set(&err, ERROR_INPUT, "it died by a signal"), &err));
    s->told += outcome.status != 0;
    s->well += outcome.status == 0;
    outcome_done(&outcome);
}

static void conclude(struct shortage *s, const char *name, bool must_tell)
{
    struct error err = {};
    if (!check_after(s->place, kind_named("program"), &err))
        fail(s, "afterwards", &err);
    if (s->ok && must_tell && s->told == 0)
        fail(s, name, (error_set(&err, ERROR_INPUT, "it was never short of anything"), &err));
    s->tally->struck += s->told;
    if (s->ok)
        tally_pass(s->tally, "%s: %d told, %d did without", name, s->told, s->well);
    else
        tally_fail(s->tally, "%s", name);
}

/* ---- the shortages -------------------------------------------------------------------------- */

static void files(struct shortage *s)
{
    static const char *const kinds[] = {"program", "json", "files out"};
    for (long count = FILES_LEAST; count <= FILES_MOST; count++) {
        char what[64];
        snprintf(what, sizeof what, "%ld file descriptors", count);
        play(s, kinds[count % 3], &(struct limits_wished){.files = count}, what);
    }
    /* what our own hint says is enough */
    int told = s->told;
    play(s, "files out", &(struct limits_wished){.files = FILES_ENOUGH}, "enough descriptors");
    struct error err;
    if (s->told > told)
        fail(s, "enough descriptors", (error_set(&err, ERROR_INPUT, "they are not"), &err));
}

static void processes(struct shortage *s)
{
    for (long count = 1; count <= PROCESSES_MOST; count++) {
        char what[64];
        snprintf(what, sizeof what, "%ld processes", count);
        play(s, "program", &(struct limits_wished){.processes = count}, what);
    }
}

static void standard_files(struct shortage *s)
{
    for (int closed = 1; closed < 8; closed++) {
        char what[64];
        snprintf(what, sizeof what, "standard files closed: %d", closed);
        const struct limits_wished wished = {
            .no_stdin = closed & 1, .no_stdout = closed & 2, .no_stderr = closed & 4};
        play(s, "program", &wished, what);
    }
}

/* A full disk of our own over a folder; what was there is there again afterwards. */
static bool cover(const char *folder, int pages, uid_t owner)
{
    char options[64];
    snprintf(options, sizeof options, "size=%dk,mode=755,uid=%u", pages * 4, (unsigned)owner);
    return mount("full", folder, "tmpfs", 0, options) == 0;
}

static void play_covered(struct shortage *s, const char *folder, const char *kind)
{
    static const int sizes[] = {1, 4, 16, 64};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        char what[64];
        struct error err;
        snprintf(what, sizeof what, "a disk of %d KiB", sizes[i] * 4);
        if (!cover(folder, sizes[i], s->place->uid)) {
            fail(s, what, (error_sys(&err, "mount over %s", folder), &err));
            return;
        }
        play(s, kind, &(struct limits_wished){}, what);
        umount2(folder, MNT_DETACH);
    }
}

static void full_state(struct shortage *s)
{
    auto_free char *state = mem_text("%s/state", s->place->folder);
    play_covered(s, state, "program");
}

/* The place's folder itself lies in /tmp, and is reached from below it. */
static void full_tmp(struct shortage *s)
{
    struct error err;
    if (!cover("/var/tmp", 1, 0) || !cover("/dev/shm", 1, 0))
        fail(s, "full /tmp", (error_sys(&err, "mount"), &err));
    auto_free char *filling = mem_text("/var/tmp/filling");
    FILE *file = fopen(filling, "we");
    for (int i = 0; file != NULL && i < 4096; i++)
        fputc('x', file);
    if (file != NULL)
        fclose(file);
    play(s, "files out", &(struct limits_wished){}, "full temporary folders");
    umount2("/dev/shm", MNT_DETACH);
    umount2("/var/tmp", MNT_DETACH);
}

/* ---- results that find no room -------------------------------------------------------------- */

/* The guest's end stands, and what could not be brought is said: no error of ours, but words. */
static void full_target(struct shortage *s)
{
    auto_free char *got = mem_text("%s/got", s->place->folder);
    const struct kind *kind = kind_named("large out");
    struct outcome outcome;
    struct error err = {};
    if (!cover(got, 1, s->place->uid)) {
        fail(s, "full target", (error_sys(&err, "mount"), &err));
        return;
    }
    outcome_init(&outcome);
    bool ok = run_plainly(s->place, kind, &(struct limits_wished){}, &outcome, &err);
    bool said = memmem(buf_str(&outcome.err).ptr, outcome.err.len, "No space left", 13) != NULL;
    struct stat about;
    auto_free char *file = mem_text("%s/large.txt", got);
    bool half = stat(file, &about) == 0;
    umount2(got, MNT_DETACH);
    if (!ok || !said || half)
        fail(s, "full target",
             (error_set(&err, ERROR_INPUT, "a half file, or no word of it: %.*s",
                        outcome.err.len > 200 ? 200 : (int)outcome.err.len,
                        buf_str(&outcome.err).ptr),
              &err));
    s->told += said;
    outcome_done(&outcome);
}

/* ---- memory --------------------------------------------------------------------------------- */

static void little_memory(struct shortage *s)
{
    static const char *const sizes[] = {"64K", "256K", "512K", "1M", "2M", "4M"};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct kind kind = {.name = "little memory",
                            .argv = {"--memory", sizes[i], "--", "/bin/echo", "done"}};
        static const struct fault none = {};
        struct outcome outcome;
        struct error err = {};
        outcome_init(&outcome);
        bool ok = run_plainly(s->place, &kind, &(struct limits_wished){}, &outcome, &err);
        int status = WIFEXITED(outcome.status) ? WEXITSTATUS(outcome.status) : -1;
        bool says = memmem(buf_str(&outcome.err).ptr, outcome.err.len, "memory", 6) != NULL;
        if (!ok ||
            !((status == 137 && says) || check_answer(s->place, &kind, &none, &outcome, &err)))
            fail(s, sizes[i], &err);
        s->told += status != 0;
        s->well += status == 0;
        outcome_done(&outcome);
    }
}

/* ---- the list ------------------------------------------------------------------------------- */

static const struct row {
    const char *name;
    bool plain, must_tell;
    void (*play)(struct shortage *s);
} rows[] = {
    {"scarce: file descriptors", false, true, files},
    {"scarce: file descriptors, plain user", true, true, files},
    {"scarce: processes, plain user", true, true, processes},
    {"scarce: standard files closed", false, false, standard_files},
    {"scarce: state folder on a full disk", false, true, full_state},
    {"scarce: temporary folders full", false, false, full_tmp},
    {"scarce: no room for what comes out", false, true, full_target},
    {"scarce: no room for what comes out, plain user", true, true, full_target},
    {"scarce: too little memory to begin", false, false, little_memory},
};

void scarce_play_all(struct place *root, struct place *plain, struct tally *tally)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct shortage s = {rows[i].plain ? plain : root, tally, 0, 0, true};
        if (!tally_wants(tally, rows[i].name))
            continue;
        if (s.place == NULL || geteuid() != 0) {
            tally_skip(tally, "%s: needs root", rows[i].name);
            continue;
        }
        rows[i].play(&s);
        conclude(&s, rows[i].name, rows[i].must_tell);
        fflush(stdout);
    }
}
