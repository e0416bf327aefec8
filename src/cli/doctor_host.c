#include "cli/doctor_host.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/doctor_host_private.h"
#include "sandbox/ids.h"
#include "sandbox/state.h"
#include "sys/fd.h"
#include "sys/landlock.h"

enum { IDS_LAST = IDS_FIRST + IDS_EACH * IDS_RANGES_MAX - 1 };

#define ROOM_BYTES_MIN (INT64_C(64) << 20)

/* ---- looking -------------------------------------------------------------------------------- */

static int64_t read_sysctl(const char *path)
{
    struct error ignored;
    int64_t value;
    auto_buf struct buf text;
    buf_init(&text, 64);
    if (!fd_read_file(AT_FDCWD, path, &text, &ignored) ||
        !text_read_count(str_trim(buf_str(&text)), &value))
        return -1;
    return value;
}

static void look_at_kernel(struct doctor_host *host, struct arena *arena)
{
    struct utsname name = {};
    (void)uname(&name);
    host->kernel = arena_text(arena, "%s", name.release);
    host->machine = arena_text(arena, "%s", name.machine);
    int abi = landlock_abi();
    host->landlock_abi = abi > 0 ? abi : 0;
    host->kvm = access("/dev/kvm", R_OK | W_OK) == 0;
    host->max_user_namespaces = read_sysctl("/proc/sys/user/max_user_namespaces");
    host->unprivileged_userns_clone = read_sysctl("/proc/sys/kernel/unprivileged_userns_clone");
    host->apparmor_restrict_unprivileged_userns =
        read_sysctl("/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
}

/* The folder need not be there yet: then the nearest one above it counts. */
static void look_at_state(struct doctor_host *host, struct arena *arena)
{
    auto_free char *path = state_path(STATE_LASTING);
    host->state = arena_string(arena, str_from(path));
    struct statvfs disk;
    size_t length = str_from(path).len;
    while (length > 1 && statvfs(path, &disk) < 0) {
        while (length > 1 && path[length - 1] != '/')
            length--;
        length -= length > 1;
        path[length] = '\0';
    }
    host->state_free_bytes =
        statvfs(path, &disk) == 0 ? (int64_t)(disk.f_bavail * disk.f_frsize) : -1;
}

void doctor_host_look(struct doctor_host *ret_host, struct arena *arena)
{
    *ret_host = (struct doctor_host){.mode = ids_mode()};
    look_at_kernel(ret_host, arena);
    look_at_state(ret_host, arena);
    doctor_look_at_cgroups(ret_host, arena);
    doctor_look_for_container(ret_host);
    doctor_look_at_ids(ret_host, arena);
    doctor_make_remarks(ret_host, arena);
}

/* ---- remarks -------------------------------------------------------------------------------- */

static void remark(struct doctor_host *host, const char *what, const char *fix)
{
    if (host->remark_count < DOCTOR_REMARKS_MAX)
        host->remarks[host->remark_count++] = (struct doctor_remark){what, fix};
}

static void remark_on_namespaces(struct doctor_host *host)
{
    if (host->max_user_namespaces == 0)
        remark(host, "user namespaces are switched off (user.max_user_namespaces is 0)",
               "sysctl -w user.max_user_namespaces=15000, and the same in /etc/sysctl.d");
    if (host->mode == MODE_ROOT)
        return;
    if (host->unprivileged_userns_clone == 0)
        remark(host, "plain users may not make user namespaces (kernel.unprivileged_userns_clone)",
               "run as root, or sysctl -w kernel.unprivileged_userns_clone=1");
    if (host->apparmor_restrict_unprivileged_userns == 1)
        remark(host, "AppArmor takes all rights from plain users' user namespaces",
               "run as root, or sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or give "
               "testudo an AppArmor profile with the rule userns");
}

static void remark_on_ids(struct doctor_host *host, struct arena *arena)
{
    if (host->mode != MODE_ROOT)
        return;
    for (int i = 0; i < DOCTOR_FILES; i++) {
        const struct doctor_overlap *overlap = &host->overlaps[i];
        if (overlap->file == NULL)
            continue;
        const char *what =
            arena_text(arena, "line %" PRId64 " of %s gives '%s' ids that boxes use (%d to %d)",
                       overlap->line, overlap->file, overlap->name, IDS_FIRST, IDS_LAST);
        remark(host, what,
               arena_text(arena, "give '%s' other ids in %s", overlap->name, overlap->file));
    }
}

void doctor_make_remarks(struct doctor_host *host, struct arena *arena)
{
    remark_on_namespaces(host);
    remark_on_ids(host, arena);
    if (host->state_free_bytes >= 0 && host->state_free_bytes < ROOM_BYTES_MIN)
        remark(host, "there is hardly any room left for the state folder",
               "make room, or name a folder on another disk in TESTUDO_STATE");
}

/* ---- showing -------------------------------------------------------------------------------- */

static void label(struct buf *out, const char *name)
{
    buf_printf(out, "  %-17s", name);
}

static void say_sysctl(struct buf *out, const char *name, int64_t value)
{
    if (value >= 0)
        buf_printf(out, ", %s=%" PRId64, name, value);
}

static void say_controllers(const struct doctor_host *host, struct buf *out)
{
    for (int i = 0; i < DOCTOR_CONTROLLERS; i++) {
        const struct doctor_controller *controller = &host->controllers[i];
        label(out, i == 0 ? "control groups" : "");
        if (controller->version == 0)
            buf_printf(out, "%-8s none\n", controller->name);
        else {
            buf_printf(out, "%-8s v%d  ", controller->name, controller->version);
            text_escape(out, str_from(controller->place), false);
            buf_add_byte(out, '\n');
        }
    }
}

static void say_state(const struct doctor_host *host, struct buf *out)
{
    label(out, "state folder");
    text_escape(out, str_from(host->state), false);
    if (host->state_free_bytes >= 0) {
        buf_add_text(out, ", ");
        text_write_bytes(out, host->state_free_bytes);
        buf_add_text(out, " free");
    }
    buf_add_byte(out, '\n');
}

static void say_ids(const struct doctor_host *host, struct buf *out)
{
    bool overlaps = false;
    for (int i = 0; i < DOCTOR_FILES; i++)
        overlaps = overlaps || host->overlaps[i].file != NULL;
    label(out, "ids of boxes");
    if (host->mode == MODE_ROOT)
        buf_printf(out, "%d to %d, %s\n", IDS_FIRST, IDS_LAST,
                   overlaps ? "used by others too" : "used by nobody else");
    else
        buf_printf(out, "%u, the caller's own\n", (unsigned)geteuid());
}

static void say_remarks(const struct doctor_host *host, struct buf *out)
{
    for (int i = 0; i < host->remark_count; i++) {
        buf_add_text(out, "  ! ");
        text_escape(out, str_from(host->remarks[i].what), false);
        buf_add_text(out, "\n    fix: ");
        text_escape(out, str_from(host->remarks[i].fix), false);
        buf_add_byte(out, '\n');
    }
}

void doctor_host_say(const struct doctor_host *host, struct buf *out)
{
    buf_add_text(out, "This host\n");
    label(out, "kernel");
    buf_printf(out, "%s %s\n", host->kernel, host->machine);
    label(out, "mode");
    buf_printf(out, "%s\n", host->mode == MODE_ROOT ? "root" : "rootless");
    label(out, "container");
    if (host->container != NULL)
        buf_printf(out, "%s (by %s)\n", host->container, host->container_sign);
    else
        buf_add_text(out, "none seen\n");
    say_controllers(host, out);
    label(out, "landlock");
    buf_printf(out, host->landlock_abi > 0 ? "ABI %d\n" : "none\n", host->landlock_abi);
    label(out, "user namespaces");
    buf_printf(out, "max %" PRId64, host->max_user_namespaces);
    say_sysctl(out, "unprivileged_userns_clone", host->unprivileged_userns_clone);
    say_sysctl(out, "apparmor_restrict_unprivileged_userns",
               host->apparmor_restrict_unprivileged_userns);
    buf_add_byte(out, '\n');
    label(out, "/dev/kvm");
    buf_add_text(out,
                 host->kvm ? "usable\n" : "not usable (only micro virtual machines need it)\n");
    say_state(host, out);
    say_ids(host, out);
    say_remarks(host, out);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void pair_text(struct json_writer *json, const char *key, const char *value)
{
    json_key(json, key);
    json_text(json, value);
}

static void pair_int(struct json_writer *json, const char *key, int64_t value)
{
    json_key(json, key);
    if (value < 0)
        json_null(json);
    else
        json_int(json, value);
}

static void json_controllers(const struct doctor_host *host, struct json_writer *json)
{
    json_key(json, "cgroups");
    json_object(json);
    for (int i = 0; i < DOCTOR_CONTROLLERS; i++) {
        json_key(json, host->controllers[i].name);
        json_object(json);
        pair_int(json, "version", host->controllers[i].version);
        pair_text(json, "place", host->controllers[i].place);
        json_object_end(json);
    }
    json_object_end(json);
}

static void json_overlaps(const struct doctor_host *host, struct json_writer *json)
{
    json_key(json, "id_overlaps");
    json_array(json);
    for (int i = 0; i < DOCTOR_FILES; i++) {
        const struct doctor_overlap *overlap = &host->overlaps[i];
        if (overlap->file == NULL)
            continue;
        json_object(json);
        pair_text(json, "file", overlap->file);
        pair_int(json, "line", overlap->line);
        pair_text(json, "name", overlap->name);
        pair_int(json, "first", overlap->first);
        pair_int(json, "count", overlap->count);
        json_object_end(json);
    }
    json_array_end(json);
}

static void json_remarks(const struct doctor_host *host, struct json_writer *json)
{
    json_key(json, "remarks");
    json_array(json);
    for (int i = 0; i < host->remark_count; i++) {
        json_object(json);
        pair_text(json, "what", host->remarks[i].what);
        pair_text(json, "fix", host->remarks[i].fix);
        json_object_end(json);
    }
    json_array_end(json);
}

void doctor_host_json(const struct doctor_host *host, struct json_writer *json)
{
    json_object(json);
    pair_text(json, "kernel", host->kernel);
    pair_text(json, "machine", host->machine);
    pair_text(json, "container", host->container);
    pair_text(json, "container_sign", host->container_sign);
    json_controllers(host, json);
    pair_int(json, "landlock_abi", host->landlock_abi);
    pair_int(json, "max_user_namespaces", host->max_user_namespaces);
    pair_int(json, "unprivileged_userns_clone", host->unprivileged_userns_clone);
    pair_int(json, "apparmor_restrict_unprivileged_userns",
             host->apparmor_restrict_unprivileged_userns);
    json_key(json, "kvm");
    json_bool(json, host->kvm);
    pair_text(json, "state", host->state);
    pair_int(json, "state_free_bytes", host->state_free_bytes);
    json_overlaps(host, json);
    json_remarks(host, json);
    json_object_end(json);
}
