/*
 * A mother gives birth to the occupants of pooled slots, on the broker's order. The launcher is a
 * small copy of the broker, made early; its newborns execute a command. A zygote is an interpreter
 * that has executed and initialised itself and loaded this module; its newborns go on in it. No
 * mother ever runs a stranger's code or reads a stranger's bytes.
 */
#pragma once

#include "base/error.h"
#include "sandbox/occupant.h"
#include "sandbox/slot.h"

struct mother {
    pid_t pid; /* 0: there is none */
    int socket;
    unsigned births; /* ordered so far */
};

/* ---- the broker's side ---------------------------------------------------------------------- */

[[nodiscard]] bool mother_start_launcher(struct mother *ret_mother, const struct sandbox_host *host,
                                         struct error *err);

/* An order is carried out in its time; what becomes of it is heard over the slot's socket, whose
 * other end is lent here. */
[[nodiscard]] bool mother_order(struct mother *mother, const struct slot *slot, int talk,
                                struct error *err);

/* She ends; whom she has born lives on. */
void mother_end(struct mother *mother);

/* ---- the mother's side ---------------------------------------------------------------------- */

/* What an interpreter must do around a fork; NULL: nothing. */
struct mother_hooks {
    void (*before_fork)(void);
    void (*after_fork_in_mother)(void);
    void (*after_fork_in_newborn)(void);
};

/* Serves orders until the broker closes the socket: then it returns false without an error. It
 * returns true in each newborn, which is locked in by then: files 0 to 2 and the channels are its
 * own, signals are at their defaults. */
[[nodiscard]] bool mother_serve(int socket, const struct sandbox_host *host,
                                const struct mother_hooks *hooks, struct newborn *ret_newborn,
                                struct error *err);
