/* testudo check: sources in, what a look at them finds; nothing of them is ever run. */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/check_options.h"
#include "cli/cli.h"
#include "cli/worker_box.h"
#include "lang/names.h"
#include "report/checked.h"
#include "sys/fd.h"

enum {
    CHECK_ARENA_BYTES = 1 << 30,
    OPTIONS_BYTES_MAX = 1 << 20,
    SAID_BYTES_MAX = 1 << 30,
    SOURCE_BYTES_MAX = 8 << 20, /* one more byte than the worker takes is read: it then says so */
    PARSE_MS = 5000,
    LINE_ROOM_FACTOR = 64, /* a JSON text's tree takes no more than so many times its length */
};

struct checking {
    struct check_options options;
    struct arena arena;
    struct worker_box box;
    struct checked checked;
    struct json_writer json; /* of the worker's options */
    struct buf text;
    struct words folders, folder_names;
    struct error error; /* the first line that could not be read */
};

/* ---- what is to be looked at ----------------------------------------------------------------- */

static void add_place(struct checking *c, const char *path, const char *name)
{
    json_object(&c->json);
    json_key(&c->json, "path");
    json_text(&c->json, path);
    json_key(&c->json, "name");
    json_text(&c->json, name);
    json_object_end(&c->json);
}

/* What is more than the worker looks at is left out: it sees one byte too many and says so. */
static bool take_bytes(struct checking *c, int from, const char *name, struct error *err)
{
    const char *place;
    auto_buf struct buf bytes;
    struct error full = {};
    buf_init(&bytes, SOURCE_BYTES_MAX + 1);
    if (!fd_read_all(from, &bytes, &full) && !bytes.over) {
        *err = full;
        return error_wrap(err, "read %s", shown_name(name).text);
    }
    if (!arena_fits(&c->arena, bytes.len))
        return error_set(err, ERROR_LIMIT, "the files are more than 1 GiB together");
    struct str kept = str_of(arena_string(&c->arena, buf_str(&bytes)), bytes.len);
    if (!worker_box_add_file(&c->box, kept, &place, err))
        return false;
    add_place(c, place, name);
    return true;
}

static bool take_file(struct checking *c, const char *path, struct error *err)
{
    struct stat about;
    auto_close int fd = fd_open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0, err);
    if (fd < 0)
        return err->kind = ERROR_INPUT, false;
    if (fstat(fd, &about) < 0)
        return error_sys(err, "look at %s", shown_name(path).text);
    if (S_ISREG(about.st_mode))
        return take_bytes(c, fd, path, err);
    return error_set(err, ERROR_INPUT, "%s is no regular file", shown_name(path).text);
}

static bool take_input(struct checking *c, struct error *err)
{
    const char *name = c->options.stdin_filename;
    return take_bytes(c, STDIN_FILENO, name != NULL ? name : "<stdin>", err);
}

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static bool take_files(struct checking *c, struct error *err)
{
    const struct words *targets = &c->options.targets;
    bool input_taken = false;
    for (uint32_t i = 0; i < targets->count; i++) {
        const char *path = targets->list[i];
        bool is_input = strcmp(path, "-") == 0;
        if (is_input && input_taken)
            return error_set(err, ERROR_USAGE, "standard input can be checked once");
        input_taken = input_taken || is_input;
        if (!is_folder(path) && !(is_input ? take_input(c, err) : take_file(c, path, err)))
            return false;
    }
    return true;
}

/* "src" of "src/", "." as it is. */
static const char *name_of_folder(struct arena *arena, const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    return arena_string(arena, str_of(path, length));
}

static bool take_folders(struct checking *c, struct error *err)
{
    const struct words *targets = &c->options.targets;
    for (uint32_t i = 0; i < targets->count; i++) {
        char real[PATH_MAX];
        const char *place;
        if (!is_folder(targets->list[i]))
            continue;
        if (!folder_check("the folder", targets->list[i], real, err) ||
            !worker_box_add_folder(&c->box, arena_string(&c->arena, str_from(real)), &place, err))
            return false;
        add_place(c, place, name_of_folder(&c->arena, targets->list[i]));
    }
    return true;
}

static bool write_options(struct checking *c, struct error *err)
{
    json_start(&c->json, &c->text);
    json_object(&c->json);
    json_key(&c->json, "files");
    json_array(&c->json);
    if (!take_files(c, err))
        return false;
    json_array_end(&c->json);
    json_key(&c->json, "trees");
    json_array(&c->json);
    if (!take_folders(c, err))
        return false;
    json_array_end(&c->json);
    json_key(&c->json, "language");
    json_text(&c->json, c->options.language);
    json_key(&c->json, "parse_ms");
    json_int(&c->json, PARSE_MS);
    json_key(&c->json, "rules");
    json_array(&c->json);
    json_text(&c->json, WORKER_BOX_RULES);
    json_array_end(&c->json);
    json_object_end(&c->json);
    return !c->text.over || error_set(err, ERROR_LIMIT, "the names are too long together");
}

/* ---- what was found -------------------------------------------------------------------------- */

static void hear(void *cookie, struct str line)
{
    struct checking *c = cookie;
    struct checked_file file;
    if (c->error.kind != ERROR_NONE)
        return;
    if (!arena_fits(&c->arena, line.len * LINE_ROOM_FACTOR))
        error_set(&c->error, ERROR_LIMIT, "there is more to tell than 1 GiB holds");
    else if (checked_read_file(&c->arena, line, &file, &c->error))
        checked_add(&c->checked, &file);
}

static bool show(const struct checking *c, struct error *err)
{
    auto_buf struct buf out;
    buf_init(&out, SAID_BYTES_MAX);
    if (c->options.quiet)
        return true;
    if (c->options.json)
        checked_write_json(&out, &c->checked);
    else
        checked_write_terminal(&out, &c->checked, isatty(STDOUT_FILENO) == 1);
    if (out.over)
        return error_set(err, ERROR_LIMIT, "the report has more than 1 GiB");
    return cli_print(buf_str(&out), err);
}

/* What was not looked at must not pass for clean. */
static int status_of(const struct checking *c)
{
    struct checked_sums sums = checked_sum(&c->checked);
    if (c->options.fail_on == SEVERITY_NONE)
        return 0;
    bool bad = sums.syntax > 0 || sums.left_out > 0 || sums.states[CHECKED_PARTIAL] > 0 ||
               sums.states[CHECKED_SKIPPED] > 0;
    for (enum severity severity = c->options.fail_on; severity < SEVERITY_COUNT; severity++)
        bad = bad || sums.found[severity] > 0;
    return bad ? 1 : 0;
}

/* ---- the command ----------------------------------------------------------------------------- */

static bool work(struct checking *c, int *ret_status, struct error *err)
{
    if (!worker_box_init(&c->box, "check", &c->arena, err))
        return false;
    c->box.hear = hear;
    c->box.cookie = c;
    if (!write_options(c, err) || !worker_box_run(&c->box, buf_str(&c->text), err))
        return false;
    if (c->error.kind != ERROR_NONE) {
        *err = c->error;
        return false;
    }
    checked_sort(&c->checked);
    *ret_status = status_of(c);
    return show(c, err);
}

static void checking_done(struct checking *c)
{
    checked_done(&c->checked);
    buf_done(&c->text);
    arena_done(&c->arena);
}

static int run(int argc, char **argv)
{
    struct error err = {};
    int status = 0;
    __attribute__((cleanup(checking_done))) struct checking c = {};
    arena_init(&c.arena, CHECK_ARENA_BYTES);
    buf_init(&c.text, OPTIONS_BYTES_MAX);
    if (!check_options_read(argc, argv, &c.arena, &c.options, &err))
        return cli_fail(&err, option_wants_json(argc, argv));
    if (c.options.help)
        return cli_show_help(&command_check);
    return work(&c, &status, &err) ? status : cli_fail(&err, c.options.json);
}

const struct command command_check = {
    .name = "check",
    .summary = "look at code without running it: syntax, risky calls",
    .usage = "check [OPTION...] FILE|FOLDER...\n"
             "check [OPTION...] - < CODE\n",
    .examples =
        "Sources are read in a box that has nothing else. What is said about them is advice: the "
        "box\n"
        "in which code runs is the boundary, and code that nothing was found in is no safer "
        "there.\n"
        "\n"
        "  testudo check app.py                    one file\n"
        "  testudo check src tests/run.sh          folders and files, each in its language\n"
        "  testudo check - --lang python < code    standard input\n"
        "  testudo check --json . | jq .summary    one JSON object\n"
        "  testudo check --fail-on medium .        exit status 1 for lesser findings too\n"
        "\n"
        "Exit status: 0; 1 syntax errors, findings of the --fail-on severity or worse, or sources\n"
        "that could not be looked at (none: always 0); 125 wrong usage or our own failure.\n",
    .options = &check_option_table,
    .run = run,
};
