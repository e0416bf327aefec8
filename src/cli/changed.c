#include "cli/changed.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/tool_box.h"
#include "lang/names.h"
#include "model/words.h"

enum { NAMES_BYTES_MAX = 64 << 20, NO_COMMIT = 3, NOT_FOUND = 127 };

/* Deleted files are left out. The repository belongs to somebody else here, which git minds. */
static const char script[] =
    "git=\"git --no-optional-locks -c core.fsmonitor=false\"\n"
    "commit=$($git rev-parse --verify --quiet --end-of-options \"$1^{commit}\") || "
    "{ type git >/dev/null || exit 127; exit 3; }\n"
    "$git diff --no-ext-diff --no-textconv --no-renames --diff-filter=d --relative --name-only -z "
    "\"$commit\" -- . &&\n"
    "$git ls-files -z --others --exclude-standard -- .\n";

static bool find_top(const char *folder, char top[PATH_MAX], struct error *err)
{
    struct stat about;
    for (size_t length = strlen(folder); length > 0;) {
        memcpy(top, folder, length);
        top[length] = '\0';
        auto_free char *git = mem_text("%s/.git", top);
        if (lstat(git, &about) == 0 && S_ISDIR(about.st_mode))
            return true;
        if (lstat(git, &about) == 0)
            return error_set(err, ERROR_INPUT,
                             "%s is a linked work tree, whose repository lies elsewhere",
                             shown_name(top).text);
        while (length > 0 && folder[--length] != '/')
            ;
    }
    return error_set(err, ERROR_INPUT, "there is no git repository at or above %s",
                     shown_name(folder).text);
}

/* A name that is no UTF-8 could not be found again: it must not be passed over in silence. */
static bool take_names(struct str said, struct arena *arena, struct words *names, struct error *err)
{
    struct str name;
    while (str_take_until(&said, '\0', &name)) {
        if (!utf8_is_valid(name))
            return error_set(err, ERROR_INPUT, "the name of a changed file is no UTF-8: '%s'",
                             shown_name(arena_string(arena, name)).text);
        if (!arena_fits(arena, name.len + 1))
            return error_set(err, ERROR_LIMIT, "more has changed than can be listed");
        if (name.len > 0)
            words_add(names, arena, arena_string(arena, name));
    }
    return true;
}

static bool judge(int status, const char *commit, struct error *err)
{
    if (status == NO_COMMIT)
        return error_set(err, ERROR_INPUT, "there is no commit '%s'", shown_name(commit).text);
    if (status == NOT_FOUND) {
        error_set(err, ERROR_HOST, "git is not there");
        return error_hint(err, "apt install git");
    }
    return status == 0 || error_set(err, ERROR_INPUT, "git failed with status %d", status);
}

bool changed_find(const char *folder, const char *commit, struct arena *arena, struct words *names,
                  struct error *err)
{
    char top[PATH_MAX];
    int status;
    struct tool_box box;
    auto_buf struct buf said;
    buf_init(&said, NAMES_BYTES_MAX);
    tool_box_init(&box, arena);
    if (!find_top(folder, top, err) ||
        !tool_box_add_folder(&box, arena_string(arena, str_from(top)), "repository", err))
        return false;
    box.request.cwd = arena_text(arena, BOX_IN "/repository%s", folder + strlen(top));
    tool_box_add_env(&box, "GIT_CONFIG_COUNT=1");
    tool_box_add_env(&box, "GIT_CONFIG_KEY_0=safe.directory");
    tool_box_add_env(&box, "GIT_CONFIG_VALUE_0=*");
    const char *const words[] = {"sh", "-c", script, "changed", commit};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        tool_box_add_word(&box, words[i]);
    if (!tool_box_run(&box, &said, &status, err) || !judge(status, commit, err))
        return error_wrap(err, "--changed");
    if (said.over)
        return error_set(err, ERROR_LIMIT, "more has changed than can be listed");
    return take_names(buf_str(&said), arena, names, err);
}
