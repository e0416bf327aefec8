/* Peers that are one program without images or bundles. */
#include <errno.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "bench/contestants.h"
#include "bench/place.h"

bool tool_prepare_bwrap(struct bench *bench, struct contestant *contestant, struct error *)
{
    struct line line = {};
    line_add_all(&line, contestant->program, "--unshare-user", "--unshare-pid", "--unshare-net",
                 "--unshare-ipc", "--unshare-uts", "--unshare-cgroup", "--uid", "65534", "--gid",
                 "65534", "--ro-bind", "/usr", "/usr", NULL);
    struct top tops[TOPS_MAX];
    size_t count = place_tops(bench, tops);
    for (size_t i = 0; i < count; i++) {
        if (tops[i].target != NULL)
            line_add_all(&line, "--symlink", tops[i].target, tops[i].path, NULL);
        else
            line_add_all(&line, "--ro-bind", tops[i].path, tops[i].path, NULL);
    }
    line_add_all(&line, "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", "/tmp",
                 "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--", NULL);
    contestant_set_commands(contestant, &line);
    return true;
}

bool tool_prepare_firejail(struct bench *, struct contestant *contestant, struct error *)
{
    contestant->in_private_mounts = true; /* it never takes its mounts in /run/firejail away */
    struct line line = {};
    line_add_all(&line, contestant->program, "--quiet", "--noprofile", "--net=none",
                 "--ipc-namespace", "--seccomp", "--caps.drop=all", "--nonewprivs",
                 "--rlimit-nproc=64", "--private-dev", "--private-tmp", "--read-only=/", "--",
                 NULL);
    contestant_set_commands(contestant, &line);
    return true;
}

/* In each v1 hierarchy it wants a parent that exists. */
static void make_cgroups(struct bench *bench)
{
    static const char *const controllers[] = {"memory", "pids", "cpu"};
    for (size_t i = 0; i < COUNT_OF(controllers); i++) {
        auto_free char *path = mem_text("/sys/fs/cgroup/%s/%s", controllers[i], bench->name);
        mkdir(path, 0755); /* if it fails, so does nsjail, and says why */
    }
}

bool tool_prepare_nsjail(struct bench *bench, struct contestant *contestant, struct error *)
{
    make_cgroups(bench);
    struct line line = {};
    line_add_all(&line, contestant->program, "-Mo", "-Q", "--user", "65534", "--group", "65534",
                 "--hostname", "box", "-R", "/usr", "-R", "/dev/null", "-R", "/dev/urandom", "-T",
                 "/tmp", "--cwd", "/tmp", NULL);
    struct top tops[TOPS_MAX];
    size_t count = place_tops(bench, tops);
    for (size_t i = 0; i < count; i++) {
        if (tops[i].target != NULL)
            line_add_all(&line, "-s",
                         arena_text(&bench->arena, "%s:%s", tops[i].target, tops[i].path), NULL);
        else
            line_add_all(&line, "-R", tops[i].path, NULL);
    }
    line_add_all(&line, "--rlimit_as", "max", "--rlimit_cpu", "max", "--rlimit_nofile", "1024",
                 "--time_limit", "60", "--detect_cgroupv2", "--cgroup_mem_max", "268435456",
                 "--cgroup_pids_max", "64", "--cgroup_cpu_ms_per_sec", "1000",
                 "--cgroup_mem_parent", bench->name, "--cgroup_pids_parent", bench->name,
                 "--cgroup_cpu_parent", bench->name, "--", NULL);
    contestant_set_commands(contestant, &line);
    return true;
}

/* Only its --run is measured: the box is made before and taken away after. */
bool tool_prepare_isolate(struct bench *bench, struct contestant *contestant, struct error *err)
{
    const char *box = "--box-id=977"; /* below its usual 1000, and nobody's first choice */
    struct line init = {};
    line_add_all(&init, contestant->program, box, "--init", NULL);
    if (!contestant_run_step(bench, contestant, &init, err))
        return false;
    line_add_all(contestant_add_undo(contestant), contestant->program, box, "--cleanup", NULL);
    struct line line = {};
    line_add_all(&line, contestant->program, box, "--silent", "--processes=64", "--time=20",
                 "--wall-time=30", "--run", "--", NULL);
    contestant_set_commands(contestant, &line);
    return true;
}
