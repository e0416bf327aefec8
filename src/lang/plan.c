/*
 * What all languages have in common: where files, inputs and sources go, a clean environment, the
 * working folder. Every name and folder of the request is checked here, before a box is asked for.
 */
#include "lang/lang.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "lang/names.h"
#include "lang/packages.h"
#include "lang/source.h"
#include "lang/toolchain.h"
#include "lang/warm.h"
#include "model/words.h"

enum {
    FILES_MAX = 4096,
    OUTS_MAX = 64,
};

/* A plan in the making: lists grow here, the plan borrows them. */
struct draft {
    const struct run_request *request;
    const struct lang *lang;
    struct arena *arena;
    struct plan plan;
    struct plan_folder folders[BOX_INPUTS_MAX];
    struct source source;
    const char *start; /* the entry as the box sees it */
};

/* ---- folders -------------------------------------------------------------------------------- */

static bool add_folder(struct draft *draft, enum box_input_kind kind, const char *path,
                       const char *target, struct error *err)
{
    uint32_t count = draft->plan.folder_count;
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(draft->folders[i].target, target) != 0)
            continue;
        if (strcmp(draft->folders[i].path, path) == 0)
            return true;
        error_set(err, ERROR_USAGE, "'%s' and '%s' would both be %s in the box",
                  shown_name(draft->folders[i].path).text, shown_name(path).text,
                  shown_name(target).text);
        return error_hint(err, "give one of them another name: --input DIR=NAME");
    }
    if (count == BOX_INPUTS_MAX) {
        error_set(err, ERROR_LIMIT, "there are more than %d folders for one box", BOX_INPUTS_MAX);
        return error_hint(err, "bring one along that holds several of them");
    }
    draft->folders[draft->plan.folder_count++] = (struct plan_folder){kind, path, target};
    return true;
}

static bool add_inputs(struct draft *draft, struct error *err)
{
    const struct run_request *request = draft->request;
    for (uint32_t i = 0; i < request->input_count; i++) {
        const struct request_input *input = &request->inputs[i];
        char real[PATH_MAX];
        if (!name_check("the name of an input", input->name, err) ||
            !folder_check("the input", input->path, real, err) ||
            !add_folder(draft, BOX_INPUT_FOLDER, arena_string(draft->arena, str_from(real)),
                        arena_text(draft->arena, BOX_IN "/%s", input->name), err))
            return false;
    }
    return true;
}

/* ---- files ---------------------------------------------------------------------------------- */

static bool refuse_size(const struct run_request *request, int64_t bytes, struct error *err)
{
    int64_t disk = request->limits.value[LIMIT_DISK];
    auto_buf struct buf text;
    buf_init(&text, 128);
    text_write_bytes(&text, bytes);
    buf_add_text(&text, ", and the box's disk holds ");
    text_write_bytes(&text, disk);
    error_set(err, ERROR_LIMIT, "the files have %s", text.data);
    return error_hint(err, "raise --disk, or bring a folder along without copying: --input DIR");
}

static bool check_file(const struct request_file *file, int64_t *total, struct error *err)
{
    int64_t bytes = (int64_t)file->content.len;
    if (!path_check("the name of a file", file->name, err))
        return false;
    if (file->path != NULL && !file_check("the file", file->path, &bytes, err))
        return false;
    *total = bytes > INT64_MAX - *total ? INT64_MAX : *total + bytes;
    return true;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool check_files_differ(const struct request_file *files, uint32_t count, struct error *err)
{
    auto_free const char **names = mem_alloc((count + 1) * sizeof *names);
    for (uint32_t i = 0; i < count; i++)
        names[i] = files[i].name;
    qsort(names, count, sizeof *names, compare_texts);
    for (uint32_t i = 1; i < count; i++) {
        if (strcmp(names[i - 1], names[i]) != 0)
            continue;
        error_set(err, ERROR_USAGE, "two files would both be '%s' in the box",
                  shown_name(names[i]).text);
        return error_hint(err, "give one of them another name: --file PATH=NAME");
    }
    return true;
}

static const char *name_of_code(const struct draft *draft)
{
    const struct lang *lang = draft->lang;
    if (lang->name_code != NULL)
        return lang->name_code(draft->request->code, draft->arena);
    return arena_text(draft->arena, "main.%s", lang->extensions[0]);
}

static bool add_files(struct draft *draft, struct error *err)
{
    const struct run_request *request = draft->request;
    if (request->file_count > FILES_MAX)
        return error_set(err, ERROR_LIMIT, "%u files, at most %d fit", request->file_count,
                         FILES_MAX);
    struct request_file *files =
        arena_alloc(draft->arena, (request->file_count + (size_t)1) * sizeof *files);
    if (request->file_count > 0)
        memcpy(files, request->files, request->file_count * sizeof *files);
    uint32_t count = request->file_count;
    if (request->has_code)
        files[count++] =
            (struct request_file){.name = name_of_code(draft), .content = request->code};
    int64_t total = 0;
    for (uint32_t i = 0; i < count; i++)
        if (!check_file(&files[i], &total, err))
            return false;
    if (total > request->limits.value[LIMIT_DISK])
        return refuse_size(request, total, err);
    draft->plan.files = files;
    draft->plan.file_count = count;
    return check_files_differ(files, count, err);
}

static bool add_outs(struct draft *draft, struct error *err)
{
    const struct run_request *request = draft->request;
    if (request->out_count > OUTS_MAX)
        return error_set(err, ERROR_LIMIT, "%u patterns of files to bring back, at most %d fit",
                         request->out_count, OUTS_MAX);
    for (uint32_t i = 0; i < request->out_count; i++)
        if (!path_check("the pattern of files to bring back", request->outs[i].glob, err))
            return false;
    draft->plan.outs = request->outs;
    draft->plan.out_count = request->out_count;
    return true;
}

/* ---- the source ----------------------------------------------------------------------------- */

/* Does a file, or what the compiler makes, take this place at the top of /work? */
static bool is_taken(const struct draft *draft, const char *name)
{
    size_t length = strlen(name);
    for (uint32_t i = 0; i < draft->plan.file_count; i++) {
        const char *file = draft->plan.files[i].name;
        if (strncmp(file, name, length) == 0 && (file[length] == '/' || file[length] == '\0'))
            return true;
    }
    return draft->plan.artifact != NULL && strcmp(draft->plan.artifact, name) == 0;
}

static void add_links(struct draft *draft)
{
    const struct folder *top = &draft->source.top;
    int64_t inodes = draft->request->limits.value[LIMIT_INODES];
    if (top->has_more || top->count > BOX_LINKS_MAX || (int64_t)top->count > inodes / 2)
        return;
    struct box_link *links = arena_alloc(draft->arena, (top->count + 1) * sizeof *links);
    for (size_t i = 0; i < top->count; i++) {
        const char *name = top->entries[i].name;
        if (is_taken(draft, name))
            continue;
        links[draft->plan.link_count++] = (struct box_link){
            name, arena_text(draft->arena, BOX_IN "/%s/%s", draft->source.name, name)};
    }
    draft->plan.links = links;
}

static bool add_lone_source(struct draft *draft, struct error *err)
{
    uint32_t count = draft->plan.file_count;
    struct request_file *files = arena_alloc(draft->arena, (count + (size_t)1) * sizeof *files);
    memcpy(files, draft->plan.files, count * sizeof *files);
    files[count] = (struct request_file){
        .name = draft->source.entry,
        .path = arena_text(draft->arena, "%s/%s", draft->source.folder, draft->source.entry)};
    draft->plan.files = files;
    draft->plan.file_count = count + 1;
    draft->start = arena_text(draft->arena, BOX_WORK "/%s", draft->source.entry);
    return check_files_differ(files, count + 1, err);
}

static bool add_source(struct draft *draft, struct error *err)
{
    if (!source_find(draft->request, draft->lang, draft->arena, &draft->source, err))
        return false;
    if (draft->source.alone)
        return add_lone_source(draft, err);
    const char *target = arena_text(draft->arena, BOX_IN "/%s", draft->source.name);
    draft->start = draft->source.entry == NULL
                       ? target
                       : arena_text(draft->arena, "%s/%s", target, draft->source.entry);
    return add_folder(draft, BOX_INPUT_FOLDER, draft->source.folder, target, err);
}

/* ---- the toolchain -------------------------------------------------------------------------- */

/* A path below `from` becomes one below `to`. */
static const char *moved(struct arena *arena, const char *path, const char *from, const char *to)
{
    size_t length = strlen(from);
    if (path == NULL || strncmp(path, from, length) != 0 ||
        (path[length] != '/' && path[length] != '\0'))
        return path;
    return arena_text(arena, "%s%s", to, path + length);
}

/* Toolchains are shown at their own paths, which they have written into themselves. Where a box
 * has something of its own, as below /tmp, they go below /in, and most still work there. */
static bool bring(struct draft *draft, struct toolchain *toolchain, const char *path,
                  const char *other, struct error *err)
{
    if (path == NULL || toolchain_is_in_image(path))
        return true;
    if (box_target_is_allowed(BOX_INPUT_PREFIX, path))
        return add_folder(draft, BOX_INPUT_PREFIX, path, path, err);
    toolchain->program = moved(draft->arena, toolchain->program, path, other);
    toolchain->venv = moved(draft->arena, toolchain->venv, path, other);
    return add_folder(draft, BOX_INPUT_FOLDER, path, other, err);
}

static bool bring_helper(struct draft *draft, struct toolchain *toolchain, struct error *err)
{
    const char *home = toolchain->helper_home, *other = BOX_IN "/.helper";
    if (home == NULL || toolchain_is_in_image(home))
        return true;
    if (box_target_is_allowed(BOX_INPUT_PREFIX, home))
        return add_folder(draft, BOX_INPUT_PREFIX, home, home, err);
    toolchain->helper = moved(draft->arena, toolchain->helper, home, other);
    return add_folder(draft, BOX_INPUT_FOLDER, home, other, err);
}

static bool check_environment(const struct toolchain *toolchain, struct error *err)
{
    if (toolchain->venv == NULL || toolchain->prefix == NULL ||
        box_target_is_allowed(BOX_INPUT_PREFIX, toolchain->prefix))
        return true;
    error_set(err, ERROR_INPUT,
              "the environment '%s' needs its interpreter's folder, '%s', at a "
              "path where a box has something of its own",
              shown_name(toolchain->venv).text, shown_name(toolchain->prefix).text);
    return error_hint(err, "make it from an interpreter outside /tmp, /work and /in");
}

static bool add_toolchain(struct draft *draft, struct toolchain *toolchain, struct error *err)
{
    const char *venv = toolchain->venv, *prefix = toolchain->prefix, *alias = toolchain->alias;
    if (!check_environment(toolchain, err) ||
        !bring(draft, toolchain, prefix, BOX_IN "/.toolchain", err) ||
        !bring(draft, toolchain, venv, BOX_IN "/.venv", err))
        return false;
    if (!bring_helper(draft, toolchain, err))
        return false;
    if (alias != NULL && box_target_is_allowed(BOX_INPUT_PREFIX, alias))
        return add_folder(draft, BOX_INPUT_PREFIX, prefix, alias, err);
    return true;
}

/* ---- steps ---------------------------------------------------------------------------------- */

/* Nothing of the caller's environment comes along by itself. */
static void add_clean_env(struct draft *draft, const struct toolchain *toolchain)
{
    struct words *env = &draft->plan.run.env;
    const char *program = toolchain != NULL ? toolchain->program : "";
    const char *slash = strrchr(program, '/');
    bool own_folder = slash != NULL && (toolchain->venv != NULL || toolchain->prefix != NULL);
    if (own_folder)
        words_add(env, draft->arena,
                  arena_text(draft->arena, "PATH=%.*s:" BOX_SEARCH_PATH, (int)(slash - program),
                             program));
    /* the first is PATH */
    for (size_t i = own_folder ? 1 : 0; box_clean_env[i] != NULL; i++)
        words_add(env, draft->arena, box_clean_env[i]);
}

static bool find_cwd(const struct draft *draft, const char **ret_cwd, struct error *err)
{
    const char *cwd = draft->request->cwd;
    if (cwd == NULL) {
        *ret_cwd = BOX_WORK;
        return true;
    }
    const char *path = cwd[0] == '/' ? cwd : arena_text(draft->arena, BOX_WORK "/%s", cwd);
    if (strcmp(path, "/") == 0 || box_path_is_plain(path)) {
        *ret_cwd = path;
        return true;
    }
    error_set(err, ERROR_USAGE, "the working folder '%s' is not a plain path",
              shown_name(cwd).text);
    return error_hint(err, "use one such as /work, /in/NAME or a name below /work, without '.' "
                           "and '..' parts");
}

static bool check_words(const struct run_request *request, struct error *err)
{
    uint32_t most = request->args.count;
    if (request->env.count > most)
        most = request->env.count;
    if (request->command.count > most)
        most = request->command.count;
    if (most <= BOX_WORDS_MAX / 2)
        return true;
    error_set(err, ERROR_LIMIT, "%u arguments or environment entries, at most %d fit", most,
              BOX_WORDS_MAX / 2);
    return error_hint(err, "put large data into a file (--file PATH) or into --stdin FILE");
}

/* Packages that were installed: where each runtime looks for them. */
static bool add_layer(struct draft *draft, struct error *err)
{
    const char *layer = draft->request->layer;
    return layer == NULL ||
           add_folder(draft, BOX_INPUT_FOLDER, layer, packages_target(draft->lang), err);
}

/* What the caller sets weighs more than what the language set. */
static void finish_compile_env(struct draft *draft)
{
    struct words *env = &draft->plan.compile.env;
    words_add_all(env, draft->arena, &draft->plan.run.env);
    words_keep_last_names(env);
    if (draft->plan.layer == NULL)
        return;
    struct plan_layer *layer = arena_alloc(draft->arena, sizeof *layer);
    struct words with = {};
    *layer = *draft->plan.layer;
    words_add_all(&with, draft->arena, env);
    words_add_all(&with, draft->arena, &layer->env);
    words_keep_last_names(&with);
    layer->env = with;
    draft->plan.layer = layer;
}

static bool finish_steps(struct draft *draft, struct error *err)
{
    const struct run_request *request = draft->request;
    struct plan *plan = &draft->plan;
    words_add_all(&plan->run.env, draft->arena, &request->env);
    if (request->layer != NULL)
        packages_add_env(draft->lang, draft->arena, &plan->run.env);
    words_keep_last_names(&plan->run.env);
    words_add_all(&plan->run.argv, draft->arena, &request->args);
    if (!box_words_check(&plan->run.argv, &plan->run.env, err)) {
        if (err->kind == ERROR_LIMIT)
            error_hint(err, "put large data into a file (--file PATH) or into --stdin FILE");
        return false;
    }
    if (!find_cwd(draft, &plan->run.cwd, err))
        return false;
    plan->run.limits = request->limits;
    plan->run.noexec = request->profile != NULL && request->profile->noexec;
    finish_compile_env(draft);
    if (plan->compile.cwd == NULL)
        plan->compile.cwd = BOX_WORK;
    plan->compile.limits = request->compile_limits;
    size_t bytes = plan->folder_count * sizeof *plan->folders;
    if (bytes > 0)
        plan->folders = memcpy(arena_alloc(draft->arena, bytes), draft->folders, bytes);
    return true;
}

/* ---- the three kinds of request ------------------------------------------------------------- */

static bool plan_command(struct draft *draft, struct error *err)
{
    const struct run_request *request = draft->request;
    const char *what = request->language != NULL      ? "--lang"
                       : request->version != NULL     ? "--version"
                       : request->interpreter != NULL ? "--python"
                       : request->entry != NULL       ? "--entry"
                                                      : NULL;
    if (what != NULL) {
        error_set(err, ERROR_USAGE, "%s says nothing about a plain command", what);
        return error_hint(err, "leave it out, or name a source instead of a command");
    }
    if (!add_files(draft, err))
        return false;
    add_clean_env(draft, NULL);
    words_add_all(&draft->plan.run.argv, draft->arena, &request->command);
    return true;
}

static bool refuse_prompt(const struct lang *lang, struct error *err)
{
    auto_buf struct buf names;
    buf_init(&names, 200);
    for (const struct lang *const *each = langs; *each != NULL; each++)
        if ((*each)->prompt != NULL)
            buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", (*each)->name);
    error_set(err, ERROR_USAGE, "%s has no prompt, so there is nothing to run", lang->title);
    return error_hint(err, "name a source; languages with a prompt: %s", names.data);
}

static bool plan_language(struct draft *draft, struct error *err)
{
    const struct run_request *request = draft->request;
    struct toolchain toolchain = {};
    draft->lang = lang_detect(request, err);
    if (draft->lang == NULL)
        return false;
    if (request->of_language && !draft->lang->takes_arguments)
        return error_set(err, ERROR_USAGE, "%s has no interpreter that takes arguments",
                         draft->lang->title);
    if (request->prompt && draft->lang->prompt == NULL)
        return refuse_prompt(draft->lang, err);
    if (request->has_code && request->entry != NULL)
        return error_set(err, ERROR_USAGE, "--entry names a file of a folder, but code was given");
    if (!add_files(draft, err) || (request->source_path != NULL && !add_source(draft, err)))
        return false;
    if (request->has_code)
        draft->start = arena_text(draft->arena, BOX_WORK "/%s", name_of_code(draft));
    else if (request->source_path == NULL && !request->of_language && !request->prompt)
        draft->start = arena_text(draft->arena, BOX_WORK "/%s", request->entry);
    if (!draft->lang->find(draft->lang, request, draft->arena, &toolchain, err) ||
        !add_toolchain(draft, &toolchain, err))
        return false;
    if (!add_layer(draft, err))
        return false;
    add_clean_env(draft, &toolchain);
    draft->plan.language = draft->lang->name;
    draft->plan.version = toolchain.version;
    if (!draft->lang->plan(draft->lang, request, &toolchain, draft->start, draft->arena,
                           &draft->plan, err))
        return false;
    if (request->of_language)
        words_add_all(&draft->plan.run.argv, draft->arena, &request->command);
    if (request->source_path != NULL)
        add_links(draft);
    if (request->layer != NULL)
        packages_add_link(draft->lang, draft->arena, &draft->plan);
    return true;
}

static bool check_kind(const struct run_request *request, struct error *err)
{
    int kinds = (request->source_path != NULL) + request->has_code + (request->command.count > 0) +
                request->prompt;
    if (kinds == 1 || (kinds == 0 && request_entry_file(request) != NULL))
        return true;
    if (kinds == 0 && request_entry_is_carried(request))
        return path_check("the entry", request->entry, err);
    error_set(err, ERROR_USAGE,
              kinds == 0 ? "there is nothing to run"
                         : "a source, code and a command exclude each other");
    return error_hint(err, "one of: testudo run FILE, testudo run -c CODE --lang NAME, "
                           "testudo run -- PROGRAM");
}

bool lang_plan(const struct run_request *request, struct arena *arena, struct plan *ret_plan,
               struct error *err)
{
    struct draft draft = {.request = request, .arena = arena};
    draft.plan = (struct plan){
        .image = request->image != NULL ? request->image : "host",
        .network = request->network,
        .accept_missing = request->accept_missing,
        .explain = request->explain,
        .cold = request->cold,
        .no_store = request->no_store,
        .carried = request->carried,
        .terminal = request->terminal,
    };
    bool ok = check_kind(request, err) && check_words(request, err) &&
              limits_check(&request->limits, err) &&
              (request->command.count > 0 && !request->of_language ? plan_command(&draft, err)
                                                                   : plan_language(&draft, err)) &&
              add_inputs(&draft, err) && add_outs(&draft, err) && finish_steps(&draft, err);
    if (!ok)
        return error_stage(err, "plan");
    *ret_plan = draft.plan;
    if (strcmp(draft.plan.image, "host") == 0 && request->layer == NULL)
        ret_plan->run.warm = lang_warm(&draft.plan.run);
    return true;
}
