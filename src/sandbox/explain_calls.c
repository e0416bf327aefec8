/* Which argument of which watched call names what. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "sandbox/explain_private.h"
#include "sys/fd.h"

/* What the argument with the flags is. */
enum flags {
    FLAGS_NONE,
    FLAGS_OPEN,
    FLAGS_HOW,   /* points to a struct open_how */
    FLAGS_CREAT, /* as if there were such */
    FLAGS_AT,    /* AT_SYMLINK_NOFOLLOW, AT_SYMLINK_FOLLOW, AT_EMPTY_PATH */
    FLAGS_LINK,  /* as if AT_SYMLINK_NOFOLLOW were given */
};

/* Up to two paths, in the order in which the kernel looks at them. */
struct naming {
    const char *call;
    enum flags flags;
    int flags_at;

    struct {
        int dir, path; /* arguments; dir may be CWD, path NONE */
        enum wish wish;
    } paths[2];
};

enum { CWD = -1, NONE = -2 };

#define NO_SECOND                                                                                  \
    {                                                                                              \
        CWD, NONE, WISH_FIND                                                                       \
    }

/* clang-format off */
static const struct naming namings[] = {
    {"open",      FLAGS_OPEN,  1, {{CWD, 0, WISH_OPEN},    NO_SECOND}},
    {"openat",    FLAGS_OPEN,  2, {{0,   1, WISH_OPEN},    NO_SECOND}},
    {"openat2",   FLAGS_HOW,   2, {{0,   1, WISH_OPEN},    NO_SECOND}},
    {"creat",     FLAGS_CREAT, 0, {{CWD, 0, WISH_OPEN},    NO_SECOND}},
    {"truncate",  FLAGS_NONE,  0, {{CWD, 0, WISH_WRITE},   NO_SECOND}},
    {"mkdir",     FLAGS_NONE,  0, {{CWD, 0, WISH_MAKE},    NO_SECOND}},
    {"mkdirat",   FLAGS_NONE,  0, {{0,   1, WISH_MAKE},    NO_SECOND}},
    {"mknod",     FLAGS_NONE,  0, {{CWD, 0, WISH_MAKE},    NO_SECOND}},
    {"mknodat",   FLAGS_NONE,  0, {{0,   1, WISH_MAKE},    NO_SECOND}},
    {"symlink",   FLAGS_NONE,  0, {{CWD, 1, WISH_MAKE},    NO_SECOND}},
    {"symlinkat", FLAGS_NONE,  0, {{1,   2, WISH_MAKE},    NO_SECOND}},
    {"rmdir",     FLAGS_NONE,  0, {{CWD, 0, WISH_REMOVE},  NO_SECOND}},
    {"unlink",    FLAGS_NONE,  0, {{CWD, 0, WISH_REMOVE},  NO_SECOND}},
    {"unlinkat",  FLAGS_NONE,  0, {{0,   1, WISH_REMOVE},  NO_SECOND}},
    {"rename",    FLAGS_NONE,  0, {{CWD, 0, WISH_REMOVE},  {CWD, 1, WISH_PUT}}},
    {"renameat",  FLAGS_NONE,  0, {{0,   1, WISH_REMOVE},  {2,   3, WISH_PUT}}},
    {"renameat2", FLAGS_NONE,  0, {{0,   1, WISH_REMOVE},  {2,   3, WISH_PUT}}},
    {"link",      FLAGS_LINK,  0, {{CWD, 0, WISH_FIND},    {CWD, 1, WISH_MAKE}}},
    {"linkat",    FLAGS_AT,    4, {{0,   1, WISH_FIND},    {2,   3, WISH_MAKE}}},
    {"chmod",     FLAGS_NONE,  0, {{CWD, 0, WISH_CHANGE},  NO_SECOND}},
    {"fchmodat",  FLAGS_NONE,  0, {{0,   1, WISH_CHANGE},  NO_SECOND}},
    {"fchmodat2", FLAGS_AT,    3, {{0,   1, WISH_CHANGE},  NO_SECOND}},
    {"chown",     FLAGS_NONE,  0, {{CWD, 0, WISH_CHANGE},  NO_SECOND}},
    {"lchown",    FLAGS_LINK,  0, {{CWD, 0, WISH_CHANGE},  NO_SECOND}},
    {"fchownat",  FLAGS_AT,    4, {{0,   1, WISH_CHANGE},  NO_SECOND}},
    {"execve",    FLAGS_NONE,  0, {{CWD, 0, WISH_EXECUTE}, NO_SECOND}},
    {"execveat",  FLAGS_AT,    4, {{0,   1, WISH_EXECUTE}, NO_SECOND}},
};

/* clang-format on */

/* One path of one call. */
struct request {
    enum wish wish;
    int dir;
    bool follow, may_be_empty;
    int open_flags;
    char path[BOX_PATH_MAX];
};

struct found {
    bool known;
    int number;
    dev_t device; /* of the folder that holds it, 0: none */
};

static const struct naming *find_naming(const char *call)
{
    for (size_t i = 0; i < COUNT_OF(namings); i++)
        if (strcmp(namings[i].call, call) == 0)
            return &namings[i];
    return NULL;
}

/* False: it asks for a way of walking that ours is not. */
static bool read_flags(const struct caller *caller, const struct naming *naming,
                       const struct seccomp_data *call, int *ret_flags)
{
    struct open_how how = {};
    switch (naming->flags) {
    case FLAGS_HOW:
        if (!caller_read(caller, call->args[naming->flags_at], &how, sizeof how))
            return false;
        *ret_flags = (int)how.flags;
        return how.resolve == 0;
    case FLAGS_OPEN:
    case FLAGS_AT:
        *ret_flags = (int)call->args[naming->flags_at];
        return true;
    case FLAGS_CREAT:
        *ret_flags = O_CREAT | O_WRONLY | O_TRUNC;
        return true;
    case FLAGS_LINK:
        *ret_flags = AT_SYMLINK_NOFOLLOW;
        return true;
    case FLAGS_NONE:
        break;
    }
    *ret_flags = 0;
    return true;
}

static bool follows_link(enum wish wish, int flags)
{
    switch (wish) {
    case WISH_OPEN:
        return (flags & O_NOFOLLOW) == 0 && (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
    case WISH_FIND:
        return (flags & AT_SYMLINK_FOLLOW) != 0;
    case WISH_CHANGE:
    case WISH_EXECUTE:
        return (flags & AT_SYMLINK_NOFOLLOW) == 0;
    case WISH_WRITE:
    case WISH_CONNECT:
        return true;
    case WISH_MAKE:
    case WISH_PUT:
    case WISH_REMOVE:
        break;
    }
    return false;
}

/* An absolute path is told as it is; before another stands its folder, if both together fit. */
static void tell_path(int start, const char *path, char told[BOX_PATH_MAX])
{
    char link[40], folder[BOX_PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", start);
    ssize_t length = *path != '/' && start >= 0 ? readlink(link, folder, sizeof folder) : -1;
    size_t path_length = strlen(path);
    if (length <= 0 || (size_t)length + 1 + path_length >= BOX_PATH_MAX) {
        memcpy(told, path, path_length + 1);
        return;
    }
    while (length > 0 && folder[length - 1] == '/')
        length--;
    memcpy(told, folder, (size_t)length);
    told[length] = '/';
    memcpy(told + length + (*path != '\0'), path, path_length + 1);
}

static dev_t parent_device(const struct place *place)
{
    struct stat about;
    return place->parent >= 0 && fstat(place->parent, &about) == 0 ? about.st_dev : 0;
}

static struct found foretell_request(const struct caller *caller, const struct request *request,
                                     struct box_refusal *refusal)
{
    struct place place;
    bool absolute = *request->path == '/';
    auto_close int start = absolute ? -1 : caller_open_start(caller, request->dir);
    if (!absolute && start < 0)
        return (struct found){};
    if (*request->path == '\0' && !request->may_be_empty)
        return (struct found){.known = true, .number = ENOENT};
    tell_path(start, request->path, refusal->path);
    if (!place_find(caller, start, request->path, request->follow, &place))
        return (struct found){};
    struct found found = {true, wish_judge(caller, request->wish, request->open_flags, &place),
                          parent_device(&place)};
    place_close(&place);
    return found;
}

static bool read_request(const struct caller *caller, const struct naming *naming, int which,
                         int flags, const struct seccomp_data *call, struct request *request)
{
    int dir = naming->paths[which].dir, path = naming->paths[which].path;
    enum wish wish = naming->paths[which].wish;
    *request = (struct request){
        .wish = wish,
        .dir = dir == CWD ? AT_FDCWD : (int)call->args[dir],
        .follow = follows_link(wish, flags),
        .may_be_empty = naming->flags == FLAGS_AT && which == 0 && (flags & AT_EMPTY_PATH) != 0,
        .open_flags = wish == WISH_OPEN ? flags : 0,
    };
    return caller_read_path(caller, call->args[path], request->path);
}

/* Renaming across file systems fails for that reason before any other. */
static bool is_across(const struct found *from, const struct found *to)
{
    return from->device != 0 && to->device != 0 && from->device != to->device;
}

static int foretell_two(const struct caller *caller, const struct naming *naming, int flags,
                        const struct seccomp_data *call, struct box_refusal *refusal)
{
    struct request from, to;
    struct box_refusal second = {};
    if (!read_request(caller, naming, 0, flags, call, &from) ||
        !read_request(caller, naming, 1, flags, call, &to))
        return 0;
    struct found a = foretell_request(caller, &from, refusal);
    struct found b = foretell_request(caller, &to, &second);
    if (!a.known || !b.known || (from.wish == WISH_REMOVE && is_across(&a, &b)))
        return 0;
    if (a.number != 0)
        return a.number;
    memcpy(refusal->path, second.path, sizeof refusal->path);
    return b.number;
}

int foretell_call(const struct caller *caller, const char *name, const struct seccomp_data *call,
                  struct box_refusal *refusal)
{
    struct request request;
    int flags;
    bool is_bind = strcmp(name, "bind") == 0;
    if (is_bind || strcmp(name, "connect") == 0)
        return foretell_address(caller, is_bind, call, refusal);
    const struct naming *naming = find_naming(name);
    if (naming == NULL || !read_flags(caller, naming, call, &flags))
        return 0;
    if (naming->paths[0].wish == WISH_OPEN)
        refusal->argument = flags;
    if (naming->paths[1].path != NONE)
        return foretell_two(caller, naming, flags, call, refusal);
    if (!read_request(caller, naming, 0, flags, call, &request))
        return 0;
    return foretell_request(caller, &request, refusal).number;
}

int foretell_path(const struct caller *caller, int dir, const char *path, enum wish wish,
                  struct box_refusal *refusal)
{
    struct request request = {.wish = wish, .dir = dir, .follow = follows_link(wish, 0)};
    snprintf(request.path, sizeof request.path, "%s", path);
    return foretell_request(caller, &request, refusal).number;
}
