/*
 * Bringing files back. A file arrives whole or not at all (arrival.h). One that is there already is
 * replaced only when it was named outright; what a pattern with wildcards matches is the guest's
 * choice of name, and never replaces anything.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "run/arrival.h"
#include "run/files.h"
#include "run/glob.h"
#include "run/identity.h"
#include "sys/fd.h"
#include "sys/tree.h"

enum { COPY_CHUNK = 65536 };

struct found {
    char path[PATH_MAX]; /* below /work, grows and shrinks with the walk */
    size_t ends[TREE_DEPTH_MAX + 1];
};

struct collection {
    int work;
    const struct identity *guest;
    const struct request_out *outs;
    uint32_t out_count;
    int64_t bytes_left;
    int64_t deadline_ns;
    struct found found;
    struct run_result *result;
    uint32_t room; /* in result->files */
    bool stopped;  /* by a limit */
};

static struct run_file *note(struct collection *c, const char *name)
{
    if (c->result->file_count == c->room) {
        uint32_t room = c->room > 0 ? c->room * 2 : 16;
        struct run_file *more = arena_alloc(&c->result->arena, room * sizeof *more);
        if (c->room > 0)
            memcpy(more, c->result->files, c->room * sizeof *more);
        c->result->files = more;
        c->room = room;
    }
    struct run_file *file = &c->result->files[c->result->file_count++];
    *file = (struct run_file){.name = arena_copy(&c->result->arena, name, strlen(name))};
    return file;
}

static void leave_out(struct collection *c, const char *name, const char *why)
{
    note(c, name)->left_out = arena_copy(&c->result->arena, why, strlen(why));
}

/* What is nothing but zeros is left as a hole: a file that takes no room in the box takes none of
 * the host either. */
static bool put_chunk(int to, const char *chunk, size_t length, struct error *err)
{
    static const char zeros[COPY_CHUNK];
    if (memcmp(chunk, zeros, length) != 0)
        return fd_write_all(to, str_of(chunk, length), err);
    return lseek(to, (off_t)length, SEEK_CUR) >= 0 || error_sys(err, "leave a hole in a file");
}

static bool copy_bytes(struct collection *c, int from, int to, struct run_file *file,
                       struct error *err)
{
    struct sha256 sum;
    sha256_init(&sum);
    for (;;) {
        char chunk[COPY_CHUNK];
        ssize_t got = read(from, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_sys(err, "read %s", file->name);
        if (got == 0)
            break;
        file->bytes += got;
        c->bytes_left -= got;
        if (c->bytes_left < 0 || clock_now_ns() > c->deadline_ns)
            return error_set(err, ERROR_LIMIT, "too large, or takes too long");
        sha256_add(&sum, chunk, (size_t)got);
        if (!put_chunk(to, chunk, (size_t)got, err))
            return false;
    }
    if (ftruncate(to, file->bytes) < 0)
        return error_sys(err, "write %s", file->name);
    unsigned char digest[SHA256_BYTES];
    sha256_done(&sum, digest);
    sha256_digest_hex(digest, file->sha256);
    return true;
}

/* The folders of `path` below `base`; links among them are refused, they could lead anywhere. */
static int open_folder_of(int base, const char *path, struct error *err)
{
    auto_close int folder = fd_duplicate(base, err);
    while (folder >= 0) {
        const char *slash = strchr(path, '/');
        if (slash == NULL)
            return fd_steal(&folder);
        char part[NAME_MAX + 1];
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        if (mkdirat(folder, part, 0755) < 0 && errno != EEXIST)
            return error_sys_fd(err, "make the folder %s", part);
        fd_replace(&folder, fd_open(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err));
        path = slash + 1;
    }
    return -1;
}

/* Our own file system is touched with our own rights. */
static bool bring(struct collection *c, const struct request_out *out, int from,
                  struct run_file *file, struct error *err)
{
    if (mkdir(out->folder, 0755) < 0 && errno != EEXIST)
        return error_sys(err, "make the folder %s", out->folder);
    auto_close int base = fd_open(AT_FDCWD, out->folder, O_RDONLY | O_DIRECTORY, 0, err);
    auto_close int folder = base >= 0 ? open_folder_of(base, file->name, err) : -1;
    if (folder < 0)
        return false;
    const char *last = strrchr(file->name, '/');
    const char *name = last != NULL ? last + 1 : file->name;
    struct arrival arrival;
    if (!arrival_begin(&arrival, folder, c->result->file_count, err))
        return false;
    bool ok = copy_bytes(c, from, arrival.fd, file, err) &&
              arrival_put(&arrival, name, !glob_has_wildcards(out->glob), err);
    arrival_done(&arrival);
    return ok;
}

static void collect_one(struct collection *c, const struct request_out *out)
{
    const char *path = c->found.path;
    struct error err;
    if (c->result->file_count >= FILES_OUT_MAX || clock_now_ns() > c->deadline_ns) {
        leave_out(c, path, "too many files, or it took too long");
        c->stopped = true;
        return;
    }
    auto_close int from = files_open_out(c->work, path, c->bytes_left, &err);
    if (from < 0) {
        leave_out(c, path, err.text);
        return;
    }
    struct run_file *file = note(c, path);
    if (bring(c, out, from, file, &err))
        return;
    bool exists = err.number == EEXIST;
    file->sha256[0] = '\0';
    file->left_out = exists ? "a file of this name is there already"
                            : arena_copy(&c->result->arena, err.text, strlen(err.text));
}

/* A pattern brings no hidden file that it does not name as such, and no name that would act on a
 * terminal: what is named outright comes as it is. */
static bool is_wanted(const char *glob, const char *path)
{
    if (!glob_match(glob, path))
        return false;
    if (!glob_has_wildcards(glob))
        return true;
    for (const char *at = path; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return false;
    bool hidden = path[0] == '.' || strstr(path, "/.") != NULL;
    return !hidden || glob[0] == '.' || strstr(glob, "/.") != NULL;
}

static enum tree_answer visit(const struct tree_place *place, void *cookie)
{
    struct collection *c = cookie;
    struct found *found = &c->found;
    size_t at = found->ends[place->depth];
    int length =
        snprintf(found->path + at, sizeof found->path - at, "%s%s", at > 0 ? "/" : "", place->name);
    if (length < 0 || (size_t)length >= sizeof found->path - at)
        return TREE_PASS_OVER;
    found->ends[place->depth + 1] = at + (size_t)length;
    if (clock_now_ns() > c->deadline_ns) {
        leave_out(c, found->path, "it took too long");
        return TREE_STOP;
    }
    if (!S_ISREG(place->about->st_mode))
        return TREE_GO_ON;
    identity_give_back();
    for (uint32_t i = 0; i < c->out_count && !c->stopped; i++) {
        if (is_wanted(c->outs[i].glob, found->path)) {
            collect_one(c, &c->outs[i]);
            break;
        }
    }
    identity_take(c->guest);
    return c->stopped ? TREE_STOP : TREE_GO_ON;
}

/* A pattern that names one file outright and finds none is worth a word. */
static void note_missing(struct collection *c)
{
    for (uint32_t i = 0; i < c->out_count; i++) {
        const char *glob = c->outs[i].glob;
        bool there = glob_has_wildcards(glob);
        for (uint32_t k = 0; k < c->result->file_count && !there; k++)
            there = strcmp(c->result->files[k].name, glob) == 0;
        if (there)
            continue;
        struct stat about;
        bool odd = fstatat(c->work, glob, &about, AT_SYMLINK_NOFOLLOW) == 0;
        leave_out(c, glob, odd ? "it is no regular file" : "the guest made no such file");
    }
}

bool files_collect(int work, const struct request_out *outs, uint32_t count,
                   const struct files_bounds *bounds, struct run_result *result, struct error *err)
{
    struct identity guest;
    if (count == 0)
        return true;
    if (!identity_of_guest(work, &guest, err))
        return error_stage(err, "collect");
    int seconds = bounds->seconds_max > 0 ? bounds->seconds_max : FILES_OUT_SECONDS;
    auto_free struct collection *c = mem_alloc(sizeof *c);
    *c = (struct collection){.work = work,
                             .guest = &guest,
                             .outs = outs,
                             .out_count = count,
                             .bytes_left = bounds->bytes_max,
                             .deadline_ns = clock_now_ns() + seconds * INT64_C(1000000000),
                             .result = result};
    identity_take(&guest);
    bool ok = tree_walk(work, visit, c, err);
    identity_give_back();
    if (!ok)
        return error_stage(err, "collect");
    note_missing(c);
    return true;
}
