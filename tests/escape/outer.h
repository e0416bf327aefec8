/*
 * Disposable surroundings for controls: what is played in them cannot reach the host, even with
 * layers of the box left out.
 *
 * They are user, pid, mount, network, ipc, uts and cgroup namespaces of their own; whoever is root
 * in them is an id outside that nobody has. /proc and /tmp are their own, and where control groups
 * can be had, one of them holds processes and memory down. Everything in them dies with their first
 * process.
 *
 * An outer_stage is what all of them share: a folder with copies of the programs, and the state of
 * testudo, which is dear to make.
 */
#pragma once

#include "tests/escape/escape.h"

struct outer_stage {
    char folder[64]; /* on the host */
    int fd;
    bool direct;                /* this whole machine is disposable: play here */
    const struct outside *host; /* its program is a test build */
    const char *release;        /* NULL: there is none */
};

/* What came of one trial, as told over the border. */
struct outer_report {
    bool played;
    enum outcome outcome;
    char detail[400];
    struct error error; /* when it could not be played */
};

[[nodiscard]] bool outer_open(struct outer_stage *ret_stage, const struct outside *outside,
                              const char *release, bool direct, struct error *err);
void outer_close(struct outer_stage *stage);

/* One trial, with these layers left out; or asking the release build to leave them out. */
[[nodiscard]] bool outer_play(const struct outer_stage *stage, const struct attack *attack,
                              const struct way *way, const char *layers_off, bool release,
                              struct outer_report *ret_report, struct error *err);

/* A new session, whose terminal is a new one. */
[[nodiscard]] bool terminal_take(struct error *err);
