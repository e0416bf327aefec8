#include "lang/toolchain.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "lang/names.h"
#include "sys/fd.h"

bool toolchain_image_is_host(const struct run_request *request)
{
    return request->image == NULL || strcmp(request->image, "host") == 0;
}

bool toolchain_is_in_image(const char *real)
{
    static const char *const shown[] = {"/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/"};
    for (size_t i = 0; i < COUNT_OF(shown); i++)
        if (strncmp(real, shown[i], strlen(shown[i])) == 0)
            return true;
    return false;
}

bool toolchain_is_program(const char *path)
{
    struct stat info;
    if (stat(path, &info) < 0 || !S_ISREG(info.st_mode) ||
        faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0)
        return false;
    struct error ignored;
    auto_close int fd = fd_open(AT_FDCWD, path, O_RDONLY | O_NOCTTY, 0, &ignored);
    char magic[4];
    return fd >= 0 && read(fd, magic, sizeof magic) == sizeof magic &&
           memcmp(magic, "\177ELF", sizeof magic) == 0;
}

const char *toolchain_find_program(struct arena *arena, const char *const *names)
{
    static const char *const folders[] = {"/usr/local/bin", "/usr/bin", "/bin"};
    for (; *names != NULL; names++)
        for (size_t i = 0; i < COUNT_OF(folders); i++) {
            const char *path = arena_text(arena, "%s/%s", folders[i], *names);
            if (toolchain_is_program(path))
                return path;
        }
    return NULL;
}

bool toolchain_is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

const char *toolchain_real_path(struct arena *arena, const char *path)
{
    char real[PATH_MAX];
    return realpath(path, real) != NULL ? arena_string(arena, str_from(real)) : NULL;
}

static bool is_version_byte(char byte)
{
    return byte == '.' || (byte >= '0' && byte <= '9');
}

const char *toolchain_version_of_name(struct arena *arena, const char *real)
{
    const char *start = real + strlen(real);
    while (start > real && is_version_byte(start[-1]))
        start--;
    while (*start == '.')
        start++;
    return *start != '\0' ? arena_string(arena, str_from(start)) : NULL;
}

bool toolchain_version_is_plain(const char *version)
{
    bool after_digit = false;
    for (const char *c = version; *c != '\0'; c++) {
        if (!is_version_byte(*c) || (*c == '.' && !after_digit))
            return false;
        after_digit = *c != '.';
    }
    return after_digit && strlen(version) <= 24;
}

bool toolchain_version_fits(const char *version, const char *wanted)
{
    size_t length = strlen(wanted);
    return strncmp(version, wanted, length) == 0 &&
           (version[length] == '\0' || version[length] == '.');
}

int toolchain_compare_versions(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0') {
        char *a_end, *b_end;
        unsigned long one = strtoul(a, &a_end, 10), other = strtoul(b, &b_end, 10);
        if (one != other || a_end == a || b_end == b)
            return one != other ? (one > other) - (one < other) : strcmp(a, b);
        a = a_end + (*a_end == '.');
        b = b_end + (*b_end == '.');
    }
    return (*a != '\0') - (*b != '\0');
}

bool toolchain_refuse_choice(const struct run_request *request, const struct lang *lang,
                             struct error *err)
{
    if (request->interpreter != NULL) {
        error_set(err, ERROR_USAGE, "--python chooses an interpreter of Python, but this is %s",
                  lang->title);
        return error_hint(err, "leave --python out");
    }
    if (request->version != NULL) {
        error_set(err, ERROR_USAGE, "%s has no versions to choose from", lang->title);
        return error_hint(err, "leave --version out; testudo languages says what is here");
    }
    return true;
}

bool toolchain_missing(const struct lang *lang, struct error *err)
{
    error_set(err, ERROR_INPUT, "%s is not installed on this host", lang->title);
    return error_hint(err, "testudo languages --install %s", lang->name);
}
