/*
 * What came of a run. Output is kept head and tail, up to the limit; what was left out between is
 * counted. The strings live in the result's own arena.
 */
#pragma once

#include "base/arena.h"
#include "model/box.h"
#include "model/verdict.h"

struct run_output {
    struct str head, tail;
    int64_t total_bytes; /* head and tail included */
};

struct run_file {
    const char *name;
    int64_t bytes;
    char sha256[65];
    const char *left_out; /* why it was not brought back, or NULL */
};

/* What an earlier run had left in its work folder, and was put into this one's. */
struct run_carried {
    bool any;
    int64_t files, bytes; /* folders and links count as files; holes do not count */
    int64_t left_out;     /* fifos, sockets, devices, what could not be read or lies too deep */
};

struct run_refusal {
    struct box_refusal what;
    uint32_t count;
};

/* One box's share: the whole result has one or two of these. */
struct run_stage {
    enum verdict verdict;
    int exit_code, signal;
    struct run_output out, err;
    struct box_end end;
};

struct run_result {
    char id[20];
    const char *message; /* one sentence in plain words */
    const char *language, *version;
    bool compiled;
    bool from_store;          /* by an earlier run of the same */
    const char *not_kept;     /* why later runs will have to compile again, or NULL */
    int64_t waited_ns;        /* for another run that compiled the same */
    struct run_stage compile; /* when compiled */
    struct run_stage run;     /* empty when the compiler failed: then verdict is the compiler's */
    bool ran;
    struct limits limits;
    struct isolation isolation;
    const char *image;
    int64_t prepare_ns, compile_ns, run_ns, collect_ns;
    struct run_carried carried;
    uint32_t file_count;
    struct run_file *files;
    uint32_t refusal_count;
    struct run_refusal *refusals;
    struct arena arena;
};

void run_result_init(struct run_result *result);
void run_result_done(struct run_result *result);

/* The stage that speaks for the whole. */
const struct run_stage *run_result_last(const struct run_result *result);
