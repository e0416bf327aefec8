#include "proof/modules.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "lang/folder.h"
#include "lang/names.h"
#include "lang/source.h"
#include "proof/suite_text.h"
#include "run/glob.h"
#include "sys/fd.h"

enum { SOURCE_BYTES_MAX = 4 << 20, DEPTH_MAX = 24, IGNORE_BYTES_MAX = 1 << 20 };

struct finding {
    const struct modules_wish *wish;
    struct arena *arena;
    struct tested_project *project;
    struct tested_module modules[MODULES_MAX];
    uint32_t count;
    struct words ignored; /* of the project's .gitignore */
};

/* ---- small questions about paths ------------------------------------------------------------- */

static bool is_there(const char *folder, const char *name)
{
    auto_free char *path = mem_text("%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static const char *above(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == path ? "/" : arena_string(arena, str_of(path, (size_t)(slash - path)));
}

/* "shop/wallet.py" of "/home/a/shop/wallet.py" below "/home/a"; "" of the folder itself; NULL. */
static const char *below(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    if (strncmp(path, folder, length) != 0)
        return NULL;
    return path[length] == '/' ? path + length + 1 : path[length] == '\0' ? path + length : NULL;
}

/* ---- the project ----------------------------------------------------------------------------- */

static bool is_project(const char *folder)
{
    static const char *const signs[] = {"pyproject.toml", "setup.cfg", "setup.py", ".git"};
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (is_there(folder, signs[i]))
            return true;
    return false;
}

/* Where the outermost package that holds the folder lies. */
static const char *import_root(struct arena *arena, const char *folder)
{
    while (strcmp(folder, "/") != 0 && is_there(folder, "__init__.py"))
        folder = above(arena, folder);
    return folder;
}

/* Without any sign it is the folder where imports begin. */
static const char *project_of(struct arena *arena, const char *folder)
{
    const char *home = getenv("HOME"), *at = folder;
    for (; strcmp(at, "/") != 0; at = above(arena, at)) {
        if (home != NULL && strcmp(at, home) == 0 && strcmp(at, folder) != 0)
            break;
        if (is_project(at))
            return at;
    }
    return import_root(arena, folder);
}

static bool set_project(struct finding *f, const char *folder, const char *target,
                        struct error *err)
{
    char real[PATH_MAX];
    const char *project = project_of(f->arena, folder);
    if (f->project->folder != NULL) {
        if (below(folder, f->project->folder) != NULL)
            return true;
        error_set(err, ERROR_USAGE, "'%s' is of another project than the targets before it",
                  shown_name(target).text);
        return error_hint(err, "test one project at a time; this one began with %s",
                          shown_name(f->project->folder).text);
    }
    if (!folder_check("the project's folder", project, real, err))
        return false;
    f->project->folder = f->project->source = arena_string(f->arena, str_from(real));
    f->project->has_sign = is_project(real);
    f->project->title = source_name(f->arena, real);
    return true;
}

static void read_ignored(struct finding *f)
{
    auto_buf struct buf text;
    struct error unheard;
    struct str rest, line;
    auto_free char *path = mem_text("%s/.gitignore", f->project->folder);
    buf_init(&text, IGNORE_BYTES_MAX);
    if (!fd_read_file(AT_FDCWD, path, &text, &unheard))
        return;
    rest = buf_str(&text);
    while (str_take_line(&rest, &line)) {
        line = str_trim(line);
        while (str_ends(line, "/"))
            line.len--;
        if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == '!')
            continue;
        f->ignored.list = mem_grow(f->ignored.list, f->ignored.count + 1, sizeof *f->ignored.list);
        f->ignored.list[f->ignored.count++] = arena_string(f->arena, line);
    }
}

/* ---- what is passed over --------------------------------------------------------------------- */

/* As in a .gitignore: with a slash it is a path from the project's folder on, else any name. */
static bool matches(const char *pattern, const char *path)
{
    if (pattern[0] == '/')
        return glob_match(pattern + 1, path);
    return glob_match(pattern, strchr(pattern, '/') != NULL ? path : last_part(path));
}

static bool is_excluded(const struct finding *f, const char *path)
{
    for (uint32_t i = 0; i < f->wish->exclude.count; i++)
        if (matches(f->wish->exclude.list[i], path))
            return true;
    for (uint32_t i = 0; i < f->ignored.count; i++)
        if (matches(f->ignored.list[i], path))
            return true;
    return false;
}

static bool is_passed_folder(const char *folder, const char *name)
{
    static const char *const names[] = {
        "tests",       "test",          "testing",        "venv",     "env",
        "build",       "dist",          "docs",           "doc",      "node_modules",
        "__pycache__", "site-packages", "vendor",         "vendored", "_vendor",
        "third_party", "migrations",    "testudo-report", "examples", "benchmarks"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    auto_free char *path = mem_text("%s/%s", folder, name);
    return is_there(path, "pyvenv.cfg") || str_ends(str_from(name), ".egg-info");
}

static bool is_passed_file(const char *name)
{
    struct str text = str_from(name);
    return !str_ends(text, ".py") || str_starts(text, "test_") || str_ends(text, "_test.py") ||
           str_is(text, "conftest.py") || str_is(text, "setup.py") || str_is(text, "__main__.py");
}

/* ---- modules --------------------------------------------------------------------------------- */

static bool name_is_importable(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        unsigned char byte = (unsigned char)name.ptr[i];
        bool letter = byte == '_' || byte >= 0x80 || (byte >= 'a' && byte <= 'z') ||
                      (byte >= 'A' && byte <= 'Z');
        bool digit = byte >= '0' && byte <= '9';
        bool begins = i == 0 || name.ptr[i - 1] == '.';
        if (!letter && !(digit && !begins) && !(byte == '.' && !begins))
            return false;
    }
    return name.len > 0;
}

static const char *dotted(struct arena *arena, const char *path)
{
    char *name = arena_string(arena, str_from(path));
    size_t length = strlen(name) - strlen(".py");
    name[length] = '\0';
    if (str_ends(str_from(name), "/__init__"))
        name[length - strlen("/__init__")] = '\0';
    for (char *at = name; *at != '\0'; at++)
        if (*at == '/')
            *at = '.';
    return name;
}

/* Lines, and whether anything is defined in it: an empty __init__.py is no module to test. */
static bool count_lines(const char *path, uint32_t *ret_lines, bool *ret_defines, struct error *err)
{
    auto_buf struct buf text;
    struct str rest, line;
    buf_init(&text, SOURCE_BYTES_MAX);
    if (!fd_read_file(AT_FDCWD, path, &text, err))
        return false;
    *ret_lines = 0;
    *ret_defines = false;
    for (rest = buf_str(&text); str_take_line(&rest, &line); (*ret_lines)++) {
        struct str words = str_trim(line);
        *ret_defines = *ret_defines || str_starts(words, "def ") || str_starts(words, "class ") ||
                       str_starts(words, "async def ") || str_has(words, '=');
    }
    return true;
}

/* True where it is known already, too. */
static bool add_module(struct finding *f, const char *path, bool named, struct error *err)
{
    struct tested_module *module = &f->modules[f->count];
    const char *root = import_root(f->arena, above(f->arena, path));
    const char *import = below(root, f->project->folder);
    const char *place = below(path, f->project->folder);
    bool defines;
    if (import == NULL || place == NULL)
        return error_set(err, ERROR_INPUT, "'%s' does not lie in its project's folder",
                         shown_name(path).text);
    const char *name = dotted(f->arena, below(path, root));
    if (!name_is_importable(str_from(name)))
        return !named || error_set(err, ERROR_INPUT,
                                   "'%s' cannot be imported: its name is not one "
                                   "of Python",
                                   shown_name(path).text);
    if (f->count == MODULES_MAX)
        return error_set(err, ERROR_LIMIT, "there are more than %d modules", MODULES_MAX);
    for (uint32_t i = 0; i < f->count; i++)
        if (strcmp(f->modules[i].path, place) == 0)
            return true;
    *module = (struct tested_module){.name = name,
                                     .path = arena_string(f->arena, str_from(place)),
                                     .import = arena_string(f->arena, str_from(import)),
                                     .file = suite_text_file(f->arena, name)};
    if (!count_lines(path, &module->lines, &defines, err)) {
        err->kind = ERROR_INPUT;
        return false;
    }
    f->count += named || defines;
    return true;
}

static bool walk(struct finding *f, const char *folder, int depth, struct error *err)
{
    struct folder entries = {};
    if (depth > DEPTH_MAX || !folder_read(folder, f->arena, &entries, err))
        return depth > DEPTH_MAX || depth > 0;
    for (size_t i = 0; i < entries.count; i++) {
        const char *name = entries.entries[i].name;
        const char *path = arena_text(f->arena, "%s/%s", folder, name);
        struct stat about;
        if (is_excluded(f, below(path, f->project->folder)) || lstat(path, &about) != 0)
            continue;
        if (S_ISREG(about.st_mode) && !is_passed_file(name) && !add_module(f, path, false, err))
            return false;
        if (S_ISDIR(about.st_mode) && !is_passed_folder(folder, name) &&
            !walk(f, path, depth + 1, err))
            return false;
    }
    return true;
}

static bool find_target(struct finding *f, const char *target, struct error *err)
{
    char real[PATH_MAX];
    struct stat about;
    if (realpath(target, real) == NULL || stat(real, &about) != 0) {
        error_sys(err, "the target '%s'", shown_name(target).text);
        err->kind = ERROR_INPUT;
        return error_hint(err, "name a .py file, a folder, or - for code on standard input");
    }
    const char *path = arena_string(f->arena, str_from(real));
    if (S_ISDIR(about.st_mode)) {
        bool first = f->project->folder == NULL;
        if (!set_project(f, path, target, err))
            return false;
        if (first)
            read_ignored(f);
        return walk(f, path, 0, err);
    }
    if (!str_ends(str_from(path), ".py")) {
        error_set(err, ERROR_USAGE, "'%s' is no Python module", shown_name(target).text);
        return error_hint(err, "name a .py file, a folder, or - for code on standard input");
    }
    return set_project(f, above(f->arena, path), target, err) && add_module(f, path, true, err);
}

static int compare_paths(const void *a, const void *b)
{
    const struct tested_module *left = a, *right = b;
    return strcmp(left->path, right->path);
}

/* shop/wallet.py and shop_wallet.py are two modules whose suites would have one name. */
static void tell_files_apart(struct finding *f)
{
    for (uint32_t i = 1; i < f->count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(f->modules[i].file, f->modules[k].file) == 0)
                f->modules[i].file =
                    arena_text(f->arena, "%.*s_%u.py", (int)strlen(f->modules[i].file) - 3,
                               f->modules[i].file, i);
}

bool modules_find(const struct modules_wish *wish, struct arena *arena, struct tested_project *ret,
                  struct error *err)
{
    auto_free struct finding *f = mem_alloc(sizeof *f);
    *f = (struct finding){.wish = wish, .arena = arena, .project = ret};
    bool ok = true;
    for (uint32_t i = 0; ok && i < wish->targets.count; i++)
        ok = find_target(f, wish->targets.list[i], err);
    free(f->ignored.list);
    if (!ok)
        return error_stage(err, "targets");
    if (f->count == 0) {
        error_set(err, ERROR_INPUT, "there is no module to test in %s",
                  shown_name(wish->targets.list[0]).text);
        return error_hint(err, "tests, environments and what is built are passed over; name a file "
                               "to have it all the same");
    }
    qsort(f->modules, f->count, sizeof *f->modules, compare_paths);
    tell_files_apart(f);
    ret->modules = arena_alloc(arena, f->count * sizeof *ret->modules);
    memcpy(ret->modules, f->modules, f->count * sizeof *ret->modules);
    ret->module_count = f->count;
    return true;
}
