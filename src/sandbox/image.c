#include "sandbox/image.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/image_private.h"
#include "sandbox/state.h"
#include "sys/fd.h"

bool image_name_is_good(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length >= IMAGE_NAME_MAX || name[0] == '.' || name[0] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)name[i]) && strchr("._-", name[i]) == NULL)
            return false;
    return true;
}

int image_store_open(struct error *err)
{
    auto_close int state = state_open(STATE_LASTING, err);
    return state >= 0 ? state_open_below(state, "images", err) : -1;
}

static struct image_entry *new_entry(struct image *image, const char *name, struct error *err)
{
    struct image_entry *entry = &image->entries[image->count];
    if (image->count == IMAGE_ENTRIES_MAX || strlen(name) >= sizeof entry->name)
        return error_set_null(err, ERROR_LIMIT,
                              "an image has more than %d top-level names, or too long ones",
                              IMAGE_ENTRIES_MAX);
    *entry = (struct image_entry){.folder = -1, .hide = -1};
    snprintf(entry->name, sizeof entry->name, "%s", name);
    image->count++;
    return entry;
}

bool image_add_link(struct image *image, const char *name, const char *text, struct error *err)
{
    struct image_entry *entry = new_entry(image, name, err);
    if (entry == NULL)
        return false;
    if (strlen(text) >= sizeof entry->link)
        return error_set(err, ERROR_LIMIT, "the link %s of an image is too long", name);
    snprintf(entry->link, sizeof entry->link, "%s", text);
    return true;
}

bool image_add_folder(struct image *image, const char *name, int folder, int hide,
                      struct error *err)
{
    struct image_entry *entry = new_entry(image, name, err);
    if (entry == NULL) {
        fd_close_at(&folder);
        fd_close_at(&hide);
        return false;
    }
    entry->folder = folder;
    entry->hide = hide;
    return true;
}

bool image_add_from(struct image *image, int dir, const char *name, int hide_dir, struct error *err)
{
    char text[sizeof image->entries[0].link];
    ssize_t length = readlinkat(dir, name, text, sizeof text - 1);
    if (length >= 0) {
        text[length] = '\0';
        return image_add_link(image, name, text, err);
    }
    struct stat about;
    if (fstatat(dir, name, &about, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(about.st_mode))
        return true;
    auto_close int folder = fd_open(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0, err);
    if (folder < 0)
        return false;
    auto_close int hide = -1;
    if (hide_dir >= 0) {
        hide = fd_open(hide_dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0, err);
        if (hide < 0)
            return false;
    }
    return image_add_folder(image, name, fd_steal(&folder), fd_steal(&hide), err);
}

bool image_is_made_by_box(const char *name)
{
    static const char *const names[] = {".",   "..",   "dev", "proc", "sys",       "tmp",
                                        "run", "work", "in",  "boot", "lost+found"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static void close_dir(DIR **dir)
{
    if (*dir != NULL)
        closedir(*dir);
}

bool image_open_tree(struct image *image, int root, struct error *err)
{
    int again = fd_open(root, ".", O_RDONLY | O_DIRECTORY, 0, err);
    if (again < 0)
        return false;
    __attribute__((cleanup(close_dir))) DIR *dir = fdopendir(again);
    if (dir == NULL) {
        close(again);
        return error_sys(err, "read an image");
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (!image_is_made_by_box(entry->d_name) &&
            !image_add_from(image, again, entry->d_name, -1, err))
            return false;
    return true;
}

static bool open_own(struct image *image, const char *name, struct error *err)
{
    auto_close int store = image_store_open(err);
    if (store < 0)
        return false;
    char path[IMAGE_NAME_MAX + 8];
    snprintf(path, sizeof path, "%s/root", name);
    auto_close int root = openat(store, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (root < 0) {
        error_set(err, ERROR_INPUT, "there is no image '%s'", name);
        return error_hint(err, "`testudo image list` shows those that are there");
    }
    return image_open_tree(image, root, err);
}

bool image_open(struct image *ret_image, const char *name, struct error *err)
{
    struct image image = {};
    if (!image_name_is_good(name))
        return error_set(err, ERROR_USAGE,
                         "an image's name is made of letters, digits, '.', '_' "
                         "and '-'");
    if (image_shares_host_files(name) ? !image_open_host(&image, err)
                                      : !open_own(&image, name, err)) {
        image_close(&image);
        return false;
    }
    *ret_image = image;
    return true;
}

bool image_shares_host_files(const char *name)
{
    return strcmp(name, "host") == 0;
}

void image_close(struct image *image)
{
    for (int i = 0; i < image->count; i++) {
        fd_close_at(&image->entries[i].folder);
        fd_close_at(&image->entries[i].hide);
    }
    image->count = 0;
}

bool image_covers(const struct image *image, const char *path)
{
    for (int i = 0; i < image->count; i++) {
        size_t length = strlen(image->entries[i].name);
        if (path[0] == '/' && strncmp(path + 1, image->entries[i].name, length) == 0 &&
            (path[length + 1] == '/' || path[length + 1] == '\0'))
            return true;
    }
    return false;
}
