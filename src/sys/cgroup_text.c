/* What /proc and control group files say, as text: nothing here opens anything. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/cgroup_private.h"

const struct cgroup_controller_row cgroup_controllers[CGROUP_CONTROLLERS] = {
    {"memory", CGROUP_MEMORY, CGROUP_MEMORY},
    {"pids", CGROUP_PIDS, CGROUP_PIDS},
    {"cpu", CGROUP_CPU, CGROUP_CPU | CGROUP_CPUACCT},
    {"cpuacct", CGROUP_CPUACCT, 0},
};

unsigned cgroup_controllers_in(struct str list, char border, int version)
{
    unsigned found = 0;
    for (struct str name; str_take_until(&list, border, &name);)
        for (size_t i = 0; i < CGROUP_CONTROLLERS; i++)
            if (str_is(str_trim(name), cgroup_controllers[i].name))
                found |= version == 1 ? cgroup_controllers[i].v1 : cgroup_controllers[i].v2;
    return found;
}

bool cgroup_own_path(struct str groups, unsigned wanted, int version, struct str *ret_path)
{
    for (struct str line; str_take_line(&groups, &line);) {
        struct str id, names;
        if (!str_take_until(&line, ':', &id))
            continue;
        bool is_v2 = line.len > 0 && line.ptr[0] == ':';
        if (!str_take_until(&line, ':', &names))
            continue;
        if (version == 2 ? is_v2 : (cgroup_controllers_in(names, ',', 1) & wanted) != 0) {
            *ret_path = line;
            return true;
        }
    }
    return false;
}

/* A group outside of our cgroup namespace is shown as "/../x": followed by hand it leads astray. */
static bool leads_up(struct str path)
{
    for (struct str name; str_take_until(&path, '/', &name);)
        if (str_is(name, ".."))
            return true;
    return false;
}

bool cgroup_place_of(struct str mount_root, struct str mount_point, struct str own, char *ret_path,
                     size_t size)
{
    if (!str_is(mount_root, "/")) {
        if (own.len < mount_root.len || !str_equal(str_of(own.ptr, mount_root.len), mount_root))
            return false;
        own = str_skip(own, mount_root.len);
        if (own.len > 0 && own.ptr[0] != '/') /* "/ab" is not below "/a" */
            return false;
    }
    if (leads_up(own))
        return false;
    int length = snprintf(ret_path, size, "%.*s%.*s", (int)mount_point.len, mount_point.ptr,
                          (int)own.len, own.ptr);
    return length > 0 && (size_t)length < size;
}

int64_t cgroup_find_number(const char *text, const char *key)
{
    size_t length = strlen(key);
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, length) == 0 && line[length] == ' ')
            return strtoll(line + length + 1, NULL, 10);
    }
    return -1;
}
