/*
 * Which file of the project an import means.
 *
 * Python: the dotted path from a source root. A root is a folder that holds the topmost package of
 * a file (the first folder upward without __init__.py), the project itself, and its src.
 * JavaScript: a relative path, with the ends that bundlers try. Java: package and class. Bash: a
 * relative path.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "outline/names.h"
#include "outline/project.h"

enum { KEYS_PER_FILE = 4, KEY_MAX = OUTLINE_PATH_MAX + 2 * OUTLINE_NAME_MAX };

struct resolving {
    struct project *project;
    struct names paths;   /* "src/a/b.py" */
    struct names modules; /* "a.b", of Python and Java */
    char key[KEY_MAX];
};

static struct str folder_of(struct str path)
{
    for (size_t i = path.len; i > 0; i--)
        if (path.ptr[i - 1] == '/')
            return str_of(path.ptr, i - 1);
    return STR("");
}

static uint32_t first_of(const struct names *names, struct str key)
{
    const struct names_item *item = names_find(names, key);
    return item != NULL ? item->number : (uint32_t)PROJECT_NONE;
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* "a/b" of "a/b.py" and of "a/b/__init__.py" */
static struct str without_end(struct str path)
{
    struct str name = path;
    if (str_ends(path, "/__init__.py"))
        return str_of(path.ptr, path.len - 12);
    for (size_t i = name.len; i > 0 && name.ptr[i - 1] != '/'; i--)
        if (name.ptr[i - 1] == '.')
            return str_of(path.ptr, i - 1);
    return path;
}

static bool has_file(const struct resolving *r, struct str folder, const char *name)
{
    char key[KEY_MAX];
    if (folder.len + strlen(name) + 2 > sizeof key)
        return false;
    memcpy(key, folder.ptr, folder.len);
    memcpy(key + folder.len, name, strlen(name) + 1);
    return names_find(&r->paths, str_from(key)) != NULL;
}

/* How many bytes of the path belong to its source root. */
static size_t root_length(const struct resolving *r, struct str path)
{
    struct str folder = folder_of(path);
    while (folder.len > 0 && has_file(r, folder, "/__init__.py"))
        folder = folder_of(folder);
    return folder.len > 0 ? folder.len + 1 : 0;
}

static void add_module(struct resolving *r, struct str path, size_t root, uint32_t file)
{
    if (root >= path.len)
        return;
    struct str key = str_skip(path, root);
    char *dotted = arena_copy(r->project->arena, key.ptr, key.len);
    for (size_t i = 0; i < key.len; i++)
        if (dotted[i] == '/')
            dotted[i] = '.';
    names_add(&r->modules, str_of(dotted, key.len), file);
}

static void add_python(struct resolving *r, const struct outline_file *file, uint32_t number)
{
    struct str path = without_end(file->name);
    size_t root = root_length(r, file->name);
    if (!arena_fits(r->project->arena, 3 * path.len + 64))
        return;
    add_module(r, path, root, number);
    if (root > 0)
        add_module(r, path, 0, number);
    if (root > 4 && str_starts(path, "src/"))
        add_module(r, path, 4, number);
}

static void add_java(struct resolving *r, const struct outline_file *file, uint32_t number)
{
    struct str path = without_end(file->name), folder = folder_of(path);
    struct str name = str_skip(path, folder.len > 0 ? folder.len + 1 : 0);
    if (file->package.len == 0 || !arena_fits(r->project->arena, KEY_MAX))
        return;
    const char *key = arena_text(r->project->arena, "%.*s.%.*s", (int)file->package.len,
                                 file->package.ptr, (int)name.len, name.ptr);
    names_add(&r->modules, str_from(key), number);
}

static void add_keys(struct resolving *r)
{
    const struct project *p = r->project;
    for (uint32_t i = 0; i < p->count; i++)
        names_add(&r->paths, p->files[i].name, i);
    for (uint32_t i = 0; i < p->count; i++) {
        if (str_is(p->files[i].language, "python"))
            add_python(r, &p->files[i], i);
        else if (str_is(p->files[i].language, "java"))
            add_java(r, &p->files[i], i);
    }
}

/* ---- Python ---------------------------------------------------------------------------------- */

/* `module`, `module`.`name` if that is one, or the nearest package above. */
static uint32_t find_module(struct resolving *r, struct str module, struct str name)
{
    if (module.len + name.len + 2 > sizeof r->key)
        return PROJECT_NONE;
    memcpy(r->key, module.ptr, module.len);
    r->key[module.len] = '.';
    memcpy(r->key + module.len + 1, name.ptr, name.len);
    uint32_t found = PROJECT_NONE;
    if (name.len > 0)
        found = first_of(&r->modules, str_of(r->key, module.len + 1 + name.len));
    return found != PROJECT_NONE ? found : first_of(&r->modules, module);
}

/* The file at "folder/a/b" with one of the ends. */
static uint32_t find_path(struct resolving *r, struct str path, const char *const *ends,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(ends[i]);
        if (path.len + length > sizeof r->key)
            continue;
        memmove(r->key, path.ptr, path.len);
        memcpy(r->key + path.len, ends[i], length);
        uint32_t found = first_of(&r->paths, str_of(r->key, path.len + length));
        if (found != PROJECT_NONE)
            return found;
    }
    return PROJECT_NONE;
}

/* "..a.b" seen from a file: one dot is its own folder. */
static uint32_t find_relative(struct resolving *r, struct str from, struct str module,
                              struct str name)
{
    static const char *const ends[] = {".py", "/__init__.py", ".pyi"};
    char path[KEY_MAX];
    struct str folder = folder_of(from);
    (void)str_take_prefix(&module, ".");
    while (str_take_prefix(&module, "."))
        folder = folder_of(folder);
    size_t length = folder.len;
    if (folder.len + module.len + name.len + 4 > sizeof path)
        return PROJECT_NONE;
    memcpy(path, folder.ptr, folder.len);
    for (size_t i = 0; i < module.len; i++) {
        if (i == 0 && length > 0)
            path[length++] = '/';
        path[length++] = module.ptr[i] == '.' ? '/' : module.ptr[i];
    }
    size_t whole = length;
    if (whole > 0)
        path[whole++] = '/';
    memcpy(path + whole, name.ptr, name.len);
    uint32_t found = PROJECT_NONE;
    if (name.len > 0)
        found = find_path(r, str_of(path, whole + name.len), ends, COUNT_OF(ends));
    return found != PROJECT_NONE ? found : find_path(r, str_of(path, length), ends, COUNT_OF(ends));
}

static uint32_t resolve_python(struct resolving *r, const struct outline_file *file,
                               const struct outline_import *import)
{
    if (str_starts(import->module, "."))
        return find_relative(r, file->name, import->module, import->name);
    return find_module(r, import->module, import->name);
}

/* ---- JavaScript, Bash ------------------------------------------------------------------------ */

/* "a/c" of "a/b" and "../c", or false: it leads out of the project. */
static bool join(struct str folder, struct str relative, char path[KEY_MAX], size_t *ret_length)
{
    struct str part;
    size_t length = folder.len;
    if (folder.len + relative.len + 2 > KEY_MAX)
        return false;
    memcpy(path, folder.ptr, folder.len);
    while (str_take_until(&relative, '/', &part)) {
        if (part.len == 0 || str_is(part, "."))
            continue;
        if (str_is(part, "..") && length == 0)
            return false;
        if (str_is(part, "..")) {
            length = folder_of(str_of(path, length)).len;
            continue;
        }
        if (length > 0)
            path[length++] = '/';
        memcpy(path + length, part.ptr, part.len);
        length += part.len;
    }
    *ret_length = length;
    return true;
}

static uint32_t resolve_script(struct resolving *r, const struct outline_file *file,
                               const struct outline_import *import)
{
    static const char *const ends[] = {"",          ".ts",       ".tsx",      ".js",
                                       ".jsx",      ".mjs",      ".cjs",      ".d.ts",
                                       "/index.ts", "/index.js", "/index.tsx"};
    char path[KEY_MAX];
    size_t length;
    struct str module = import->module;
    if (!str_starts(module, "./") && !str_starts(module, "../") && !str_is(module, ".") &&
        !str_is(module, ".."))
        return PROJECT_NONE;
    if (!join(folder_of(file->name), module, path, &length))
        return PROJECT_NONE;
    uint32_t found = find_path(r, str_of(path, length), ends, COUNT_OF(ends));
    if (found != PROJECT_NONE || length < 4 || memcmp(path + length - 3, ".js", 3) != 0)
        return found;
    return find_path(r, str_of(path, length - 3), ends, COUNT_OF(ends)); /* what compiles to it */
}

static uint32_t resolve_shell(struct resolving *r, const struct outline_file *file,
                              const struct outline_import *import)
{
    char path[KEY_MAX];
    size_t length;
    return join(folder_of(file->name), import->module, path, &length)
               ? first_of(&r->paths, str_of(path, length))
               : (uint32_t)PROJECT_NONE;
}

/* ---- all ------------------------------------------------------------------------------------- */

static uint32_t resolve(struct resolving *r, const struct outline_file *file,
                        const struct outline_import *import)
{
    if (str_is(file->language, "python"))
        return resolve_python(r, file, import);
    if (str_is(file->language, "java"))
        return find_module(r, import->module, import->name);
    if (str_is(file->language, "bash"))
        return resolve_shell(r, file, import);
    return resolve_script(r, file, import);
}

/* Names of the sums fit the arena as their lines did. */
void project_resolve(struct project *project)
{
    auto_free struct resolving *r = mem_alloc(sizeof *r);
    r->project = project;
    project->targets = mem_alloc((project->count + 1) * sizeof *project->targets);
    names_init(&r->paths, project->count);
    names_init(&r->modules, KEYS_PER_FILE * project->count);
    add_keys(r);
    for (uint32_t i = 0; i < project->count; i++) {
        const struct outline_file *file = &project->files[i];
        size_t bytes = file->import_count * sizeof **project->targets;
        if (file->import_count == 0 || !arena_fits(project->arena, bytes))
            continue;
        project->targets[i] = arena_alloc(project->arena, bytes);
        for (uint32_t k = 0; k < file->import_count; k++)
            project->targets[i][k] = resolve(r, file, &file->imports[k]);
    }
    names_done(&r->paths);
    names_done(&r->modules);
}
