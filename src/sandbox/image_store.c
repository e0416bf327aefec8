#include "sandbox/image_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sandbox/image_make.h"
#include "sandbox/image_note.h"
#include "sandbox/image_private.h"
#include "sandbox/view.h"
#include "sys/fd.h"

static void close_dir(DIR **dir)
{
    if (*dir != NULL)
        closedir(*dir);
}

/* Takes the fd. */
static DIR *list(int fd, struct error *err)
{
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir == NULL && fd >= 0) {
        error_sys(err, "list a folder");
        close(fd);
    }
    return dir;
}

/* ---- import --------------------------------------------------------------------------------- */

typedef bool top_do(struct image_make *make, int top, const struct dirent *entry,
                    struct error *err);

/* Each top-level name that an image can have: folders and links. A box shows nothing else of it. */
static bool for_each_top(struct image_make *make, int folder, top_do *act, struct error *err)
{
    int again = fd_open(folder, ".", O_RDONLY | O_DIRECTORY, 0, err);
    __attribute__((cleanup(close_dir))) DIR *dir = list(again, err);
    if (dir == NULL)
        return false;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (!image_is_made_by_box(entry->d_name) && !act(make, folder, entry, err))
            return false;
    return true;
}

static bool count_top(struct image_make *make, int top, const struct dirent *entry,
                      struct error *err)
{
    struct stat about;
    if (fstatat(top, entry->d_name, &about, AT_SYMLINK_NOFOLLOW) < 0)
        return error_sys(err, "look at %s", entry->d_name);
    if (S_ISLNK(about.st_mode)) {
        make->progress.files++;
        return true;
    }
    if (!S_ISDIR(about.st_mode)) {
        make->left_out++;
        return true;
    }
    make->progress.files++;
    auto_close int folder =
        fd_open(top, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err);
    return folder >= 0 && image_make_count(make, folder, err);
}

static bool copy_link(struct image_make *make, int top, const char *name, struct error *err)
{
    char text[PATH_MAX];
    ssize_t length = readlinkat(top, name, text, sizeof text - 1);
    if (length < 0)
        return error_sys(err, "read the link %s", name);
    text[length] = '\0';
    if (symlinkat(text, make->root, name) < 0)
        return error_sys(err, "make the link %s", name);
    make->files++;
    return true;
}

static bool copy_top(struct image_make *make, int top, const struct dirent *entry,
                     struct error *err)
{
    struct stat about;
    if (fstatat(top, entry->d_name, &about, AT_SYMLINK_NOFOLLOW) < 0)
        return error_sys(err, "look at %s", entry->d_name);
    if (S_ISLNK(about.st_mode))
        return copy_link(make, top, entry->d_name, err);
    if (!S_ISDIR(about.st_mode))
        return true;
    make->files++;
    auto_close int folder =
        fd_open(top, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err);
    return folder >= 0 && image_make_copy(make, folder, entry->d_name, err);
}

/* Opening it as a box would finds what a box could not show: too many names, links too long. */
static bool check_tops(struct image_make *make, const char *from, struct error *err)
{
    struct image image = {};
    bool ok = image_open_tree(&image, make->root, err);
    bool has_folder = false;
    for (int i = 0; i < image.count; i++)
        has_folder = has_folder || image.entries[i].folder >= 0;
    image_close(&image);
    if (!ok)
        return false;
    if (has_folder)
        return true;
    error_set(err, ERROR_INPUT, "%s holds no folder that a box could show", from);
    return error_hint(err, "name the root of a file system: a folder with usr, bin, lib in it");
}

static bool import(struct image_make *make, int folder, const char *from, struct image_note *note,
                   struct error *err)
{
    return for_each_top(make, folder, count_top, err) && image_make_check_room(make, err) &&
           for_each_top(make, folder, copy_top, err) && check_tops(make, from, err) &&
           image_make_finish(make, note, err);
}

bool image_store_import(const char *name, const char *from, const struct image_watcher *watcher,
                        struct arena *arena, struct image_note *ret_note, struct error *err)
{
    auto_close int folder = fd_open(AT_FDCWD, from, O_RDONLY | O_DIRECTORY, 0, err);
    if (folder < 0) {
        err->kind = ERROR_INPUT;
        return err->number == ENOTDIR
                   ? error_hint(err, "an image is made of a folder; unpack an archive first")
                   : false;
    }
    __attribute__((cleanup(image_make_end))) struct image_make make = {.store = -1};
    auto_free char *full = realpath(from, NULL);
    struct image_note note = {.from = full != NULL ? full : from};
    if (!image_make_begin(&make, name, watcher, err) || !import(&make, folder, from, &note, err))
        return false;
    note.from = arena_string(arena, str_from(note.from));
    *ret_note = note;
    return true;
}

/* ---- copy of the host ----------------------------------------------------------------------- */

static enum tree_answer filter_host(const struct tree_place *place, void *cookie)
{
    (void)cookie;
    return view_hides(place) ? TREE_PASS_OVER : TREE_GO_ON;
}

static bool count_host(struct image_make *make, const struct image *host, struct error *err)
{
    for (int i = 0; i < host->count; i++) {
        make->progress.files++;
        if (host->entries[i].folder >= 0 && !image_make_count(make, host->entries[i].folder, err))
            return false;
    }
    return true;
}

static bool copy_host(struct image_make *make, const struct image *host, struct error *err)
{
    for (int i = 0; i < host->count; i++) {
        const struct image_entry *entry = &host->entries[i];
        make->files++;
        if (entry->folder >= 0) {
            if (!image_make_copy(make, entry->folder, entry->name, err))
                return false;
        } else if (symlinkat(entry->link, make->root, entry->name) < 0) {
            return error_sys(err, "make the link %s", entry->name);
        }
    }
    return true;
}

bool image_store_copy_host(const char *name, const struct image_watcher *watcher,
                           struct arena *arena, struct image_note *ret_note, struct error *err)
{
    __attribute__((cleanup(image_close))) struct image host = {};
    __attribute__((cleanup(image_make_end))) struct image_make make = {.store = -1};
    struct image_note note = {.from = "host"};
    if (!image_make_begin(&make, name, watcher, err) || !image_open(&host, "host", err))
        return false;
    make.filter = filter_host;
    if (!count_host(&make, &host, err) || !image_make_check_room(&make, err) ||
        !copy_host(&make, &host, err) || !image_make_finish(&make, &note, err))
        return false;
    note.from = arena_string(arena, str_from(note.from));
    *ret_note = note;
    return true;
}

/* ---- list ----------------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
    const struct image_note *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static bool is_image(int store, const char *name, int *ret_folder)
{
    if (!image_name_is_good(name))
        return false;
    auto_close int folder = openat(store, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat root;
    if (folder < 0 || fstatat(folder, "root", &root, AT_SYMLINK_NOFOLLOW) < 0 ||
        !S_ISDIR(root.st_mode))
        return false;
    *ret_folder = fd_steal(&folder);
    return true;
}

bool image_store_list(struct arena *arena, struct image_note **ret_notes, int *ret_count,
                      struct error *err)
{
    int store = image_store_open(err);
    __attribute__((cleanup(close_dir))) DIR *dir = list(store, err);
    if (dir == NULL)
        return false;
    auto_free struct image_note *notes = NULL;
    int count = 0, room = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        auto_close int folder = -1;
        if (!is_image(store, entry->d_name, &folder))
            continue;
        if (count == room) {
            room = room == 0 ? 16 : room * 2;
            notes = mem_grow(notes, (size_t)room, sizeof *notes);
        }
        struct image_note *note = &notes[count++];
        snprintf(note->name, sizeof note->name, "%.*s", IMAGE_NAME_MAX - 1, entry->d_name);
        image_note_read(folder, arena, note);
    }
    if (count > 0)
        qsort(notes, (size_t)count, sizeof *notes, compare_names);
    *ret_notes = arena_alloc(arena, (size_t)count * sizeof *notes);
    if (count > 0)
        memcpy(*ret_notes, notes, (size_t)count * sizeof *notes);
    *ret_count = count;
    return true;
}

/* ---- removing ------------------------------------------------------------------------------- */

bool image_store_remove(const char *name, struct error *err)
{
    auto_close int store = image_store_open(err);
    if (store < 0)
        return false;
    if (strcmp(name, "host") == 0)
        return error_set(err, ERROR_USAGE,
                         "'host' stands for the host's own programs: there is "
                         "nothing to remove");
    auto_close int folder = image_name_is_good(name) ? image_lock_folder(store, name) : -1;
    char aside[IMAGE_NAME_MAX + 32];
    snprintf(aside, sizeof aside, ".%.*s.%d.gone", IMAGE_NAME_MAX - 1, name, getpid());
    if (folder < 0 || renameat(store, name, store, aside) < 0) {
        error_set(err, ERROR_INPUT, "there is no image of this name");
        return error_hint(err, "`testudo image list` shows those that are there");
    }
    return tree_remove(store, aside, err) || error_wrap(err, "remove the image %s", name);
}

static bool is_unfinished(const char *name)
{
    return name[0] == '.' && name[1] != '\0' && strcmp(name, "..") != 0;
}

void image_store_sweep(void)
{
    struct error ignored; /* sweeping is a kindness: what stays is tried again next time */
    int store = image_store_open(&ignored);
    __attribute__((cleanup(close_dir))) DIR *dir = list(store, &ignored);
    if (dir == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (!is_unfinished(entry->d_name))
            continue;
        auto_close int folder = image_lock_folder(store, entry->d_name);
        if (folder >= 0)
            (void)tree_remove(store, entry->d_name, &ignored);
    }
}
