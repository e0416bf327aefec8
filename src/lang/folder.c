#include "lang/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lang/names.h"
#include "sys/fd.h"

static bool is_file(DIR *stream, const struct dirent *entry)
{
    if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_REG;
    struct stat info;
    return fstatat(dirfd(stream), entry->d_name, &info, 0) == 0 && S_ISREG(info.st_mode);
}

static int compare(const void *a, const void *b)
{
    const struct folder_entry *one = a, *other = b;
    return strcmp(one->name, other->name);
}

static void close_stream(DIR **stream)
{
    if (*stream != NULL)
        closedir(*stream);
}

bool folder_read(const char *path, struct arena *arena, struct folder *ret_folder,
                 struct error *err)
{
    auto_close int fd = fd_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0, err);
    if (fd < 0)
        return false;
    __attribute__((cleanup(close_stream))) DIR *stream = fdopendir(fd);
    if (stream == NULL)
        return error_sys(err, "read the folder %s", path);
    fd_steal(&fd);
    struct folder folder = {.entries =
                                arena_alloc(arena, FOLDER_ENTRIES_MAX * sizeof *folder.entries)};
    const struct dirent *entry;
    while (!folder.has_more && (errno = 0, entry = readdir(stream)) != NULL) {
        if (entry->d_name[0] == '.' || !name_is_plain(entry->d_name))
            continue;
        folder.has_more = folder.count == FOLDER_ENTRIES_MAX;
        if (!folder.has_more)
            folder.entries[folder.count++] = (struct folder_entry){
                arena_string(arena, str_from(entry->d_name)), is_file(stream, entry)};
    }
    if (entry == NULL && errno != 0)
        return error_sys(err, "read the folder %s", path);
    qsort(folder.entries, folder.count, sizeof *folder.entries, compare);
    *ret_folder = folder;
    return true;
}

bool name_has_extension(const char *name, const char *const *extensions)
{
    const char *dot = strrchr(name, '.');
    if (dot == NULL || dot == name)
        return false;
    for (; *extensions != NULL; extensions++)
        if (strcasecmp(dot + 1, *extensions) == 0)
            return true;
    return false;
}
