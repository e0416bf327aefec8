/* Slots that serve one box after another, populated by real mothers. */
#include "sandbox/pool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/box.h"
#include "sandbox/parked.h"
#include "sys/fd.h"
#include "tests/test.h"
#include "tests/unit/sys/open_fds.h"

struct world {
    struct sandbox_host host;
    struct loop *loop;
    struct pool *pool;
    struct loop_timer tick;
    int null, fds;
    int64_t deadline_ns;
    bool (*until)(const struct world *world);
    /* the box that is at work */
    struct box *box;
    bool over;
    struct box_end end;
    struct error why;
    struct isolation isolation;
};

static struct world *begin_world(void)
{
    struct error err;
    struct world *world = calloc(1, sizeof *world);
    test_need_root();
    umask(0);
    signal(SIGPIPE, SIG_IGN);
    world->fds = open_fds_count();
    sandbox_host_open(&world->host);
    world->loop = loop_new(&err);
    world->null = fd_open(AT_FDCWD, "/dev/null", O_RDWR, 0, &err);
    CHECK(world->loop != NULL && world->null >= 0);
    world->pool = pool_new(&world->host, world->loop, &err);
    if (world->pool == NULL && (err.number == EPERM || err.number == ENOSPC))
        test_skip("no boxes here: %s", err.text);
    CHECK_OK(world->pool != NULL, err);
    return world;
}

/* Nothing may be left: no descriptor, no child. */
static void end_world(struct world *world)
{
    pool_free(world->pool);
    fd_close_at(&world->null);
    sandbox_host_close(&world->host);
    loop_free(world->loop);
    CHECK_INT(open_fds_count(), world->fds);
    CHECK_INT(waitpid(-1, NULL, WNOHANG), -1);
    CHECK_INT(errno, ECHILD);
    free(world);
}

static void look_again(void *cookie)
{
    struct world *world = cookie;
    CHECK(clock_now_ns() < world->deadline_ns);
    if (world->until(world))
        loop_stop(world->loop);
    else
        loop_set_timer(world->loop, &world->tick, clock_now_ns() + 1000000, look_again, world);
}

static void run_until(struct world *world, bool (*until)(const struct world *world))
{
    struct error err;
    world->until = until;
    world->deadline_ns = clock_now_ns() + INT64_C(110000000000);
    loop_set_timer(world->loop, &world->tick, 0, look_again, world);
    CHECK_OK(loop_run(world->loop, &err), err);
}

static bool is_over(const struct world *world)
{
    return world->over;
}

static bool commands_wait(const struct world *world)
{
    struct pool_state now = pool_state(world->pool, WARM_COMMAND);
    return now.wanted > 0 && now.waiting >= now.wanted;
}

static bool pythons_wait(const struct world *world)
{
    return pool_state(world->pool, WARM_PYTHON).waiting > 0;
}

static void want(struct world *world, enum warm kind, int count)
{
    struct error err;
    CHECK_OK(pool_want(world->pool, kind, count, &err), err);
}

static void on_ready(void *cookie, const struct isolation *isolation, int work)
{
    struct world *world = cookie;
    struct error err;
    (void)work;
    world->isolation = *isolation;
    CHECK_OK(box_start(world->box, &err), err);
}

static void on_refused(void *cookie, const struct box_refusal *refusal)
{
    (void)cookie, (void)refusal;
}

static void on_ended(void *cookie, const struct box_end *end)
{
    struct world *world = cookie;
    world->end = *end;
    world->over = true;
}

static void on_failed(void *cookie, const struct error *why)
{
    struct world *world = cookie;
    world->why = *why;
    world->over = true;
}

static const struct box_events events = {on_ready, NULL, on_refused, on_ended, on_failed};

static struct box_spec make_spec(const struct world *world, const char **argv)
{
    struct box_spec spec = {
        .env.list = (const char **)(uintptr_t)box_clean_env,
        .argv.list = argv,
        .cwd = "/work",
        .image = "host",
        .limits = limits_of_profile(&profiles[0]),
        .stdio = {world->null, world->null, world->null},
    };
    while (spec.argv.list[spec.argv.count] != NULL)
        spec.argv.count++;
    while (spec.env.list[spec.env.count] != NULL)
        spec.env.count++;
    return spec;
}

/* One box from its spec to its end; the leader's exit status. */
static int serve(struct world *world, const struct box_spec *spec)
{
    struct error err;
    struct slot *slot = pool_take(world->pool, spec, &err);
    CHECK_OK(slot != NULL, err);
    world->over = false;
    world->why = (struct error){};
    world->box = box_new(slot, world->loop, spec, &events, world, &err);
    CHECK_OK(world->box != NULL, err);
    run_until(world, is_over);
    box_free(world->box);
    pool_put(world->pool, slot);
    CHECK_TEXT(world->why.text, "");
    CHECK(world->end.leader_ended);
    return WEXITSTATUS(world->end.status);
}

static int serve_words(struct world *world, const char **argv)
{
    struct box_spec spec = make_spec(world, argv);
    return serve(world, &spec);
}

#define SERVE(world, ...) serve_words(world, (const char *[]){__VA_ARGS__, NULL})

TEST(pool_that_nobody_asked_gives_cold_boxes)
{
    struct world *world = begin_world();
    for (int i = 0; i < 3; i++) {
        CHECK_INT(SERVE(world, "sh", "-c", "exit 3"), 3);
        CHECK_INT(world->isolation.made, BOX_MADE_COLD);
    }
    end_world(world);
}

TEST(pool_keeps_as_many_waiting_as_were_wanted)
{
    struct world *world = begin_world();
    want(world, WARM_COMMAND, 3);
    run_until(world, commands_wait);
    CHECK_INT(SERVE(world, "sh", "-c", "exit 4"), 4);
    CHECK_INT(world->isolation.made, BOX_MADE_POOLED);
    run_until(world, commands_wait);
    CHECK_INT(pool_state(world->pool, WARM_COMMAND).at_work, 0);
    end_world(world);
}

TEST(pool_gives_a_cold_box_where_a_pooled_one_would_not_do)
{
    struct world *world = begin_world();
    want(world, WARM_COMMAND, 1);
    run_until(world, commands_wait);
    struct box_spec spec = make_spec(world, (const char *[]){"true", NULL});
    spec.cold = true;
    CHECK_INT(serve(world, &spec), 0);
    CHECK_INT(world->isolation.made, BOX_MADE_COLD);
    spec.cold = false;
    spec.explain = true;
    CHECK_INT(serve(world, &spec), 0);
    CHECK_INT(world->isolation.made, BOX_MADE_COLD);
    end_world(world);
}

/* What a guest does to all that he can reach, and what the next one in the same slot finds. */
TEST_LASTING(pool_slot_shows_nothing_of_its_last_box, 30)
{
    struct world *world = begin_world();
    want(world, WARM_COMMAND, 1);
    for (int i = 0; i < 5; i++) {
        run_until(world, commands_wait);
        CHECK_INT(SERVE(world, "sh", "-c",
                        "[ -z \"$(find /work /tmp /dev/shm /in -mindepth 1)\" ] || exit 1;"
                        "[ $(ls -d /proc/[0-9]* | wc -l) -le 5 ] || exit 2;"
                        "touch a /tmp/b /dev/shm/c && mkdir -p d/e || exit 3;"
                        "touch /dev/null 2>/dev/null && exit 4;"
                        "(sleep 60 &) ; exit 7"),
                  7);
        CHECK_INT(world->isolation.made, BOX_MADE_POOLED);
    }
    end_world(world);
}

TEST_LASTING(pool_slot_counts_for_each_box_anew, 90)
{
    struct world *world = begin_world();
    want(world, WARM_COMMAND, 1);
    run_until(world, commands_wait);
    CHECK_INT(SERVE(world, "sh", "-c",
                    "head -c 60000000 /dev/zero > /dev/shm/x; i=0;"
                    "while [ $i -lt 30000 ]; do i=$((i + 1)); done"),
              0);
    int64_t large = world->end.memory_peak_bytes;
    int64_t busy = world->end.cpu_user_ns + world->end.cpu_system_ns;
    run_until(world, commands_wait);
    CHECK_INT(SERVE(world, "true"), 0);
    if (large < 0)
        test_skip("memory is not counted here");
    CHECK(large > 50000000);
    CHECK(world->end.memory_peak_bytes < 20000000);
    CHECK(world->end.cpu_user_ns + world->end.cpu_system_ns < busy / 2);
    CHECK(world->end.processes_peak <= 2);
    end_world(world);
}

/* Waiting is not free: /proc, the disk, and a spec take a millisecond or so of a processor. */
TEST_LASTING(pool_charges_no_guest_for_the_making_of_its_box, 30)
{
    struct world *world = begin_world();
    int64_t least = INT64_MAX;
    want(world, WARM_COMMAND, 1);
    for (int i = 0; i < 5; i++) {
        run_until(world, commands_wait);
        struct slot *slot;
        struct box_spec spec = make_spec(world, (const char *[]){"true", NULL});
        struct error err;
        slot = pool_take(world->pool, &spec, &err);
        CHECK_OK(slot != NULL, err);
        int64_t before = cgroup_cpu_ns(&slot->cgroup);
        if (before < 0)
            test_skip("processor time is not counted here");
        cgroup_begin(&slot->cgroup);
        int64_t after = cgroup_cpu_ns(&slot->cgroup);
        pool_put(world->pool, slot);
        CHECK(before > 0);
        if (after < least)
            least = after;
    }
    CHECK(least >= 0 && least < 100000); /* it waits, and does nothing */
    end_world(world);
}

static pid_t child_of(pid_t parent)
{
    auto_free char *path = mem_text("/proc/%d/task/%d/children", parent, parent);
    FILE *file = fopen(path, "re");
    pid_t child = 0;
    CHECK(file != NULL && fscanf(file, "%d", &child) == 1);
    fclose(file);
    return child;
}

/* It has been told what it is for, and stands still before it has read that. */
TEST(pool_box_whose_occupant_dies_before_it_is_ready_is_lost_and_has_no_verdict)
{
    struct world *world = begin_world();
    struct box_spec spec = make_spec(world, (const char *[]){"true", NULL});
    struct error err;
    want(world, WARM_COMMAND, 1);
    run_until(world, commands_wait);
    struct slot *slot = pool_take(world->pool, &spec, &err);
    CHECK_OK(slot != NULL, err);
    CHECK(slot_is_founded(slot));
    pid_t occupant = child_of(slot->pid);
    CHECK_INT(kill(occupant, SIGSTOP), 0);
    world->over = false;
    world->why = (struct error){};
    world->box = box_new(slot, world->loop, &spec, &events, world, &err);
    CHECK_OK(world->box != NULL, err);
    CHECK_INT(kill(occupant, SIGKILL), 0);
    run_until(world, is_over);
    box_free(world->box);
    pool_put(world->pool, slot);
    CHECK_INT(world->why.kind, ERROR_INTERRUPTED);
    CHECK_INT(SERVE(world, "sh", "-c", "exit 4"), 4);
    end_world(world);
}

TEST_LASTING(pool_slot_takes_other_limits_each_time, 60)
{
    struct world *world = begin_world();
    want(world, WARM_COMMAND, 1);
    static const int64_t megabytes[] = {64, 256, 32};
    for (int i = 0; i < 3; i++) {
        run_until(world, commands_wait);
        struct box_spec spec =
            make_spec(world, (const char *[]){"sh", "-c",
                                              "head -c 40000000 /dev/zero > f || exit 9;"
                                              "df -k /work | tail -n 1 | tr -s ' ' |"
                                              "cut -d ' ' -f 2 | grep -qx $(($0 * 1024))",
                                              (const char *[]){"64", "256", "32"}[i], NULL});
        spec.limits.value[LIMIT_DISK] = megabytes[i] << 20;
        CHECK_INT(serve(world, &spec), megabytes[i] == 32 ? 9 : 0);
        CHECK_INT(world->isolation.made, BOX_MADE_POOLED);
    }
    end_world(world);
}

TEST(pool_brings_loopback_up_for_one_box_only)
{
    struct world *world = begin_world();
    static const char up[] = "grep -q '^ *lo:' /proc/net/dev && "
                             "[ \"$(cat /proc/net/if_inet6 2>/dev/null | wc -l)\" -gt 0 ]";
    want(world, WARM_COMMAND, 1);
    for (int i = 0; i < 4; i++) {
        run_until(world, commands_wait);
        struct box_spec spec = make_spec(world, (const char *[]){"sh", "-c", up, NULL});
        spec.network = i % 2 == 0 ? NETWORK_LOOPBACK : NETWORK_NONE;
        int status = serve(world, &spec);
        if (i == 0 && status != 0)
            test_skip("this kernel has no IPv6, by which the test knows");
        CHECK_INT(status, i % 2);
    }
    end_world(world);
}

/* Alive: midwives have their mother's name, and are waited for when their slot is vacated. */
static pid_t find_child(const char *wanted)
{
    DIR *proc = opendir("/proc");
    pid_t found = 0;
    for (struct dirent *entry = readdir(proc); entry != NULL; entry = readdir(proc)) {
        char path[300], line[256] = "";
        snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
        FILE *file = fopen(path, "re");
        int pid = 0, parent = 0;
        char name[32] = "", state;
        if (file == NULL)
            continue;
        if (fgets(line, sizeof line, file) != NULL &&
            sscanf(line, "%d (%31[^)]) %c %d", &pid, name, &state, &parent) == 4 &&
            parent == getpid() && state != 'Z' && strcmp(name, wanted) == 0)
            found = pid;
        fclose(file);
    }
    closedir(proc);
    return found;
}

TEST(pool_heals_when_its_launcher_is_killed)
{
    struct world *world = begin_world();
    want(world, WARM_COMMAND, 2);
    run_until(world, commands_wait);
    pid_t launcher = find_child("testudo-mother");
    CHECK(launcher > 0);
    CHECK(kill(launcher, SIGKILL) == 0);
    for (int i = 0; i < 6; i++) { /* those that wait live on, then there are new ones */
        CHECK_INT(SERVE(world, "sh", "-c", "exit 5"), 5);
        run_until(world, commands_wait);
    }
    CHECK(find_child("testudo-mother") > 0);
    CHECK(find_child("testudo-mother") != launcher);
    end_world(world);
}

static bool commands_wait_again(const struct world *world)
{
    return commands_wait(world) && pool_state(world->pool, WARM_COMMAND).at_work == 0;
}

static void take_and_put_back(struct world *world)
{
    struct error err;
    struct box_spec spec = make_spec(world, (const char *[]){"true", NULL});
    struct slot *slot = pool_take(world->pool, &spec, &err);
    CHECK_OK(slot != NULL && slot_is_founded(slot), err);
    pool_put(world->pool, slot);
}

TEST_LASTING(pool_gives_up_births_that_last_too_long_and_asks_anew, 60)
{
    struct world *world = begin_world();
    want(world, WARM_COMMAND, 3);
    run_until(world, commands_wait);
    pid_t launcher = find_child("testudo-mother");
    CHECK(launcher > 0);
    CHECK_INT(kill(launcher, SIGSTOP), 0); /* she carries out no order, and does not end */
    pool_limit_births(world->pool, 300);
    take_and_put_back(world);
    run_until(world, commands_wait_again);
    CHECK(find_child("testudo-mother") != launcher);
    CHECK_INT(kill(launcher, 0), -1);
    end_world(world);
}

/* A tracer of her own sees the midwife's last moment between bearing and telling. */
static void strike_midwife(pid_t launcher, int ready)
{
    long options = PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
    if (ptrace(PTRACE_SEIZE, launcher, NULL, options) < 0 || write(ready, "r", 1) != 1)
        _exit(1);
    for (pid_t struck = 0;;) {
        int status;
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0 || (pid == struck && WIFSIGNALED(status)))
            _exit(pid < 0);
        if (!WIFSTOPPED(status))
            continue;
        if (status >> 16 == PTRACE_EVENT_VFORK && pid != launcher && struck == 0) {
            struck = pid;
            kill(pid, SIGKILL);
        } else {
            ptrace(PTRACE_CONT, pid, NULL, status >> 16 != 0 ? 0L : (long)WSTOPSIG(status));
        }
    }
}

static pid_t start_striker(pid_t launcher)
{
    int ready[2];
    char letter;
    CHECK_INT(pipe2(ready, O_CLOEXEC), 0);
    pid_t striker = fork();
    if (striker == 0)
        strike_midwife(launcher, ready[1]);
    close(ready[1]);
    if (read(ready[0], &letter, 1) != 1)
        test_skip("no process may be traced here");
    close(ready[0]);
    return striker;
}

TEST_LASTING(pool_loses_no_berth_when_a_midwife_is_ended_between_bearing_and_telling, 60)
{
    struct world *world = begin_world();
    int status;
    want(world, WARM_COMMAND, 3);
    run_until(world, commands_wait);
    pid_t launcher = find_child("testudo-mother");
    CHECK(launcher > 0);
    pid_t striker = start_striker(launcher);
    take_and_put_back(world);
    run_until(world, commands_wait_again);
    CHECK_INT(waitpid(striker, &status, 0), striker);
    CHECK_INT(status, 0); /* it did strike */
    CHECK(find_child("testudo-mother") != launcher);
    CHECK_INT(SERVE(world, "sh", "-c", "exit 3"), 3);
    end_world(world);
}

/* Their tables and namespaces, not their pages, are what this would run out of. */
TEST_LASTING(pool_keeps_five_hundred_boxes_ready, 120)
{
    test_need_native_speed();
    struct rlimit files = {.rlim_cur = 20000, .rlim_max = 20000};
    if (setrlimit(RLIMIT_NOFILE, &files) < 0)
        test_skip("not so many files may be open here");
    struct world *world = begin_world();
    want(world, WARM_COMMAND, POOL_WANT_MAX);
    run_until(world, commands_wait);
    for (int i = 0; i < 30; i++) {
        CHECK_INT(SERVE(world, "sh", "-c", "exit 9"), 9);
        CHECK_INT(world->isolation.made, BOX_MADE_POOLED);
    }
    run_until(world, commands_wait);
    end_world(world);
}

/* Or a mother that is to end would wait for one that began after her. */
TEST(pool_launcher_holds_no_file_of_the_brokers)
{
    struct world *world = begin_world();
    want(world, WARM_COMMAND, 2);
    run_until(world, commands_wait);
    auto_free char *path = mem_text("/proc/%d/fd", find_child("testudo-mother"));
    DIR *files = opendir(path);
    int count = 0;
    CHECK(files != NULL);
    while (readdir(files) != NULL)
        count++;
    closedir(files);
    CHECK_INT(count, 2 + 3 + 1); /* the folder itself twice, standard files, her socket */
    end_world(world);
}

TEST(pool_freed_while_it_fills_leaves_nothing)
{
    for (int ms = 0; ms < 12; ms += 2) {
        struct world *world = begin_world();
        struct error err;
        want(world, WARM_COMMAND, 4);
        loop_set_timer(world->loop, &world->tick, clock_now_ns() + ms * 1000000,
                       (loop_call *)(void (*)(void))loop_stop, world->loop);
        CHECK_OK(loop_run(world->loop, &err), err);
        end_world(world);
    }
}

static void need_python(void)
{
    if (access(BOX_PYTHON, X_OK) != 0)
        test_skip(BOX_PYTHON " is not here");
}

static int serve_python(struct world *world, const char *code)
{
    struct box_spec spec = make_spec(world, (const char *[]){BOX_PYTHON, "-c", code, NULL});
    spec.warm = WARM_PYTHON;
    return serve(world, &spec);
}

TEST_LASTING(pool_bears_python_from_a_zygote, 30)
{
    struct world *world = begin_world();
    need_python();
    want(world, WARM_PYTHON, 1);
    for (int i = 0; i < 3; i++) {
        run_until(world, pythons_wait);
        CHECK_INT(serve_python(world, "import os, sys\n"
                                      "open('left', 'w').close()\n"
                                      "assert os.getpid() == 2 and os.getuid() == 1000\n"
                                      "assert os.listdir('/work') == ['left']\n"
                                      "sys.exit(6)"),
                  6);
        CHECK_INT(world->isolation.made, BOX_MADE_PYTHON);
    }
    end_world(world);
}

/* A filter, no capability, no other file, no dumpable secret: as /proc tells it. */
TEST_LASTING(pool_locks_a_zygotes_newborn_in_like_a_command, 30)
{
    struct world *world = begin_world();
    static const char look[] =
        "import os\n"
        "s = dict(l.rstrip('\\n').split(':', 1) for l in open('/proc/self/status'))\n"
        "assert all(int(s[k], 16) == 0 for k in ('CapPrm', 'CapEff', 'CapBnd', 'CapInh', "
        "'CapAmb'))\n"
        "assert s['NoNewPrivs'].strip() == '1' and s['Seccomp'].strip() == '2'\n"
        "assert s['Groups'].strip() == ''\n"
        "assert len(os.listdir('/proc/self/fd')) == 4\n"
        "assert not os.path.exists('/root') and not os.path.exists('/home')\n"
        "try: os.unshare if False else __import__('ctypes').CDLL(None).unshare(0x10000000)\n"
        "except OSError: pass\n"
        "for n in ('mount', 'ptrace'): assert __import__('ctypes').CDLL(None)[n](0, 0, 0, 0, 0) == "
        "-1\n"
        "os._exit(8)";
    need_python();
    want(world, WARM_PYTHON, 1);
    run_until(world, pythons_wait);
    CHECK_INT(serve_python(world, look), 8);
    CHECK_INT(world->isolation.made, BOX_MADE_PYTHON);
    end_world(world);
}

TEST_LASTING(pool_runs_python_as_a_command_until_a_zygote_is_there, 30)
{
    struct world *world = begin_world();
    need_python();
    want(world, WARM_COMMAND, 1);
    run_until(world, commands_wait);
    CHECK_INT(serve_python(world, "raise SystemExit(5)"), 5);
    CHECK_INT(world->isolation.made, BOX_MADE_POOLED);
    run_until(world, pythons_wait); /* who asks once will ask again */
    CHECK_INT(serve_python(world, "raise SystemExit(4)"), 4);
    CHECK_INT(world->isolation.made, BOX_MADE_PYTHON);
    end_world(world);
}

/* Its status tells whether the hashes are those of the seed. */
static int serve_seeded(struct world *world, unsigned seed, const char *wanted)
{
    static const char code[] = "import sys; sys.exit(0 if str(hash('text')) == sys.argv[1] else 1)";
    struct box_spec spec = make_spec(world, (const char *[]){BOX_PYTHON, "-c", code, wanted, NULL});
    auto_free char *entry = mem_text("PYTHONHASHSEED=%u", seed);
    const char *env[16];
    uint32_t count = 0;
    for (; box_clean_env[count] != NULL; count++)
        env[count] = box_clean_env[count];
    env[count++] = entry;
    spec.env = (struct words){env, count};
    spec.warm = WARM_PYTHON;
    return serve(world, &spec);
}

/* What an interpreter without a box says. */
static void ask_hash(unsigned seed, char hash[32])
{
    auto_free char *command =
        mem_text("PYTHONHASHSEED=%u " BOX_PYTHON " -c \"print(hash('text'))\"", seed);
    int output[2];
    CHECK_INT(pipe2(output, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(output[1], 1);
        execl("/bin/sh", "sh", "-c", command, NULL);
        _exit(127);
    }
    close(output[1]);
    FILE *file = fdopen(output[0], "re");
    CHECK(file != NULL && fscanf(file, "%31s", hash) == 1 && fgetc(file) == '\n');
    fclose(file);
    CHECK_INT(waitpid(pid, NULL, 0), pid);
}

static void serve_seeded_until_warm(struct world *world, unsigned seed)
{
    char hash[32];
    int64_t deadline_ns = clock_now_ns() + INT64_C(60000000000);
    ask_hash(seed, hash);
    do {
        CHECK(clock_now_ns() < deadline_ns);
        CHECK_INT(serve_seeded(world, seed, hash), 0);
    } while (world->isolation.made != BOX_MADE_PYTHON);
}

TEST_LASTING(pool_has_a_zygote_for_each_hash_seed_that_is_asked_for_again, 120)
{
    struct world *world = begin_world();
    need_python();
    want(world, WARM_PYTHON, 1);
    run_until(world, pythons_wait);
    for (unsigned seed = 0; seed < 3; seed++)
        serve_seeded_until_warm(world, seed);
    for (unsigned seed = 0; seed < 3; seed++)
        serve_seeded_until_warm(world, seed);
    run_until(world, pythons_wait); /* of no seed: nobody has taken its place */
    end_world(world);
}

/* More seeds than have a place, each warm in its turn: those not used for long give way. */
TEST_LASTING(pool_gives_up_the_zygote_of_a_hash_seed_for_one_asked_for_later, 120)
{
    struct world *world = begin_world();
    need_python();
    want(world, WARM_COMMAND, 1);
    for (unsigned seed = 0; seed < 6; seed++)
        serve_seeded_until_warm(world, 1000 + seed);
    end_world(world);
}

TEST_LASTING(pool_renews_a_mother_when_she_has_borne_enough, 60)
{
    struct world *world = begin_world();
    pool_renew_mothers(world->pool, 3);
    want(world, WARM_COMMAND, 1);
    run_until(world, commands_wait);
    pid_t mothers[4];
    for (size_t i = 0; i < COUNT_OF(mothers); i++) {
        mothers[i] = find_child("testudo-mother");
        for (int births = 0; births < 3; births++) {
            CHECK_INT(SERVE(world, "sh", "-c", "exit 5"), 5);
            CHECK_INT(world->isolation.made, BOX_MADE_POOLED);
            run_until(world, commands_wait);
        }
        CHECK(find_child("testudo-mother") > 0);
        CHECK(find_child("testudo-mother") != mothers[i]);
    }
    end_world(world);
}

/* ---- parked --------------------------------------------------------------------------------- */

static void need_parked(enum warm kind)
{
    if (!parked_is_possible(kind))
        test_skip("there is no such runtime here");
}

static bool nodes_wait(const struct world *world)
{
    return pool_state(world->pool, WARM_NODE).waiting > 0;
}

static bool javas_wait(const struct world *world)
{
    return pool_state(world->pool, WARM_JAVA).waiting > 0;
}

/* As lang/javascript.c starts a program; what it writes goes into pipes that nobody reads. */
static int serve_node(struct world *world, const char *program, bool with_pipes)
{
    struct error err;
    int output[2];
    struct box_spec spec = make_spec(world, (const char *[]){"/bin/sh", "-c", "exit 9", NULL});
    const char *argv[] = {BOX_NODE, "--max-old-space-size=384", program, NULL};
    spec.argv = (struct words){argv, 3};
    spec.warm = WARM_NODE;
    CHECK_OK(fd_pipe(output, &err), err);
    spec.stdio[1] = spec.stdio[2] = with_pipes ? output[1] : world->null;
    int status = serve(world, &spec);
    close(output[0]);
    close(output[1]);
    return status;
}

TEST_LASTING(pool_parks_node_for_one_run_each, 120)
{
    struct world *world = begin_world();
    need_parked(WARM_NODE);
    want(world, WARM_NODE, 1);
    for (int i = 0; i < 3; i++) {
        run_until(world, nodes_wait);
        CHECK_INT(serve_node(world, "no-such-file.js", true), 1);
        CHECK_INT(world->isolation.made, BOX_MADE_NODE);
    }
    end_world(world);
}

TEST_LASTING(pool_keeps_its_parked_runtime_for_a_run_that_it_fits, 120)
{
    struct world *world = begin_world();
    need_parked(WARM_NODE);
    want(world, WARM_NODE, 1);
    run_until(world, nodes_wait);
    int waiting = pool_state(world->pool, WARM_NODE).waiting;
    CHECK_INT(serve_node(world, "no-such-file.js", false), 1); /* no pipes: it would notice */
    CHECK(world->isolation.made != BOX_MADE_NODE);
    CHECK(pool_state(world->pool, WARM_NODE).waiting >= waiting);
    end_world(world);
}

TEST_LASTING(pool_parks_no_more_than_there_is_memory_for, 120)
{
    struct world *world = begin_world();
    need_parked(WARM_NODE);
    want(world, WARM_NODE, POOL_WANT_MAX);
    run_until(world, nodes_wait);
    for (int i = 0; i < 4; i++) {
        struct pool_state now = pool_state(world->pool, WARM_NODE);
        CHECK(now.coming + now.waiting <= 16);
        CHECK(now.coming <= (int)sysconf(_SC_NPROCESSORS_ONLN));
        CHECK_INT(SERVE(world, "sh", "-c", "sleep 0.2; exit 2"), 2);
    }
    end_world(world);
}

TEST_LASTING(pool_heals_when_parked_runtimes_are_killed, 120)
{
    struct world *world = begin_world();
    need_parked(WARM_NODE);
    want(world, WARM_NODE, 1);
    run_until(world, nodes_wait);
    for (int i = 0; i < 3; i++) {
        struct error err;
        struct box_spec spec = make_spec(world, (const char *[]){"true", NULL});
        const char *argv[] = {BOX_NODE, "--max-old-space-size=384", "x.js", NULL};
        int output[2];
        CHECK_OK(fd_pipe(output, &err), err);
        spec.argv = (struct words){argv, 3};
        spec.warm = WARM_NODE;
        spec.stdio[1] = spec.stdio[2] = output[1];
        struct slot *slot = pool_take(world->pool, &spec, &err);
        CHECK_OK(slot != NULL, err);
        CHECK_INT(slot->occupant, WARM_NODE);
        CHECK_INT(kill(slot->pid, SIGKILL), 0);
        pool_put(world->pool, slot);
        close(output[0]);
        close(output[1]);
        run_until(world, nodes_wait);
    }
    CHECK_INT(serve_node(world, "no-such-file.js", true), 1);
    CHECK_INT(world->isolation.made, BOX_MADE_NODE);
    end_world(world);
}

TEST_LASTING(pool_parks_a_virtual_machine, 180)
{
    struct world *world = begin_world();
    need_parked(WARM_JAVA);
    want(world, WARM_JAVA, 1);
    run_until(world, javas_wait);
    CHECK(pool_state(world->pool, WARM_NODE).wanted == 0);
    end_world(world);
}
