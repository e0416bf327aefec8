#include "run/carry.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "run/identity.h"
#include "sys/fd.h"
#include "sys/tree.h"

enum { LOOK_UP_EVERY = 64 /* names; then: is there time left, does anybody want it to end? */ };

/* The copy goes level by level: targets[d] is where the names of depth d belong. */
struct copying {
    const struct carry *from;
    const struct plan *plan;
    const struct carry_bounds *bounds;
    struct identity reader, writer;
    int targets[CARRY_DEPTH_MAX + 1];
    int open; /* how many of them are */
    int64_t deadline_ns;
    unsigned looked;
    struct run_carried carried;
    bool stopped, failed;
    struct error *err;
};

static void close_deeper(struct copying *c, int depth)
{
    while (c->open > depth + 1)
        fd_close_at(&c->targets[--c->open]);
}

static bool has_link(const struct box_link *links, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(links[i].name, name) == 0)
            return true;
    return false;
}

/* ---- one name ------------------------------------------------------------------------------- */

/* What is there already belongs to the new run. A link that its box began with is there for want of
 * something better, and is no file: only the link goes. */
static bool is_taken(const struct copying *c, const struct tree_place *place)
{
    struct stat about;
    int to = c->targets[place->depth];
    if (fstatat(to, place->name, &about, AT_SYMLINK_NOFOLLOW) < 0)
        return false;
    bool gives_way = place->depth == 0 && S_ISLNK(about.st_mode) &&
                     has_link(c->plan->links, c->plan->link_count, place->name);
    return !gives_way || unlinkat(to, place->name, 0) < 0;
}

static bool explain(struct copying *c, const char *name)
{
    error_wrap(c->err, "carry %s over", name);
    if (c->err->number == ENOSPC || c->err->number == EDQUOT) {
        c->err->kind = ERROR_LIMIT;
        error_hint(c->err, "what the run before has left does not fit: raise disk_bytes (--disk), "
                           "or inodes (--inodes) where it is many files");
    }
    return false;
}

/* A folder that both runs have is one. */
static enum tree_answer carry_folder(struct copying *c, const struct tree_place *place)
{
    int to = c->targets[place->depth];
    if (place->depth + 1 >= CARRY_DEPTH_MAX) {
        c->carried.left_out++;
        return TREE_PASS_OVER;
    }
    if (mkdirat(to, place->name, 0755) < 0 && errno != EEXIST) {
        error_sys(c->err, "make the folder");
        c->failed = !explain(c, place->name);
        return TREE_STOP;
    }
    int target = fd_open_beneath(to, place->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, c->err);
    if (target < 0) {
        c->failed = true;
        return TREE_STOP;
    }
    c->targets[c->open++] = target;
    c->carried.files++;
    return TREE_GO_ON;
}

static bool carry_link(struct copying *c, const struct tree_place *place)
{
    char text[PATH_MAX];
    ssize_t length = readlinkat(place->folder, place->name, text, sizeof text - 1);
    if (length < 0 || length == (ssize_t)sizeof text - 1) {
        c->carried.left_out++;
        return true;
    }
    text[length] = '\0';
    identity_take(&c->writer);
    bool ok = symlinkat(text, c->targets[place->depth], place->name) == 0;
    if (!ok)
        error_sys(c->err, "make the link");
    identity_take(&c->reader);
    c->carried.files += ok;
    return ok || explain(c, place->name);
}

/* -1 and no error: it is left out. */
static int open_source(struct copying *c, const struct tree_place *place, struct stat *about)
{
    auto_close int from =
        fd_open_beneath(place->folder, place->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0, c->err);
    int number = from < 0 ? c->err->number : 0;
    if (number == EMFILE || number == ENFILE || number == ENOMEM) {
        c->failed = true;
        return -1;
    }
    if (from >= 0 && fstat(from, about) == 0 && S_ISREG(about->st_mode))
        return fd_steal(&from);
    c->carried.left_out++;
    return -1;
}

static bool write_copy(struct copying *c, const struct tree_place *place, int from,
                       const struct stat *about)
{
    const struct timespec times[] = {about->st_atim, about->st_mtim};
    const mode_t mode = about->st_mode & 0777;
    int64_t bytes = 0;
    auto_close int to = fd_open_beneath(c->targets[place->depth], place->name,
                                        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode, c->err);
    if (to < 0 ||
        !tree_copy_file(from, to, c->bounds->bytes_max - c->carried.bytes, &bytes, c->err))
        return false;
    c->carried.files++;
    c->carried.bytes += bytes;
    /* the umask is ours, mode and times are the file's: make looks at them */
    return (fchmod(to, mode) == 0 && futimens(to, times) == 0) ||
           error_sys(c->err, "set its mode and times");
}

static bool carry_regular(struct copying *c, const struct tree_place *place)
{
    struct stat about;
    auto_close int from = open_source(c, place, &about);
    if (from < 0)
        return !c->failed;
    identity_take(&c->writer);
    bool ok = write_copy(c, place, from, &about);
    identity_take(&c->reader);
    return ok || explain(c, place->name);
}

/* ---- the walk ------------------------------------------------------------------------------- */

/* False: enough. */
static bool may_go_on(struct copying *c)
{
    if (c->looked++ % LOOK_UP_EVERY != 0)
        return true;
    struct pollfd wait = {c->bounds->cancel_fd, POLLIN, 0};
    c->stopped = c->bounds->cancel_fd >= 0 && poll(&wait, 1, 0) > 0;
    if (c->stopped)
        return false;
    if (clock_now_ns() <= c->deadline_ns)
        return true;
    error_set(c->err, ERROR_LIMIT,
              "what the run before has left takes too long to be carried over");
    c->failed = true;
    return false;
}

static enum tree_answer carry_one(struct copying *c, const struct tree_place *place)
{
    mode_t mode = place->about->st_mode;
    if (S_ISDIR(mode)) {
        identity_take(&c->writer);
        enum tree_answer answer = carry_folder(c, place);
        identity_take(&c->reader);
        return answer;
    }
    bool ok = true;
    if (S_ISLNK(mode))
        ok = carry_link(c, place);
    else if (S_ISREG(mode))
        ok = carry_regular(c, place);
    else
        c->carried.left_out++;
    c->failed = !ok;
    return ok ? TREE_GO_ON : TREE_STOP;
}

static bool is_link_of_box(const struct copying *c, const struct tree_place *place)
{
    return place->depth == 0 && S_ISLNK(place->about->st_mode) &&
           has_link(c->from->links, c->from->link_count, place->name);
}

static bool both_are_folders(const struct copying *c, const struct tree_place *place)
{
    struct stat about;
    return S_ISDIR(place->about->st_mode) &&
           fstatat(c->targets[place->depth], place->name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(about.st_mode);
}

static enum tree_answer visit(const struct tree_place *place, void *cookie)
{
    struct copying *c = cookie;
    close_deeper(c, place->depth);
    if (!may_go_on(c))
        return TREE_STOP;
    if (is_link_of_box(c, place))
        return TREE_PASS_OVER;
    identity_take(&c->writer);
    bool taken = !both_are_folders(c, place) && is_taken(c, place);
    identity_take(&c->reader);
    if (taken)
        return TREE_PASS_OVER;
    return carry_one(c, place);
}

/* Who closed his own folder has left nothing that anybody could read. */
static bool walk(struct copying *c)
{
    if (tree_walk(c->from->work, visit, c, c->err))
        return !c->failed;
    if (c->failed || c->err->number != EACCES)
        return false;
    c->carried.left_out++;
    return true;
}

bool carry_over(const struct carry *from, int work, const struct plan *plan,
                const struct carry_bounds *bounds, struct run_carried *ret_carried,
                bool *ret_stopped, struct error *err)
{
    auto_free struct copying *c = mem_alloc(sizeof *c);
    int seconds = bounds->seconds_max > 0 ? bounds->seconds_max : CARRY_SECONDS;
    *c = (struct copying){.from = from,
                          .plan = plan,
                          .bounds = bounds,
                          .deadline_ns = clock_now_ns() + seconds * INT64_C(1000000000),
                          .carried.any = true,
                          .err = err};
    if (!identity_of_guest(from->work, &c->reader, err) ||
        !identity_of_guest(work, &c->writer, err))
        return error_stage(err, "carry");
    c->targets[0] = fd_duplicate(work, err);
    if (c->targets[0] < 0)
        return error_stage(err, "carry");
    c->open = 1;
    identity_take(&c->reader);
    bool ok = walk(c);
    identity_give_back();
    close_deeper(c, -1);
    *ret_carried = c->carried;
    *ret_stopped = c->stopped;
    return ok || error_stage(err, "carry");
}
