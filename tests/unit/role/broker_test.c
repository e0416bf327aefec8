/* A broker of our own, with a plan of one step: what is left when things go wrong. */
#include "role/broker.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "run/run.h"
#include "sys/cgroup.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "tests/test.h"
#include "tests/unit/sys/open_fds.h"
#include "wire/box_wire.h"
#include "wire/wire.h"

static const char *env_list[] = {"PATH=/usr/bin:/bin", NULL};

static struct plan make_plan(const char **argv)
{
    struct plan plan = {
        .image = "host",
        .run = {.argv.list = argv,
                .env = {env_list, 1},
                .cwd = "/work",
                .limits = limits_of_profile(&profiles[0])},
    };
    while (argv[plan.run.argv.count] != NULL)
        plan.run.argv.count++;
    return plan;
}

static const struct run_io no_io = {.stdin_fd = -1, .cancel_fd = -1};

/* How many processes have this word among their arguments. */
static int count_processes(const char *word)
{
    int count = 0;
    DIR *proc = opendir("/proc");
    CHECK(proc != NULL);
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
        char path[300], line[512];
        snprintf(path, sizeof path, "/proc/%s/cmdline", entry->d_name);
        auto_close int fd =
            isdigit((unsigned char)entry->d_name[0]) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        ssize_t length = fd >= 0 ? read(fd, line, sizeof line) : -1;
        count += length > 0 && memmem(line, (size_t)length, word, strlen(word)) != NULL;
    }
    closedir(proc);
    return count;
}

static bool becomes(const char *word, int wanted, int64_t ms)
{
    int64_t deadline = clock_now_ns() + ms * 1000000;
    while (count_processes(word) != wanted) {
        if (clock_now_ns() > deadline)
            return false;
        usleep(10000);
    }
    return true;
}

TEST(broker_carries_out_a_plan_and_ends_with_its_asker)
{
    struct private_broker broker;
    struct run_result result;
    struct error err;
    test_need_root();
    int before = open_fds_count();
    struct plan plan =
        make_plan((const char *[]){"sh", "-c", "echo out; echo err >&2; exit 4", NULL});
    CHECK_OK(broker_start_private(&broker, &err), err);
    CHECK_INT(fcntl(broker.socket, F_GETFD), FD_CLOEXEC);
    CHECK_OK(run_plan(broker.socket, &plan, &no_io, &result, &err), err);
    CHECK_INT(result.run.verdict, VERDICT_FAILED);
    CHECK_INT(result.run.exit_code, 4);
    CHECK(str_is(result.run.out.head, "out\n"));
    CHECK(str_is(result.run.err.head, "err\n"));
    run_result_done(&result);
    broker_end(&broker);
    CHECK_INT(broker.pid, 0);
    CHECK_INT(open_fds_count(), before);
    broker_end(&broker);
}

/* More output than a result holds by itself: the limit that was asked for counts. */
TEST_LASTING(broker_keeps_as_much_output_as_was_asked_for, 60)
{
    enum { MEGABYTES = 100 };
    struct private_broker broker;
    struct run_result result;
    struct error err;
    test_need_root();
    struct plan plan = make_plan((const char *[]){"head", "-c", "100M", "/dev/zero", NULL});
    plan.run.limits.value[LIMIT_OUTPUT] = INT64_C(200) << 20;
    plan.run.limits.value[LIMIT_WALL] = 50000;
    CHECK_OK(broker_start_private(&broker, &err), err);
    CHECK_OK(run_plan(broker.socket, &plan, &no_io, &result, &err), err);
    CHECK_INT(result.run.out.head.len, MEGABYTES << 20);
    run_result_done(&result);
    broker_end(&broker);
}

/* An asker that will never come back: only the broker's death can end the box. */
static pid_t begin_asker(struct private_broker *broker, const char *word)
{
    pid_t asker = fork();
    CHECK(asker >= 0);
    if (asker == 0) {
        struct run_result result;
        struct error err;
        auto_free char *script = mem_text("setsid sleep 1000 %s & sleep 1000 %s", word, word);
        struct plan plan = make_plan((const char *[]){"sh", "-c", script, word, NULL});
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        plan.run.limits.value[LIMIT_WALL] = 20000;
        bool ok = run_plan(broker->socket, &plan, &no_io, &result, &err);
        _exit(ok ? 1 : err.kind == ERROR_INTERRUPTED ? 0 : 2);
    }
    return asker;
}

TEST_LASTING(broker_that_is_killed_takes_its_boxes_along, 20)
{
    struct private_broker broker;
    struct error err;
    test_need_root();
    auto_free char *word = mem_text("0.00%d", getpid());
    CHECK_OK(broker_start_private(&broker, &err), err);
    pid_t asker = begin_asker(&broker, word);
    CHECK(becomes(word, 3, 5000)); /* the shell and both sleeps */
    CHECK_INT(kill(broker.pid, SIGKILL), 0);
    CHECK(becomes(word, 0, 1000));
    int status;
    CHECK_INT(waitpid(asker, &status, 0), asker);
    CHECK_INT(WEXITSTATUS(status), 0); /* and says that the broker has ended */
    broker_end(&broker);
}

TEST_LASTING(broker_whose_asker_dies_ends_its_boxes, 20)
{
    struct private_broker broker;
    struct error err;
    test_need_root();
    auto_free char *word = mem_text("0.00%d", getpid());
    CHECK_OK(broker_start_private(&broker, &err), err);
    pid_t asker = begin_asker(&broker, word);
    fd_close_at(&broker.socket);
    CHECK(becomes(word, 3, 5000));
    CHECK_INT(kill(asker, SIGKILL), 0);
    CHECK_INT(waitpid(asker, NULL, 0), asker);
    CHECK(becomes(word, 0, 1000));
    broker_end(&broker);
}

/* ---- boxes that die while they wait --------------------------------------------------------- */

enum { KIN_MAX = 64 };

static int find_children(pid_t parent, pid_t children[KIN_MAX])
{
    int count = 0;
    auto_free char *path = mem_text("/proc/%d/task/%d/children", parent, parent);
    FILE *file = fopen(path, "re");
    while (file != NULL && count < KIN_MAX && fscanf(file, "%d", &children[count]) == 1)
        count++;
    if (file != NULL)
        fclose(file);
    return count;
}

/* Boxes wait, and each of their first processes has borne an occupant. */
static int find_occupants(pid_t broker, pid_t occupants[KIN_MAX])
{
    int count = 0;
    pid_t first[KIN_MAX], theirs[KIN_MAX];
    int of_broker = find_children(broker, first);
    for (int i = 0; i < of_broker; i++)
        for (int k = find_children(first[i], theirs) - 1; k >= 0 && count < KIN_MAX; k--)
            occupants[count++] = theirs[k];
    return count;
}

typedef int find_kin(pid_t broker, pid_t kin[KIN_MAX]);

/* Kills as many as there must be, each without a word. */
static void kill_kin(pid_t broker, find_kin *find_them, int least)
{
    pid_t kin[KIN_MAX];
    int64_t deadline = clock_now_ns() + INT64_C(15000000000);
    int count;
    while ((count = find_them(broker, kin)) < least) {
        CHECK(clock_now_ns() < deadline);
        usleep(1000);
    }
    usleep(20000); /* an occupant says that it waits just after its birth */
    for (int i = 0; i < count; i++)
        kill(kin[i], SIGKILL);
    usleep(20000); /* so that all is dead when somebody wants it */
}

static void check_serves(const struct private_broker *broker, int count)
{
    struct run_result result;
    struct error err;
    struct plan plan = make_plan((const char *[]){"sh", "-c", "echo out; exit 4", NULL});
    for (int i = 0; i < count; i++) {
        CHECK_OK(run_plan(broker->socket, &plan, &no_io, &result, &err), err);
        CHECK_INT(result.run.verdict, VERDICT_FAILED);
        CHECK_INT(result.run.exit_code, 4);
        CHECK(str_is(result.run.out.head, "out\n"));
        run_result_done(&result);
    }
}

TEST(broker_makes_another_box_for_one_that_died_while_it_waited)
{
    struct private_broker broker;
    struct error err;
    test_need_root();
    CHECK_OK(broker_start_private(&broker, &err), err);
    kill_kin(broker.pid, find_children, 1);
    check_serves(&broker, 2);
    broker_end(&broker);
}

static void want_commands(const struct private_broker *broker, int count)
{
    struct error err;
    auto_buf struct buf payload;
    buf_init(&payload, 16);
    wire_put_want(&payload, WARM_COMMAND, count);
    CHECK_OK(
        wire_send(broker->socket, WIRE_POOL_WANT, UINT32_MAX, buf_str(&payload), NULL, 0, &err),
        err);
}

/* The launcher dies as well: the first of a pooled box are children of the broker, as it is. */
TEST_LASTING(broker_serves_while_everything_of_its_pool_is_killed, 60)
{
    enum { WAITING = 3 };
    struct private_broker broker;
    struct error err;
    test_need_root();
    CHECK_OK(broker_start_private(&broker, &err), err);
    want_commands(&broker, WAITING);
    for (int i = 0; i < 3; i++) {
        kill_kin(broker.pid, find_occupants, WAITING);
        check_serves(&broker, 2);
        kill_kin(broker.pid, find_children, WAITING);
        check_serves(&broker, 2);
    }
    broker_end(&broker);
}

/* ---- a peer that says what nobody says ------------------------------------------------------ */

static void check_ends_connection(enum wire_kind kind, struct str payload)
{
    struct private_broker broker;
    struct wire_message message;
    struct error err, theirs;
    CHECK_OK(broker_start_private(&broker, &err), err);
    CHECK_OK(wire_send(broker.socket, kind, 5, payload, NULL, 0, &err), err);
    CHECK_OK(wire_receive(broker.socket, TO_ASKER, &message, &err), err);
    CHECK_INT(message.kind, WIRE_BOX_FAILED);
    CHECK_OK(wire_get_error(buf_str(&message.payload), &theirs, &err), err);
    CHECK(theirs.text[0] != '\0');
    wire_message_done(&message);
    broker_end(&broker);
}

TEST(broker_answers_what_it_cannot_take_with_a_failure)
{
    test_need_root();
    check_ends_connection(WIRE_BOX_PREPARE, STR(""));
    check_ends_connection(WIRE_BOX_PREPARE, STR("\xff\xff\xff\xff\xff\xff\xff\xff"));
    check_ends_connection(WIRE_BOX_READY, STR("")); /* not for a broker to hear */
    check_ends_connection(WIRE_BOX_ENDED, STR("x"));
}

TEST(broker_ignores_words_about_boxes_that_are_not_there)
{
    struct private_broker broker;
    struct wire_message message;
    struct error err;
    test_need_root();
    CHECK_OK(broker_start_private(&broker, &err), err);
    CHECK_OK(wire_send(broker.socket, WIRE_BOX_START, 9, STR(""), NULL, 0, &err), err);
    CHECK_OK(wire_send(broker.socket, WIRE_BOX_KILL, 9, STR("12345678"), NULL, 0, &err), err);
    CHECK_INT(shutdown(broker.socket, SHUT_WR), 0);
    CHECK_OK(wire_receive(broker.socket, TO_ASKER, &message, &err), err);
    CHECK_INT(message.kind, WIRE_NONE);
    broker_end(&broker);
}

/* ---- a peer that only talks ----------------------------------------------------------------- */

/* Requests that each are answered by a failure, until the broker hears no more of them. */
static uint32_t flood(int socket)
{
    enum { MOST = 1000000 };

    uint32_t sent = 0;
    struct error err;
    for (int quiet = 0; quiet < 20 && sent < MOST;) {
        /* its header as wire_send makes it; a spec of nothing is wrong */
        struct {
            uint32_t magic;
            uint16_t kind, fd_count;
            uint32_t id, length, in_memory_file;
        } header = {0x77697265, WIRE_BOX_PREPARE, 0, 1000 + sent, 0, 0};

        bool taken;
        CHECK_OK(message_offer(socket, str_of(&header, sizeof header), NULL, 0, &taken, &err), err);
        sent += taken;
        quiet = taken ? 0 : quiet + 1;
        if (!taken)
            usleep(10000);
    }
    CHECK(sent < MOST);
    return sent;
}

static void ask_for_sleeper(int socket, const char *word, int64_t wall_ms)
{
    const char *argv[] = {"sh", "-c", "sleep 60; : $0", word, NULL};
    struct box_spec spec = {.argv = {argv, 4}, .env = {env_list, 1}, .cwd = "/work"};
    struct error err;
    auto_buf struct buf payload;
    int fds[MESSAGE_FDS_MAX];
    spec.image = "host";
    spec.limits = limits_of_profile(&profiles[0]);
    spec.limits.value[LIMIT_WALL] = wall_ms;
    for (int i = 0; i < 3; i++)
        spec.stdio[i] = open("/dev/null", O_RDWR | O_CLOEXEC);
    buf_init(&payload, WIRE_PAYLOAD_MAX);
    int count = wire_put_spec(&payload, &spec, fds);
    CHECK_OK(wire_send(socket, WIRE_BOX_PREPARE, 7, buf_str(&payload), fds, count, &err), err);
    CHECK_OK(wire_send(socket, WIRE_BOX_START, 7, STR(""), NULL, 0, &err), err);
    for (int i = 0; i < 3; i++)
        close(spec.stdio[i]);
}

/* It hears no more while much is unread, and all the same it ends the box at its time; who then
 * listens gets every answer. */
TEST_LASTING(broker_whose_peer_does_not_listen_keeps_deadlines_and_forgets_nothing, 30)
{
    struct private_broker broker;
    struct wire_message message;
    struct error err;
    uint32_t failures = 0, others = 0;
    test_need_root();
    test_need_native_speed(); /* the flood lasts as long as the box */
    auto_free char *word = mem_text("0.00%d", getpid());
    CHECK_OK(broker_start_private(&broker, &err), err);
    ask_for_sleeper(broker.socket, word, 2000);
    CHECK(becomes(word, 1, 1500));
    uint32_t sent = flood(broker.socket);
    CHECK(sent > 1000);
    CHECK(becomes(word, 0, 4000));
    while (failures < sent || others < 2) {
        CHECK_OK(wire_receive(broker.socket, TO_ASKER, &message, &err), err);
        CHECK(message.kind != WIRE_NONE);
        failures += message.kind == WIRE_BOX_FAILED;
        others += message.kind == WIRE_BOX_READY || message.kind == WIRE_BOX_ENDED;
        wire_message_done(&message);
    }
    broker_end(&broker);
}

/* ---- planned faults ------------------------------------------------------------------------- */

/* Is there a box's group left whose name tells this owner? */
static bool has_group_of(pid_t owner)
{
    struct cgroup_host host;
    struct error err;
    char part[32];
    bool found = false;
    for (int i = 0; i < 1000; i++)
        (void)fault_strikes(); /* a fault that is still planned must not strike us */
    snprintf(part, sizeof part, "-%d-", owner);
    CHECK_OK(cgroup_host_open(&host, &err), err);
    for (unsigned i = 0; i < host.count; i++) {
        DIR *dir = fdopendir(dup(host.trees[i].parent));
        CHECK(dir != NULL);
        for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
            found = found || strstr(entry->d_name, part) != NULL;
        closedir(dir);
    }
    cgroup_host_close(&host);
    return found;
}

enum { LUCKY = 10 /* the exit status of a run that no fault has touched */ };

/* One run with the Nth fault planned, in a process of its own. */
static _Noreturn void run_with_fault(int at)
{
    char number[16];
    struct private_broker broker = {-1, 0};
    struct run_result result;
    struct error err = {};
    struct plan plan = make_plan((const char *[]){"true", NULL});
    signal(SIGPIPE, SIG_IGN);
    snprintf(number, sizeof number, "%d", at);
    setenv("TESTUDO_FAULT_AT", number, 1);
    int before = open_fds_count();
    bool started = broker_start_private(&broker, &err);
    pid_t owner = broker.pid;
    bool ok = started && run_plan(broker.socket, &plan, &no_io, &result, &err);
    if (ok) {
        CHECK_INT(result.run.verdict, VERDICT_OK);
        run_result_done(&result);
    } else {
        CHECK(err.kind != ERROR_NONE && err.text[0] != '\0');
        CHECK(err.kind != ERROR_INTERNAL);
    }
    broker_end(&broker);
    CHECK_INT(open_fds_count(), before);
    CHECK_INT(waitpid(-1, NULL, WNOHANG), -1);
    CHECK(owner <= 0 || !has_group_of(owner));
    _exit(ok ? LUCKY : 0);
}

/* The asker and the broker each count for themselves, and a box's pid 1 goes on from the broker's
 * count; a fault that struck is seen by the run's failure, or did no harm. */
TEST_LASTING(broker_and_run_survive_a_fault_at_any_place, 40)
{
    enum {
        QUIET = 25 /* so many runs without a failure: the last place is behind us */,
        MOST = 400
    };

    int quiet = 0, failures = 0, at = 1;
    test_need_root();
    for (; at < MOST && quiet < QUIET; at++) {
        int status;
        fflush(NULL);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0)
            run_with_fault(at);
        CHECK_INT(waitpid(child, &status, 0), child);
        if (status != 0 && status != LUCKY << 8)
            fprintf(stderr, "with the fault at %d\n", at);
        CHECK(status == 0 || status == LUCKY << 8);
        failures += status == 0;
        quiet = status == 0 ? 0 : quiet + 1;
    }
    CHECK(failures > 20);
    CHECK(at < MOST);
}
