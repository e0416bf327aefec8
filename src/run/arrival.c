#include "run/arrival.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sys/fd.h"

#define PREFIX ".testudo-"

static void sweep(int folder)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir == NULL) {
        fd_close_at(&fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        struct process_mark mark;
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0 &&
            process_mark_read(entry->d_name + strlen(PREFIX), &mark) && process_mark_is_dead(&mark))
            (void)unlinkat(folder, entry->d_name, 0);
    }
    closedir(dir);
}

static bool begin_named(struct arrival *arrival, struct error *err)
{
    sweep(arrival->folder);
    arrival->fd = fd_open(arrival->folder, arrival->name, O_WRONLY | O_CREAT | O_EXCL, 0644, err);
    arrival->is_named = arrival->fd >= 0;
    return arrival->is_named;
}

bool arrival_begin(struct arrival *ret_arrival, int folder, unsigned number, struct error *err)
{
    struct process_mark mark;
    char owner[PROCESS_MARK_TEXT];
    struct arrival arrival = {.folder = folder};
    if (!process_mark_self(&mark, err))
        return false;
    process_mark_write(&mark, owner);
    snprintf(arrival.name, sizeof arrival.name, PREFIX "%s-%u", owner, number);
    arrival.fd = fd_open(folder, ".", O_WRONLY | O_TMPFILE, 0644, err);
    bool lacks = arrival.fd < 0 && (err->number == EOPNOTSUPP || err->number == EISDIR);
    if (lacks ? !begin_named(&arrival, err) : arrival.fd < 0)
        return error_wrap(err, "make a file in its folder");
    *ret_arrival = arrival;
    return true;
}

/* Gives the file this name too, if it is free. */
static bool link_as(const struct arrival *arrival, const char *name)
{
    char path[40];
    if (arrival->is_named)
        return linkat(arrival->folder, arrival->name, arrival->folder, name, 0) == 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", arrival->fd);
    return linkat(AT_FDCWD, path, arrival->folder, name, AT_SYMLINK_FOLLOW) == 0;
}

static bool replace(struct arrival *arrival, const char *name)
{
    if (!arrival->is_named) {
        sweep(arrival->folder);
        arrival->is_named = link_as(arrival, arrival->name);
    }
    if (!arrival->is_named || renameat(arrival->folder, arrival->name, arrival->folder, name) < 0)
        return false;
    arrival->is_named = false;
    return true;
}

bool arrival_put(struct arrival *arrival, const char *name, bool may_replace, struct error *err)
{
    if (link_as(arrival, name) || (errno == EEXIST && may_replace && replace(arrival, name)))
        return true;
    return error_sys(err, "put %s in its place", name);
}

void arrival_done(struct arrival *arrival)
{
    fd_close_at(&arrival->fd);
    if (arrival->is_named)
        (void)unlinkat(arrival->folder, arrival->name, 0);
}
