#include "lang/search.h"

#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "lang/names.h"
#include "lang/toolchain.h"
#include "sys/fd.h"

enum { VERSION_FILE_MAX = 65536, VERSION_BYTES_MAX = 24 };

static const char *const folders[] = {"/usr/local/bin", "/usr/bin", "/bin"};

/* ---- versions ------------------------------------------------------------------------------- */

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static size_t digits_length(const char *text)
{
    size_t length = strspn(text, "0123456789.");
    while (length > 0 && text[length - 1] == '.')
        length--;
    return length <= VERSION_BYTES_MAX ? length : 0;
}

/* "20.9.0" of "v20.9.0", "17" of "java-17-openjdk-amd64", "1.22" of "go1.22"; nothing of
 * "stable-x86_64": a number begins the name, or follows a '-' or a name's letters that begin it. */
static const char *version_of_home(struct arena *arena, const char *home)
{
    const char *name = strrchr(home, '/') + 1;
    size_t letters = strspn(name, "abcdefghijklmnopqrstuvwxyz");
    for (size_t i = 0; name[i] != '\0'; i++)
        if (is_digit(name[i]) && (i == letters || name[i - 1] == '-')) {
            size_t digits = digits_length(name + i);
            return digits > 0 ? arena_copy(arena, name + i, digits) : NULL;
        }
    return NULL;
}

/* The numbers that follow the row's words in its file, joined by points. */
static const char *version_in_text(const char *const *words, const char *text, struct arena *arena)
{
    const char *version = NULL;
    for (; *words != NULL; words++) {
        const char *at = strstr(text, *words);
        size_t length = at != NULL ? digits_length(at + strlen(*words)) : 0;
        if (length == 0)
            return NULL;
        version = arena_text(arena, "%s%s%.*s", version != NULL ? version : "",
                             version != NULL ? "." : "", (int)length, at + strlen(*words));
    }
    return version;
}

static const char *parent_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL || slash == path ? "/" : arena_copy(arena, path, (size_t)(slash - path));
}

static const char *version_in_file(const struct lang *lang, const char *home, struct arena *arena)
{
    auto_buf struct buf text;
    struct error ignored;
    buf_init(&text, VERSION_FILE_MAX);
    if (lang->version_file == NULL)
        return NULL;
    const char *path = arena_text(arena, "%s/%s", home, lang->version_file);
    auto_close int fd = fd_open(AT_FDCWD, path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0, &ignored);
    if (fd < 0 || !fd_read_all(fd, &text, &ignored) || text.len == 0)
        return NULL;
    return version_in_text(lang->version_words, text.data, arena);
}

/* ---- one toolchain -------------------------------------------------------------------------- */

static bool has_companion(const struct lang *lang, const char *program, struct arena *arena)
{
    return lang->companion == NULL ||
           toolchain_is_program(
               arena_text(arena, "%s/%s", parent_of(arena, program), lang->companion));
}

/* Below /usr it needs nothing, elsewhere it brings its home, the folder above its bin/. */
static bool look_at(const struct lang *lang, const char *path, const char *told,
                    struct arena *arena, struct toolchain *ret)
{
    const char *real = toolchain_real_path(arena, path);
    if (real == NULL || !toolchain_is_program(real) || !has_companion(lang, real, arena))
        return false;
    bool in_image = toolchain_is_in_image(real);
    if (!in_image && !str_ends(str_from(parent_of(arena, real)), "/bin"))
        return false;
    const char *home = parent_of(arena, parent_of(arena, real));
    const char *version = told != NULL ? told : version_in_file(lang, home, arena);
    if (version == NULL && lang->homes != NULL)
        version = version_of_home(arena, home);
    if (version == NULL && lang->homes != NULL)
        version = version_of_home(arena, parent_of(arena, parent_of(arena, path)));
    if (version == NULL)
        version = toolchain_version_of_name(arena, real);
    *ret = (struct toolchain){.program = in_image && toolchain_is_in_image(path) ? path : real,
                              .version = version,
                              .prefix = in_image ? NULL : home};
    return true;
}

static void add(const struct lang *lang, const char *path, const char *told, struct arena *arena,
                struct toolchains *found)
{
    struct toolchain new;
    if (found->count == SEARCH_MOST || !look_at(lang, path, told, arena, &new))
        return;
    const char *real = toolchain_real_path(arena, new.program);
    for (size_t i = 0; i < found->count; i++) {
        if (strcmp(toolchain_real_path(arena, found->list[i].program), real) != 0)
            continue;
        /* "stable" may be a link to "1.75.0", or be linked to from there */
        if (found->list[i].version == NULL)
            found->list[i].version = new.version;
        return;
    }
    found->list[found->count++] = new;
}

/* ---- all of them ---------------------------------------------------------------------------- */

/* "gcc-12" of the name "gcc-%s", or NULL. */
static const char *version_in_name(const char *path, const char *form)
{
    const char *version = strrchr(path, '/') + 1 + strcspn(form, "%");
    return toolchain_version_is_plain(version) ? version : NULL;
}

static void add_numbered(const struct lang *lang, const char *form, struct arena *arena,
                         struct toolchains *found)
{
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        __attribute__((cleanup(globfree))) glob_t names = {};
        const char *pattern =
            arena_text(arena, "%s/%.*s[0-9]*", folders[i], (int)strcspn(form, "%"), form);
        if (glob(pattern, 0, NULL, &names) != 0)
            continue;
        for (size_t k = names.gl_pathc; k-- > 0;) {
            const char *path = arena_string(arena, str_from(names.gl_pathv[k]));
            const char *version = version_in_name(path, form);
            if (version != NULL)
                add(lang, path, version, arena, found);
        }
    }
}

/* "$NAME/..." begins at that variable's folder, and where it is not set, there is nothing. */
static const char *expand(const char *pattern, struct arena *arena)
{
    if (pattern[0] != '$')
        return pattern;
    const char *slash = strchr(pattern, '/');
    const char *value = getenv(arena_copy(arena, pattern + 1, (size_t)(slash - pattern) - 1));
    return value != NULL && value[0] == '/' ? arena_text(arena, "%s%s", value, slash) : NULL;
}

static void add_homes(const struct lang *lang, const char *pattern, struct arena *arena,
                      struct toolchains *found)
{
    __attribute__((cleanup(globfree))) glob_t names = {};
    const char *expanded = expand(pattern, arena);
    if (expanded == NULL || glob(expanded, 0, NULL, &names) != 0)
        return;
    for (size_t i = names.gl_pathc; i-- > 0;)
        add(lang, arena_string(arena, str_from(names.gl_pathv[i])), NULL, arena, found);
}

void search_all(const struct lang *lang, struct arena *arena, struct toolchains *ret_found)
{
    ret_found->count = 0;
    for (const char *const *name = lang->programs; *name != NULL; name++) {
        const char *const one[] = {*name, NULL};
        const char *path = toolchain_find_program(arena, one);
        if (path != NULL)
            add(lang, path, NULL, arena, ret_found);
    }
    for (const char *const *form = lang->numbered; form != NULL && *form != NULL; form++)
        add_numbered(lang, *form, arena, ret_found);
    for (const char *const *home = lang->homes; home != NULL && *home != NULL; home++)
        add_homes(lang, *home, arena, ret_found);
}

/* ---- the one that is meant ------------------------------------------------------------------ */

static bool check_choice(const struct lang *lang, const struct run_request *request,
                         struct error *err)
{
    if (lang->numbered == NULL && lang->homes == NULL)
        return toolchain_refuse_choice(request, lang, err);
    struct run_request without_version = *request;
    without_version.version = NULL;
    if (!toolchain_refuse_choice(&without_version, lang, err))
        return false;
    if (request->version == NULL || toolchain_version_is_plain(request->version))
        return true;
    error_set(err, ERROR_USAGE, "'%s' is no version of %s", shown_name(request->version).text,
              lang->title);
    return error_hint(err, "--version takes numbers such as 12 or 3.12");
}

/* What an image of its own has we cannot see: it is called there as it usually is. */
static bool find_in_image(const struct lang *lang, const char *version, struct arena *arena,
                          struct toolchain *ret, struct error *err)
{
    const char *form = lang->numbered != NULL ? lang->numbered[0] : NULL;
    if (version != NULL && form == NULL)
        return error_set(err, ERROR_USAGE, "of %s in an image of its own no version can be chosen",
                         lang->title);
    *ret = (struct toolchain){.program = lang->programs[0], .version = version};
    if (version != NULL)
        ret->program = arena_text(arena, "%.*s%s", (int)strcspn(form, "%"), form, version);
    return true;
}

static const struct toolchain *choose(const struct toolchains *found, const char *wanted)
{
    const struct toolchain *best = NULL;
    for (size_t i = 0; i < found->count; i++) {
        const struct toolchain *each = &found->list[i];
        if (each->version == NULL || !toolchain_version_fits(each->version, wanted))
            continue;
        if (best == NULL || toolchain_compare_versions(each->version, best->version) > 0)
            best = each;
    }
    return best;
}

static bool refuse_version(const struct lang *lang, const char *wanted,
                           const struct toolchains *found, struct error *err)
{
    auto_buf struct buf known;
    buf_init(&known, 200);
    for (size_t i = 0; i < found->count; i++)
        buf_printf(&known, "%s%s (%s)", i > 0 ? ", " : "",
                   found->list[i].version != NULL ? found->list[i].version : "untold",
                   shown_name(found->list[i].program).text);
    error_set(err, ERROR_INPUT, "there is no %s %s on this host", lang->title, wanted);
    return error_hint(err, "versions here: %s; without --version it is the first",
                      known.len > 0 ? known.data : "none");
}

bool search_find(const struct lang *lang, const struct run_request *request, struct arena *arena,
                 struct toolchain *ret, struct error *err)
{
    if (!check_choice(lang, request, err))
        return false;
    if (!toolchain_image_is_host(request))
        return find_in_image(lang, request->version, arena, ret, err);
    const char *usual =
        request->version == NULL ? toolchain_find_program(arena, lang->programs) : NULL;
    if (usual != NULL && look_at(lang, usual, NULL, arena, ret))
        return true;
    auto_free struct toolchains *found = mem_alloc(sizeof *found);
    search_all(lang, arena, found);
    if (found->count == 0)
        return toolchain_missing(lang, err);
    const struct toolchain *best =
        request->version == NULL ? &found->list[0] : choose(found, request->version);
    if (best == NULL)
        return refuse_version(lang, request->version, found, err);
    *ret = *best;
    return true;
}
