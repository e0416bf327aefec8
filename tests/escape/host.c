/* What is played on the host's side of an attack. */
#include "tests/escape/host.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/mem.h"

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

/* Folders of the host that a careless caller has left open, some for all that he starts. */
static bool leaks_before(struct trial *trial, struct error *err)
{
    if (!canary_before(trial, err))
        return false;
    for (int i = 0; i < LEAKS; i++) {
        trial->leaks[i] =
            open(i % 2 ? "/" : "/etc", O_RDONLY | O_DIRECTORY | (i % 3 ? 0 : O_CLOEXEC));
        if (trial->leaks[i] < 0)
            return error_sys(err, "open a folder");
    }
    return true;
}

static bool leaks_after(struct trial *trial, struct error *err)
{
    for (int i = 0; i < LEAKS; i++)
        close(trial->leaks[i]);
    return canary_after(trial, err);
}

static bool environment_before(struct trial *trial, struct error *err)
{
    (void)err;
    scene_set_env(&trial->scene, "API_TOKEN", trial->secret);
    scene_set_env(&trial->scene, "LD_PRELOAD", trial->secret);
    buf_printf(&trial->facts, "secret=%s\n", trial->secret);
    return true;
}

/* A setuid program, and one with file capabilities: what Debian calls cap_setuid=ep. */
static bool setuid_before(struct trial *trial, struct error *err)
{
    static const unsigned char setuid_ep[20] = {1, 0, 0, 2, 0x80};
    const char *suid = arena_text(&trial->scene.arena, "%s/t/suid", trial->scene.folder);
    const char *capable = arena_text(&trial->scene.arena, "%s/t/capable", trial->scene.folder);
    if (!probe_copy(trial->probe, trial->scene.folder, "t/suid", err) ||
        !probe_copy(trial->probe, trial->scene.folder, "t/capable", err))
        return false;
    if (chmod(suid, 06755) < 0)
        return error_sys(err, "make a setuid program");
    return geteuid() != 0 ||
           setxattr(capable, "security.capability", setuid_ep, sizeof setuid_ep, 0) == 0 ||
           error_sys(err, "give a program a capability");
}

static const struct host_part parts[] = {{"nothing", NULL, NULL},
                                         {"canary", canary_before, canary_after},
                                         {"leaks", leaks_before, leaks_after},
                                         {"environment", environment_before, NULL},
                                         {"setuid", setuid_before, NULL},
#define ROW(part) {#part, host_##part##_before, host_##part##_after},
                                         HOST_PARTS(ROW)
#undef ROW
};

const struct host_part *host_part_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (strcmp(parts[i].name, name) == 0)
            return &parts[i];
    return NULL;
}
