#include "cli/doctor_host_private.h"

#include <fcntl.h>

#include "base/mem.h"
#include "sys/fd.h"
#include "sys/mountinfo.h"

enum { PROC_BYTES_MAX = 1 << 20 };

static const char *const names[DOCTOR_CONTROLLERS] = {"memory", "pids", "cpu", "cpuacct"};

static bool lists(struct str list, char border, const char *name)
{
    for (struct str word; str_take_until(&list, border, &word);)
        if (str_is(str_trim(word), name))
            return true;
    return false;
}

/* Lines "4:memory:/a/b", for v2 "0::/a/b"; controller NULL means v2. */
static struct str own_group(struct str groups, const char *controller)
{
    for (struct str line; str_take_line(&groups, &line);) {
        struct str id, controllers;
        if (!str_take_until(&line, ':', &id) || line.len == 0)
            continue;
        bool is_v2 = line.ptr[0] == ':';
        if (!str_take_until(&line, ':', &controllers))
            continue;
        if (controller == NULL ? is_v2 : lists(controllers, ',', controller))
            return line;
    }
    return STR("");
}

/* A mount may show only a part of its tree: then our group's path begins below that part. */
static const char *place(const struct mountinfo *mount, struct str group, struct arena *arena)
{
    struct str below = group;
    if (!str_is(mount->root, "/") && group.len >= mount->root.len &&
        str_equal(str_of(group.ptr, mount->root.len), mount->root))
        below = str_skip(group, mount->root.len);
    if (str_is(below, "/"))
        below = STR("");
    return arena_text(arena, "%.*s%.*s", (int)mount->point.len, mount->point.ptr, (int)below.len,
                      below.ptr);
}

static bool v2_has(const struct mountinfo *mount, const char *name)
{
    struct error ignored;
    auto_buf struct buf text;
    buf_init(&text, 4096);
    auto_free char *path =
        mem_text("%.*s/cgroup.controllers", (int)mount->point.len, mount->point.ptr);
    /* v2's cpu counts the time used as well */
    bool is_cpuacct = str_is(str_from(name), "cpuacct");
    return fd_read_file(AT_FDCWD, path, &text, &ignored) &&
           lists(str_trim(buf_str(&text)), ' ', is_cpuacct ? "cpu" : name);
}

static void note(struct doctor_controller *controller, const struct mountinfo *mount,
                 struct str groups, struct arena *arena)
{
    bool is_v1 = str_is(mount->type, "cgroup") && lists(mount->options, ',', controller->name);
    bool is_v2 = !is_v1 && str_is(mount->type, "cgroup2") && v2_has(mount, controller->name);
    if (controller->version != 0 || !(is_v1 || is_v2))
        return;
    controller->version = is_v1 ? 1 : 2;
    controller->place = place(mount, own_group(groups, is_v1 ? controller->name : NULL), arena);
}

void doctor_look_at_cgroups(struct doctor_host *host, struct arena *arena)
{
    struct error ignored;
    auto_buf struct buf mounts, groups;
    buf_init(&mounts, PROC_BYTES_MAX);
    buf_init(&groups, PROC_BYTES_MAX);
    for (int i = 0; i < DOCTOR_CONTROLLERS; i++)
        host->controllers[i].name = names[i];
    if (!fd_read_file(AT_FDCWD, "/proc/self/mountinfo", &mounts, &ignored) ||
        !fd_read_file(AT_FDCWD, "/proc/self/cgroup", &groups, &ignored))
        return;
    struct mountinfo mount;
    for (struct str rest = buf_str(&mounts), line; str_take_line(&rest, &line);)
        for (int i = 0; mountinfo_read(line, &mount) && i < DOCTOR_CONTROLLERS; i++)
            note(&host->controllers[i], &mount, buf_str(&groups), arena);
}
