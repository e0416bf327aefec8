#include "lang/names.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "model/box.h"

/* Those of ISO 6429 too, which stand above ASCII. */
static bool has_control(const char *text)
{
    uint32_t point;
    struct str rest = str_from(text);
    for (size_t length; rest.len > 0; rest = str_skip(rest, length > 0 ? length : 1)) {
        length = utf8_read(rest, &point);
        if (length > 0 && (point < 0x20 || (point >= 0x7f && point <= 0x9f)))
            return true;
    }
    return false;
}

bool path_is_plain(const char *path)
{
    char absolute[BOX_PATH_MAX];
    int length = snprintf(absolute, sizeof absolute, BOX_WORK "/%s", path);
    return length >= 0 && (size_t)length < sizeof absolute && box_path_is_plain(absolute) &&
           utf8_is_valid(str_from(path)) && !has_control(path);
}

bool name_is_plain(const char *name)
{
    return strchr(name, '/') == NULL && path_is_plain(name);
}

struct shown shown_name(const char *name)
{
    auto_buf struct buf text;
    buf_init(&text, NAME_SHOWN_MAX - 4);
    text_escape(&text, str_from(name), false);
    struct shown shown;
    struct str whole = buf_str(&text);
    snprintf(shown.text, sizeof shown.text, "%.*s%s", (int)whole.len, whole.ptr,
             text.over ? "..." : "");
    return shown;
}

static const char *why_not_plain(const char *path)
{
    if (path[0] == '\0')
        return "is empty";
    if (path[0] == '/')
        return "is absolute";
    if (has_control(path))
        return "holds control characters";
    if (!utf8_is_valid(str_from(path)))
        return "is not UTF-8";
    if (strlen(path) >= BOX_PATH_MAX - sizeof BOX_WORK)
        return "is too long";
    return "has an empty, overlong, '.' or '..' part";
}

bool path_check(const char *what, const char *path, struct error *err)
{
    if (path_is_plain(path))
        return true;
    error_set(err, ERROR_USAGE, "%s, '%s', %s", what, shown_name(path).text, why_not_plain(path));
    return error_hint(err, "use a plain name such as data.txt or data/a.txt");
}

bool name_check(const char *what, const char *name, struct error *err)
{
    if (name_is_plain(name))
        return true;
    error_set(err, ERROR_USAGE, "%s, '%s', %s", what, shown_name(name).text,
              name[0] != '/' && strchr(name, '/') != NULL ? "has a slash" : why_not_plain(name));
    return error_hint(err, "use a plain name such as data");
}

static const char *kind_of(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return "a file";
    case S_IFDIR:
        return "a folder";
    case S_IFIFO:
        return "a named pipe";
    case S_IFSOCK:
        return "a socket";
    default:
        return "a device";
    }
}

static bool cannot_use(const char *what, const char *path, struct error *err)
{
    int number = errno;
    error_sys(err, "%s, '%s', cannot be used", what, shown_name(path).text);
    err->kind = ERROR_INPUT;
    if (number == ENOENT || number == ENOTDIR)
        return error_hint(err, "check the name; relative ones start at the current folder");
    if (number == EACCES)
        return error_hint(err, "you may not read it: change its rights or those of its folders");
    return false;
}

bool file_check(const char *what, const char *path, int64_t *ret_bytes, struct error *err)
{
    struct stat info;
    if (stat(path, &info) < 0)
        return cannot_use(what, path, err);
    if (!S_ISREG(info.st_mode)) {
        error_set(err, ERROR_INPUT, "%s, '%s', is %s, not a file", what, shown_name(path).text,
                  kind_of(info.st_mode));
        return error_hint(err, S_ISDIR(info.st_mode) ? "a folder comes along with --input DIR"
                                                     : "copy what it says into a file first");
    }
    if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) < 0)
        return cannot_use(what, path, err);
    /* holes come along as holes */
    *ret_bytes = info.st_blocks < info.st_size / 512 ? info.st_blocks * 512 : info.st_size;
    return true;
}

/* What lies there is the kernel's, or everything: no box may see it as its input. */
static bool is_hosts_own(const char *real)
{
    static const char *const kernels[] = {"/proc", "/sys", "/dev"};
    if (strcmp(real, "/") == 0)
        return true;
    for (size_t i = 0; i < COUNT_OF(kernels); i++) {
        size_t length = strlen(kernels[i]);
        if (strncmp(real, kernels[i], length) == 0 && (real[length] == '/' || real[length] == '\0'))
            return true;
    }
    return false;
}

bool folder_check(const char *what, const char *path, char *ret_real, struct error *err)
{
    struct stat info;
    char real[PATH_MAX];
    if (realpath(path, real) == NULL || stat(real, &info) < 0)
        return cannot_use(what, path, err);
    if (!S_ISDIR(info.st_mode)) {
        error_set(err, ERROR_INPUT, "%s, '%s', is %s, not a folder", what, shown_name(path).text,
                  kind_of(info.st_mode));
        return error_hint(err, "a single file comes along with --file PATH");
    }
    if (is_hosts_own(real)) {
        error_set(err, ERROR_INPUT, "%s, '%s', is never shown to a box", what,
                  shown_name(real).text);
        return error_hint(err, "use a folder further down, or move the file to one; or give it "
                               "alone: --file PATH, then its name in the box is " BOX_WORK "/NAME");
    }
    if (faccessat(AT_FDCWD, real, R_OK | X_OK, AT_EACCESS) < 0)
        return cannot_use(what, path, err);
    memcpy(ret_real, real, strlen(real) + 1);
    return true;
}
