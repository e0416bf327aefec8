#include "cli/check_settings.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/yaml_read.h"
#include "lang/names.h"
#include "model/words.h"
#include "sys/fd.h"

#define FILE_NAME "testudo.yaml"

/* ---- finding --------------------------------------------------------------------------------- */

static bool exists(const char *folder, const char *name)
{
    auto_free char *path = mem_text("%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

/* "/a" of "/a/b", "" of "/a"; false at the top. */
static bool go_up(char *folder)
{
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    return true;
}

static const char *find(const struct check_options *options, struct arena *arena)
{
    const char *first = options->targets.count > 0 ? options->targets.list[0] : ".";
    struct stat about;
    char *folder = realpath(strcmp(first, "-") == 0 ? "." : first, NULL);
    const char *found = NULL;
    bool goes_on = folder != NULL;
    if (goes_on && stat(folder, &about) == 0 && !S_ISDIR(about.st_mode))
        goes_on = go_up(folder);
    while (goes_on && found == NULL) {
        if (exists(folder, FILE_NAME))
            found = arena_text(arena, "%s/" FILE_NAME, folder);
        goes_on = !exists(folder, ".git") && go_up(folder);
    }
    free(folder);
    return found;
}

static bool is_trusted(int fd)
{
    struct stat about;
    return fstat(fd, &about) == 0 && (about.st_uid == geteuid() || about.st_uid == 0);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct settings {
    struct check_options *options;
    struct arena *arena;
    const char *folder; /* of the file */
};

static bool read_text(const struct json_value *value, const char *key, const char **ret,
                      struct error *err)
{
    if (value->kind != JSON_STRING || value->text.len == 0 || str_has(value->text, '\0'))
        return error_set(err, ERROR_USAGE, "'%s' must be a text", key);
    *ret = value->text.ptr;
    return true;
}

/* As seen from the file; a policy's own name is none. */
static bool read_path(const struct settings *s, const struct json_value *value, const char *key,
                      bool may_be_name, const char **ret, struct error *err)
{
    const char *text = NULL;
    if (!read_text(value, key, &text, err))
        return false;
    bool is_name = may_be_name && strpbrk(text, "/.") == NULL;
    if (*ret == NULL)
        *ret = is_name || text[0] == '/' ? text : arena_text(s->arena, "%s/%s", s->folder, text);
    return true;
}

static bool add_words(const struct settings *s, const struct json_value *value, const char *key,
                      struct words *words, struct error *err)
{
    const char *word = NULL;
    if (value->kind != JSON_ARRAY)
        return error_set(err, ERROR_USAGE, "'%s' must be a list of texts", key);
    for (const struct json_value *item = value->first; item != NULL; item = item->next) {
        if (!read_text(item, key, &word, err))
            return false;
        words_add(words, s->arena, word);
    }
    return true;
}

static bool read_severity(const struct settings *s, const struct json_value *value,
                          struct error *err)
{
    enum severity severity;
    if (value->kind != JSON_STRING || !severity_read(value->text, &severity))
        return error_set(err, ERROR_USAGE, "'fail-on' must be low, medium, high, critical or none");
    if (!s->options->names_severity)
        s->options->fail_on = severity;
    return true;
}

static bool read_member(const struct settings *s, const struct json_value *value,
                        const struct words *selected, const struct words *tools, struct error *err)
{
    struct check_options *options = s->options;
    struct words unused = {};
    if (str_is(value->key, "fail-on"))
        return read_severity(s, value, err);
    if (str_is(value->key, "select"))
        return add_words(s, value, "select", selected->count > 0 ? &unused : &options->select, err);
    if (str_is(value->key, "ignore"))
        return add_words(s, value, "ignore", &options->ignore, err);
    if (str_is(value->key, "policy"))
        return read_path(s, value, "policy", true, &options->policy, err);
    if (str_is(value->key, "tools"))
        return add_words(s, value, "tools", tools->count > 0 ? &unused : &options->tools, err);
    return read_path(s, value, "baseline", false, &options->baseline, err);
}

static bool read_all(const struct settings *s, struct str text, struct error *err)
{
    static const char *const tops[] = {"check"};
    static const char *const keys[] = {"fail-on", "select",   "ignore",
                                       "policy",  "baseline", "tools"};
    const struct json_value *all = yaml_read(s->arena, text, err), *value;
    const struct words selected = s->options->select, tools = s->options->tools;
    if (all == NULL || !json_check_keys(all, tops, COUNT_OF(tops), err))
        return false;
    const struct json_value *check = json_get(all, "check");
    if (check == NULL)
        return true;
    if (!json_check_keys(check, keys, COUNT_OF(keys), err))
        return false;
    for (value = check->first; value != NULL; value = value->next)
        if (!read_member(s, value, &selected, &tools, err))
            return false;
    return true;
}

/* ---- applying -------------------------------------------------------------------------------- */

static bool say_strange(const char *path, struct error *err)
{
    auto_free char *line = mem_text("testudo: %s belongs to somebody else, and is not obeyed "
                                    "(--config FILE, or --config none)\n",
                                    shown_name(path).text);
    return fd_write_all(STDERR_FILENO, str_from(line), err);
}

static bool read_file(const struct settings *s, int fd, const char *path, struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, CHECK_SETTINGS_BYTES_MAX);
    return (fd_read_all(fd, &text, err) && read_all(s, buf_str(&text), err)) ||
           error_wrap(err, "the settings %s", shown_name(path).text);
}

bool check_settings_apply(struct check_options *options, struct arena *arena, struct error *err)
{
    const char *path = options->config != NULL ? options->config : find(options, arena);
    if (path == NULL || strcmp(path, "none") == 0)
        return true;
    auto_close int fd = fd_open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0, err);
    if (fd < 0)
        return err->kind = ERROR_INPUT, false;
    if (options->config == NULL && !is_trusted(fd))
        return options->quiet || say_strange(path, err);
    char *folder = arena_string(arena, str_from(path)), *slash = strrchr(folder, '/');
    if (slash != NULL)
        *slash = '\0';
    const struct settings s = {options, arena, slash != NULL ? folder : "."};
    return read_file(&s, fd, path, err);
}
