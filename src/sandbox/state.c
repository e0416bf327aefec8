#include "sandbox/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sandbox/ids.h"
#include "sys/fd.h"

char *state_path(enum state_kind kind)
{
    static const struct {
        const char *root, *xdg, *home, *below;
    } places[] = {
        [STATE_LASTING] = {"/var/lib", "XDG_STATE_HOME", ".local/state", "state"},
        [STATE_CACHE] = {"/var/cache", "XDG_CACHE_HOME", ".cache", "cache"},
        [STATE_OF_HOST] = {"/run", "XDG_RUNTIME_DIR", ".local/run", "run"},
    };

    const char *chosen = getenv("TESTUDO_STATE");
    if (kind != STATE_OF_HOST && chosen != NULL && chosen[0] == '/')
        return mem_text("%s/%s", chosen, places[kind].below);
    if (ids_mode() == MODE_ROOT)
        return mem_text("%s/testudo", places[kind].root);
    const char *xdg = getenv(places[kind].xdg);
    if (xdg != NULL && xdg[0] == '/')
        return mem_text("%s/testudo", xdg);
    const char *home = getenv("HOME");
    if (home != NULL && home[0] == '/' && home[1] != '\0')
        return mem_text("%s/%s/testudo", home, places[kind].home);
    return mem_text("/tmp/testudo-%u", (unsigned)geteuid());
}

static bool check_owner(int folder, const char *path, struct error *err)
{
    struct stat about;
    if (fstat(folder, &about) < 0)
        return error_sys(err, "look at %s", path);
    if (about.st_uid == geteuid() && (about.st_mode & 022) == 0)
        return true;
    error_set(err, ERROR_HOST, "%s belongs to somebody else or can be written by others", path);
    return error_hint(err, "make it yours with mode 755, or name another folder in TESTUDO_STATE");
}

/* All folders on the way that are missing, as `mkdir -p` does. */
static bool make_path(char *path, struct error *err)
{
    for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash != NULL)
            *slash = '\0';
        if (mkdir(path, 0755) < 0 && errno != EEXIST) {
            error_sys(err, "make the folder %s", path);
            return error_hint(err, "name a folder that can be written in TESTUDO_STATE");
        }
        if (slash == NULL)
            return true;
        *slash = '/';
    }
}

int state_open(enum state_kind kind, struct error *err)
{
    auto_free char *path = state_path(kind);
    auto_close int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) {
        if (!make_path(path, err))
            return -1;
        folder = fd_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err);
    }
    if (folder < 0 || !check_owner(folder, path, err))
        return -1;
    return fd_steal(&folder);
}

int state_open_below(int state, const char *name, struct error *err)
{
    if (mkdirat(state, name, 0755) < 0 && errno != EEXIST)
        return error_sys_fd(err, "make the folder %s", name);
    auto_close int folder = fd_open(state, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err);
    if (folder < 0 || !check_owner(folder, name, err))
        return -1;
    return fd_steal(&folder);
}
