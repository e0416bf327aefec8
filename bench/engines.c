/* Peers that run containers: the OCI runtimes by themselves, and docker and podman above them. */
#include <unistd.h>

#include "bench/bundle.h"
#include "bench/contestants.h"
#include "bench/place.h"

/* One bundle a workload. All the runtime's own files lie in our folder as well. */
static bool prepare_oci(struct bench *bench, struct contestant *contestant,
                        const struct line *runtime, int processes_max, struct error *err)
{
    const char *id = arena_text(&bench->arena, "%s-%s", bench->name, contestant->name);
    struct bundle bundle = {.cgroups = arena_text(&bench->arena, "/%s", id),
                            .processes_max = processes_max};
    for (enum workload_id w = 0; w < WORKLOAD_HELLO; w++) {
        bundle.folder = arena_text(&bench->arena, "%s-%d", contestant->name, (int)w);
        if (!bundle_write(bench, &bundle, w, err))
            return false;
        line_append(&contestant->commands[w], runtime);
        line_add_all(&contestant->commands[w], "run", "--bundle", place_path(bench, bundle.folder),
                     id, NULL);
    }
    struct line *undo = contestant_add_undo(contestant);
    line_append(undo, runtime);
    line_add_all(undo, "delete", "--force", id, NULL);
    return true;
}

static struct line runtime_line(struct bench *bench, const struct contestant *contestant)
{
    struct line line = {};
    line_add_all(&line, contestant->program, "--root",
                 arena_text(&bench->arena, "%s/%s-state", bench->folder, contestant->name), NULL);
    return line;
}

bool oci_prepare_crun(struct bench *bench, struct contestant *contestant, struct error *err)
{
    contestant->in_private_mounts = true;
    struct line runtime = runtime_line(bench, contestant);
    return prepare_oci(bench, contestant, &runtime, 64, err);
}

bool oci_prepare_runc(struct bench *bench, struct contestant *contestant, struct error *err)
{
    struct line runtime = runtime_line(bench, contestant);
    return prepare_oci(bench, contestant, &runtime, 64, err);
}

/* It counts its own threads as the box's: 64 would end it at once. */
bool oci_prepare_runsc(struct bench *bench, struct contestant *contestant, struct error *err)
{
    contestant->in_private_mounts = true;
    struct line runtime = runtime_line(bench, contestant);
    line_add(&runtime, "--network=none");
    return prepare_oci(bench, contestant, &runtime, 1024, err);
}

static void add_confinement(struct line *line)
{
    line_add_all(line, "run", "--rm", "--network", "none", "--read-only", "--memory", "256m",
                 "--memory-swap", "256m", "--cpus", "1", "--pids-limit", "64", "--user",
                 "65534:65534", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
                 "--volume", "/usr:/usr:ro", "--workdir", "/tmp", NULL);
}

/* The image is our empty root, some hundred bytes; /usr comes in as a volume. */
bool engine_prepare_docker(struct bench *bench, struct contestant *contestant, struct error *err)
{
    const char *archive = place_path(bench, "root.tar");
    struct line pack = {}, import = {}, line = {};
    line_add_all(&pack, "/bin/tar", "-C", place_path(bench, "root"), "-cf", archive, ".", NULL);
    line_add_all(&import, contestant->program, "import", archive, bench->name, NULL);
    if (!contestant_run_step(bench, contestant, &pack, err) ||
        !contestant_run_step(bench, contestant, &import, err))
        return false;
    line_add_all(contestant_add_undo(contestant), contestant->program, "rmi", "--force",
                 bench->name, NULL);
    line_add(&line, contestant->program);
    add_confinement(&line);
    line_add_all(&line, "--tmpfs", "/tmp", bench->name, NULL);
    contestant_set_commands(contestant, &line);
    return true;
}

bool engine_prepare_podman(struct bench *bench, struct contestant *contestant, struct error *err)
{
    contestant->in_private_mounts = true; /* it hands on to crun */
    if (geteuid() != 0)
        return error_set(err, ERROR_HOST, "measured as root only");
    struct line line = {};
    line_add_all(&line, contestant->program, "--root", place_path(bench, "podman"), "--runroot",
                 place_path(bench, "podman-run"), "--cgroup-manager", "cgroupfs",
                 "--events-backend", "none", NULL);
    add_confinement(&line);
    line_add_all(&line, "--log-driver", "none", "--ulimit", "nofile=1024:1024", "--ulimit",
                 "nproc=4096:4096", "--cgroup-parent",
                 arena_text(&bench->arena, "/%s", bench->name), "--rootfs",
                 place_path(bench, "root"), NULL);
    contestant_set_commands(contestant, &line);
    return true;
}
