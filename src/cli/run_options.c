#include "cli/run_options.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cli/env_file.h"
#include "lang/names.h"
#include "lang/source.h"
#include "model/words.h"
#include "sys/fd.h"

enum run_option {

#define OPTION(name, flag, letter, argument, text) RUN_##name,
#include "cli/run_options.def"
#undef OPTION
    RUN_LIMITS, /* + enum limit */
};

enum { ENV_FILES_MAX = 16 };

#define VALUE_MS "TIME"
#define VALUE_BYTES "SIZE"
#define VALUE_MILLI "N"
#define VALUE_COUNT "N"

static const struct option_row rows[] = {
#define OPTION(name, flag, letter, argument, text) {RUN_##name, flag, letter, argument, text},
#include "cli/run_options.def"
#undef OPTION
#define LIMIT(name, field, flag, unit, min, max, text)                                             \
    {RUN_LIMITS + LIMIT_##name, flag, 0, VALUE_##unit, text},
#include "model/limits.def"
#undef LIMIT
    OPTION_ROW_JSON,
    OPTION_ROW_HELP,
};

const struct option_table run_option_table = {rows, COUNT_OF(rows)};

/* Options while they are read: lists grow as words, limits wait until the profile is known. */
struct reading {
    struct run_options options;
    struct arena *arena;
    struct words files, inputs, outs;
    const char *profile;
    const char *limit_texts[LIMIT_COUNT];
    const struct option_row *of_batch, *not_of_batch; /* one of each that was seen, or NULL */
};

/* ---- single values -------------------------------------------------------------------------- */

static bool read_env(struct reading *reading, const char *value, struct error *err)
{
    struct str name = str_of(value, strcspn(value, "="));
    if (!env_name_is_plain(name)) {
        error_set(err, ERROR_USAGE, "--env '%s' does not begin with a variable's name",
                  shown_name(value).text);
        return error_hint(err, "write --env NAME=VALUE; names have letters, digits, '_', '.' and "
                               "'-', and begin with no digit");
    }
    if (value[name.len] == '\0') {
        const char *ours = getenv(value);
        if (ours == NULL) {
            error_set(err, ERROR_USAGE, "--env %s hands on a variable that is not set here",
                      shown_name(value).text);
            return error_hint(err, "set it, or give a value: --env %s=VALUE",
                              shown_name(value).text);
        }
        value = arena_text(reading->arena, "%s=%s", value, ours);
    }
    words_add(&reading->options.request.env, reading->arena, value);
    return true;
}

static bool read_network(struct reading *reading, const char *value, struct error *err)
{
    static const char *const words[] = {[NETWORK_NONE] = "none", [NETWORK_LOOPBACK] = "loopback"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcmp(value, words[i]) != 0)
            continue;
        reading->options.request.network = (enum network)i;
        return true;
    }
    error_set(err, ERROR_USAGE, "there is no network '%s'", shown_name(value).text);
    return error_hint(err, "--network none (no network at all) or loopback (the box alone)");
}

static bool read_accept(struct reading *reading, const char *value, struct error *err)
{
    enum limit limit;
    if (limit_find(str_from(value), &limit)) {
        reading->options.request.accept_missing |= UINT32_C(1) << limit;
        return true;
    }
    auto_buf struct buf known;
    buf_init(&known, 256);
    for (enum limit i = 0; i < LIMIT_COUNT; i++)
        buf_printf(&known, "%s%s", i > 0 ? ", " : "", limit_rows[i].flag);
    error_set(err, ERROR_USAGE, "there is no limit '%s'", shown_name(value).text);
    return error_hint(err, "--accept-missing takes one of: %s", known.data);
}

static bool check_image(const char *value, struct error *err)
{
    return name_check("the name of an image", value, err);
}

static void note_kind(struct reading *reading, const struct option_row *row)
{
    bool of_batch = row->id == RUN_BATCH || row->id == RUN_JOBS || row->id == RUN_ORDERED ||
                    row->id == RUN_OUT_DIR;
    if (of_batch && row->id != RUN_BATCH)
        reading->of_batch = row;
    else if (!of_batch && row->id >= 0)
        reading->not_of_batch = row;
}

static bool apply(struct reading *reading, const struct option_found *found, struct error *err)
{
    note_kind(reading, found->row);
    struct run_options *options = &reading->options;
    struct run_request *request = &options->request;
    const char *value = found->value;
    if (found->row->id >= RUN_LIMITS) {
        reading->limit_texts[found->row->id - RUN_LIMITS] = value;
        return true;
    }
    switch (found->row->id) {
    case OPTION_HELP:
        options->help = true;
        return true;
    case OPTION_JSON:
        options->json = true;
        return true;
    case RUN_CODE:
        request->has_code = true;
        request->code = str_from(value);
        return true;
    case RUN_LANG:
        request->language = value;
        return true;
    case RUN_VERSION:
        request->version = value;
        return true;
    case RUN_PYTHON:
        request->interpreter = value;
        return true;
    case RUN_WITH:
        words_add(&request->deps.with, reading->arena, value);
        return true;
    case RUN_REQUIREMENTS:
        request->deps.requirements = value;
        return true;
    case RUN_UPGRADE:
        return request->deps.upgrade = true;
    case RUN_OFFLINE:
        return request->deps.offline = true;
    case RUN_ALLOW_SCRIPTS:
        return request->deps.allow_scripts = true;
    case RUN_NO_DEPS:
        return request->deps.ignore_declared = true;
    case RUN_ENTRY:
        request->entry = value;
        return true;
    case RUN_STDIN:
        options->stdin_path = value;
        return true;
    case RUN_ENV:
        return read_env(reading, value, err);
    case RUN_ENV_FILE:
        if (options->env_files.count == ENV_FILES_MAX)
            return error_set(err, ERROR_LIMIT, "at most %d --env-file fit", ENV_FILES_MAX);
        words_add(&options->env_files, reading->arena, value);
        return true;
    case RUN_CWD:
        request->cwd = value;
        return true;
    case RUN_FILE:
        words_add(&reading->files, reading->arena, value);
        return true;
    case RUN_INPUT:
        words_add(&reading->inputs, reading->arena, value);
        return true;
    case RUN_OUT:
        words_add(&reading->outs, reading->arena, value);
        return true;
    case RUN_PROFILE:
        reading->profile = value;
        return true;
    case RUN_NETWORK:
        return read_network(reading, value, err);
    case RUN_ACCEPT:
        return read_accept(reading, value, err);
    case RUN_IMAGE:
        request->image = value;
        return check_image(value, err);
    case RUN_POLICY:
        options->policy = value;
        return true;
    case RUN_ASK:
        return options->ask = true;
    case RUN_VERBOSE:
        options->verbose = true;
        return true;
    case RUN_DRY_RUN:
        options->dry_run = true;
        return true;
    case RUN_EXPLAIN:
        request->explain = true;
        return true;
    case RUN_TTY:
        request->terminal = true;
        return true;
    case RUN_COLD:
        request->cold = true;
        return true;
    case RUN_NO_STORE:
        request->no_store = true;
        return true;
    case RUN_BATCH:
        options->batch.path = value;
        return true;
    case RUN_JOBS:
        return batch_read_jobs(value, &options->batch.jobs, err);
    case RUN_ORDERED:
        options->batch.ordered = true;
        return true;
    case RUN_OUT_DIR:
        options->batch.out_dir = value;
        return true;
    default:
        return error_set(err, ERROR_INTERNAL, "option --%s is not read", found->row->flag);
    }
}

/* ---- PATH=NAME ------------------------------------------------------------------------------ */

/* A path may hold '='; then it is meant whole if there is such a file. */
static const char *take_name(struct arena *arena, const char *value, const char **ret_path)
{
    struct stat info;
    const char *equals = strrchr(value, '=');
    *ret_path = value;
    if (equals == NULL || stat(value, &info) == 0)
        return NULL;
    *ret_path = arena_string(arena, str_of(value, (size_t)(equals - value)));
    return equals + 1;
}

static bool check_path(const char *flag, const char *path, struct error *err)
{
    if (path[0] != '\0')
        return true;
    error_set(err, ERROR_USAGE, "--%s names nothing", flag);
    return error_hint(err, "write --%s PATH, or --%s PATH=NAME", flag, flag);
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static bool list_files(struct reading *reading, struct error *err)
{
    struct run_request *request = &reading->options.request;
    request->file_count = reading->files.count;
    request->files =
        arena_alloc(reading->arena, (request->file_count + (size_t)1) * sizeof *request->files);
    for (uint32_t i = 0; i < request->file_count; i++) {
        struct request_file *file = &request->files[i];
        file->name = take_name(reading->arena, reading->files.list[i], &file->path);
        if (!check_path("file", file->path, err))
            return false;
        if (file->name == NULL)
            file->name = last_part(file->path);
        if (!path_check("the name of a file", file->name, err))
            return false;
    }
    return true;
}

static bool list_inputs(struct reading *reading, struct error *err)
{
    struct run_request *request = &reading->options.request;
    request->input_count = reading->inputs.count;
    request->inputs =
        arena_alloc(reading->arena, (request->input_count + (size_t)1) * sizeof *request->inputs);
    for (uint32_t i = 0; i < request->input_count; i++) {
        struct request_input *input = &request->inputs[i];
        char real[PATH_MAX];
        input->name = take_name(reading->arena, reading->inputs.list[i], &input->path);
        if (!check_path("input", input->path, err))
            return false;
        if (input->name == NULL)
            input->name = source_name(reading->arena,
                                      realpath(input->path, real) != NULL ? real : input->path);
        if (!name_check("the name of an input", input->name, err))
            return false;
    }
    return true;
}

static bool list_outs(struct reading *reading, struct error *err)
{
    struct run_request *request = &reading->options.request;
    request->out_count = reading->outs.count;
    struct request_out *outs =
        arena_alloc(reading->arena, (request->out_count + (size_t)1) * sizeof *outs);
    request->outs = outs;
    for (uint32_t i = 0; i < request->out_count; i++) {
        const char *value = reading->outs.list[i], *equals = strrchr(value, '=');
        outs[i].folder = equals != NULL && equals[1] != '\0' ? equals + 1 : ".";
        outs[i].glob = equals == NULL
                           ? value
                           : arena_string(reading->arena, str_of(value, (size_t)(equals - value)));
        if (strncmp(outs[i].glob, BOX_WORK "/", sizeof BOX_WORK) == 0)
            outs[i].glob += sizeof BOX_WORK;
        if (!path_check("the pattern of --out", outs[i].glob, err))
            return false;
    }
    return true;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool set_limits(struct reading *reading, struct error *err)
{
    struct run_request *request = &reading->options.request;
    const char *name = reading->profile != NULL ? reading->profile
                       : request->terminal      ? "terminal"
                                                : "default";
    request->profile = profile_find(str_from(name));
    if (request->profile == NULL) {
        error_set(err, ERROR_USAGE, "there is no profile '%s'", shown_name(name).text);
        return error_hint(err, "--profile default, snippet, compile, project or terminal");
    }
    request->limits = limits_of_profile(request->profile);
    request->compile_limits = limits_of_profile(profile_find(STR("compile")));
    for (enum limit i = 0; i < LIMIT_COUNT; i++) {
        const char *text = reading->limit_texts[i];
        if (text == NULL || limits_set_text(&request->limits, i, str_from(text), err))
            continue;
        if (err->hint[0] == '\0')
            error_hint(err, "--%s: %s", limit_rows[i].flag, limit_rows[i].text);
        return false;
    }
    return true;
}

/* `run x.py --wall 5s` could mean both; a limit that is silently not set would be the worse one. */
static bool refuse_late_options(const char *source, char **words, int count, struct error *err)
{
    for (int i = 0; i < count && strcmp(words[i], "--") != 0; i++) {
        const struct option_row *row = option_of_word(run_option_table, words[i]);
        if (row == NULL)
            continue;
        error_set(err, ERROR_USAGE, "--%s after %s: is it for testudo or for the program?",
                  row->flag, source);
        return error_hint(err, "for testudo: put it before; for the program: put -- between");
    }
    return true;
}

static struct words words_of_rest(struct arena *arena, char **words, int count)
{
    struct words list = {};
    for (int i = 0; i < count; i++)
        words_add(&list, arena, words[i]);
    return list;
}

static bool sort_rest(struct reading *reading, bool saw_border, char **rest, int count,
                      struct error *err)
{
    struct run_request *request = &reading->options.request;
    const char *after = "the code";
    if (!request->has_code && saw_border) {
        request->command = words_of_rest(reading->arena, rest, count);
        if (count > 0)
            return true;
        error_set(err, ERROR_USAGE, "no program follows --");
        return error_hint(err, "testudo run -- PROGRAM [ARGUMENT...]");
    }
    if (!request->has_code && count > 0) {
        after = request->source_path = rest[0];
        rest++;
        count--;
        saw_border = count > 0 && strcmp(rest[0], "--") == 0;
        rest += saw_border;
        count -= saw_border;
    }
    if (!saw_border && !refuse_late_options(after, rest, count, err))
        return false;
    request->args = words_of_rest(reading->arena, rest, count);
    return true;
}

static bool check_stdin(const struct run_options *options, struct error *err)
{
    bool same = options->code_from_stdin && options->stdin_path != NULL &&
                strcmp(options->stdin_path, "-") == 0;
    if (!same)
        return true;
    error_set(err, ERROR_USAGE, "code and the program's input cannot both be standard input");
    return error_hint(err, "put one of them into a file");
}

/* "-" stands for code like -c does: options may follow. */
static bool take_dash(struct reading *reading, struct option_reader *reader)
{
    struct run_options *options = &reading->options;
    if (options->request.has_code || options->help || reader->saw_border ||
        reader->next == reader->argc || strcmp(reader->argv[reader->next], "-") != 0)
        return false;
    reader->next++;
    options->code_from_stdin = options->request.has_code = true;
    return true;
}

static bool finish(struct reading *reading, const struct option_reader *reader, struct error *err)
{
    char **rest = reader->argv + reader->next;
    int count = reader->argc - reader->next;
    const struct run_options *options = &reading->options;
    const char *source = options->code_from_stdin ? "-" : count > 0 ? rest[0] : NULL;
    if (!batch_check(&options->batch, reading->of_batch, reading->not_of_batch, source, err))
        return false;
    return options->batch.path != NULL ||
           (sort_rest(reading, reader->saw_border, rest, count, err) && set_limits(reading, err) &&
            list_files(reading, err) && list_inputs(reading, err) && list_outs(reading, err) &&
            check_stdin(options, err) &&
            run_options_add_terminal(&reading->options, reading->arena, err));
}

bool run_options_read(int argc, char **argv, struct arena *arena, struct run_options *ret_options,
                      struct error *err)
{
    struct reading reading = {.arena = arena};
    struct option_reader reader;
    struct option_found found = {};
    option_reader_init(&reader, run_option_table, argc, argv);
    do {
        if (!option_next(&reader, &found, err) ||
            (found.row != NULL && !apply(&reading, &found, err)))
            return false;
    } while ((found.row != NULL && !reading.options.help) || take_dash(&reading, &reader));
    bool ok = reading.options.help || finish(&reading, &reader, err);
    if (ok)
        *ret_options = reading.options;
    return ok;
}
