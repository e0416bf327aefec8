#include "run/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/identity.h"
#include "sys/fd.h"
#include "sys/layer.h"
#include "sys/tree.h"

static bool explain_full(struct error *err, const char *name)
{
    error_wrap(err, "put the file %s into the box", name);
    if (err->number == ENOSPC || err->number == EDQUOT) {
        err->kind = ERROR_LIMIT;
        error_hint(err, "the box's disk is too small for its files: raise --disk, or --inodes "
                        "where they are many; or bring folders along with --input");
    }
    return error_stage(err, "files");
}

static bool make_folders(int work, const char *name, struct error *err)
{
    char part[BOX_PATH_MAX];
    for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - name), name);
        if (mkdirat(work, part, 0755) < 0 && errno != EEXIST)
            return error_sys(err, "make the folder %s", part);
    }
    return true;
}

static bool put_content(int work, const char *name, mode_t mode, int from, struct str content,
                        int64_t bytes_max, struct error *err)
{
    if (!make_folders(work, name, err))
        return false;
    auto_close int to = fd_open_beneath(work, name, O_WRONLY | O_CREAT | O_EXCL, mode, err);
    if (to < 0)
        return false;
    int64_t bytes;
    bool ok = from >= 0 ? tree_copy_file(from, to, bytes_max, &bytes, err)
                        : fd_write_all(to, content, err);
    /* the umask is ours, the mode is the file's */
    return ok && (fchmod(to, mode) == 0 || error_sys(err, "set the mode of %s", name));
}

/* Our own file is opened with our own rights, before the guest's are put on. */
static bool put_file(int work, const struct identity *guest, const struct request_file *file,
                     struct error *err)
{
    auto_close int from = -1;
    mode_t mode = 0644;
    if (file->path != NULL) {
        struct stat about;
        from = fd_open(AT_FDCWD, file->path, O_RDONLY | O_NONBLOCK, 0, err);
        if (from < 0 || fstat(from, &about) < 0) {
            err->kind = ERROR_INPUT;
            return error_stage(err, "files");
        }
        if (!S_ISREG(about.st_mode)) {
            error_set(err, ERROR_INPUT, "%s is not a regular file", file->path);
            return error_stage(err, "files");
        }
        mode = about.st_mode & 0111 ? 0755 : 0644;
    }
    identity_take(guest);
    bool ok = put_content(work, file->name, mode, from, file->content, INT64_MAX - 1, err);
    identity_give_back();
    return ok || explain_full(err, file->name);
}

bool files_put(int work, const struct request_file *files, uint32_t count, struct error *err)
{
    struct identity guest;
    if (!identity_of_guest(work, &guest, err))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!put_file(work, &guest, &files[i], err))
            return false;
    return true;
}

static bool put_program(int work, const char *name, int from, struct str made, int64_t bytes_max,
                        struct error *err)
{
    struct identity guest;
    if (!identity_of_guest(work, &guest, err))
        return false;
    identity_take(&guest);
    bool ok = put_content(work, name, 0755, from, made, bytes_max, err);
    identity_give_back();
    return ok || explain_full(err, name);
}

bool files_put_program(int work, const char *name, int from, int64_t bytes_max, struct error *err)
{
    return put_program(work, name, from, (struct str){}, bytes_max, err);
}

bool files_put_made(int work, const char *name, struct str made, struct error *err)
{
    return put_program(work, name, -1, made, 0, err);
}

int files_open_out(int work, const char *name, int64_t bytes_max, struct error *err)
{
    struct identity guest;
    struct stat about;
    if (!identity_of_guest(work, &guest, err))
        return -1;
    identity_take(&guest);
    auto_close int fd = fd_open_beneath(
        work, name, O_RDONLY | O_NONBLOCK | (int)layer_flags(LAYER_NO_FOLLOW, O_NOFOLLOW), 0, err);
    identity_give_back();
    if (fd < 0)
        return -1;
    if (fstat(fd, &about) < 0)
        return error_sys_fd(err, "look at %s", name);
    if (!S_ISREG(about.st_mode))
        return error_set_fd(err, ERROR_INPUT, "%s is not a regular file", name);
    if (about.st_size > bytes_max)
        return error_set_fd(err, ERROR_LIMIT, "%s has %lld bytes, more than the box's disk", name,
                            (long long)about.st_size);
    return fd_steal(&fd);
}
