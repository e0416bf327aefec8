/*
 * A path is walked name by name, as the kernel does it for the guest: so a link that begins with /
 * leads to the box's root, each folder's search permission is asked of the guest's ids instead of
 * ours, and the walk ends before /proc, where self, fd and net are different for whoever looks.
 *
 * No name has a slash and no link is followed by the kernel, so nothing that the guest changes
 * meanwhile can lead us out of its tree.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sandbox/explain_private.h"
#include "sys/fd.h"

enum { LINKS_MAX = 40 /* as the kernel */ };

enum { LOOK = O_PATH | O_NOFOLLOW | O_CLOEXEC };

struct walk {
    const struct caller *caller;
    bool follow; /* the last name too */
    int here;
    int links;
    char *rest;
    char text[PATH_MAX];
};

enum step { STEP_ON, STEP_ARRIVED, STEP_LOST };

static void stop_walking(struct walk *walk)
{
    fd_close_at(&walk->here);
}

static enum step arrive(struct place *place, int number)
{
    place->number = number;
    return STEP_ARRIVED;
}

static bool is_proc(int folder)
{
    struct statfs about;
    return fstatfs(folder, &about) < 0 || about.f_type == PROC_SUPER_MAGIC;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Cuts a name off. "a/" is as good as "a" to whoever makes a folder, and otherwise follows a. */
static const char *take_name(struct walk *walk, bool *ret_last)
{
    char *name = walk->rest + strspn(walk->rest, "/");
    char *end = name + strcspn(name, "/");
    walk->rest = end + strspn(end, "/");
    *ret_last = *walk->rest == '\0';
    if (*ret_last && *end == '/')
        walk->follow = true;
    *end = '\0';
    return name;
}

static enum step follow_link(struct walk *walk, int link, struct place *place)
{
    char target[PATH_MAX];
    if (++walk->links > LINKS_MAX)
        return arrive(place, ELOOP);
    ssize_t length = readlinkat(link, "", target, sizeof target);
    size_t left = strlen(walk->rest);
    if (length <= 0 || (size_t)length + 1 + left >= sizeof target)
        return STEP_LOST;
    target[length] = '/';
    memcpy(target + length + 1, walk->rest, left + 1);
    if (left == 0)
        target[length] = '\0';
    memcpy(walk->text, target, (size_t)length + 1 + left + 1);
    walk->rest = walk->text;
    if (target[0] == '/')
        fd_replace(&walk->here, fcntl(walk->caller->root, F_DUPFD_CLOEXEC, 0));
    return walk->here >= 0 ? STEP_ON : STEP_LOST;
}

static enum step enter_name(struct walk *walk, const char *name, bool last, struct place *place)
{
    auto_close int node = openat(walk->here, name, LOOK);
    if (node < 0) {
        int number = errno;
        if (number == ENOENT && last)
            place->parent = fd_steal(&walk->here);
        return arrive(place, number);
    }
    if (fstat(node, &place->about) < 0)
        return STEP_LOST;
    if (S_ISLNK(place->about.st_mode) && (!last || walk->follow))
        return follow_link(walk, node, place);
    if (last && !is_dots(name))
        place->parent = fd_steal(&walk->here);
    if (last) {
        place->node = fd_steal(&node);
        return arrive(place, 0);
    }
    fd_replace(&walk->here, fd_steal(&node));
    return STEP_ON;
}

static enum step step(struct walk *walk, struct place *place)
{
    struct stat about;
    if (fstat(walk->here, &about) < 0 || is_proc(walk->here))
        return STEP_LOST;
    bool last;
    const char *name = take_name(walk, &last);
    if (*name == '\0') { /* "/" */
        place->about = about;
        place->node = fd_steal(&walk->here);
        return arrive(place, 0);
    }
    if (!S_ISDIR(about.st_mode))
        return arrive(place, ENOTDIR);
    if (!caller_may(walk->caller, walk->here, &about, X_OK))
        return arrive(place, EACCES);
    return enter_name(walk, name, last, place);
}

bool place_find(const struct caller *caller, int start, const char *path, bool follow,
                struct place *ret_place)
{
    struct walk walk __attribute__((cleanup(stop_walking))) = {
        .caller = caller,
        .follow = follow,
        .here = fcntl(*path == '/' ? caller->root : start, F_DUPFD_CLOEXEC, 0),
    };
    struct place place = {.parent = -1, .node = -1};
    size_t length = strlen(path);
    if (walk.here < 0 || length >= sizeof walk.text)
        return false;
    memcpy(walk.text, path, length + 1);
    walk.rest = walk.text;
    enum step next;
    do {
        next = step(&walk, &place);
    } while (next == STEP_ON);
    if (next != STEP_ARRIVED)
        return false;
    *ret_place = place;
    return true;
}

void place_close(struct place *place)
{
    fd_close_at(&place->parent);
    fd_close_at(&place->node);
}
