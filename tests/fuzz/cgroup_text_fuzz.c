/*
 * Any text as what /proc and control group files say: what is found stands there, and a path that
 * comes of it lies below the mount.
 */
#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "sys/cgroup_private.h"
#include "sys/mountinfo.h"
#include "sys/process.h"
#include "tests/fuzz/fuzz.h"

static bool is_inside(struct str whole, struct str part)
{
    return part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len;
}

static void check_place(const struct mountinfo *mount, struct str groups)
{
    char path[300];
    struct str own;
    for (int version = 1; version <= 2; version++) {
        if (!cgroup_own_path(groups, CGROUP_MEMORY | CGROUP_PIDS, version, &own))
            continue;
        assert(is_inside(groups, own) && !str_has(own, '\n'));
        if (!cgroup_place_of(mount->root, mount->point, own, path, sizeof path))
            continue;
        size_t point = strnlen(mount->point.ptr, mount->point.len);
        assert(strlen(path) < sizeof path && strncmp(path, mount->point.ptr, point) == 0);
        assert(point < mount->point.len || strstr(path + point, "/../") == NULL);
    }
}

static void check_numbers(const char *text)
{
    static const char *const keys[] = {"oom_kill", "max", "usage_usec"};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        assert(cgroup_find_number(text, keys[i]) == -1 || strstr(text, keys[i]) != NULL);
    uint64_t started = 77;
    if (process_stat_start(text, &started))
        assert(strchr(text, ')') != NULL);
    else
        assert(started == 77);
}

/* Up to the first NUL it is mountinfo, then /proc/self/cgroup. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_free char *text = mem_copy(data, size);
    struct str mounts = str_from(text);
    struct str groups = str_of(text + mounts.len, size - mounts.len);
    struct mountinfo mount;
    for (struct str rest = mounts, line; str_take_line(&rest, &line);) {
        if (!mountinfo_read(line, &mount))
            continue;
        assert(is_inside(line, mount.root) && is_inside(line, mount.point));
        assert(is_inside(line, mount.type) && is_inside(line, mount.options));
        assert(!str_has(mount.root, ' ') && !str_has(mount.point, ' '));
        assert((cgroup_controllers_in(mount.options, ',', 1) & ~15u) == 0);
        check_place(&mount, groups);
    }
    check_numbers(text);
    return 0;
}
