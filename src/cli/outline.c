/* testudo outline: what a project is made of, told by a reader in a box; nothing of it is run. */
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "cli/outline_options.h"
#include "cli/worker_box.h"
#include "lang/toolchain.h"
#include "outline/project.h"

enum {
    OUTLINE_ARENA_BYTES = 1 << 30,
    OPTIONS_BYTES_MAX = 1 << 20,
    SAID_BYTES_MAX = 1 << 30,
    PARSE_MS = 5000,
};

struct outlining {
    struct outline_options options;
    struct arena arena;
    struct worker_box box;
    struct project project;
    struct json_writer json; /* of the reader's options */
    struct buf text;
    struct error error; /* the first line that could not be read */
};

/* ---- what is to be outlined ------------------------------------------------------------------ */

static void write_place(struct outlining *o, const char *place, const char *name)
{
    json_object(&o->json);
    json_add_text(&o->json, "path", place);
    json_add_text(&o->json, "name", name);
    json_object_end(&o->json);
}

static bool take_target(struct outlining *o, const char *path, bool *input_taken, struct error *err)
{
    const char *place, *name = path;
    bool is_input = strcmp(path, "-") == 0;
    if (is_input && *input_taken)
        return error_set(err, ERROR_USAGE, "standard input can be outlined once");
    if (is_input)
        name = o->options.stdin_filename != NULL ? o->options.stdin_filename : "<stdin>";
    *input_taken = *input_taken || is_input;
    bool taken = is_input ? worker_box_add_input(&o->box, STDIN_FILENO, name, &place, err)
                          : worker_box_add_file(&o->box, path, &place, err);
    if (taken)
        write_place(o, place, name);
    return taken;
}

static bool take_files(struct outlining *o, struct error *err)
{
    const struct words *targets = &o->options.targets;
    bool input_taken = false;
    for (uint32_t i = 0; i < targets->count; i++)
        if (!toolchain_is_folder(targets->list[i]) &&
            !take_target(o, targets->list[i], &input_taken, err))
            return false;
    return true;
}

/* One folder: its files are named by their places in it, which imports are resolved by. */
static bool take_folder(struct outlining *o, const char **ret_place, struct error *err)
{
    const struct words *targets = &o->options.targets;
    *ret_place = NULL;
    for (uint32_t i = 0; i < targets->count; i++) {
        if (!toolchain_is_folder(targets->list[i]))
            continue;
        if (targets->count > 1)
            return error_set(err, ERROR_USAGE, "a folder is outlined alone: it is one project");
        if (!worker_box_add_folder(&o->box, targets->list[i], ret_place, err))
            return false;
    }
    return true;
}

/* ---- the reader ------------------------------------------------------------------------------ */

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
    json_key(&o->json, "trees");
    json_array(&o->json);
    if (place != NULL)
        write_place(o, place, "");
    json_array_end(&o->json);
    json_add_text(&o->json, "reach", o->options.all ? "all" : "own");
    json_add_text(&o->json, "language", is_input ? o->options.language : NULL);
    json_add_int(&o->json, "parse_ms", PARSE_MS);
    json_add_int(&o->json, "children", place != NULL ? worker_box_add_children(&o->box) : 1);
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
