#include "bench/bundle.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "bench/place.h"

enum { CONFIG_BYTES_MAX = 65536, BOX_UID = 65534, NOFILE_MAX = 1024, MEMORY_MAX = 256 << 20 };

static void put_list(struct json_writer *json, const char *key, const char *const *words,
                     size_t count)
{
    json_key(json, key);
    json_array(json);
    for (size_t i = 0; i < count; i++)
        json_text(json, words[i]);
    json_array_end(json);
}

static void open_member(struct json_writer *json, const char *key)
{
    json_key(json, key);
    json_object(json);
}

static void put_capabilities(struct json_writer *json)
{
    static const char *const sets[] = {"bounding", "effective", "permitted", "inheritable",
                                       "ambient"};
    open_member(json, "capabilities");
    for (size_t i = 0; i < COUNT_OF(sets); i++)
        put_list(json, sets[i], NULL, 0);
    json_object_end(json);
}

/* Named although we do not care: runtimes otherwise try to raise it, which root may be forbidden.
 */
static void put_rlimits(struct json_writer *json)
{
    json_key(json, "rlimits");
    json_array(json);
    json_object(json);
    json_add_text(json, "type", "RLIMIT_NOFILE");
    json_add_int(json, "hard", NOFILE_MAX);
    json_add_int(json, "soft", NOFILE_MAX);
    json_object_end(json);
    json_array_end(json);
}

static void put_process(struct json_writer *json, enum workload_id workload)
{
    static const char *const env[] = {"PATH=/usr/bin:/bin", "HOME=/tmp", "LANG=C.UTF-8"};
    struct line command = {};
    line_add_command(&command, workload);
    open_member(json, "process");
    json_add_bool(json, "terminal", false);
    open_member(json, "user");
    json_add_int(json, "uid", BOX_UID);
    json_add_int(json, "gid", BOX_UID);
    json_object_end(json);
    put_list(json, "args", command.words, command.count);
    put_list(json, "env", env, COUNT_OF(env));
    json_add_text(json, "cwd", "/tmp");
    json_add_bool(json, "noNewPrivileges", true);
    put_capabilities(json);
    put_rlimits(json);
    json_object_end(json);
}

static void put_mount(struct json_writer *json, const char *place, const char *type,
                      const char *source, const char *const *options, size_t count)
{
    json_object(json);
    json_add_text(json, "destination", place);
    json_add_text(json, "type", type);
    json_add_text(json, "source", source);
    put_list(json, "options", options, count);
    json_object_end(json);
}

static void put_mounts(struct bench *bench, struct json_writer *json)
{
    static const char *const bound[] = {"rbind", "ro", "nosuid", "nodev"};
    static const char *const strict[] = {"nosuid", "noexec", "nodev"};
    static const char *const devices[] = {"nosuid", "strictatime", "mode=755", "size=65536k"};
    static const char *const scratch[] = {"nosuid", "nodev", "mode=1777", "size=64m"};
    json_key(json, "mounts");
    json_array(json);
    put_mount(json, "/proc", "proc", "proc", strict, COUNT_OF(strict));
    put_mount(json, "/dev", "tmpfs", "tmpfs", devices, COUNT_OF(devices));
    put_mount(json, "/tmp", "tmpfs", "tmpfs", scratch, COUNT_OF(scratch));
    put_mount(json, "/usr", "bind", "/usr", bound, COUNT_OF(bound));
    struct top tops[TOPS_MAX];
    size_t count = place_tops(bench, tops);
    for (size_t i = 0; i < count; i++)
        if (tops[i].target == NULL)
            put_mount(json, tops[i].path, "bind", tops[i].path, bound, COUNT_OF(bound));
    json_array_end(json);
}

static void put_namespaces(struct json_writer *json)
{
    static const char *const types[] = {"pid", "network", "ipc", "uts", "mount", "cgroup"};
    json_key(json, "namespaces");
    json_array(json);
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        json_object(json);
        json_add_text(json, "type", types[i]);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_resources(struct json_writer *json, int processes_max)
{
    open_member(json, "resources");
    json_key(json, "devices");
    json_array(json);
    json_object(json);
    json_add_bool(json, "allow", false);
    json_add_text(json, "access", "rwm");
    json_object_end(json);
    json_array_end(json);
    open_member(json, "memory");
    json_add_int(json, "limit", MEMORY_MAX);
    json_add_int(json, "swap", MEMORY_MAX);
    json_object_end(json);
    open_member(json, "pids");
    json_add_int(json, "limit", processes_max);
    json_object_end(json);
    open_member(json, "cpu");
    json_add_int(json, "quota", 100000);
    json_add_int(json, "period", 100000);
    json_object_end(json);
    json_object_end(json);
}

static void put_seccomp(struct json_writer *json)
{
    static const char *const denied[] = {
        "add_key",    "bpf",     "delete_module", "finit_module", "init_module", "io_uring_setup",
        "kexec_load", "keyctl",  "mount",         "move_mount",   "open_tree",   "perf_event_open",
        "pivot_root", "ptrace",  "reboot",        "request_key",  "setns",       "swapon",
        "umount2",    "unshare", "userfaultfd",
    };
    open_member(json, "seccomp");
    json_add_text(json, "defaultAction", "SCMP_ACT_ALLOW");
    json_key(json, "syscalls");
    json_array(json);
    json_object(json);
    put_list(json, "names", denied, COUNT_OF(denied));
    json_add_text(json, "action", "SCMP_ACT_ERRNO");
    json_object_end(json);
    json_array_end(json);
    json_object_end(json);
}

static void put_linux(struct json_writer *json, const struct bundle *bundle)
{
    static const char *const masked[] = {"/proc/kcore", "/proc/keys", "/proc/timer_list"};
    static const char *const read_only[] = {"/proc/sys"};
    open_member(json, "linux");
    put_namespaces(json);
    json_add_text(json, "cgroupsPath", bundle->cgroups);
    put_resources(json, bundle->processes_max);
    put_seccomp(json);
    put_list(json, "maskedPaths", masked, COUNT_OF(masked));
    put_list(json, "readonlyPaths", read_only, COUNT_OF(read_only));
    json_object_end(json);
}

bool bundle_write(struct bench *bench, const struct bundle *bundle, enum workload_id workload,
                  struct error *err)
{
    auto_buf struct buf out;
    buf_init(&out, CONFIG_BYTES_MAX);
    struct json_writer json;
    json_start(&json, &out);
    json_object(&json);
    json_add_text(&json, "ociVersion", "1.0.2");
    put_process(&json, workload);
    open_member(&json, "root");
    json_add_text(&json, "path", place_path(bench, "root"));
    json_add_bool(&json, "readonly", true);
    json_object_end(&json);
    json_add_text(&json, "hostname", "box");
    put_mounts(bench, &json);
    put_linux(&json, bundle);
    json_object_end(&json);
    if (out.over)
        return error_set(err, ERROR_INTERNAL, "config.json is longer than planned");
    return place_make_folder(bench, bundle->folder, err) != NULL &&
           place_write(bench, arena_text(&bench->arena, "%s/config.json", bundle->folder),
                       buf_str(&out), err);
}
