#include "cli/check_tools.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/inspection.h"
#include "cli/tool_box.h"
#include "cli/tool_find.h"
#include "lang/names.h"
#include "lang/toolchain.h"
#include "model/foreign.h"
#include "model/words.h"
#include "sys/fd.h"

enum { FILES_AT_ONCE = 500, NAMES_AT_ONCE = 64 << 10 };

/* What stands between a tool's name and the files: it says all in JSON, takes no settings of the
 * project's, which are a stranger's, and fails only where it could not look. */
static const char *const *words_of(enum foreign_tool tool)
{
    static const char *const bandit[] = {"-f", "json", "-q", "--exit-zero", NULL};
    static const char *const ruff[] = {"check",      "--output-format", "json",
                                       "--isolated", "--no-cache",      "--exit-zero",
                                       "--select",   "E9,F,S,B,PLE",    NULL};
    static const char *const pylint[] = {
        "--output-format=json2", "--rcfile=/dev/null",       "--exit-zero",
        "--disable=all",         "--enable=E,F,W0122,W0123", NULL};
    static const char *const mypy[] = {"--output",
                                       "json",
                                       "--no-error-summary",
                                       "--cache-dir=/dev/null",
                                       "--config-file=/dev/null",
                                       "--ignore-missing-imports",
                                       NULL};
    static const char *const eslint[] = {"--no-config-lookup",
                                         "--no-inline-config",
                                         "--format",
                                         "json",
                                         "--rule",
                                         "no-eval:2",
                                         "--rule",
                                         "no-implied-eval:2",
                                         "--rule",
                                         "no-new-func:2",
                                         "--rule",
                                         "no-debugger:2",
                                         "--rule",
                                         "no-script-url:2",
                                         NULL};
    static const char *const shellcheck[] = {"-f", "json1", "--norc", "-e", "SC2148", NULL};
    static const char *const *const all[] = {
        [FOREIGN_BANDIT] = bandit, [FOREIGN_RUFF] = ruff,     [FOREIGN_PYLINT] = pylint,
        [FOREIGN_MYPY] = mypy,     [FOREIGN_ESLINT] = eslint, [FOREIGN_SHELLCHECK] = shellcheck};
    return all[tool];
}

/* A target of ours, as a box sees it. */
struct root {
    const char *name;   /* what the names of its files begin with; NULL: a file alone */
    const char *folder; /* absolute */
    const char *place;  /* in the box */
};

struct tools {
    struct checked *checked;
    const struct check_options *options;
    struct arena *arena;
    struct root *roots;
    uint32_t root_count, strangers; /* findings about files that we have not looked at */
    bool automatic;
    struct buf absent; /* with "auto": what is not there */
};

/* ---- names ----------------------------------------------------------------------------------- */

static bool add_root(struct tools *t, const char *path, struct error *err)
{
    char real[PATH_MAX];
    bool is_folder = toolchain_is_folder(path);
    const char *slash = strrchr(path, '/');
    const char *folder = is_folder       ? path
                         : slash == NULL ? "."
                                         : arena_string(t->arena, str_of(path, slash - path + 1));
    if (!folder_check("the folder", folder, real, err))
        return false;
    struct root *root = &t->roots[t->root_count];
    root->name = is_folder ? inspection_folder_name(t->arena, path) : NULL;
    root->folder = arena_string(t->arena, str_from(real));
    root->place = arena_text(t->arena, BOX_IN "/tree-%u", t->root_count++);
    if (!is_folder) /* its files are called as it is, up to the last slash */
        root->name = slash != NULL ? arena_string(t->arena, str_of(path, slash - path)) : "";
    return true;
}

static bool add_roots(struct tools *t, struct error *err)
{
    const struct words *targets = &t->options->targets;
    t->roots = arena_alloc(t->arena, (targets->count + 1) * sizeof *t->roots);
    for (uint32_t i = 0; i < targets->count; i++)
        if (strcmp(targets->list[i], "-") != 0 && t->root_count < TOOL_BOX_FOLDERS_MAX - 1 &&
            !add_root(t, targets->list[i], err))
            return false;
    return true;
}

/* "a.py" of "src/a.py" below "src"; NULL: it lies elsewhere. */
static const char *below(const char *name, const char *prefix)
{
    size_t length = strlen(prefix);
    if (length == 0)
        return strchr(name, '/') == NULL ? name : NULL;
    return strncmp(name, prefix, length) == 0 && name[length] == '/' ? name + length + 1 : NULL;
}

static const char *place_of(const struct tools *t, const char *name)
{
    for (uint32_t i = 0; i < t->root_count; i++) {
        const char *rest = below(name, t->roots[i].name);
        if (rest != NULL)
            return arena_text(t->arena, "%s/%s", t->roots[i].place, rest);
    }
    return NULL;
}

static struct checked_file *find_file(const struct tools *t, const char *name)
{
    for (uint32_t i = 0; i < t->checked->file_count; i++)
        if (strcmp(t->checked->files[i].name, name) == 0)
            return &t->checked->files[i];
    return NULL;
}

/* What a tool calls a file is its place in the box; what a SARIF file does, a path of the host's
 * or one below the working folder. */
static struct checked_file *find_foreign(const struct tools *t, const char *said)
{
    for (uint32_t i = 0; i < t->root_count; i++) {
        const struct root *root = &t->roots[i];
        const char *rest = below(said, root->place);
        rest = rest != NULL ? rest : said[0] == '/' ? below(said, root->folder) : NULL;
        struct checked_file *file =
            rest == NULL ? NULL
                         : find_file(t, root->name[0] != '\0'
                                            ? arena_text(t->arena, "%s/%s", root->name, rest)
                                            : rest);
        if (file != NULL)
            return file;
    }
    const char *plain = strncmp(said, "./", 2) == 0 ? said + 2 : said;
    struct checked_file *file = find_file(t, plain);
    return file != NULL ? file : find_file(t, arena_text(t->arena, "./%s", plain));
}

static void hear(void *cookie, const char *name, const struct finding *finding)
{
    struct tools *t = cookie;
    struct checked_file *file = find_foreign(t, name);
    if (file != NULL)
        foreign_merge(file, finding, t->arena);
    else
        t->strangers++;
}

/* ---- a tool ---------------------------------------------------------------------------------- */

static bool is_for(enum foreign_tool tool, const struct checked_file *file)
{
    const char *language = foreign_about(tool)->language;
    if (file->language == NULL || file->state == CHECKED_SKIPPED)
        return false;
    return strcmp(language, file->language) == 0;
}

/* Adds the next files; *ret_count says how many. */
static void add_files(const struct tools *t, enum foreign_tool tool, struct tool_box *box,
                      uint32_t *at, uint32_t *ret_count)
{
    size_t bytes = 0;
    *ret_count = 0;
    for (; *at < t->checked->file_count && *ret_count < FILES_AT_ONCE; (*at)++) {
        const struct checked_file *file = &t->checked->files[*at];
        const char *place = is_for(tool, file) ? place_of(t, file->name) : NULL;
        if (place == NULL)
            continue;
        bytes += strlen(place) + 1;
        if (bytes > NAMES_AT_ONCE)
            return;
        tool_box_add_word(box, place);
        ++*ret_count;
    }
}

static bool prepare(const struct tools *t, enum foreign_tool tool, struct tool_box *box,
                    struct error *err)
{
    tool_box_init(box, t->arena);
    box->request.cwd = BOX_IN; /* eslint looks at nothing outside of where it is started */
    if (!tool_find(foreign_about(tool)->word, box, err))
        return false;
    for (const char *const *word = words_of(tool); *word != NULL; word++)
        tool_box_add_word(box, *word);
    for (uint32_t i = 0; i < t->root_count; i++)
        if (!tool_box_add_folder(box, t->roots[i].folder, strrchr(t->roots[i].place, '/') + 1, err))
            return false;
    return true;
}

/* Its status says little, each tool in its own way: what counts is that it speaks as it should. */
static bool listen(struct tools *t, enum foreign_tool tool, struct tool_box *box, struct error *err)
{
    auto_buf struct buf said;
    int status = 0;
    buf_init(&said, FOREIGN_TEXT_MAX);
    if (!tool_box_run(box, &said, &status, err))
        return false;
    if (said.over)
        return error_set(err, ERROR_LIMIT, "it says more than %d MiB", FOREIGN_TEXT_MAX >> 20);
    if (str_trim(buf_str(&said)).len == 0 && status > 1)
        return error_set(err, ERROR_INPUT, "it fails with status %d and says nothing", status);
    return (str_trim(buf_str(&said)).len == 0 && status == 0) ||
           foreign_read(tool, buf_str(&said), t->arena, hear, t, err);
}

static bool run_all(struct tools *t, enum foreign_tool tool, struct error *err)
{
    struct tool_box box;
    uint32_t count = 1;
    for (uint32_t at = 0; at < t->checked->file_count && count > 0;) {
        if (!prepare(t, tool, &box, err))
            return false;
        add_files(t, tool, &box, &at, &count);
        if (count > 0 && !listen(t, tool, &box, err))
            return error_wrap(err, "%s", foreign_about(tool)->word);
    }
    return true;
}

static bool has_work(const struct tools *t, enum foreign_tool tool)
{
    for (uint32_t i = 0; i < t->checked->file_count; i++)
        if (is_for(tool, &t->checked->files[i]))
            return true;
    return false;
}

static bool run(struct tools *t, enum foreign_tool tool, struct error *err)
{
    const struct foreign_about *about = foreign_about(tool);
    struct tool_box box;
    struct error why = {};
    if (!has_work(t, tool))
        return true;
    tool_box_init(&box, t->arena);
    if (tool_find(about->word, &box, &why))
        return run_all(t, tool, err);
    if (t->automatic) {
        buf_printf(&t->absent, "%s%s (%s)", t->absent.len > 0 ? "; " : "", about->word,
                   why.kind != ERROR_NONE ? "no box can see it" : about->package);
        return true;
    }
    if (why.kind != ERROR_NONE)
        return *err = why, false;
    error_set(err, ERROR_HOST, "%s is not there", about->word);
    return error_hint(err, "%s", about->package);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static bool run_listed(struct tools *t, const struct words *list, struct error *err)
{
    enum foreign_tool tool;
    for (uint32_t i = 0; i < list->count; i++) {
        if (!foreign_find(str_from(list->list[i]), &tool)) {
            error_set(err, ERROR_USAGE, "there is no tool '%s'", shown_name(list->list[i]).text);
            return error_hint(err, "--tools auto, none, or some of bandit, ruff, pylint, mypy, "
                                   "eslint, shellcheck; of others --import FILE.sarif");
        }
        if (!run(t, tool, err))
            return false;
    }
    return true;
}

static bool run_automatic(struct tools *t, struct error *err)
{
    t->automatic = true;
    for (int tool = 0; tool < FOREIGN_TOOLS; tool++)
        if (!run(t, (enum foreign_tool)tool, err))
            return false;
    return true;
}

static bool import(struct tools *t, const char *path, struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, FOREIGN_TEXT_MAX);
    if (!fd_read_file(AT_FDCWD, path, &text, err))
        return err->kind = ERROR_INPUT, false;
    return foreign_read_sarif(buf_str(&text), t->arena, hear, t, err) ||
           error_wrap(err, "%s", shown_name(path).text);
}

static bool say(struct tools *t, struct error *err)
{
    auto_buf struct buf line;
    buf_init(&line, 4096);
    if (t->absent.len > 0)
        buf_printf(&line, "testudo: not there: %s\n", t->absent.data);
    if (t->strangers > 0)
        buf_printf(&line, "testudo: %u findings of others are about files that were not checked\n",
                   t->strangers);
    return t->options->quiet || line.len == 0 || fd_write_all(STDERR_FILENO, buf_str(&line), err);
}

static bool work(struct tools *t, struct error *err)
{
    const struct words *list = &t->options->tools, *imports = &t->options->imports;
    const char *first = list->count > 0 ? list->list[0] : "none";
    bool ran = strcmp(first, "none") == 0   ? true
               : strcmp(first, "auto") == 0 ? run_automatic(t, err)
                                            : run_listed(t, list, err);
    for (uint32_t i = 0; ran && i < imports->count; i++)
        ran = import(t, imports->list[i], err);
    return ran && say(t, err);
}

bool check_tools_run(struct checked *checked, const struct check_options *options,
                     struct arena *arena, struct error *err)
{
    struct tools t = {.checked = checked, .options = options, .arena = arena};
    if (options->tools.count == 0 && options->imports.count == 0)
        return true;
    buf_init(&t.absent, 2048);
    bool ok = add_roots(&t, err) && work(&t, err);
    buf_done(&t.absent);
    return ok;
}
