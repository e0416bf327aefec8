#include "bench/contestants.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "bench/attempt.h"
#include "bench/place.h"

void contestant_set_commands(struct contestant *contestant, const struct line *prefix)
{
    for (enum workload_id w = 0; w < WORKLOAD_COUNT; w++) {
        if (w == WORKLOAD_HELLO)
            continue;
        line_append(&contestant->commands[w], prefix);
        line_add_command(&contestant->commands[w], w);
    }
}

struct line *contestant_add_undo(struct contestant *contestant)
{
    assert(contestant->undo_count < UNDO_MAX);
    return &contestant->undo[contestant->undo_count++];
}

bool contestant_run_step(const struct bench *bench, const struct contestant *contestant,
                         const struct line *step, struct error *err)
{
    struct outcome outcome = {};
    if (!attempt_run(bench, contestant, step, NULL, &outcome, err))
        return false;
    return outcome.is_good || error_set(err, ERROR_HOST, "%s", outcome.why);
}

static bool prepare_bare(struct bench *bench, struct contestant *contestant, struct error *)
{
    contestant_set_commands(contestant, &(struct line){});
    struct line *hello = &contestant->commands[WORKLOAD_HELLO];
    line_add_command(hello, WORKLOAD_HELLO);
    line_add(hello, place_path(bench, "hello/hello.py"));
    return true;
}

/* The command runs from a copy of the program, `copy`: rebuilding it meanwhile must not matter. */
static bool set_ours(struct bench *bench, struct contestant *contestant, const struct line *line,
                     const struct line *script, const char *copy, struct error *err)
{
    contestant->is_ours = true;
    const char *program = place_copy_program(bench, line->words[0], copy, err);
    if (program == NULL)
        return false;
    struct line prefix = *line;
    prefix.words[0] = program;
    contestant_set_commands(contestant, &prefix);
    if (script->count > 0) {
        prefix = *script;
        prefix.words[0] = program;
        line_append(&contestant->commands[WORKLOAD_HELLO], &prefix);
        line_add(&contestant->commands[WORKLOAD_HELLO], place_path(bench, "hello/hello.py"));
    }
    return true;
}

static bool prepare_us(struct bench *bench, struct contestant *contestant, struct error *err)
{
    return set_ours(bench, contestant, &bench->us, &bench->us_script, "us", err);
}

static bool prepare_us_plain(struct bench *bench, struct contestant *contestant, struct error *err)
{
    contestant->is_plain = true;
    if (geteuid() != 0)
        return error_set(err, ERROR_HOST, "the bench runs as a plain user already");
    return set_ours(bench, contestant, &bench->plain, &bench->plain_script, "us-plain", err);
}

/* name, program to look for, who prepares it */
static const struct entry {
    const char *name, *program;
    contestant_prepare *prepare;
} entries[] = {
    {"bare", NULL, prepare_bare},
    {"testudo", NULL, prepare_us},
    {"testudo plain user", NULL, prepare_us_plain},
    {"bwrap", "bwrap", tool_prepare_bwrap},
    {"crun", "crun", oci_prepare_crun},
    {"runc", "runc", oci_prepare_runc},
    {"docker", "docker", engine_prepare_docker},
    {"podman", "podman", engine_prepare_podman},
    {"runsc", "runsc", oci_prepare_runsc},
    {"firejail", "firejail", tool_prepare_firejail},
    {"nsjail", "nsjail", tool_prepare_nsjail},
    {"isolate", "isolate", tool_prepare_isolate},
};

static_assert(COUNT_OF(entries) <= CONTESTANTS_MAX);

static const char *find_in(struct bench *bench, struct str folders, const char *program)
{
    for (struct str folder; str_take_until(&folders, ':', &folder);) {
        const char *path =
            arena_text(&bench->arena, "%.*s/%s", (int)folder.len, folder.ptr, program);
        if (str_starts(folder, "/") && access(path, X_OK) == 0)
            return path;
    }
    return NULL;
}

static bool look_for(struct bench *bench, struct contestant *contestant, const char *program,
                     struct error *err)
{
    if (program == NULL)
        return true;
    contestant->program = find_in(bench, str_from(bench->search), program);
    if (contestant->program == NULL)
        contestant->program =
            find_in(bench, STR("/usr/local/bin:/usr/bin:/usr/local/sbin:/usr/sbin"), program);
    return contestant->program != NULL || error_set(err, ERROR_HOST, "not installed");
}

static bool is_wanted(const struct bench *bench, const char *name)
{
    if (bench->only == NULL)
        return true;
    struct str names = str_from(bench->only);
    for (struct str one; str_take_until(&names, ',', &one);)
        if (str_is(one, name))
            return true;
    return false;
}

/* One attempt at each workload; the first that fails ends it, as it would fail each time. */
static bool try_once(struct bench *bench, struct contestant *contestant, struct error *err)
{
    for (enum workload_id w = 0; w < WORKLOAD_COUNT; w++) {
        if (!contestant_measures(contestant, w))
            continue;
        struct outcome outcome = {};
        if (!attempt_run(bench, contestant, &contestant->commands[w], workloads[w].expected,
                         &outcome, err))
            return false;
        if (!outcome.is_good) {
            contestant->skipped = arena_string(&bench->arena, str_from(outcome.why));
            return true;
        }
    }
    return true;
}

static bool add(struct bench *bench, const struct entry *entry, struct error *err)
{
    struct contestant *contestant = &bench->contestants[bench->contestant_count++];
    *contestant = (struct contestant){.name = entry->name};
    struct error why = {};
    if (!look_for(bench, contestant, entry->program, &why) ||
        !entry->prepare(bench, contestant, &why)) {
        contestant->skipped = arena_string(&bench->arena, str_from(why.text));
        return true;
    }
    return try_once(bench, contestant, err);
}

bool contestants_init(struct bench *bench, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        if (is_wanted(bench, entries[i].name) && !add(bench, &entries[i], err))
            return error_wrap(err, "try %s", entries[i].name);
    return true;
}
