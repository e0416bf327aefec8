/* The order of the questions is the kernel's: where two things forbid a call, one errno comes. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sandbox/explain_private.h"

static bool mount_has(int file, unsigned long flag)
{
    struct statvfs about;
    return fstatvfs(file, &about) == 0 && (about.f_flag & flag) != 0;
}

/* A file system that is read-only itself says so before any mode bits are looked at; one that is
 * only mounted so, after them. The overlays of a box are of the first kind. */
static bool is_read_only_itself(int file)
{
    struct statfs about;
    return fstatfs(file, &about) == 0 && about.f_type == OVERLAYFS_SUPER_MAGIC &&
           mount_has(file, ST_RDONLY);
}

/* To add a name to a folder, or take one out of it. */
static int judge_parent(const struct caller *caller, const struct place *place)
{
    struct stat about;
    if (place->parent < 0 || fstat(place->parent, &about) < 0)
        return 0;
    if (mount_has(place->parent, ST_RDONLY))
        return EROFS;
    return caller_may(caller, place->parent, &about, W_OK | X_OK) ? 0 : EACCES;
}

static int judge_remove(const struct caller *caller, const struct place *place)
{
    int number = judge_parent(caller, place);
    return number != EROFS && place->node < 0 ? ENOENT : number;
}

static int judge_write(const struct caller *caller, const struct place *place)
{
    if (!S_ISREG(place->about.st_mode))
        return 0;
    if (mount_has(place->node, ST_RDONLY))
        return EROFS;
    return caller_may(caller, place->node, &place->about, W_OK) ? 0 : EACCES;
}

static int judge_change(const struct caller *caller, const struct place *place)
{
    if (mount_has(place->node, ST_RDONLY))
        return EROFS;
    return place->about.st_uid == caller->uid ? 0 : EPERM;
}

static int judge_execute(const struct caller *caller, const struct place *place)
{
    if (S_ISLNK(place->about.st_mode))
        return 0; /* asked not to follow it: ELOOP */
    if (!S_ISREG(place->about.st_mode) || mount_has(place->node, ST_NOEXEC))
        return EACCES;
    return caller_may(caller, place->node, &place->about, X_OK) ? 0 : EACCES;
}

static int wanted_rights(int flags)
{
    /* two bits, and a guest may set both; the O_ACCMODE of some C libraries holds O_PATH as well */
    static const int rights[4] = {R_OK, W_OK, R_OK | W_OK, R_OK | W_OK};
    return rights[flags & 3] | ((flags & O_TRUNC) != 0 ? W_OK : 0);
}

static int judge_nameless(const struct caller *caller, const struct place *place)
{
    if (!S_ISDIR(place->about.st_mode))
        return 0;
    if (mount_has(place->node, ST_RDONLY))
        return EROFS;
    return caller_may(caller, place->node, &place->about, W_OK | X_OK) ? 0 : EACCES;
}

static int judge_open(const struct caller *caller, int flags, const struct place *place)
{
    mode_t type = place->about.st_mode & S_IFMT;
    int rights = wanted_rights(flags);
    /* what fails for another reason, or cannot: it is no refusal of the box */
    if ((flags & O_PATH) != 0 || type == S_IFLNK || type == S_IFSOCK ||
        (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
        return 0;
    if ((flags & O_TMPFILE) == O_TMPFILE)
        return judge_nameless(caller, place);
    if (type == S_IFDIR && ((rights & W_OK) != 0 || (flags & O_CREAT) != 0))
        return 0;
    if ((type == S_IFCHR || type == S_IFBLK) && mount_has(place->node, ST_NODEV))
        return EACCES;
    bool changes = (rights & W_OK) != 0 && type == S_IFREG;
    if (changes && is_read_only_itself(place->node))
        return EROFS;
    if (!caller_may(caller, place->node, &place->about, rights))
        return EACCES;
    return changes && mount_has(place->node, ST_RDONLY) ? EROFS : 0;
}

static int judge_missing(const struct caller *caller, enum wish wish, int open_flags,
                         const struct place *place)
{
    bool creates = (open_flags & (O_CREAT | O_PATH)) == O_CREAT;
    if (wish == WISH_MAKE || wish == WISH_PUT || (wish == WISH_OPEN && creates))
        return judge_parent(caller, place);
    return wish == WISH_REMOVE ? judge_remove(caller, place) : ENOENT;
}

static int judge_present(const struct caller *caller, enum wish wish, int open_flags,
                         const struct place *place)
{
    switch (wish) {
    case WISH_OPEN:
        return judge_open(caller, open_flags, place);
    case WISH_WRITE:
        return judge_write(caller, place);
    case WISH_PUT:
    case WISH_REMOVE:
        return judge_parent(caller, place);
    case WISH_CHANGE:
        return judge_change(caller, place);
    case WISH_EXECUTE:
        return judge_execute(caller, place);
    case WISH_CONNECT:
        return caller_may(caller, place->node, &place->about, W_OK) ? 0 : EACCES;
    case WISH_FIND:
    case WISH_MAKE: /* EEXIST: the program's own affair */
        break;
    }
    return 0;
}

int wish_judge(const struct caller *caller, enum wish wish, int open_flags,
               const struct place *place)
{
    if (place->number == ENOENT && place->parent >= 0)
        return judge_missing(caller, wish, open_flags, place);
    if (place->number != 0)
        return place->number == ENOENT || place->number == EACCES ? place->number : 0;
    return judge_present(caller, wish, open_flags, place);
}
