#include "cli/check_targets.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/changed.h"
#include "lang/names.h"
#include "lang/toolchain.h"

struct taking {
    struct inspection *inspection;
    const struct check_options *options;
    bool input_taken;
    const char *folder; /* that was asked about last, or NULL */
    struct words changed;
};

/* ---- only what has changed ------------------------------------------------------------------- */

/* What differs below a folder, whose links are followed; files of one folder ask once. */
static bool ask(struct taking *t, const char *folder, struct error *err)
{
    char real[PATH_MAX];
    if (!folder_check("the folder", folder, real, err))
        return false;
    if (t->folder != NULL && strcmp(t->folder, real) == 0)
        return true;
    t->folder = arena_string(t->inspection->arena, str_from(real));
    t->changed = (struct words){};
    return changed_find(t->folder, t->options->changed, t->inspection->arena, &t->changed, err);
}

static bool take_changed_folder(struct taking *t, const char *path, struct error *err)
{
    struct inspection *i = t->inspection;
    const char *name = inspection_folder_name(i->arena, path);
    if (!ask(t, path, err))
        return false;
    for (uint32_t k = 0; k < t->changed.count; k++)
        words_add(&i->only, i->arena, arena_text(i->arena, "%s/%s", name, t->changed.list[k]));
    return inspection_add_folder(i, path, err);
}

static bool take_changed_file(struct taking *t, const char *path, struct error *err)
{
    struct arena *arena = t->inspection->arena;
    const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path;
    const char *folder = slash == NULL   ? "."
                         : slash == path ? "/"
                                         : arena_string(arena, str_of(path, slash - path));
    if (!ask(t, folder, err))
        return false;
    for (uint32_t k = 0; k < t->changed.count; k++)
        if (strcmp(t->changed.list[k], base) == 0)
            return inspection_add_file(t->inspection, path, err);
    return true;
}

/* ---- each ------------------------------------------------------------------------------------ */

static bool take_input(struct taking *t, struct error *err)
{
    const char *name = t->options->stdin_filename;
    if (t->input_taken)
        return error_set(err, ERROR_USAGE, "standard input can be checked once");
    t->input_taken = true;
    return inspection_add_input(t->inspection, STDIN_FILENO, name != NULL ? name : "<stdin>", err);
}

static bool take(struct taking *t, const char *path, struct error *err)
{
    bool is_folder = toolchain_is_folder(path);
    if (strcmp(path, "-") == 0)
        return take_input(t, err);
    if (t->options->changed != NULL)
        return is_folder ? take_changed_folder(t, path, err) : take_changed_file(t, path, err);
    return is_folder ? inspection_add_folder(t->inspection, path, err)
                     : inspection_add_file(t->inspection, path, err);
}

bool check_targets_take(struct inspection *inspection, const struct check_options *options,
                        struct error *err)
{
    struct taking t = {.inspection = inspection, .options = options};
    inspection->some = options->changed != NULL;
    for (uint32_t i = 0; i < options->targets.count; i++)
        if (!take(&t, options->targets.list[i], err))
            return false;
    return true;
}
