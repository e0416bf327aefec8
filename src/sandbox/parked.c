#include "sandbox/parked.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "model/runtime.h"
#include "model/words.h"
#include "sys/call.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "sys/message.h"

extern const char parked_library[], parked_library_end[];
extern const char parked_script[], parked_script_end[];
extern const char parked_classes[], parked_classes_end[];

#define PARTS ".parked"
#define LIBRARY BOX_IN "/" PARTS "/library.so"

enum { PARTS_MAX = 3, WORDS_BYTES_MAX = 64 << 10 };

/* What lies in the box for as long as the runtime starts. */
struct part {
    const char *name, *begin, *end;
};

#define JAVA_ROW                                                                                   \
    .program = BOX_JAVA, .runtime = RUNTIME_JAVA,                                                  \
    .parts = {{"library.so", parked_library, parked_library_end},                                  \
              {"parked.jar", parked_classes, parked_classes_end}},                                 \
    .words = {"-Xbootclasspath/a:" BOX_IN "/" PARTS "/parked.jar",                                 \
              "--add-exports",                                                                     \
              "java.base/jdk.internal.access=ALL-UNNAMED",                                         \
              "--add-opens",                                                                       \
              "java.base/jdk.internal.loader=ALL-UNNAMED",                                         \
              "-cp",                                                                               \
              "/nonexistent",                                                                      \
              "Parked",                                                                            \
              LIBRARY}

static const struct kind {
    const char *program;
    enum runtime runtime;
    struct part parts[PARTS_MAX];
    const char *words[10]; /* after the options that every program of this runtime gets */
    const char *path;      /* of tests that it is to be warmed with, or NULL */
} kinds[WARM_COUNT] = {
    [WARM_NODE] = {.program = BOX_NODE,
                   .runtime = RUNTIME_NODE,
                   .parts = {{"library.so", parked_library, parked_library_end},
                             {"parked.js", parked_script, parked_script_end}},
                   .words = {BOX_IN "/" PARTS "/parked.js", LIBRARY}},
    [WARM_JAVA] = {JAVA_ROW},
    [WARM_JUNIT] = {JAVA_ROW, .path = RUNTIME_JUNIT_PATH},
};

bool parked_is_possible(enum warm kind)
{
    const struct kind *row = &kinds[kind];
    for (const struct part *part = row->parts; part < row->parts + PARTS_MAX; part++)
        if (part->name != NULL && part->begin == part->end)
            return false;
    if (row->path != NULL && access(RUNTIME_JUNIT_JAR, R_OK) < 0)
        return false;
    return row->program != NULL && access(row->program, X_OK) == 0;
}

static bool is_pipe(int fd)
{
    struct stat about;
    return fstat(fd, &about) == 0 && S_ISFIFO(about.st_mode);
}

bool parked_fits(const struct box_spec *spec)
{
    return spec->channel_count == 0 && strcmp(spec->cwd, BOX_WORK) == 0 &&
           is_pipe(spec->stdio[1]) && is_pipe(spec->stdio[2]);
}

/* ---- the runtime ---------------------------------------------------------------------------- */

static bool put_parts(const struct kind *kind, int in, struct error *err)
{
    if (mkdirat(in, PARTS, 0755) < 0)
        return error_sys(err, "make a folder for a runtime's parts");
    auto_close int folder = fd_open(in, PARTS, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err);
    for (const struct part *part = kind->parts; part < kind->parts + PARTS_MAX; part++) {
        if (part->name == NULL || folder < 0)
            continue;
        auto_close int fd = fd_open(folder, part->name, O_WRONLY | O_CREAT | O_EXCL, 0644, err);
        size_t length = (size_t)(part->end - part->begin);
        if (fd < 0 || !fd_write_all(fd, str_of(part->begin, length), err))
            return false;
    }
    return folder >= 0;
}

/* It is there for the runtime's start alone. */
static bool take_parts_away(const struct kind *kind, int in, struct error *err)
{
    auto_close int folder = fd_open(in, PARTS, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err);
    if (folder < 0)
        return false;
    for (const struct part *part = kind->parts; part < kind->parts + PARTS_MAX; part++)
        if (part->name != NULL && unlinkat(folder, part->name, 0) < 0)
            return error_sys(err, "remove a runtime's part");
    return unlinkat(in, PARTS, AT_REMOVEDIR) == 0 || error_sys(err, "remove a runtime's parts");
}

/* How every program of this runtime begins, under the limits that nobody has changed. */
static void begin_words(const struct kind *kind, struct words *argv, struct arena *arena)
{
    struct limits usual = limits_of_profile(&profiles[0]);
    runtime_add_command(kind->runtime, kind->program, &usual, argv, arena);
}

/* What the kernel limits can only be lowered later, so it begins with all there is. */
static void open_limits(struct limits *limits)
{
    *limits = limits_of_profile(&profiles[0]);

    static const enum limit specs[] = {LIMIT_CPU, LIMIT_DISK, LIMIT_PROCESSES};

    for (size_t i = 0; i < COUNT_OF(specs); i++)
        limits->value[specs[i]] = limit_rows[specs[i]].max;
}

static bool describe(const struct kind *kind, int channel, struct arena *arena,
                     struct box_spec *spec, struct error *err)
{
    int output[2];
    *spec = (struct box_spec){.cwd = BOX_WORK, .image = "host", .channel_count = 1};
    begin_words(kind, &spec->argv, arena);
    for (size_t i = 0; i < COUNT_OF(kind->words) && kind->words[i] != NULL; i++)
        words_add(&spec->argv, arena, kind->words[i]);
    if (kind->path != NULL)
        words_add(&spec->argv, arena, kind->path);
    for (size_t i = 0; box_clean_env[i] != NULL; i++)
        words_add(&spec->env, arena, box_clean_env[i]);
    open_limits(&spec->limits);
    spec->channels[0] = channel;
    spec->stdio[0] = fd_open(AT_FDCWD, "/dev/null", O_RDONLY, 0, err);
    if (spec->stdio[0] < 0 || !fd_pipe(output, err))
        return false;
    spec->stdio[1] = spec->stdio[2] = output[1]; /* a runtime sees what kind of stream it has */
    return true;
}

static bool become_runtime(const struct guest_plan *how, const struct kind *kind, int channel,
                           struct occupant *occupant, struct error *err)
{
    struct guest_plan plan = *how;
    struct arena arena;
    struct box_spec spec;
    arena_init(&arena, WORDS_BYTES_MAX);
    plan.spec = &spec;
    return describe(kind, channel, &arena, &spec, err) &&
           inside_become_guest(&plan, &occupant->talk, err) && inside_execute(&spec, err);
}

/* ---- the steward ---------------------------------------------------------------------------- */

struct steward {
    struct guest_plan plan;
    const struct kind *kind;
    struct tree *tree;
    struct occupant *occupant;
    int channel;
};

static bool await_warm(const struct steward *steward, struct error *err)
{
    char byte;
    int count = 0;
    if (message_receive(steward->channel, &byte, 1, NULL, &count, err) == 1)
        return true;
    return error_set(err, ERROR_INTERRUPTED, "a runtime that was to be parked has ended");
}

/* The options are those that the runtime was started with, or it is no runtime for this. */
static bool check_words(const struct words *begun, const struct words *argv, struct error *err)
{
    bool same = argv->count > begun->count;
    for (uint32_t i = 0; same && i < begun->count; i++)
        same = strcmp(begun->list[i], argv->list[i]) == 0;
    return same ||
           error_set(err, ERROR_INTERNAL, "a parked runtime was started with other options");
}

static void add_text(struct buf *order, const char *text)
{
    buf_add(order, text, strlen(text) + 1);
}

/* How many words, the words without the runtime's own options, the environment. */
static int write_order(const struct steward *steward, struct error *err)
{
    const struct box_spec *spec = &steward->occupant->spec;
    struct arena arena;
    struct words begun = {};
    auto_buf struct buf order;
    buf_init(&order, BOX_WORDS_BYTES_MAX + 64);
    arena_init(&arena, WORDS_BYTES_MAX);
    begin_words(steward->kind, &begun, &arena);
    if (!check_words(&begun, &spec->argv, err))
        return -1;
    buf_printf(&order, "%u", spec->argv.count - begun.count + 1);
    buf_add_byte(&order, '\0');
    add_text(&order, spec->argv.list[0]);
    for (uint32_t i = begun.count; i < spec->argv.count; i++)
        add_text(&order, spec->argv.list[i]);
    for (uint32_t i = 0; i < spec->env.count; i++)
        add_text(&order, spec->env.list[i]);
    if (order.over)
        return error_set_fd(err, ERROR_LIMIT, "arguments and environment are too large");
    return fd_memory("order", buf_str(&order), err);
}

static bool hand_over(const struct steward *steward, struct error *err)
{
    const struct box_spec *spec = &steward->occupant->spec;
    auto_close int order = write_order(steward, err);
    int files[] = {spec->stdio[0], spec->stdio[1], spec->stdio[2], order};
    struct talk begun = {.what = TALK_BEGUN};
    return order >= 0 && message_send(steward->channel, STR("."), files, COUNT_OF(files), err) &&
           talk_send(steward->occupant->talk, &begun, NULL, 0, err);
}

static bool serve(struct steward *steward, struct error *err)
{
    steward->plan.spec = &steward->occupant->spec;
    return await_warm(steward, err) && take_parts_away(steward->kind, steward->tree->in, err) &&
           occupant_furnish(steward->tree, steward->occupant, err) &&
           inside_limit_again(&steward->plan, steward->occupant->runtime, err) &&
           hand_over(steward, err);
}

/* Its end is the runtime's beginning. */
_Noreturn static void live_as_steward(struct steward *steward)
{
    struct error err = {};
    if (!serve(steward, &err))
        inside_give_up(steward->occupant->talk, &err);
    _exit(0);
}

/* Pid 1's child, as the occupant is: the program has no child that it did not make. */
static pid_t fork_beside(void)
{
    struct clone_args args = {.flags = CLONE_PARENT};
    return fault_strikes() ? -1 : call_clone3(&args);
}

bool parked_move_in(const struct guest_plan *how, enum warm kind, struct occupant *occupant,
                    struct error *err)
{
    struct tree tree = {.mode = how->host->mode, .dev = -1, .root = -1, .work = -1, .in = -1};
    struct limits expected = limits_of_profile(&profiles[0]);
    int ends[2];
    if (!tree_settle(&tree, &expected, err) || !put_parts(&kinds[kind], tree.in, err))
        return error_stage(err, "mount");
    if (!occupant_take_network(occupant, err))
        return error_stage(err, "network");
    if (!fd_pair(SOCK_SEQPACKET, ends, err))
        return error_stage(err, "prepare");
    struct steward steward = {.plan = *how,
                              .kind = &kinds[kind],
                              .tree = &tree,
                              .occupant = occupant,
                              .channel = ends[0]};
    occupant->runtime = getpid();
    pid_t pid = fork_beside();
    if (pid == 0) {
        close(ends[1]);
        live_as_steward(&steward);
    }
    if (pid < 0)
        return error_sys(err, "make a steward");
    close(ends[0]);
    return become_runtime(how, &kinds[kind], ends[1], occupant, err);
}
