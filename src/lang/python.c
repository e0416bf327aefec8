/*
 * Python: the system's, pyenv's, or an environment's. The order of choice: what --python or
 * --version names, the environment beside the source, the one that is activated here, the
 * system's, pyenv's.
 */
#include "lang/lang.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "lang/folder.h"
#include "lang/names.h"
#include "lang/pyenv.h"
#include "lang/toolchain.h"
#include "lang/venv.h"
#include "model/words.h"

extern const struct lang lang_python;

static char *parent_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL   ? arena_string(arena, STR("."))
           : slash == path ? arena_string(arena, STR("/"))
                           : arena_string(arena, str_of(path, (size_t)(slash - path)));
}

static bool is_library_name(const char *name)
{
    struct str rest = str_from(name);
    return str_take_prefix(&rest, "python") && rest.len >= 3 && str_has(rest, '.') &&
           toolchain_version_is_plain(rest.ptr);
}

/* PREFIX/lib/python3.12 is what makes PREFIX a Python's home; its name tells the version. */
static const char *library_version(struct arena *arena, const char *prefix)
{
    struct folder folder = {};
    struct error ignored;
    if (!folder_read(arena_text(arena, "%s/lib", prefix), arena, &folder, &ignored))
        return NULL;
    const char *version = NULL;
    for (size_t i = 0; i < folder.count; i++)
        if (is_library_name(folder.entries[i].name))
            version = folder.entries[i].name + strlen("python");
    return version;
}

/* "3.12.1" where the prefix is called so, as pyenv's are. */
static const char *full_version(const char *prefix, const char *version)
{
    const char *name = strrchr(prefix, '/') + 1;
    return toolchain_version_is_plain(name) && toolchain_version_fits(name, version) ? name
                                                                                     : version;
}

/* A real binary: below /usr it needs nothing, elsewhere it brings its prefix. */
static bool use_binary(const char *path, struct arena *arena, struct toolchain *ret,
                       struct error *err)
{
    const char *real = toolchain_real_path(arena, path);
    if (real == NULL || !toolchain_is_program(real)) {
        error_set(err, ERROR_INPUT, "'%s' is no Python interpreter that can be started",
                  shown_name(path).text);
        return error_hint(err, "name the interpreter itself, not a script or shim that starts it");
    }
    if (toolchain_is_in_image(real)) {
        *ret = (struct toolchain){.program = toolchain_is_in_image(path) ? path : real,
                                  .version = toolchain_version_of_name(arena, real)};
        return true;
    }
    const char *prefix = parent_of(arena, parent_of(arena, real));
    const char *version = library_version(arena, prefix);
    if (version == NULL) {
        error_set(err, ERROR_INPUT, "'%s' is no Python interpreter: there is no library beside it",
                  shown_name(path).text);
        return error_hint(err, "looked for %s/lib/python3.*", shown_name(prefix).text);
    }
    *ret = (struct toolchain){
        .program = real, .version = full_version(prefix, version), .prefix = prefix};
    return true;
}

static bool use_venv(const char *folder, struct arena *arena, struct toolchain *ret,
                     struct error *err)
{
    struct venv venv;
    if (!venv_read(folder, arena, &venv, err) || !use_binary(venv.program, arena, ret, err))
        return false;
    ret->program = venv.program;
    ret->venv = venv.folder;
    if (venv.version != NULL)
        ret->version = venv.version;
    const char *named = parent_of(arena, venv.home);
    if (ret->prefix != NULL && strcmp(named, ret->prefix) != 0 && toolchain_is_folder(named))
        ret->alias = named;
    return true;
}

/* PYENV_ROOT/shims/python3.12: a script that would choose a version; we choose the same. */
static bool use_shim(const char *path, struct arena *arena, struct toolchain *ret,
                     struct error *err)
{
    const char *root = pyenv_root(arena);
    const char *name = strrchr(path, '/') + 1, *version = NULL;
    struct str wanted = str_from(name);
    if (root != NULL && str_take_prefix(&wanted, "python") && str_has(wanted, '.'))
        version = pyenv_find_version(arena, root, wanted.ptr);
    else if (root != NULL)
        version = pyenv_global_version(arena, root);
    if (version != NULL)
        return use_binary(pyenv_program(arena, root, version), arena, ret, err);
    error_set(err, ERROR_INPUT,
              "'%s' is a shim of pyenv, and no version that it could mean is "
              "installed",
              shown_name(path).text);
    return error_hint(err, "set one with `pyenv global`, or name it with --version");
}

static bool use_file(const char *path, struct arena *arena, struct toolchain *ret,
                     struct error *err)
{
    const char *folder = toolchain_real_path(arena, parent_of(arena, path));
    if (folder == NULL)
        return error_sys(err, "resolve %s", shown_name(path).text);
    const char *slash = strrchr(path, '/');
    const char *absolute = arena_text(arena, "%s/%s", folder, slash != NULL ? slash + 1 : path);
    const char *above = parent_of(arena, folder);
    if (venv_is_one(arena, above))
        return use_venv(above, arena, ret, err);
    if (str_ends(str_from(folder), "/shims") && !toolchain_is_program(absolute))
        return use_shim(absolute, arena, ret, err);
    return use_binary(absolute, arena, ret, err);
}

static bool use_folder(const char *path, struct arena *arena, struct toolchain *ret,
                       struct error *err)
{
    if (venv_is_one(arena, path))
        return use_venv(path, arena, ret, err);
    const char *program = arena_text(arena, "%s/bin/python3", path);
    if (toolchain_is_program(program))
        return use_binary(program, arena, ret, err);
    error_set(err, ERROR_INPUT, "the folder '%s' is no Python environment", shown_name(path).text);
    return error_hint(err,
                      "it has neither pyvenv.cfg nor bin/python3; make one with: "
                      "python3 -m venv %s",
                      shown_name(path).text);
}

static bool use_named(const struct run_request *request, struct arena *arena, struct toolchain *ret,
                      struct error *err)
{
    const char *path = request->interpreter;
    struct stat info;
    if (stat(path, &info) < 0) {
        error_sys(err, "the interpreter '%s'", shown_name(path).text);
        err->kind = ERROR_INPUT;
        return error_hint(err, "--python takes the path of an interpreter or of an environment's "
                               "folder; a version is chosen with --version 3.12");
    }
    if (!(S_ISDIR(info.st_mode) ? use_folder(path, arena, ret, err)
                                : use_file(path, arena, ret, err)))
        return false;
    if (request->version == NULL || ret->version == NULL ||
        toolchain_version_fits(ret->version, request->version))
        return true;
    error_set(err, ERROR_USAGE, "'%s' is Python %s, not %s", shown_name(path).text, ret->version,
              shown_name(request->version).text);
    return error_hint(err, "leave --version or --python out");
}

static bool find_version(const char *wanted, struct arena *arena, struct toolchain *ret,
                         struct error *err)
{
    const char *const names[] = {arena_text(arena, "python%s", wanted), NULL};
    const char *path = toolchain_find_program(arena, names);
    const char *root = pyenv_root(arena);
    const char *version = root != NULL ? pyenv_find_version(arena, root, wanted) : NULL;
    if (path == NULL && version != NULL)
        path = pyenv_program(arena, root, version);
    if (path != NULL)
        return use_binary(path, arena, ret, err);
    auto_buf struct buf known;
    buf_init(&known, 200);
    struct toolchain usual;
    struct error ignored;
    const char *const usual_names[] = {"python3", NULL};
    path = toolchain_find_program(arena, usual_names);
    if (path != NULL && use_binary(path, arena, &usual, &ignored) && usual.version != NULL)
        buf_printf(&known, "%s (%s)", usual.version, path);
    for (const char *const *each = pyenv_versions(arena, root); *each != NULL; each++)
        buf_printf(&known, "%s%s", known.len > 0 ? ", " : "", *each);
    error_set(err, ERROR_INPUT, "there is no Python %s on this host", wanted);
    return error_hint(err, "versions here: %s", known.len > 0 ? known.data : "none");
}

/* The environment that a request means without saying so: beside its source, or activated here. */
static const char *find_environment(const struct run_request *request, struct arena *arena)
{
    const char *folder = NULL;
    if (request->source_path != NULL)
        folder = toolchain_real_path(arena, request->source_path);
    if (folder != NULL && !toolchain_is_folder(folder))
        folder = parent_of(arena, folder);
    static const char *const names[] = {".venv", "venv"};
    for (size_t i = 0; folder != NULL && i < COUNT_OF(names); i++) {
        const char *path = arena_text(arena, "%s/%s", folder, names[i]);
        if (venv_is_one(arena, path))
            return path;
    }
    const char *activated = getenv("VIRTUAL_ENV");
    bool is_one = activated != NULL && activated[0] == '/' && venv_is_one(arena, activated);
    return is_one ? activated : NULL;
}

static bool find_default(struct arena *arena, struct toolchain *ret, struct error *err)
{
    const char *const names[] = {"python3", NULL};
    const char *path = toolchain_find_program(arena, names);
    if (path != NULL)
        return use_binary(path, arena, ret, err);
    const char *root = pyenv_root(arena);
    const char *version = pyenv_global_version(arena, root);
    if (version == NULL && root != NULL)
        version = pyenv_find_version(arena, root, "3");
    if (version != NULL)
        return use_binary(pyenv_program(arena, root, version), arena, ret, err);
    return toolchain_missing(&lang_python, err);
}

/* An image of its own has its own Python, found by name inside. */
static bool find_in_image(const struct run_request *request, struct arena *arena,
                          struct toolchain *ret, struct error *err)
{
    if (request->interpreter != NULL) {
        error_set(err, ERROR_USAGE,
                  "--python names an interpreter of this host, which the image "
                  "'%s' does not show",
                  shown_name(request->image).text);
        return error_hint(err, "leave --python or --image out");
    }
    const char *name =
        request->version != NULL ? arena_text(arena, "python%s", request->version) : "python3";
    *ret = (struct toolchain){.program = name, .version = request->version};
    return true;
}

static bool find(const struct lang *lang, const struct run_request *request, struct arena *arena,
                 struct toolchain *ret, struct error *err)
{
    (void)lang;
    if (request->version != NULL && !toolchain_version_is_plain(request->version)) {
        error_set(err, ERROR_USAGE, "'%s' is no version of Python",
                  shown_name(request->version).text);
        return error_hint(err, "--version takes numbers such as 3.12");
    }
    if (!toolchain_image_is_host(request))
        return find_in_image(request, arena, ret, err);
    if (request->interpreter != NULL)
        return use_named(request, arena, ret, err);
    const char *environment = find_environment(request, arena);
    if (environment != NULL && !use_venv(environment, arena, ret, err))
        return error_hint(err,
                          "make it anew (python3 -m venv --clear %s) or pass it over with "
                          "--python /usr/bin/python3",
                          shown_name(environment).text);
    if (environment != NULL && (request->version == NULL || ret->version == NULL ||
                                toolchain_version_fits(ret->version, request->version)))
        return true;
    if (request->version != NULL)
        return find_version(request->version, arena, ret, err);
    return find_default(arena, ret, err);
}

static bool plan(const struct lang *lang, const struct run_request *request,
                 const struct toolchain *toolchain, const char *source, struct arena *arena,
                 struct plan *plan, struct error *err)
{
    (void)lang, (void)request, (void)err;
    words_add(&plan->run.argv, arena, toolchain->program);
    if (source != NULL)
        words_add(&plan->run.argv, arena, source);
    if (toolchain->venv != NULL)
        words_add(&plan->run.env, arena, arena_text(arena, "VIRTUAL_ENV=%s", toolchain->venv));
    return true;
}

const struct lang lang_python = {
    .name = "python",
    .title = "Python",
    .aliases = (const char *const[]){"py", "python3", NULL},
    .extensions = (const char *const[]){"py", NULL},
    .interpreters = (const char *const[]){"python", "pypy", NULL},
    .takes_arguments = true,
    .entries = (const char *const[]){"__main__.py", "main.py", "app.py", NULL},
    .package = "python3",
    .version_argv = (const char *const[]){"--version", NULL},
    .hello = "print(\"hello\")\n",
    .broken = "None.upper()\n",
    .programs = (const char *const[]){"python3", NULL},
    .numbered = (const char *const[]){"python%s", NULL},
    .homes = (const char *const[]){"$PYENV_ROOT/versions/*/bin/python3",
                                   "$HOME/.pyenv/versions/*/bin/python3",
                                   "$HOME/.local/share/uv/python/*/bin/python3", NULL},
    .prompt = (const char *const[]){NULL},
    .find = find,
    .plan = plan,
};
