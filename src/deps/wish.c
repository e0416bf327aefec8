#include "deps/wish.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json_read.h"
#include "base/text.h"
#include "deps/declared.h"
#include "lang/entry.h"
#include "lang/names.h"
#include "lang/toolchain.h"
#include "model/words.h"
#include "sys/fd.h"

enum { SPEC_BYTES_MAX = 512, ASKED_BYTES_MAX = 400, JSON_ARENA_BYTES = 64 << 20 };

static bool kind_of(const struct lang *lang, enum registry *ret)
{
    static const struct {
        const char *language;
        enum registry kind;
    } rows[] = {
        {"python", REGISTRY_PYTHON},
        {"javascript", REGISTRY_NPM},
        {"typescript", REGISTRY_NPM},
        {"java", REGISTRY_MAVEN},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].language, lang->name) != 0)
            continue;
        *ret = rows[i].kind;
        return true;
    }
    return false;
}

/* ---- what the source declares --------------------------------------------------------------- */

static bool read_file(const char *path, struct arena *arena, struct str *ret, struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, WISH_FILE_BYTES_MAX);
    if (!fd_read_file(AT_FDCWD, path, &text, err)) {
        err->kind = err->kind == ERROR_LIMIT ? ERROR_LIMIT : ERROR_INPUT;
        return false;
    }
    *ret = str_of(arena_string(arena, buf_str(&text)), text.len);
    return true;
}

/* The source's folder, or NULL without one. */
static const char *folder_of(const struct run_request *request, struct arena *arena)
{
    char real[PATH_MAX];
    if (request->source_path == NULL || realpath(request->source_path, real) == NULL)
        return NULL;
    if (!toolchain_is_folder(real))
        *strrchr(real, '/') = '\0';
    return arena_string(arena, str_from(real));
}

static bool has_dependencies(struct str manifest, bool *ret, struct error *err)
{
    auto_arena struct arena scratch;
    arena_init(&scratch, JSON_ARENA_BYTES);
    const struct json_value *value = json_read(&scratch, manifest, err);
    if (value == NULL) {
        err->kind = ERROR_INPUT;
        return error_wrap(err, "package.json");
    }
    const struct json_value *list = json_get(value, "dependencies");
    *ret = list != NULL && list->count > 0;
    return true;
}

/* A folder that has its packages with it needs none of ours. */
static bool add_manifest(const struct run_request *request, struct arena *arena, struct wish *wish,
                         struct error *err)
{
    struct str text;
    bool has = false;
    const char *folder = folder_of(request, arena);
    const char *path = folder != NULL ? arena_text(arena, "%s/package.json", folder) : NULL;
    if (path == NULL || access(path, R_OK) != 0 ||
        toolchain_is_folder(arena_text(arena, "%s/node_modules", folder)))
        return true;
    if (!read_file(path, arena, &text, err) || !has_dependencies(text, &has, err))
        return error_hint(err, "--no-deps passes it over");
    if (!has)
        return true;
    wish->manifest = text;
    const char *lock = arena_text(arena, "%s/package-lock.json", folder);
    return access(lock, R_OK) != 0 || read_file(lock, arena, &wish->manifest_lock, err);
}

static bool add_declared(const struct run_request *request, const struct lang *lang,
                         struct arena *arena, struct wish *wish, struct error *err)
{
    struct str text = {};
    if (request->deps.ignore_declared)
        return true;
    if (wish->kind == REGISTRY_NPM)
        return add_manifest(request, arena, wish, err);
    struct error unread;
    if (!entry_read(lang, request, arena, &text, &unread))
        return true; /* whoever runs it says so */
    if (wish->kind == REGISTRY_PYTHON)
        return declared_by_python(text, arena, &wish->specs, err);
    declared_by_java(text, arena, &wish->specs);
    return true;
}

/* ---- what was asked for --------------------------------------------------------------------- */

static bool check_spec(const char *spec, struct error *err)
{
    size_t length = strlen(spec);
    bool good = length > 0 && length <= SPEC_BYTES_MAX && spec[0] != '-';
    for (const char *c = spec; *c != '\0'; c++)
        good = good && (unsigned char)*c >= ' ' && (unsigned char)*c < 0x7f;
    if (good)
        return true;
    error_set(err, ERROR_USAGE, "'%s' names no package", shown_name(spec).text);
    return error_hint(err,
                      "numpy, 'numpy>=2', left-pad@1.3.0, org.apache.commons:commons-lang3:3.14.0");
}

static bool add_requirements(const struct run_request *request, struct arena *arena,
                             struct wish *wish, struct error *err)
{
    const char *path = request->deps.requirements;
    if (path == NULL)
        return true;
    if (wish->kind != REGISTRY_PYTHON) {
        error_set(err, ERROR_USAGE, "--requirements is for Python");
        return error_hint(err, "JavaScript: a package.json beside the source; Java: //DEPS lines; "
                               "both: --with");
    }
    return read_file(path, arena, &wish->requirements, err) || error_wrap(err, "the requirements");
}

static bool add_specs(const struct run_request *request, struct arena *arena, struct wish *wish,
                      struct error *err)
{
    words_add_all(&wish->specs, arena, &request->deps.with);
    if (wish->specs.count > WISH_SPECS_MAX)
        return error_set(err, ERROR_LIMIT, "%u packages are asked for, at most %d can be",
                         wish->specs.count, WISH_SPECS_MAX);
    for (uint32_t i = 0; i < wish->specs.count; i++)
        if (!check_spec(wish->specs.list[i], err))
            return false;
    return true;
}

static const char *say_asked(const struct wish *wish, struct arena *arena)
{
    auto_buf struct buf text;
    buf_init(&text, ASKED_BYTES_MAX);
    for (uint32_t i = 0; i < wish->specs.count; i++)
        buf_printf(&text, "%s%s", i > 0 ? ", " : "", wish->specs.list[i]);
    if (wish->requirements.len > 0)
        buf_printf(&text, "%sa requirements file", text.len > 0 ? ", " : "");
    if (wish->manifest.len > 0)
        buf_printf(&text, "%spackage.json", text.len > 0 ? ", " : "");
    return arena_string(arena, buf_str(&text));
}

/* ---- the key -------------------------------------------------------------------------------- */

static bool find_runtime(const struct run_request *request, const struct lang *lang,
                         struct arena *arena, struct wish *wish, struct error *err)
{
    struct toolchain toolchain = {};
    struct utsname machine;
    if (!lang->find(lang, request, arena, &toolchain, err))
        return false;
    if (uname(&machine) < 0)
        return error_sys(err, "ask for this machine's kind");
    wish->program = toolchain.program;
    wish->interpreter = toolchain.venv != NULL ? toolchain.venv : request->interpreter;
    wish->runtime = arena_text(arena, "%s %s %s %s", toolchain.program,
                               toolchain.version != NULL ? toolchain.version : "?", machine.machine,
                               request->image != NULL ? request->image : "host");
    return true;
}

static void add_part(struct sha256 *sha, struct str text)
{
    uint64_t length = text.len;
    sha256_add(sha, &length, sizeof length);
    sha256_add(sha, text.ptr, text.len);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Each part with its length before it, so that no two wishes run into the same bytes. */
void wish_make_key(struct wish *wish, const struct gate_config *config, struct arena *arena)
{
    struct sha256 sha;
    struct words sorted = {};
    unsigned char digest[SHA256_BYTES];
    words_add_all(&sorted, arena, &wish->specs);
    if (sorted.count > 1)
        qsort(sorted.list, sorted.count, sizeof *sorted.list, compare);
    sha256_init(&sha);
    add_part(&sha, STR("testudo wish 1"));
    add_part(&sha, str_from(registry_key(wish->kind)));
    add_part(&sha, str_from(config->registries[wish->kind].index));
    add_part(&sha, str_from(wish->runtime));
    add_part(&sha, wish->allow_scripts ? STR("scripts") : STR(""));
    add_part(&sha, wish->requirements);
    add_part(&sha, wish->manifest);
    add_part(&sha, wish->manifest_lock);
    for (uint32_t i = 0; i < sorted.count; i++)
        add_part(&sha, str_from(sorted.list[i]));
    sha256_done(&sha, digest);
    sha256_digest_hex(digest, wish->key);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool is_wanted(const struct run_request *request)
{
    return request->deps.with.count > 0 || request->deps.requirements != NULL;
}

static bool refuse_language(const char *what, struct error *err)
{
    error_set(err, ERROR_USAGE, "there are no packages for %s", what);
    return error_hint(err, "--with and --requirements are for Python, JavaScript, TypeScript and "
                           "Java sources");
}

bool wish_of_request(const struct run_request *request, struct arena *arena, struct wish *ret_wish,
                     bool *ret_any, struct error *err)
{
    struct wish wish = {.allow_scripts = request->deps.allow_scripts};
    *ret_any = false;
    if (request->command.count > 0 && !request->of_language)
        return !is_wanted(request) || refuse_language("a plain command", err);
    struct error unheard;
    const struct lang *lang = lang_detect(request, &unheard);
    if (lang == NULL)
        return true;
    if (!kind_of(lang, &wish.kind))
        return !is_wanted(request) || refuse_language(lang->title, err);
    wish.language = wish.kind == REGISTRY_NPM ? "javascript" : lang->name;
    if (!add_declared(request, lang, arena, &wish, err) || !add_specs(request, arena, &wish, err) ||
        !add_requirements(request, arena, &wish, err))
        return false;
    if (wish.specs.count == 0 && wish.requirements.len == 0 && wish.manifest.len == 0)
        return true;
    if (!find_runtime(request, lang_find(str_from(wish.language)), arena, &wish, err))
        return false;
    wish.asked = say_asked(&wish, arena);
    *ret_wish = wish;
    *ret_any = true;
    return true;
}
