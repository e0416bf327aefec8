#include "lang/pyenv.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "lang/folder.h"
#include "lang/toolchain.h"
#include "sys/fd.h"

enum { VERSION_FILE_MAX = 4096 };

const char *pyenv_root(struct arena *arena)
{
    const char *root = getenv("PYENV_ROOT"), *home = getenv("HOME");
    if (root == NULL || root[0] != '/') {
        if (home == NULL || home[0] != '/')
            return NULL;
        root = arena_text(arena, "%s/.pyenv", home);
    }
    return toolchain_is_folder(arena_text(arena, "%s/versions", root)) ? root : NULL;
}

static int compare(const void *a, const void *b)
{
    return toolchain_compare_versions(*(const char *const *)a, *(const char *const *)b);
}

const char *pyenv_program(struct arena *arena, const char *root, const char *version)
{
    return arena_text(arena, "%s/versions/%s/bin/python", root, version);
}

/* Environments and other kinds of Python ("pypy3.10-7.3") lie in the same folder. */
static bool is_version(struct arena *arena, const char *root, const char *name)
{
    return toolchain_version_is_plain(name) &&
           toolchain_is_program(pyenv_program(arena, root, name));
}

const char *const *pyenv_versions(struct arena *arena, const char *root)
{
    struct folder folder = {};
    struct error ignored;
    if (root != NULL &&
        !folder_read(arena_text(arena, "%s/versions", root), arena, &folder, &ignored))
        folder.count = 0;
    const char **list = arena_alloc(arena, (folder.count + 1) * sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < folder.count; i++)
        if (is_version(arena, root, folder.entries[i].name))
            list[count++] = folder.entries[i].name;
    qsort(list, count, sizeof *list, compare);
    return list;
}

const char *pyenv_find_version(struct arena *arena, const char *root, const char *wanted)
{
    const char *newest = NULL;
    for (const char *const *version = pyenv_versions(arena, root); *version != NULL; version++)
        if (toolchain_version_fits(*version, wanted))
            newest = *version;
    return newest;
}

const char *pyenv_global_version(struct arena *arena, const char *root)
{
    if (root == NULL)
        return NULL;
    auto_buf struct buf text;
    buf_init(&text, VERSION_FILE_MAX);
    struct error ignored;
    if (!fd_read_file(AT_FDCWD, arena_text(arena, "%s/version", root), &text, &ignored))
        return NULL;
    struct str rest = buf_str(&text), line;
    while (str_take_line(&rest, &line)) {
        const char *name = arena_string(arena, str_trim(line));
        if (is_version(arena, root, name))
            return name;
    }
    return NULL;
}
