#include "sandbox/image_make.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "sandbox/image_note.h"
#include "sandbox/image_private.h"
#include "sandbox/state.h"
#include "sys/fd.h"

enum { TRIES_MAX = 8, BLOCK_BYTES = 4096 };

/* ---- the unfinished folder ------------------------------------------------------------------ */

int image_lock_folder(int store, const char *name)
{
    struct stat about;
    auto_close int folder = openat(store, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    /* a sweep may have locked and removed it between our steps: then it has no name any more */
    if (folder < 0 || flock(folder, LOCK_EX | LOCK_NB) < 0 || fstat(folder, &about) < 0 ||
        about.st_nlink == 0)
        return -1;
    return fd_steal(&folder);
}

static bool make_unfinished(struct image_make *make, struct error *err)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        snprintf(make->unfinished_name, sizeof make->unfinished_name, ".%s.%d.%d", make->name,
                 getpid(), i);
        if (mkdirat(make->store, make->unfinished_name, 0755) < 0) {
            if (errno != EEXIST)
                return error_sys(err, "make the folder of a new image");
            continue;
        }
        make->unfinished = image_lock_folder(make->store, make->unfinished_name);
        if (make->unfinished >= 0)
            return true;
    }
    return error_set(err, ERROR_SYSTEM, "the folder of a new image cannot be made and locked");
}

static bool check_name(int store, const char *name, struct error *err)
{
    if (!image_name_is_good(name)) {
        error_set(err, ERROR_USAGE, "an image cannot have this name");
        return error_hint(err,
                          "letters, digits, '.', '_' and '-', at most %d, the first no '.' or "
                          "'-'",
                          IMAGE_NAME_MAX - 1);
    }
    if (strcmp(name, "host") == 0) {
        error_set(err, ERROR_USAGE, "the name 'host' stands for the host's own programs");
        return error_hint(err, "choose another name for the image");
    }
    if (faccessat(store, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
        error_set(err, ERROR_INPUT, "there is an image '%s' already", name);
        return error_hint(err, "choose another name, or remove it: testudo image rm %s", name);
    }
    return true;
}

bool image_make_begin(struct image_make *make, const char *name,
                      const struct image_watcher *watcher, struct error *err)
{
    *make = (struct image_make){.unfinished = -1, .root = -1, .watcher = watcher, .err = err};
    /* boxes have uids of their own, which must be able to enter what we make */
    make->umask = umask(022);
    make->store = image_store_open(err);
    struct stat about;
    if (make->store < 0 || !check_name(make->store, name, err))
        return false;
    snprintf(make->name, sizeof make->name, "%s", name);
    if (fstat(make->store, &about) < 0)
        return error_sys(err, "look at the folder of the images");
    make->store_device = about.st_dev;
    make->store_inode = about.st_ino;
    if (!make_unfinished(make, err))
        return false;
    make->root = state_open_below(make->unfinished, "root", err);
    return make->root >= 0;
}

void image_make_end(struct image_make *make)
{
    struct error ignored; /* what stays is swept by the next start */
    if (make->unfinished >= 0 && !make->finished)
        (void)tree_remove(make->store, make->unfinished_name, &ignored);
    fd_close_at(&make->root);
    fd_close_at(&make->unfinished);
    fd_close_at(&make->store);
    umask(make->umask);
}

/* ---- counting and copying ------------------------------------------------------------------- */

static bool is_store(const struct image_make *make, const struct stat *about)
{
    return about->st_dev == make->store_device && about->st_ino == make->store_inode;
}

/* An image that is made of a folder around the store would hold itself. */
static enum tree_answer judge(const struct image_make *make, const struct tree_place *place)
{
    if (is_store(make, place->about))
        return TREE_PASS_OVER;
    return make->filter != NULL ? make->filter(place, NULL) : TREE_GO_ON;
}

static bool is_wanted(struct image_make *make)
{
    const struct image_watcher *watcher = make->watcher;
    if (watcher == NULL || watcher->watch == NULL ||
        watcher->watch(&make->progress, watcher->cookie))
        return true;
    return error_set(make->err, ERROR_INTERRUPTED, "making the image %s was stopped", make->name);
}

static bool count_one(struct image_make *make, const struct stat *about)
{
    if (++make->progress.files > IMAGE_FILES_MAX)
        return error_set(make->err, ERROR_LIMIT, "an image cannot have more than %d files",
                         IMAGE_FILES_MAX);
    make->room_bytes += BLOCK_BYTES;
    if (!S_ISREG(about->st_mode))
        return true;
    make->progress.bytes += about->st_size;
    make->room_bytes += (about->st_size + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    if (make->progress.bytes > IMAGE_BYTES_MAX)
        return error_set(make->err, ERROR_LIMIT, "an image cannot have more than %d GiB",
                         (int)(IMAGE_BYTES_MAX >> 30));
    return true;
}

static enum tree_answer count_visit(const struct tree_place *place, void *cookie)
{
    struct image_make *make = cookie;
    enum tree_answer answer = judge(make, place);
    if (answer != TREE_GO_ON) {
        make->left_out++;
        return answer;
    }
    if (is_wanted(make) && count_one(make, place->about))
        return TREE_GO_ON;
    return TREE_STOP;
}

bool image_make_count(struct image_make *make, int folder, struct error *err)
{
    *err = (struct error){};
    make->err = err;
    return tree_walk(folder, count_visit, make, err) && err->kind == ERROR_NONE;
}

bool image_make_check_room(struct image_make *make, struct error *err)
{
    struct statvfs disk;
    struct image_progress counted = make->progress;
    make->progress =
        (struct image_progress){.files_total = counted.files, .bytes_total = counted.bytes};
    if (fstatvfs(make->store, &disk) < 0)
        return error_sys(err, "look at the disk of the images");
    uint64_t free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    bool has_inodes = disk.f_files == 0 || disk.f_favail >= (uint64_t)counted.files;
    if ((uint64_t)make->room_bytes <= free_bytes && has_inodes)
        return true;
    auto_buf struct buf need, have;
    buf_init(&need, 64);
    buf_init(&have, 64);
    text_write_bytes(&need, make->room_bytes);
    text_write_bytes(&have, (int64_t)free_bytes);
    error_set(err, ERROR_HOST,
              "not enough room for the image %s: it takes %s and %" PRId64
              " files, and there are %s and %" PRIu64 " files free",
              make->name, need.data, counted.files, have.data, (uint64_t)disk.f_favail);
    return error_hint(err, "make room, or name a folder on a larger disk in TESTUDO_STATE");
}

static enum tree_answer copy_visit(const struct tree_place *place, void *cookie)
{
    struct image_make *make = cookie;
    enum tree_answer answer = judge(make, place);
    if (answer != TREE_GO_ON)
        return answer;
    if (!is_wanted(make))
        return TREE_STOP;
    make->progress.files++;
    if (S_ISREG(place->about->st_mode))
        make->progress.bytes += place->about->st_size;
    return TREE_GO_ON;
}

/* The limits are asked again: the tree may have grown since it was counted. */
bool image_make_copy(struct image_make *make, int folder, const char *name, struct error *err)
{
    auto_close int to = state_open_below(make->root, name, err);
    if (to < 0)
        return false;
    struct tree_copy_report report;
    const struct tree_copy_limits limits = {
        .files = IMAGE_FILES_MAX, .bytes = IMAGE_BYTES_MAX, .visit = copy_visit, .cookie = make};
    make->err = err;
    bool ok = tree_copy(folder, to, &limits, &report, err);
    make->files += report.files - report.left_out;
    make->bytes += report.bytes;
    make->left_out += report.left_out;
    return ok || err->kind == ERROR_INTERRUPTED || error_wrap(err, "copy /%s", name);
}

/* ---- the end -------------------------------------------------------------------------------- */

bool image_make_finish(struct image_make *make, struct image_note *note, struct error *err)
{
    make->err = err;
    if (!is_wanted(make))
        return false;
    snprintf(note->name, sizeof note->name, "%s", make->name);
    note->files = make->files;
    note->bytes = make->bytes;
    note->left_out = make->left_out;
    note->made_s = time(NULL);
    if (!image_note_write(make->unfinished, note, err))
        return false;
    /* the name must not reach the disk before what it names */
    if (syncfs(make->unfinished) < 0)
        return error_sys(err, "write the image %s to the disk", make->name);
    /* an image is never empty, so this cannot replace one that came meanwhile */
    if (renameat(make->store, make->unfinished_name, make->store, make->name) < 0) {
        if (errno == EEXIST || errno == ENOTEMPTY)
            return error_set(err, ERROR_INPUT, "there is an image '%s' already", make->name);
        return error_sys(err, "move the image %s to its place", make->name);
    }
    make->finished = true;
    return true;
}
