/* testudo outline: what a project is made of, told by a reader in a box; nothing of it is run. */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "cli/outline_options.h"
#include "cli/worker_box.h"
#include "lang/names.h"
#include "outline/project.h"
#include "sys/fd.h"

enum {
    OUTLINE_ARENA_BYTES = 1 << 30,
    OPTIONS_BYTES_MAX = 1 << 20,
    SAID_BYTES_MAX = 1 << 30,
    SOURCE_BYTES_MAX = 8 << 20, /* one more byte than the reader takes is read: it then says so */
    PARSE_MS = 5000,
    CHILDREN_MAX = 8,
    CHILD_MIB = 384, /* what one child may need for one large file */
};

struct outlining {
    struct outline_options options;
    struct arena arena;
    struct worker_box box;
    struct project project;
    struct json_writer json; /* of the reader's options */
    struct buf text;
    bool has_tree;
    struct error error; /* the first line that could not be read */
};

/* ---- what is to be outlined ------------------------------------------------------------------ */

/* What is more than the reader takes is left out: it sees one byte too many and says so. */
static bool take_bytes(struct outlining *o, int from, const char *name, struct error *err)
{
    const char *place;
    auto_buf struct buf bytes;
    struct error full = {};
    buf_init(&bytes, SOURCE_BYTES_MAX + 1);
    if (!fd_read_all(from, &bytes, &full) && !bytes.over) {
        *err = full;
        return error_wrap(err, "read %s", shown_name(name).text);
    }
    if (!arena_fits(&o->arena, bytes.len))
        return error_set(err, ERROR_LIMIT, "the files are more than 1 GiB together");
    struct str kept = str_of(arena_string(&o->arena, buf_str(&bytes)), bytes.len);
    if (!worker_box_add_file(&o->box, kept, &place, err))
        return false;
    json_object(&o->json);
    json_key(&o->json, "path");
    json_text(&o->json, place);
    json_key(&o->json, "name");
    json_text(&o->json, name);
    json_object_end(&o->json);
    return true;
}

static bool take_file(struct outlining *o, const char *path, struct error *err)
{
    struct stat about;
    auto_close int fd = fd_open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0, err);
    if (fd < 0)
        return err->kind = ERROR_INPUT, false;
    if (fstat(fd, &about) < 0)
        return error_sys(err, "look at %s", shown_name(path).text);
    if (S_ISREG(about.st_mode))
        return take_bytes(o, fd, path, err);
    return error_set(err, ERROR_INPUT, "%s is no regular file", shown_name(path).text);
}

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static bool take_target(struct outlining *o, const char *path, bool *input_taken, struct error *err)
{
    const char *name = o->options.stdin_filename;
    if (strcmp(path, "-") != 0)
        return take_file(o, path, err);
    if (*input_taken)
        return error_set(err, ERROR_USAGE, "standard input can be outlined once");
    *input_taken = true;
    return take_bytes(o, STDIN_FILENO, name != NULL ? name : "<stdin>", err);
}

static bool take_files(struct outlining *o, struct error *err)
{
    const struct words *targets = &o->options.targets;
    bool input_taken = false;
    for (uint32_t i = 0; i < targets->count; i++)
        if (!is_folder(targets->list[i]) && !take_target(o, targets->list[i], &input_taken, err))
            return false;
    return true;
}

/* One folder: its files are named by their places in it, which imports are resolved by. */
static bool take_folder(struct outlining *o, const char **ret_place, struct error *err)
{
    const struct words *targets = &o->options.targets;
    char real[PATH_MAX];
    *ret_place = NULL;
    for (uint32_t i = 0; i < targets->count; i++) {
        if (!is_folder(targets->list[i]))
            continue;
        if (targets->count > 1)
            return error_set(err, ERROR_USAGE, "a folder is outlined alone: it is one project");
        if (!folder_check("the folder", targets->list[i], real, err) ||
            !worker_box_add_folder(&o->box, arena_string(&o->arena, str_from(real)), ret_place,
                                   err))
            return false;
    }
    return true;
}

/* ---- the reader ------------------------------------------------------------------------------ */

static uint32_t count_processors(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count < 1 ? 1 : count > CHILDREN_MAX ? CHILDREN_MAX : (uint32_t)count;
}

/* A child a processor; the limits of the box grow with them. */
static uint32_t spread(struct outlining *o)
{
    uint32_t children = o->has_tree ? count_processors() : 1;
    struct limits *limits = &o->box.request.limits;
    limits->value[LIMIT_PROCESSES] = children + 1;
    limits->value[LIMIT_CPUS] = children * 1000;
    limits->value[LIMIT_MEMORY] += (int64_t)(children - 1) * CHILD_MIB << 20;
    o->box.request.compile_limits = *limits;
    return children;
}

/* Standard input alone may be in a language that is named: of other files the name says it. */
static bool write_options(struct outlining *o, struct error *err)
{
    const char *place;
    bool is_input = o->options.targets.count == 1 && strcmp(o->options.targets.list[0], "-") == 0;
    json_start(&o->json, &o->text);
    json_object(&o->json);
    json_key(&o->json, "files");
    json_array(&o->json);
    if (!take_files(o, err) || !take_folder(o, &place, err))
        return false;
    json_array_end(&o->json);
    o->has_tree = place != NULL;
    json_key(&o->json, "tree");
    json_text(&o->json, place);
    json_key(&o->json, "all");
    json_bool(&o->json, o->options.all);
    json_key(&o->json, "language");
    json_text(&o->json, is_input ? o->options.language : NULL);
    json_key(&o->json, "parse_ms");
    json_int(&o->json, PARSE_MS);
    json_key(&o->json, "children");
    json_int(&o->json, spread(o));
    json_object_end(&o->json);
    return !o->text.over || error_set(err, ERROR_LIMIT, "the names are too long together");
}

static void hear(void *cookie, struct str line)
{
    struct outlining *o = cookie;
    if (o->error.kind == ERROR_NONE && !project_hear(&o->project, line, &o->error))
        error_wrap(&o->error, "read what the reader says");
}

/* ---- the answer ------------------------------------------------------------------------------ */

static bool write_form(struct outlining *o, const struct project_view *view, struct buf *out)
{
    const struct project *project = &o->project;
    switch (o->options.form) {
    case OUTLINE_FORM_TREE:
        project_say_tree(out, project, view);
        return true;
    case OUTLINE_FORM_JSON:
        project_say_json(out, project, view);
        return true;
    case OUTLINE_FORM_API:
        project_say_api(out, project, view);
        return true;
    case OUTLINE_FORM_FIND:
        return project_say_find(out, project, view, o->options.find, o->options.json);
    case OUTLINE_FORM_DOT:
        project_say_graph(out, project, view, PROJECT_DOT);
        return true;
    case OUTLINE_FORM_MERMAID:
        project_say_graph(out, project, view, PROJECT_MERMAID);
        return true;
    case OUTLINE_FORM_MAP:
        project_say_map(out, project, view, o->options.tokens);
        return true;
    }
    return true;
}

/* Of code on standard input --lang said what it is, and chooses nothing. */
static bool show(struct outlining *o, int *ret_status, struct error *err)
{
    auto_buf struct buf out;
    struct project_view view = {.depth = o->options.depth, .colours = isatty(STDOUT_FILENO) == 1};
    buf_init(&out, SAID_BYTES_MAX);
    if (o->options.language != NULL)
        view.language = str_from(o->options.language);
    *ret_status = write_form(o, &view, &out) ? 0 : 1;
    if (out.over)
        return error_set(err, ERROR_LIMIT, "the outline has more than 1 GiB");
    return cli_print(buf_str(&out), err);
}

/* ---- the command ----------------------------------------------------------------------------- */

static bool work(struct outlining *o, int *ret_status, struct error *err)
{
    if (!worker_box_init(&o->box, "outline", &o->arena, err))
        return false;
    project_init(&o->project, &o->arena);
    o->box.hear = hear;
    o->box.cookie = o;
    if (!write_options(o, err) || !worker_box_run(&o->box, buf_str(&o->text), err))
        return false;
    if (o->error.kind != ERROR_NONE) {
        *err = o->error;
        return false;
    }
    project_link(&o->project);
    return show(o, ret_status, err);
}

static void outlining_done(struct outlining *o)
{
    project_done(&o->project);
    buf_done(&o->text);
    arena_done(&o->arena);
}

static int run(int argc, char **argv)
{
    struct error err = {};
    int status = 0;
    __attribute__((cleanup(outlining_done))) struct outlining o = {};
    arena_init(&o.arena, OUTLINE_ARENA_BYTES);
    buf_init(&o.text, OPTIONS_BYTES_MAX);
    if (!outline_options_read(argc, argv, &o.arena, &o.options, &err))
        return cli_fail(&err, option_wants_json(argc, argv));
    if (o.options.help)
        return cli_show_help(&command_outline);
    return work(&o, &status, &err) ? status : cli_fail(&err, o.options.json);
}

const struct command command_outline = {
    .name = "outline",
    .summary = "say what a project is made of, without running it",
    .usage = "outline [OPTION...] FOLDER\n"
             "outline [OPTION...] FILE...\n"
             "outline [OPTION...] - < CODE\n",
    .examples =
        "  testudo outline src                     files, what they define, what is intricate\n"
        "  testudo outline --api . > api.txt       for diff: what callers see\n"
        "  testudo outline --find Parser.parse .   its definition and its uses\n"
        "  testudo outline --tokens 2000 .         what matters most, for an agent's first look\n"
        "  testudo outline --graph dot . | dot -Tsvg > imports.svg\n"
        "  testudo outline --json . | jq '.score'\n"
        "\n"
        "Python, JavaScript, TypeScript, Java and shell scripts are outlined, other files "
        "counted;\n"
        "what .gitignore names, node_modules and the like are left out, which is said.\n"
        "\n"
        "Exit status: 0; 1 --find found nothing; 125 wrong usage or our own failure.\n",
    .options = &outline_option_table,
    .run = run,
};
