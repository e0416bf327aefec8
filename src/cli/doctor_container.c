#include "cli/doctor_host_private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"

/* Files that makers of containers put there. */
static const struct {
    const char *file, *container;
} files[] = {
    {"/.dockerenv", "docker"},
    {"/run/.containerenv", "podman"},
    {"/run/systemd/container", "systemd-nspawn or alike"},
};

/* Words in the names of the first process's control groups. */
static const struct {
    const char *word, *container;
} groups[] = {
    {"kubepods", "kubernetes"},
    {"docker", "docker"},
    {"libpod", "podman"},
    {"containerd", "containerd"},
    {"lxc", "lxc"},
    {"machine.slice", "systemd-nspawn or alike"},
};

static bool found(struct doctor_host *host, const char *container, const char *sign)
{
    host->container = container;
    host->container_sign = sign;
    return true;
}

static bool look_at_groups(struct doctor_host *host)
{
    struct error ignored;
    auto_buf struct buf text;
    buf_init(&text, 65536);
    if (!fd_read_file(AT_FDCWD, "/proc/1/cgroup", &text, &ignored) || text.len == 0)
        return false;
    for (size_t i = 0; i < COUNT_OF(groups); i++)
        if (memmem(text.data, text.len, groups[i].word, strlen(groups[i].word)) != NULL)
            return found(host, groups[i].container, "control groups of process 1");
    return false;
}

/* "container=lxc" among its variables; only root may look. */
static bool look_at_environment(struct doctor_host *host)
{
    struct error ignored;
    auto_buf struct buf text;
    buf_init(&text, 65536);
    if (!fd_read_file(AT_FDCWD, "/proc/1/environ", &text, &ignored))
        return false;
    for (struct str rest = buf_str(&text), variable; str_take_until(&rest, '\0', &variable);)
        if (str_starts(variable, "container="))
            return found(host, "a container", "environment of process 1");
    return false;
}

void doctor_look_for_container(struct doctor_host *host)
{
    if (getenv("KUBERNETES_SERVICE_HOST") != NULL) {
        found(host, "kubernetes", "KUBERNETES_SERVICE_HOST");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        if (access(files[i].file, F_OK) == 0) {
            found(host, files[i].container, files[i].file);
            return;
        }
    }
    if (!look_at_groups(host))
        (void)look_at_environment(host);
}
