/* Which language a request is in: named, by extension, by #! line, by a folder's conventions. */
#include "lang/lang.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lang/names.h"
#include "lang/source.h"
#include "sys/fd.h"

enum { FIRST_LINE_MAX = 256, DETECT_BYTES_MAX = 4 << 20 };

static bool list_has(const char *const *list, struct str word)
{
    for (; *list != NULL; list++)
        if (str_is(word, *list))
            return true;
    return false;
}

const struct lang *lang_find(struct str name)
{
    for (const struct lang *const *lang = langs; *lang != NULL; lang++)
        if (str_is(name, (*lang)->name) || list_has((*lang)->aliases, name))
            return *lang;
    return NULL;
}

static void write_names(struct buf *out)
{
    for (const struct lang *const *lang = langs; *lang != NULL; lang++)
        buf_printf(out, "%s%s", lang == langs ? "" : ", ", (*lang)->name);
}

static const struct lang *find_named(const char *name, struct error *err)
{
    const struct lang *lang = lang_find(str_from(name));
    if (lang != NULL)
        return lang;
    auto_buf struct buf names;
    buf_init(&names, 512);
    write_names(&names);
    error_set(err, ERROR_USAGE, "there is no language '%s'", shown_name(name).text);
    error_hint(err,
               "languages are %s; any other program of the host runs with: "
               "testudo run -- PROGRAM",
               names.data);
    return NULL;
}

static struct str base_name(struct str path)
{
    struct str piece = {}, rest = path;
    while (str_take_until(&rest, '/', &piece))
        continue;
    return piece;
}

/* "python3.12" is "python3" is "python" */
static bool is_interpreter(const struct lang *lang, struct str name)
{
    for (; name.len > 0; name.len--) {
        if (list_has(lang->interpreters, name))
            return true;
        char last = name.ptr[name.len - 1];
        if (last != '.' && (last < '0' || last > '9'))
            return false;
    }
    return false;
}

/* The program of "#!/usr/bin/env -S NAME=VALUE python3 -u" is python3. */
static struct str interpreter_of_line(struct str line)
{
    struct str word, name = {};
    bool by_env = false;
    while (str_take_until(&line, ' ', &word)) {
        if (word.len == 0 || (by_env && (word.ptr[0] == '-' || str_has(word, '='))))
            continue;
        name = base_name(word);
        if (by_env || !str_is(name, "env"))
            return name;
        by_env = true;
    }
    return by_env ? (struct str){} : name;
}

static const struct lang *find_by_first_line(struct str text)
{
    struct str line;
    if (!str_take_line(&text, &line) || !str_take_prefix(&line, "#!"))
        return NULL;
    struct str name = interpreter_of_line(str_trim(line));
    for (const struct lang *const *lang = langs; *lang != NULL; lang++)
        if (is_interpreter(*lang, name))
            return *lang;
    return NULL;
}

static const struct lang *find_by_extension(const char *path)
{
    const char *slash = strrchr(path, '/');
    for (const struct lang *const *lang = langs; *lang != NULL; lang++)
        if (name_has_extension(slash != NULL ? slash + 1 : path, (*lang)->extensions))
            return *lang;
    return NULL;
}

static const struct lang *refuse_unknown(const char *path, struct error *err)
{
    auto_buf struct buf names;
    buf_init(&names, 512);
    write_names(&names);
    error_set(err, ERROR_USAGE, "neither the name nor the first line of '%s' tells its language",
              shown_name(path).text);
    error_hint(err,
               "say it with --lang (%s); a program of the host's runs with: "
               "testudo run -- PROGRAM",
               names.data);
    return NULL;
}

static const struct lang *detect_file(const char *path, struct error *err)
{
    int64_t bytes;
    char real[PATH_MAX];
    if (!file_check("the source", path, &bytes, err))
        return NULL;
    const struct lang *lang = find_by_extension(path);
    if (lang == NULL && realpath(path, real) != NULL)
        lang = find_by_extension(real);
    if (lang != NULL)
        return lang;
    auto_close int fd = fd_open(AT_FDCWD, path, O_RDONLY | O_NOCTTY, 0, err);
    char start[FIRST_LINE_MAX];
    ssize_t length = fd < 0 ? -1 : read(fd, start, sizeof start);
    if (fd < 0)
        return NULL;
    if (length < 0)
        return error_sys_null(err, "read %s", shown_name(path).text);
    lang = find_by_first_line(str_of(start, (size_t)length));
    return lang != NULL ? lang : refuse_unknown(path, err);
}

static const struct lang *detect_code(struct str code, struct error *err)
{
    const struct lang *lang = find_by_first_line(code);
    if (lang != NULL)
        return lang;
    auto_buf struct buf names;
    buf_init(&names, 512);
    write_names(&names);
    error_set(err, ERROR_USAGE, "code without a file name does not tell its language");
    error_hint(err, "say it with --lang (%s)", names.data);
    return NULL;
}

const struct request_file *request_entry_file(const struct run_request *request)
{
    for (uint32_t i = 0; request->entry != NULL && i < request->file_count; i++)
        if (strcmp(request->files[i].name, request->entry) == 0)
            return &request->files[i];
    return NULL;
}

bool request_entry_is_carried(const struct run_request *request)
{
    return request->carried && request->entry != NULL && request->source_path == NULL &&
           !request->has_code && request_entry_file(request) == NULL;
}

static const struct lang *detect_entry_file(const struct request_file *file, struct error *err)
{
    const struct lang *lang = find_by_extension(file->name);
    if (lang == NULL)
        lang = find_by_first_line(file->content);
    return lang != NULL ? lang : refuse_unknown(file->name, err);
}

/* What an earlier run has left is the guest's own, and is not looked at here. */
static const struct lang *detect_carried(const char *entry, struct error *err)
{
    if (!path_check("the entry", entry, err))
        return NULL;
    const struct lang *lang = find_by_extension(entry);
    return lang != NULL ? lang : refuse_unknown(entry, err);
}

struct candidates {
    const struct lang *first;
    int count;
    struct buf said;
};

static struct candidates find_candidates(const struct folder *folder, bool by_entry)
{
    struct candidates found = {};
    buf_init(&found.said, 200);
    for (const struct lang *const *lang = langs; *lang != NULL; lang++) {
        const char *entry = source_entry_by_convention(folder, *lang);
        if (entry == NULL || (by_entry && !list_has((*lang)->entries, str_from(entry))))
            continue;
        buf_printf(&found.said, "%s%s (%s)", found.count > 0 ? ", " : "", shown_name(entry).text,
                   (*lang)->name);
        if (found.count++ == 0)
            found.first = *lang;
    }
    return found;
}

/* Names of known entries weigh more than files that merely are of a language. */
static const struct lang *detect_in_folder(const char *path, const struct folder *folder,
                                           struct error *err)
{
    struct candidates found = find_candidates(folder, true);
    if (found.count == 0)
        found = find_candidates(folder, false);
    auto_buf struct buf said = found.said;
    if (found.count == 1)
        return found.first;
    if (found.count == 0)
        error_set(err, ERROR_USAGE, "nothing in '%s' tells how to start it", shown_name(path).text);
    else
        error_set(err, ERROR_USAGE, "several files could start '%s': %s", shown_name(path).text,
                  said.data);
    error_hint(err, "name the file that starts it with --entry FILE, or the language with --lang");
    return NULL;
}

static const struct lang *detect_folder(const struct run_request *request, struct error *err)
{
    auto_arena struct arena arena;
    arena_init(&arena, DETECT_BYTES_MAX);
    char real[PATH_MAX];
    struct folder folder;
    if (!folder_check("the source", request->source_path, real, err))
        return NULL;
    if (request->entry != NULL) {
        if (!path_check("the entry", request->entry, err))
            return NULL;
        return detect_file(arena_text(&arena, "%s/%s", real, request->entry), err);
    }
    if (!folder_read(real, &arena, &folder, err))
        return NULL;
    return detect_in_folder(request->source_path, &folder, err);
}

const struct lang *lang_detect(const struct run_request *request, struct error *err)
{
    if (request->language != NULL)
        return find_named(request->language, err);
    if (request->has_code)
        return detect_code(request->code, err);
    const struct request_file *file = request_entry_file(request);
    if (request->source_path == NULL && file != NULL)
        return detect_entry_file(file, err);
    if (request_entry_is_carried(request))
        return detect_carried(request->entry, err);
    if (request->source_path == NULL)
        return error_set_null(err, ERROR_USAGE, "there is nothing to run");
    struct stat info;
    if (stat(request->source_path, &info) == 0 && S_ISDIR(info.st_mode))
        return detect_folder(request, err);
    return detect_file(request->source_path, err);
}
