#include "cli/tool_find.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "lang/names.h"
#include "lang/toolchain.h"
#include "lang/venv.h"

static const char *find_in_path(const char *name, struct arena *arena)
{
    const char *variable = getenv("PATH");
    struct str rest = str_from(variable != NULL ? variable : ""), folder;
    struct stat about;
    while (str_take_until(&rest, ':', &folder)) {
        if (folder.len == 0 || folder.ptr[0] != '/' || folder.len >= PATH_MAX)
            continue;
        const char *path = arena_text(arena, "%.*s/%s", (int)folder.len, folder.ptr, name);
        if (stat(path, &about) == 0 && S_ISREG(about.st_mode) && access(path, X_OK) == 0)
            return path;
    }
    return NULL;
}

/* "/a/venv" of "/a/venv/bin/ruff". */
static const char *two_up(const char *path, struct arena *arena)
{
    char *folder = arena_string(arena, str_from(path));
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(folder, '/');
        if (slash == NULL)
            return folder;
        *slash = '\0';
    }
    return folder;
}

static bool show_environment(const char *folder, const char *name, struct tool_box *box,
                             struct error *err)
{
    tool_box_add_word(box, BOX_IN "/tool/bin/python");
    tool_box_add_word(box, "-m");
    tool_box_add_word(box, name);
    return tool_box_add_folder(box, folder, "tool", err);
}

/* The folder that has node_modules, and the script as seen from there. */
static bool show_modules(const char *real, const char *modules, struct tool_box *box,
                         struct error *err)
{
    struct arena *arena = box->arena;
    const char *folder = arena_string(arena, str_of(real, (size_t)(modules - real)));
    tool_box_add_word(box, "node");
    tool_box_add_word(box, arena_text(arena, BOX_IN "/tool%s", modules));
    return tool_box_add_folder(box, folder, "tool", err);
}

bool tool_find(const char *name, struct tool_box *box, struct error *err)
{
    const char *path = find_in_path(name, box->arena);
    const char *real = path != NULL ? toolchain_real_path(box->arena, path) : NULL;
    if (real == NULL)
        return false;
    const char *environment = two_up(path, box->arena), *modules = strstr(real, "/node_modules/");
    if (venv_is_one(box->arena, environment))
        return show_environment(environment, name, box, err);
    if (toolchain_is_in_image(real)) {
        tool_box_add_word(box, real);
        return true;
    }
    if (modules != NULL)
        return show_modules(real, modules, box, err);
    error_set(err, ERROR_HOST, "%s is %s, which no box can see", name, shown_name(real).text);
    return error_hint(err, "below /usr, in a Python environment or in node_modules it can");
}
