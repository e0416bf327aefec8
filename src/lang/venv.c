#include "lang/venv.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "lang/names.h"
#include "lang/toolchain.h"
#include "sys/fd.h"

enum { CONFIG_MAX = 16384 };

static const char *config_path(struct arena *arena, const char *folder)
{
    return arena_text(arena, "%s/pyvenv.cfg", folder);
}

bool venv_is_one(struct arena *arena, const char *folder)
{
    struct stat info;
    return stat(config_path(arena, folder), &info) == 0 && S_ISREG(info.st_mode);
}

/* "3.12.1.final.0" is what virtualenv says for 3.12.1. */
static const char *plain_version(struct arena *arena, struct str text)
{
    size_t length = 0;
    while (length < text.len &&
           (text.ptr[length] == '.' || (text.ptr[length] >= '0' && text.ptr[length] <= '9')))
        length++;
    while (length > 0 && text.ptr[length - 1] == '.')
        length--;
    const char *version = arena_copy(arena, text.ptr, length);
    return toolchain_version_is_plain(version) ? version : NULL;
}

static void read_line(struct str line, struct arena *arena, struct venv *venv)
{
    struct str key;
    if (!str_has(line, '=') || !str_take_until(&line, '=', &key))
        return;
    key = str_trim(key);
    struct str value = str_trim(line);
    if (str_is(key, "home"))
        venv->home = arena_string(arena, value);
    else if (str_is(key, "version") || str_is(key, "version_info"))
        venv->version = plain_version(arena, value);
}

static bool refuse(const char *folder, const char *why, struct error *err)
{
    error_set(err, ERROR_INPUT, "the Python environment '%s' %s", shown_name(folder).text, why);
    return error_hint(err, "make it anew: python3 -m venv --clear %s", shown_name(folder).text);
}

bool venv_read(const char *folder, struct arena *arena, struct venv *ret_venv, struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, CONFIG_MAX);
    struct venv venv = {.folder = toolchain_real_path(arena, folder)};
    if (venv.folder == NULL)
        return error_sys(err, "resolve %s", shown_name(folder).text);
    if (!fd_read_file(AT_FDCWD, config_path(arena, folder), &text, err))
        return error_wrap(err, "the Python environment '%s'", shown_name(folder).text);
    struct str rest = buf_str(&text), line;
    while (str_take_line(&rest, &line))
        read_line(line, arena, &venv);
    if (venv.home == NULL || venv.home[0] != '/')
        return refuse(folder, "does not say where its interpreter lives (home, in pyvenv.cfg)",
                      err);
    venv.program = arena_text(arena, "%s/bin/python", venv.folder);
    if (!toolchain_is_program(venv.program))
        return refuse(folder, "has no interpreter that works: bin/python", err);
    *ret_venv = venv;
    return true;
}
