/*
 * The image `host`: the host's own /usr, seen through what must not be seen in it.
 *
 * A view is made once and kept in our cache under a fingerprint of the host's package state:
 *   hide/usr/…   whiteouts for every setuid, setgid or setcap file and all of PAM, laid over /usr
 *                by an overlay
 *   etc/…        the box's own /etc: users of its own, and copies of the few files of the host's
 *                /etc that programs need and everybody may read
 * A view is built beside its place, under a name with its maker's mark, and moved there whole: a
 * crash leaves no half view, and the next maker removes what it left.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sandbox/image_private.h"
#include "sandbox/state.h"
#include "sandbox/view.h"
#include "sys/fd.h"
#include "sys/process.h"

/* What holds programs and libraries at the top of a root file system, merged /usr or not. */
static const char *const tops[] = {"usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"};

/* Changes of these mean that packages came, went or changed. */
static const char *const witnesses[] = {
    "/usr",
    "/usr/bin",
    "/usr/sbin",
    "/usr/lib",
    "/usr/libexec",
    "/usr/local/bin",
    "/usr/local/lib",
    "/lib64",
    "/etc/ssl/certs",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/var/lib/dpkg/status",
};

enum { VIEW_FORMAT = 3 }; /* raised when what we put into a view changes */

static void fingerprint(char *ret_text, size_t size)
{
    uint64_t hash = UINT64_C(14695981039346656037) + VIEW_FORMAT;
    for (size_t i = 0; i < COUNT_OF(witnesses); i++) {
        struct stat about = {};
        if (lstat(witnesses[i], &about) < 0)
            about.st_ino = 0;
        uint64_t facts[] = {about.st_dev, about.st_ino, (uint64_t)about.st_mtim.tv_sec,
                            (uint64_t)about.st_mtim.tv_nsec};
        for (size_t k = 0; k < COUNT_OF(facts); k++)
            hash = (hash ^ facts[k]) * UINT64_C(1099511628211);
    }
    snprintf(ret_text, size, "view-%016" PRIx64, hash);
}

static bool build(int cache, const char *name, struct error *err)
{
    struct process_mark mark;
    char owner[PROCESS_MARK_TEXT], unfinished[128];
    if (!process_mark_self(&mark, err))
        return false;
    process_mark_write(&mark, owner);
    snprintf(unfinished, sizeof unfinished, "%.40s.%s", name, owner);
    auto_close int view = state_open_below(cache, unfinished, err);
    if (view < 0)
        return false;
    if (!view_build_etc(view, err) || !view_build_hiding(view, tops, COUNT_OF(tops), err)) {
        view_remove(cache, unfinished);
        return error_wrap(err, "make the view of the host");
    }
    /* somebody else may have been faster: his is as good */
    if (renameat(cache, unfinished, cache, name) < 0)
        view_remove(cache, unfinished);
    return true;
}

static bool open_view(struct image *image, int view, struct error *err)
{
    auto_close int root = fd_open(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0, err);
    auto_close int hide = fd_open(view, "hide", O_PATH | O_DIRECTORY | O_NOFOLLOW, 0, err);
    auto_close int etc = fd_open(view, "etc", O_PATH | O_DIRECTORY | O_NOFOLLOW, 0, err);
    if (root < 0 || hide < 0 || etc < 0)
        return false;
    for (size_t i = 0; i < COUNT_OF(tops); i++)
        if (!image_add_from(image, root, tops[i], hide, err))
            return false;
    return image_add_folder(image, "etc", fd_steal(&etc), -1, err);
}

bool image_open_host(struct image *ret_image, struct error *err)
{
    char name[40];
    fingerprint(name, sizeof name);
    auto_close int cache = state_open(STATE_CACHE, err);
    if (cache < 0)
        return false;
    auto_close int view = openat(cache, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (view < 0) {
        view_remove_old(cache);
        if (!build(cache, name, err))
            return false;
        view = fd_open(cache, name, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0, err);
    }
    return view >= 0 && open_view(ret_image, view, err);
}
