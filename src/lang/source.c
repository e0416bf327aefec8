#include "lang/source.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lang/names.h"

const char *source_name(struct arena *arena, const char *folder)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    const char *slash = strrchr(folder, '/');
    const char *from = slash != NULL ? slash + 1 : folder;
    char *name = arena_string(arena, str_from(from));
    size_t length = 0;
    for (; *from != '\0'; from++)
        if (strchr(good, *from) != NULL && (length > 0 || *from != '.'))
            name[length++] = *from;
    name[length] = '\0';
    return length > 0 ? name : "src";
}

static bool has_file(const struct folder *folder, const char *name)
{
    for (size_t i = 0; i < folder->count; i++)
        if (folder->entries[i].is_file && strcmp(folder->entries[i].name, name) == 0)
            return true;
    return false;
}

const char *source_entry_by_convention(const struct folder *folder, const struct lang *lang)
{
    for (const char *const *entry = lang->entries; *entry != NULL; entry++)
        if (has_file(folder, *entry))
            return *entry;
    const char *only = NULL;
    for (size_t i = 0; i < folder->count; i++) {
        const struct folder_entry *entry = &folder->entries[i];
        if (!entry->is_file || !name_has_extension(entry->name, lang->extensions))
            continue;
        if (only != NULL && !lang->whole_folder)
            return NULL;
        only = entry->name;
    }
    return only;
}

/* A link that leads out of the folder would be dead in the box. */
static bool entry_check(const struct source *source, struct arena *arena, struct error *err)
{
    const char *path = arena_text(arena, "%s/%s", source->folder, source->entry);
    int64_t bytes;
    char real[PATH_MAX];
    if (!file_check("the entry", path, &bytes, err))
        return false;
    if (realpath(path, real) == NULL)
        return error_sys(err, "resolve %s", shown_name(path).text);
    size_t length = strlen(source->folder);
    if (strncmp(real, source->folder, length) == 0 && real[length] == '/')
        return true;
    error_set(err, ERROR_INPUT, "the entry '%s' is a link to '%s', which the box does not see",
              shown_name(source->entry).text, shown_name(real).text);
    return error_hint(err, "run the file itself: testudo run %s", shown_name(real).text);
}

static bool find_entry(const struct run_request *request, const struct lang *lang,
                       struct source *source, struct arena *arena, struct error *err)
{
    if (request->entry != NULL) {
        source->entry = request->entry;
        return path_check("the entry", request->entry, err) && entry_check(source, arena, err);
    }
    source->entry = source_entry_by_convention(&source->top, lang);
    if (source->entry == NULL) {
        error_set(err, ERROR_USAGE, "no file in '%s' is known to start a %s program",
                  shown_name(request->source_path).text, lang->title);
        return error_hint(err, "name one with --entry FILE");
    }
    if (lang->whole_folder) {
        source->entry = NULL;
        return true;
    }
    return entry_check(source, arena, err);
}

static bool find_folder(const struct run_request *request, const struct lang *lang,
                        struct source *source, struct arena *arena, struct error *err)
{
    char real[PATH_MAX];
    if (!folder_check("the source", request->source_path, real, err))
        return false;
    source->folder = arena_string(arena, str_from(real));
    return folder_read(real, arena, &source->top, err) &&
           find_entry(request, lang, source, arena, err);
}

/* A home folder holds keys and letters: running one file of it must not show it all. */
static bool is_home(const char *folder)
{
    char real[PATH_MAX];
    const char *home = getenv("HOME");
    return home != NULL && realpath(home, real) != NULL && strcmp(real, folder) == 0;
}

/* Links are followed first: Python and others look for siblings beside the real file. */
static bool find_file(const struct run_request *request, struct source *source, struct arena *arena,
                      struct error *err)
{
    char real[PATH_MAX];
    int64_t bytes;
    if (request->entry != NULL) {
        error_set(err, ERROR_USAGE, "--entry names a file of a folder, but '%s' is a file",
                  shown_name(request->source_path).text);
        return error_hint(err, "leave --entry out, or name the folder");
    }
    if (!file_check("the source", request->source_path, &bytes, err))
        return false;
    if (realpath(request->source_path, real) == NULL)
        return error_sys(err, "resolve %s", shown_name(request->source_path).text);
    char *slash = strrchr(real, '/');
    source->entry = arena_string(arena, str_from(slash + 1));
    if (!name_check("the source's name", source->entry, err))
        return false;
    slash[slash == real] = '\0';
    char folder[PATH_MAX];
    if (!folder_check("the source's folder", real, folder, err))
        return false;
    source->folder = arena_string(arena, str_from(folder));
    source->alone = is_home(folder);
    return source->alone || folder_read(folder, arena, &source->top, err);
}

bool source_find(const struct run_request *request, const struct lang *lang, struct arena *arena,
                 struct source *ret_source, struct error *err)
{
    struct source source = {};
    struct stat info;
    bool is_folder = stat(request->source_path, &info) == 0 && S_ISDIR(info.st_mode);
    if (!(is_folder ? find_folder(request, lang, &source, arena, err)
                    : find_file(request, &source, arena, err)))
        return false;
    source.name = source_name(arena, source.folder);
    *ret_source = source;
    return true;
}
