#include "model/box.h"

#include <string.h>

static bool part_is_plain(const char *part, size_t length)
{
    if (length == 0 || (length == 1 && part[0] == '.'))
        return false;
    if (length == 2 && part[0] == '.' && part[1] == '.')
        return false;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)part[i] < 0x20 || part[i] == 0x7f)
            return false;
    return length <= 255;
}

bool box_path_is_plain(const char *path)
{
    if (path[0] != '/' || strlen(path) >= BOX_PATH_MAX)
        return false;
    while (*path == '/') {
        path++;
        size_t length = strcspn(path, "/");
        if (!part_is_plain(path, length))
            return false;
        path += length;
    }
    return true;
}

static bool words_check(const struct words *words, const char *what, size_t *total,
                        struct error *err)
{
    if (words->count > BOX_WORDS_MAX)
        return error_set(err, ERROR_LIMIT, "%s has %u entries, at most %d fit", what, words->count,
                         BOX_WORDS_MAX);
    for (uint32_t i = 0; i < words->count; i++) {
        size_t length = strlen(words->list[i]);
        if (length > BOX_WORD_BYTES_MAX)
            return error_set(err, ERROR_LIMIT, "%s has an entry of %zu bytes, at most %d fit", what,
                             length, BOX_WORD_BYTES_MAX);
        *total += length + 1;
    }
    if (*total > BOX_WORDS_BYTES_MAX)
        return error_set(err, ERROR_LIMIT,
                         "arguments and environment have over %d bytes together, more than fit",
                         BOX_WORDS_BYTES_MAX);
    return true;
}

bool box_target_is_allowed(enum box_input_kind kind, const char *target)
{
    static const char *const ours[] = {"/proc", "/sys", "/dev", "/etc", "/tmp", "/work", "/in"};
    if (!box_path_is_plain(target))
        return false;
    bool below_in = strncmp(target, BOX_IN "/", sizeof BOX_IN) == 0;
    if (kind == BOX_INPUT_FOLDER)
        return below_in && strchr(target + sizeof BOX_IN, '/') == NULL;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        size_t length = strlen(ours[i]);
        if (strncmp(target, ours[i], length) == 0 &&
            (target[length] == '/' || target[length] == '\0'))
            return false;
    }
    return true;
}

static bool inputs_check(const struct box_spec *spec, struct error *err)
{
    if (spec->input_count > BOX_INPUTS_MAX)
        return error_set(err, ERROR_LIMIT, "%u inputs, at most %d fit", spec->input_count,
                         BOX_INPUTS_MAX);
    for (uint32_t i = 0; i < spec->input_count; i++) {
        if (!box_target_is_allowed(spec->inputs[i].kind, spec->inputs[i].target))
            return error_set(err, ERROR_USAGE, "an input cannot be shown at that place in a box");
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(spec->inputs[k].target, spec->inputs[i].target) == 0)
                return error_set(err, ERROR_USAGE, "two inputs have the same place, %s",
                                 spec->inputs[i].target);
    }
    return true;
}

bool box_words_check(const struct words *argv, const struct words *env, struct error *err)
{
    size_t total = 0;
    if (argv->count == 0 || argv->list[0][0] == '\0')
        return error_set(err, ERROR_USAGE, "there is no command to run");
    if (!words_check(argv, "the command", &total, err) ||
        !words_check(env, "the environment", &total, err))
        return false;
    for (uint32_t i = 0; i < env->count; i++)
        if (strchr(env->list[i], '=') == NULL || env->list[i][0] == '=')
            return error_set(err, ERROR_USAGE, "an environment entry is not NAME=VALUE");
    return true;
}

static bool links_check(const struct box_spec *spec, struct error *err)
{
    if (spec->link_count > BOX_LINKS_MAX)
        return error_set(err, ERROR_LIMIT, "%u links, at most %d fit", spec->link_count,
                         BOX_LINKS_MAX);
    for (uint32_t i = 0; i < spec->link_count; i++) {
        const struct box_link *link = &spec->links[i];
        if (!part_is_plain(link->name, strlen(link->name)) || strchr(link->name, '/') != NULL ||
            !box_path_is_plain(link->text))
            return error_set(err, ERROR_USAGE, "a link cannot be made in a box");
    }
    return true;
}

const char *const box_clean_env[] = {
    "PATH=" BOX_SEARCH_PATH,
    "HOME=/tmp",
    "LANG=C.UTF-8",
    "TMPDIR=/tmp",
    "USER=box",
    "LOGNAME=box",
    "PYTHONDONTWRITEBYTECODE=1",
    NULL,
};

bool box_spec_check(const struct box_spec *spec, struct error *err)
{
    if (!box_words_check(&spec->argv, &spec->env, err))
        return false;
    if (strcmp(spec->cwd, "/") != 0 && !box_path_is_plain(spec->cwd))
        return error_set(err, ERROR_USAGE, "the working folder must be a plain absolute path");
    if (spec->channel_count > BOX_CHANNELS_MAX)
        return error_set(err, ERROR_LIMIT, "%u channels, at most %d fit", spec->channel_count,
                         BOX_CHANNELS_MAX);
    if (spec->terminal && !spec->cold)
        return error_set(err, ERROR_USAGE, "only a box that is made anew can have a terminal");
    if (spec->rows > BOX_TERMINAL_MAX || spec->columns > BOX_TERMINAL_MAX)
        return error_set(err, ERROR_LIMIT, "a terminal has at most %d rows and columns",
                         BOX_TERMINAL_MAX);
    if (spec->network > NETWORK_GATE)
        return error_set(err, ERROR_USAGE, "there is no such network");
    if (spec->network == NETWORK_GATE && (!spec->cold || spec->channel_count == 0))
        return error_set(err, ERROR_USAGE, "a box with a gate is made anew and brings its door");
    return limits_check(&spec->limits, err) && inputs_check(spec, err) && links_check(spec, err);
}
