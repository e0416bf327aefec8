/*
 * The broker's side of births: the processes that bear the occupants of pooled slots, and orders to
 * them. The launcher is a small copy of the broker, made early; its newborns execute a command, or
 * a runtime to be parked. A zygote is an interpreter that has executed and initialised itself; its
 * newborns go on in it. No mother ever runs a stranger's code or reads a stranger's bytes.
 */
#pragma once

#include "base/error.h"
#include "sandbox/slot.h"

struct mother {
    pid_t pid; /* 0: there is none */
    int socket;
    unsigned births; /* ordered so far */
};

[[nodiscard]] bool maternity_start_launcher(struct mother *ret_mother,
                                            const struct sandbox_host *host, struct error *err);

/* An order is carried out in its time; what becomes of it is heard over the slot's socket, whose
 * other end is lent here. */
[[nodiscard]] bool maternity_order(struct mother *mother, const struct slot *slot, enum warm kind,
                                   int talk, struct error *err);

/* One that has died is buried. */
bool maternity_is_alive(struct mother *mother);

/* She ends; whom she has born lives on. */
void maternity_end(struct mother *mother);

/* The same for one that does not answer: orders that she has not carried out are lost. */
void maternity_kill(struct mother *mother);
