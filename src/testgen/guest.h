/*
 * The engine's side of docs/guest-protocol.md: asks, and checks what is answered. Blocking; the
 * channel is lent. After an error the guest is of no use any more.
 */
#pragma once

#include "base/error.h"
#include "testgen/subject.h"

enum run_status { RUN_DONE, RUN_RAISED, RUN_FUEL, RUN_DIED, RUN_CLOCK, RUN_INVALID };

enum run_origin {
    ORIGIN_NONE,
    ORIGIN_RAISE,
    ORIGIN_DOCUMENTED,
    ORIGIN_OPERATION,
    ORIGIN_LIBRARY,
    ORIGIN_CALL,
    ORIGIN_ARGUMENT
};

struct operands {
    uint32_t compare;
    bool truth;
    const struct value *a, *b;
};

struct trace {
    enum run_status status;
    enum run_origin origin;
    uint32_t at, fuel;
    struct str exception, type; /* exception: empty if none */
    const uint16_t *hits;       /* ascending */
    uint32_t hit_count;
    const struct operands *operands;
    uint32_t operand_count;
    uint64_t digest;
};

enum component_kind {
    COMPONENT_VALUE,
    COMPONENT_RAISES,
    COMPONENT_ARGUMENT,
    COMPONENT_ATTRIBUTE,
    COMPONENT_STDOUT,
    COMPONENT_EFFECT
};

struct component {
    enum component_kind kind;
    uint32_t statement;
    struct str path;
    const struct value *view;
    bool stable;
};

struct observation {
    const struct component *components;
    uint32_t count;
};

/* Something that looks wrong; without a program of its own, the one asked about shows it. */
struct doubt {
    struct str kind, text;
    struct program program;
};

struct doubts {
    const struct doubt *doubts;
    uint32_t count;
};

struct mutant_mask {
    uint32_t mutant;
    struct str mask; /* bit i: component i differs; past the last: it does not end */
};

bool guest_mask_has(struct str mask, uint32_t at);

/* Of the mutants asked about those that make a difference; the others have no entry. */
struct judgement {
    uint32_t component_count;
    const struct mutant_mask *masks;
    uint32_t count;
};

struct guest {
    int channel;
    uint64_t executions; /* asked for so far, mutants' included, long ones counted several times */
    const struct subject *subject;
};

struct guest_open_options {
    struct str root, module, path, visibility;
    const struct str *only, *skip;
    size_t only_count, skip_count;
    uint32_t fuel;
};

struct mutant_request {
    const struct program *program;
    const uint32_t *mutants;
    uint32_t count;
};

enum { RUN_WANT_DIGEST = 1, RUN_WANT_OPERANDS = 2 };

/* The stage of an error that the guest itself reported: it can be asked again. */
#define GUEST_FAILED "guest"

/* ERROR_INPUT when the guest says that it failed: its kind and text in the message. */
[[nodiscard]] bool guest_open(struct guest *guest, const struct guest_open_options *options,
                              struct arena *arena, struct subject *ret, struct error *err);

/* Answers live in the arena; one for each program. `watch` has a bit for each compare. */
[[nodiscard]] bool guest_run(struct guest *guest, unsigned flags, uint32_t fuel, struct str watch,
                             const struct program *programs, size_t count, struct arena *arena,
                             struct trace *ret, struct error *err);
[[nodiscard]] bool guest_mutants(struct guest *guest, uint32_t fuel,
                                 const struct mutant_request *requests, size_t count,
                                 struct arena *arena, struct judgement *ret, struct error *err);
[[nodiscard]] bool guest_observe(struct guest *guest, uint32_t fuel, const struct program *programs,
                                 size_t count, struct arena *arena, struct observation *ret,
                                 struct error *err);
/* What the guest holds against each of these programs. */
[[nodiscard]] bool guest_suspect(struct guest *guest, uint32_t fuel, const struct program *programs,
                                 size_t count, struct arena *arena, struct doubts *ret,
                                 struct error *err);
void guest_close(struct guest *guest);
