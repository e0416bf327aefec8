#include "sys/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"

static DIR *open_dir(int parent, const char *name)
{
    auto_close int fd =
        openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir != NULL)
        fd_steal(&fd);
    return dir;
}

static bool is_dots(const char *name)
{
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

struct walk {
    DIR *dirs[TREE_DEPTH_MAX];
    int depth; /* dirs[depth - 1] is being read */
    dev_t device;
    tree_visit *visit;
    void *cookie;
    bool failed;
    struct error *err;
};

/* Who may not look into something passes over it; half a tree for want of descriptors is none. */
static bool is_shortage(int number)
{
    return number == EMFILE || number == ENFILE || number == ENOMEM;
}

static void walk_done(struct walk **walk)
{
    while ((*walk)->depth > 0)
        closedir((*walk)->dirs[--(*walk)->depth]);
    free(*walk);
}

/* False ends the walk. */
static bool visit_one(struct walk *walk, const char *name)
{
    int folder = dirfd(walk->dirs[walk->depth - 1]);
    struct stat about;
    if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) < 0)
        return true;
    struct tree_place place = {folder, name, &about, walk->depth - 1};
    enum tree_answer answer = walk->visit(&place, walk->cookie);
    if (answer == TREE_STOP)
        return false;
    if (answer == TREE_GO_ON && S_ISDIR(about.st_mode) && about.st_dev == walk->device &&
        walk->depth < TREE_DEPTH_MAX) {
        DIR *dir = open_dir(folder, name);
        walk->failed = dir == NULL && is_shortage(errno);
        if (walk->failed)
            return error_sys(walk->err, "read the folder %s", name);
        if (dir != NULL)
            walk->dirs[walk->depth++] = dir;
    }
    return true;
}

bool tree_walk(int folder, tree_visit *visit, void *cookie, struct error *err)
{
    __attribute__((cleanup(walk_done))) struct walk *walk = mem_alloc(sizeof *walk);
    walk->visit = visit;
    walk->cookie = cookie;
    walk->err = err;
    struct stat about;
    DIR *first = open_dir(folder, ".");
    if (first == NULL)
        return error_sys(err, "read a folder");
    walk->dirs[walk->depth++] = first;
    if (fstat(dirfd(first), &about) < 0)
        return error_sys(err, "look at a folder");
    walk->device = about.st_dev;
    while (walk->depth > 0) {
        struct dirent *entry = readdir(walk->dirs[walk->depth - 1]);
        if (entry == NULL)
            closedir(walk->dirs[--walk->depth]);
        else if (!is_dots(entry->d_name) && !visit_one(walk, entry->d_name))
            return !walk->failed;
    }
    return true;
}

/* The copy goes level by level: targets[d] is where the names of depth d belong. */
struct copy {
    int targets[TREE_DEPTH_MAX + 1];
    int open; /* how many of them are */
    struct tree_copy_limits limits;
    struct tree_copy_report report;
    bool failed;
    struct error *err;
};

static void close_deeper(struct copy *copy, int depth)
{
    while (copy->open > depth + 1)
        fd_close_at(&copy->targets[--copy->open]);
}

static bool copy_folder(struct copy *copy, const struct tree_place *place, int to)
{
    if (mkdirat(to, place->name, 0755) < 0 && errno != EEXIST)
        return error_sys(copy->err, "make the folder %s", place->name);
    if (place->depth + 1 >= TREE_DEPTH_MAX)
        return error_set(copy->err, ERROR_LIMIT, "a tree is deeper than %d folders",
                         TREE_DEPTH_MAX);
    int target = fd_open(to, place->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, copy->err);
    if (target < 0)
        return false;
    copy->targets[copy->open++] = target;
    return true;
}

static bool copy_link(struct copy *copy, const struct tree_place *place, int to)
{
    char text[PATH_MAX];
    ssize_t length = readlinkat(place->folder, place->name, text, sizeof text - 1);
    if (length < 0)
        return error_sys(copy->err, "read the link %s", place->name);
    text[length] = '\0';
    if (symlinkat(text, to, place->name) < 0)
        return error_sys(copy->err, "make the link %s", place->name);
    return true;
}

static bool copy_regular(struct copy *copy, const struct tree_place *place, int to)
{
    auto_close int from =
        openat(place->folder, place->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat about;
    if (from < 0 && is_shortage(errno))
        return error_sys(copy->err, "read the file %s", place->name);
    if (from < 0 || fstat(from, &about) < 0 || !S_ISREG(about.st_mode)) {
        copy->report.left_out++;
        return true;
    }
    mode_t mode = about.st_mode & 0777;
    auto_close int target =
        fd_open(to, place->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode, copy->err);
    if (target < 0)
        return false;
    int64_t bytes;
    if (!tree_copy_file(from, target, copy->limits.bytes - copy->report.bytes, &bytes, copy->err))
        return error_wrap(copy->err, "%s", place->name);
    copy->report.bytes += bytes;
    return true;
}

static enum tree_answer copy_visit(const struct tree_place *place, void *cookie)
{
    struct copy *copy = cookie;
    enum tree_answer answer =
        copy->limits.visit != NULL ? copy->limits.visit(place, copy->limits.cookie) : TREE_GO_ON;
    close_deeper(copy, place->depth);
    if (answer != TREE_GO_ON) {
        copy->failed = answer == TREE_STOP;
        return answer;
    }
    int to = copy->targets[place->depth];
    bool ok = true;
    if (++copy->report.files > copy->limits.files)
        ok = error_set(copy->err, ERROR_LIMIT, "a tree has more than %lld files",
                       (long long)copy->limits.files);
    else if (S_ISDIR(place->about->st_mode))
        ok = copy_folder(copy, place, to);
    else if (S_ISLNK(place->about->st_mode))
        ok = copy_link(copy, place, to);
    else if (S_ISREG(place->about->st_mode))
        ok = copy_regular(copy, place, to);
    else
        copy->report.left_out++;
    copy->failed = !ok;
    return ok ? TREE_GO_ON : TREE_STOP;
}

bool tree_copy(int from, int to, const struct tree_copy_limits *limits,
               struct tree_copy_report *ret_report, struct error *err)
{
    auto_free struct copy *copy = mem_alloc(sizeof *copy);
    copy->limits = *limits;
    copy->err = err;
    copy->targets[copy->open++] = fd_duplicate(to, err);
    bool ok = copy->targets[0] >= 0 && tree_walk(from, copy_visit, copy, err) && !copy->failed;
    close_deeper(copy, -1);
    *ret_report = copy->report;
    return ok;
}

/* A folder that is not empty is emptied first; its place on the stack waits for that. */
struct removal {
    DIR *dirs[TREE_DEPTH_MAX];
    char *names[TREE_DEPTH_MAX]; /* of the folder that dirs[i] reads, within dirs[i - 1] */
    int depth;
};

static void removal_done(struct removal **removal)
{
    while ((*removal)->depth > 0) {
        closedir((*removal)->dirs[--(*removal)->depth]);
        free((*removal)->names[(*removal)->depth]);
    }
    free(*removal);
}

/* What is mounted below the tree is not ours to remove. */
static bool is_mounted(int parent, int folder)
{
    struct stat above, about;
    return fstatat(parent, "", &above, AT_EMPTY_PATH) < 0 || fstat(folder, &about) < 0 ||
           above.st_dev != about.st_dev;
}

static bool enter_removal(struct removal *removal, int parent, const char *name, struct error *err)
{
    if (removal->depth == TREE_DEPTH_MAX)
        return error_set(err, ERROR_LIMIT, "a tree is deeper than %d folders", TREE_DEPTH_MAX);
    DIR *dir = open_dir(parent, name);
    if (dir == NULL)
        return error_sys(err, "open the folder %s", name);
    if (is_mounted(parent, dirfd(dir))) {
        closedir(dir);
        return error_set(err, ERROR_HOST, "another file system is mounted at %s", name);
    }
    removal->names[removal->depth] = mem_copy(name, strlen(name));
    removal->dirs[removal->depth++] = dir;
    return true;
}

bool tree_remove(int parent, const char *name, struct error *err)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return true;
    __attribute__((cleanup(removal_done))) struct removal *removal = mem_alloc(sizeof *removal);
    if (!enter_removal(removal, parent, name, err))
        return false;
    while (removal->depth > 0) {
        int folder = dirfd(removal->dirs[removal->depth - 1]);
        struct dirent *entry = readdir(removal->dirs[removal->depth - 1]);
        if (entry == NULL) {
            int above = removal->depth > 1 ? dirfd(removal->dirs[removal->depth - 2]) : parent;
            if (unlinkat(above, removal->names[removal->depth - 1], AT_REMOVEDIR) < 0)
                return error_sys(err, "remove a folder");
            free(removal->names[removal->depth - 1]);
            closedir(removal->dirs[--removal->depth]);
        } else if (!is_dots(entry->d_name) && unlinkat(folder, entry->d_name, 0) < 0 &&
                   !enter_removal(removal, folder, entry->d_name, err)) {
            return false;
        }
    }
    return true;
}
