#include "cli/chain_options.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "lang/names.h"
#include "model/chain_read.h"
#include "sys/fd.h"

enum chain_option {

#define OPTION(name, flag, letter, argument, text) CHAIN_##name,
#include "cli/chain_options.def"
#undef OPTION
};

static const struct option_row rows[] = {
#define OPTION(name, flag, letter, argument, text) {CHAIN_##name, flag, letter, argument, text},
#include "cli/chain_options.def"
#undef OPTION
    OPTION_ROW_JSON,
    OPTION_ROW_HELP,
};

const struct option_table chain_option_table = {rows, COUNT_OF(rows)};

/* What stands between two parts. */
static const struct border {
    const char *word;
    enum chain_kind kind;
    bool ring, may_fail;
} borders[] = {
    {"--then", CHAIN_STEPS, false, false},
    {"--also", CHAIN_STEPS, false, true},
    {"--pipe", CHAIN_PIPES, false, false},
    {"--talk", CHAIN_PIPES, true, false},
};

static const struct border *border_of(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(borders); i++)
        if (strcmp(word, borders[i].word) == 0)
            return &borders[i];
    return NULL;
}

/* ---- our own options, which come first ------------------------------------------------------ */

static bool is_own(const char *word)
{
    static const char *const letters[] = {"-v", "-n", "-h"};
    for (size_t i = 0; i < COUNT_OF(letters); i++)
        if (strcmp(word, letters[i]) == 0)
            return true;
    return border_of(word) == NULL && option_of_word(chain_option_table, word) != NULL;
}

static bool apply(struct chain_options *options, const struct option_found *found)
{
    switch (found->row->id) {
    case OPTION_HELP:
        return options->help = true;
    case OPTION_JSON:
        return options->json = true;
    case CHAIN_VERBOSE:
        return options->verbose = true;
    case CHAIN_DRY_RUN:
        return options->dry_run = true;
    case CHAIN_REQUEST:
        options->request_path = found->value;
        return true;
    case CHAIN_OUT_DIR:
        options->out_dir = found->value;
        return true;
    default:
        return false; /* borders are no options of our own */
    }
}

static bool read_own(struct chain_options *options, struct option_reader *reader, struct error *err)
{
    struct option_found found = {};
    while (!options->help && reader->next < reader->argc && is_own(reader->argv[reader->next])) {
        if (!option_next(reader, &found, err))
            return false;
        if (found.row == NULL || !apply(options, &found))
            break;
    }
    return true;
}

/* ---- parts ---------------------------------------------------------------------------------- */

static const char *excluded(const struct run_options *part, bool first)
{
    return part->batch.path != NULL ? "--batch"
           : part->request.terminal ? "--tty"
           : first                  ? NULL
           : part->json             ? "--json"
           : part->verbose          ? "--verbose"
           : part->dry_run          ? "--dry-run"
                                    : NULL;
}

static bool read_part(int argc, char **argv, bool first, struct arena *arena,
                      struct run_options *part, struct error *err)
{
    if (argc < 2) {
        error_set(err, ERROR_USAGE, "there is nothing to run");
        return error_hint(err, "testudo chain PART --then PART: each part is what testudo run "
                               "takes");
    }
    if (!run_options_read(argc, argv, arena, part, err))
        return false;
    const char *other = excluded(part, first);
    if (other == NULL)
        return true;
    error_set(err, ERROR_USAGE, "%s does not go here", other);
    return error_hint(err, strcmp(other, "--batch") == 0 || strcmp(other, "--tty") == 0
                               ? "it is for testudo run, one program alone"
                               : "it is said once, before the first part");
}

/* Two that exclude each other must not both be there. */
static bool note_border(struct chain_request *request, const struct border *border,
                        struct error *err)
{
    if (request->kind != CHAIN_ALONE &&
        (request->kind != border->kind || request->ring != border->ring)) {
        error_set(err, ERROR_USAGE, "'%s' does not go with what joins the parts before it",
                  border->word);
        return error_hint(err, "a chain has steps (--then, --also), or processes joined by --pipe, "
                               "or by --talk");
    }
    request->kind = border->kind;
    request->ring = border->ring;
    return true;
}

static bool add_part(struct chain_options *options, int argc, char **argv, struct arena *arena,
                     struct error *err)
{
    struct chain_request *request = &options->request;
    uint32_t index = request->count;
    if (index == CHAIN_STEPS_MAX)
        return error_set(err, ERROR_LIMIT, "a chain has at most %d parts", CHAIN_STEPS_MAX);
    struct run_options *part = &options->parts[index];
    if (!read_part(argc, argv, index == 0, arena, part, err))
        return error_wrap(err, "part %u", index + 1);
    options->json = options->json || part->json;
    options->verbose = options->verbose || part->verbose;
    options->dry_run = options->dry_run || part->dry_run;
    options->help = options->help || part->help;
    request->count++;
    return true;
}

/* argv[0] is any word, and so is the border before each part: both stand for a command's name. */
static bool read_parts(struct chain_options *options, int argc, char **argv, struct arena *arena,
                       struct error *err)
{
    int from = 0;
    options->parts = arena_alloc(arena, CHAIN_STEPS_MAX * sizeof *options->parts);
    options->request.parts = arena_alloc(arena, CHAIN_STEPS_MAX * sizeof *options->request.parts);
    for (int at = 1; at <= argc && !options->help; at++) {
        const struct border *border = at < argc ? border_of(argv[at]) : NULL;
        if (at < argc && border == NULL)
            continue;
        uint32_t index = options->request.count;
        if (!add_part(options, at - from, argv + from, arena, err))
            return false;
        options->request.parts[index].may_fail = border != NULL && border->may_fail;
        if (border != NULL && !note_border(&options->request, border, err))
            return false;
        from = at;
    }
    if (options->request.kind == CHAIN_ALONE)
        options->request.kind = CHAIN_STEPS;
    return true;
}

/* Only one can have it. */
static bool check_stdin(const struct chain_options *options, struct error *err)
{
    const struct chain_request *request = &options->request;
    int users = 0;
    for (uint32_t i = 0; i < request->count; i++) {
        const struct run_options *part = &options->parts[i];
        const char *path = part->stdin_path;
        users += part->code_from_stdin || (path != NULL && strcmp(path, "-") == 0);
        if (path != NULL && request->kind == CHAIN_PIPES && (i > 0 || request->ring)) {
            error_set(err, ERROR_USAGE, "--stdin: it reads what another process writes");
            return error_wrap(err, "part %u", i + 1);
        }
    }
    return users <= 1 || error_set(err, ERROR_USAGE, "only one part can have standard input");
}

static bool check_no_parts(const struct option_reader *reader, struct error *err)
{
    if (reader->next == reader->argc)
        return true;
    return error_set(err, ERROR_USAGE, "--request takes no parts, so '%s' is one too many",
                     shown_name(reader->argv[reader->next]).text);
}

bool chain_options_read(int argc, char **argv, struct arena *arena,
                        struct chain_options *ret_options, struct error *err)
{
    struct chain_options options = {};
    struct option_reader reader;
    option_reader_init(&reader, chain_option_table, argc, argv);
    if (!read_own(&options, &reader, err))
        return false;
    bool ok = options.help;
    if (!ok && options.request_path != NULL)
        ok = check_no_parts(&reader, err);
    else if (!ok && options.out_dir != NULL)
        ok = error_set(err, ERROR_USAGE, "--out-dir goes with --request only");
    else if (!ok)
        ok = read_parts(&options, argc - reader.next + 1, argv + reader.next - 1, arena, err) &&
             (options.help || check_stdin(&options, err));
    if (ok)
        *ret_options = options;
    return ok;
}

/* ---- what needs files ----------------------------------------------------------------------- */

static bool read_request(struct chain_options *options, struct arena *arena, struct error *err)
{
    auto_buf struct buf text;
    const char *path = options->request_path;
    buf_init(&text, REQUEST_BYTES_MAX);
    bool own = strcmp(path, "-") == 0;
    auto_close int file = own ? -1 : fd_open(AT_FDCWD, path, O_RDONLY | O_NOCTTY, 0, err);
    if ((!own && file < 0) || !fd_read_all(own ? STDIN_FILENO : file, &text, err)) {
        err->kind = err->kind == ERROR_SYSTEM ? ERROR_INPUT : err->kind;
        return error_wrap(err, "read the request");
    }
    if (!chain_read(buf_str(&text), arena, &options->request, err)) {
        error_wrap(err, "%s", own ? "the request" : shown_name(path).text);
        return error_stage(err, "request");
    }
    if (options->request.kind == CHAIN_ALONE)
        options->request.kind = CHAIN_STEPS;
    const char *folder = options->out_dir != NULL ? options->out_dir : ".";
    for (uint32_t i = 0; i < options->request.count; i++) {
        struct run_request *request = &options->request.parts[i].request;
        for (uint32_t k = 0; k < request->out_count; k++)
            request->outs[k].folder = folder;
        if (request->image != NULL && !name_check("the name of an image", request->image, err))
            return false;
    }
    return true;
}

bool chain_options_load(struct chain_options *options, struct arena *arena, struct error *err)
{
    if (options->request_path != NULL)
        return read_request(options, arena, err);
    for (uint32_t i = 0; i < options->request.count; i++) {
        if (!run_options_load(&options->parts[i], STDIN_FILENO, arena, err))
            return error_wrap(err, "part %u", i + 1);
        options->request.parts[i].request = options->parts[i].request;
    }
    return chain_check(&options->request, err);
}

static bool open_given(const struct run_request *request, int *ret_fd, struct error *err)
{
    *ret_fd = request->input.len > 0 ? fd_memory("testudo-input", request->input, err) : -1;
    return request->input.len == 0 || *ret_fd >= 0;
}

/* Our own input is the first part's, unless one of them says otherwise. */
static bool ours_is_taken(const struct chain_options *options)
{
    for (uint32_t i = 0; i < options->request.count; i++) {
        const struct run_options *part = &options->parts[i];
        if (part->code_from_stdin ||
            (i > 0 && part->stdin_path != NULL && strcmp(part->stdin_path, "-") == 0))
            return true;
    }
    return options->request.ring;
}

bool chain_options_open_inputs(const struct chain_options *options, int *ret_fds, struct error *err)
{
    for (uint32_t i = 0; i < options->request.count; i++) {
        ret_fds[i] = -1;
        if (options->request_path != NULL) {
            if (!open_given(&options->request.parts[i].request, &ret_fds[i], err))
                return false;
            continue;
        }
        bool asks = options->parts[i].stdin_path != NULL || (i == 0 && !ours_is_taken(options));
        if (asks && !run_options_open_stdin(&options->parts[i], &ret_fds[i], err))
            return error_wrap(err, "part %u", i + 1);
    }
    return true;
}
