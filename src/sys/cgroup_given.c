/* Which groups of version 2 we may arrange, and emptying one so that it can hand out controllers.
 */
#include "sys/cgroup_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/str.h"
#include "sys/fd.h"

static bool may_move_processes(const char *path)
{
    char file[PATH_MAX];
    return snprintf(file, sizeof file, "%s/cgroup.procs", path) < (int)sizeof file &&
           faccessat(AT_FDCWD, file, W_OK, AT_EACCESS) == 0;
}

/* The root of the whole tree is nobody's to rearrange, and may hand out controllers as it is. */
bool cgroup_is_whole_tree(const char *path)
{
    char file[PATH_MAX];
    return snprintf(file, sizeof file, "%s/cgroup.type", path) < (int)sizeof file &&
           faccessat(AT_FDCWD, file, F_OK, 0) < 0;
}

/* Was the group given to us with all that is in it? systemd marks what it delegates; without a
 * mark, we may move processes in it, and none in the group above, or see none above, as in a
 * container. */
static bool is_given(const char *path)
{
    char above[PATH_MAX], mark = '0';
    if (cgroup_is_whole_tree(path) || !may_move_processes(path) ||
        snprintf(above, sizeof above, "%s/..", path) >= (int)sizeof above)
        return false;
    if (getxattr(path, "user.delegate", &mark, 1) == 1)
        return mark == '1';
    return !may_move_processes(above);
}

/* From a leaf, whether an earlier run of ours moved us there or whoever started us, to the group
 * that was given. */
void cgroup_climb_to_given(char *path)
{
    char *last = strrchr(path, '/');
    if (is_given(path) || last == NULL)
        return;
    *last = '\0';
    if (!is_given(path))
        *last = '/';
}

/* True if every process of the group may be moved: it was given to us, or this process and its
 * parent, the one that asked for a broker, are alone in it. */
static bool members_are_ours(const char *path, const char *members)
{
    if (is_given(path))
        return true;
    for (char *rest = (char *)(uintptr_t)members; *rest != '\0';) {
        long pid = strtol(rest, &rest, 10);
        if (pid != getpid() && pid != getppid())
            return false;
        rest += *rest == '\n';
    }
    return true;
}

/* Whole lines only: a number that was cut off would be another process. */
static bool move_members(int to, const char *members)
{
    struct error ignored; /* who has just ended cannot be moved, and need not be */
    bool moved = false;
    struct str line, rest = str_from(members);
    while (str_has(rest, '\n') && str_take_line(&rest, &line)) {
        int64_t pid = strtoll(line.ptr, NULL, 10);
        moved = cgroup_put_number(to, "cgroup.procs", pid, &ignored) || moved;
    }
    return moved;
}

/* A group with processes cannot hand out controllers, or becomes one of threads, in which no box
 * can live: they move into a leaf of it. False if some cannot be moved: then it is left as it was.
 */
bool cgroup_empty_into_leaf(const char *path)
{
    char members[4096];
    auto_close int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0 || !cgroup_read(dir, "cgroup.procs", members, sizeof members) ||
        !members_are_ours(path, members))
        return false;
    if (*members != '\0' && mkdirat(dir, "testudo-self", 0755) < 0 && errno != EEXIST)
        return false;
    auto_close int inner = openat(dir, "testudo-self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    /* again and again: members have children in the meantime, and may be more than one look shows
     */
    while (*members != '\0')
        if (inner < 0 || !move_members(inner, members) ||
            !cgroup_read(dir, "cgroup.procs", members, sizeof members))
            return false;
    return true;
}
