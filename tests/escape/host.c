/* What is played on the host's side of an attack. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/escape/escape.h"

/* A file that every user of the host may read, in a folder that no box is given. */
static bool canary_before(struct trial *trial, struct error *err)
{
    const char *path = arena_text(&trial->scene.arena, "%s/canary", trial->scene.folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    bool ok = fd >= 0 && fchmod(fd, 0666) == 0 &&
              write(fd, trial->secret, strlen(trial->secret)) == (ssize_t)strlen(trial->secret);
    if (fd >= 0)
        close(fd);
    buf_printf(&trial->facts, "canary=%s\nsecret=%s\n", path, trial->secret);
    return ok || error_sys(err, "write %s", path);
}

/* Untouched to the byte. */
static bool canary_after(struct trial *trial, struct error *err)
{
    char text[80] = "";
    const char *path = arena_text(&trial->scene.arena, "%s/canary", trial->scene.folder);
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0)
        close(fd);
    return (got > 0 && strcmp(text, trial->secret) == 0) ||
           error_set(err, ERROR_INPUT, "the canary was changed: %.60s", text);
}

static const struct host_part parts[] = {
    {"nothing", NULL, NULL},
    {"canary", canary_before, canary_after},
};

const struct host_part *host_part_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (strcmp(parts[i].name, name) == 0)
            return &parts[i];
    return NULL;
}
