/* Real boxes, made by a broker that is this test. */
#include "sandbox/box.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/host.h"
#include "sys/fd.h"
#include "tests/test.h"
#include "tests/unit/sys/open_fds.h"

struct guest {
    struct loop *loop;
    struct box *box;
    char story[16]; /* r(eady) e(nded) f(ailed) */
    struct box_end end;
    struct error why;
    int refusals;
    bool start_when_ready;
    struct slot *slot;
    int *running; /* how many are not over yet: the last one stops the loop */
};

static void tell(struct guest *guest, char what)
{
    size_t at = strlen(guest->story);
    CHECK(at + 1 < sizeof guest->story);
    guest->story[at] = what;
    if (what != 'r' && --*guest->running == 0)
        loop_stop(guest->loop);
}

static void on_ready(void *cookie, const struct isolation *isolation, int work)
{
    struct guest *guest = cookie;
    struct stat about;
    struct error err;
    CHECK(isolation_is_sane(isolation));
    CHECK(fstat(work, &about) == 0 && S_ISDIR(about.st_mode));
    tell(guest, 'r');
    if (guest->start_when_ready)
        CHECK_OK(box_start(guest->box, &err), err);
}

static void on_refused(void *cookie, const struct box_refusal *refusal)
{
    struct guest *guest = cookie;
    guest->refusals += refusal->number == EPERM;
}

static void on_ended(void *cookie, const struct box_end *end)
{
    struct guest *guest = cookie;
    guest->end = *end;
    tell(guest, 'e');
}

static void on_failed(void *cookie, const struct error *why)
{
    struct guest *guest = cookie;
    guest->why = *why;
    tell(guest, 'f');
}

static const struct box_events events = {on_ready, NULL, on_refused, on_ended, on_failed};

struct world {
    struct sandbox_host host;
    struct loop *loop;
    int null;
    int running;
    int fds; /* that were open before it all */
};

static struct world begin_world(void)
{
    struct error err;
    struct world world = {};
    test_need_root();
    umask(0);
    signal(SIGPIPE, SIG_IGN);
    world.fds = open_fds_count();
    sandbox_host_open(&world.host);
    world.loop = loop_new(&err);
    world.null = fd_open(AT_FDCWD, "/dev/null", O_RDWR, 0, &err);
    CHECK(world.loop != NULL && world.null >= 0);
    return world;
}

/* Nothing may be left: no descriptor, no child. */
static void end_world(struct world *world)
{
    fd_close_at(&world->null);
    sandbox_host_close(&world->host);
    loop_free(world->loop);
    CHECK_INT(open_fds_count(), world->fds);
    CHECK_INT(waitpid(-1, NULL, WNOHANG), -1);
    CHECK_INT(errno, ECHILD);
}

static const char *env_list[] = {"PATH=/usr/bin:/bin", NULL};

static struct box_spec make_spec(const struct world *world, const char **argv)
{
    struct box_spec spec = {
        .env = {env_list, 1},
        .argv.list = argv,
        .cwd = "/work",
        .image = "host",
        .limits = limits_of_profile(&profiles[0]),
        .stdio = {world->null, world->null, world->null},
    };
    while (argv[spec.argv.count] != NULL)
        spec.argv.count++;
    return spec;
}

static struct box *try_make(struct world *world, struct guest *guest, const struct box_spec *spec,
                            struct error *err)
{
    guest->loop = world->loop;
    guest->running = &world->running;
    struct slot *slot = guest->slot = slot_new(&world->host, spec->image, err);
    if (slot == NULL && (err->number == EPERM || err->number == ENOSPC))
        test_skip("no boxes here: %s", err->text);
    CHECK_OK(slot != NULL, *err);
    guest->box = box_new(slot, world->loop, spec, &events, guest, err);
    if (guest->box == NULL) {
        slot_free(slot);
        guest->slot = NULL;
    }
    world->running += guest->box != NULL;
    return guest->box;
}

static void make(struct world *world, struct guest *guest, const struct box_spec *spec)
{
    struct error err;
    CHECK_OK(try_make(world, guest, spec, &err) != NULL, err);
}

static void too_late(void *cookie)
{
    (void)cookie;
    CHECK(!"the boxes ended in time");
}

static void run(struct world *world)
{
    struct loop_timer alarm = {};
    struct error err;
    loop_set_timer(world->loop, &alarm, clock_now_ns() + INT64_C(9000000000), too_late, NULL);
    CHECK_OK(loop_run(world->loop, &err), err);
    loop_clear_timer(world->loop, &alarm);
}

static void finish(struct guest *guest)
{
    box_free(guest->box);
    slot_free(guest->slot);
    guest->box = NULL;
    guest->slot = NULL;
}

TEST(box_is_ready_once_and_then_ends_once)
{
    struct world world = begin_world();
    struct guest guest = {.start_when_ready = true};
    struct box_spec spec = make_spec(&world, (const char *[]){"sh", "-c", "exit 3", NULL});
    make(&world, &guest, &spec);
    run(&world);
    CHECK_TEXT(guest.story, "re");
    CHECK(guest.end.leader_ended);
    CHECK_INT(guest.end.cause, BOX_CAUSE_NONE);
    CHECK_INT(WEXITSTATUS(guest.end.status), 3);
    CHECK(guest.end.wall_ns > 0);
    finish(&guest);
    end_world(&world);
}

TEST(box_started_before_it_is_ready_starts_by_itself_and_only_once)
{
    struct world world = begin_world();
    struct guest guest = {};
    struct error err = {};
    struct box_spec spec = make_spec(&world, (const char *[]){"true", NULL});
    make(&world, &guest, &spec);
    CHECK_OK(box_start(guest.box, &err), err);
    CHECK(!box_start(guest.box, &err));
    CHECK_INT(err.kind, ERROR_INTERNAL);
    run(&world);
    CHECK_TEXT(guest.story, "re");
    CHECK_INT(guest.end.status, 0);
    finish(&guest);
    end_world(&world);
}

TEST(box_killed_before_it_is_ready_ends_with_that_cause)
{
    struct world world = begin_world();
    struct guest guest = {};
    struct box_spec spec = make_spec(&world, (const char *[]){"true", NULL});
    make(&world, &guest, &spec);
    box_kill(guest.box, BOX_CAUSE_CANCELED);
    box_kill(guest.box, BOX_CAUSE_OUTPUT); /* the first one counts */
    run(&world);
    CHECK_TEXT(guest.story + strlen(guest.story) - 1, "e");
    CHECK_INT(guest.end.cause, BOX_CAUSE_CANCELED);
    CHECK(!guest.end.leader_ended);
    finish(&guest);
    end_world(&world);
}

TEST(box_that_is_freed_at_any_moment_leaves_nothing)
{
    struct world world = begin_world();
    for (int started = 0; started < 2; started++) {
        struct guest guest = {};
        struct error err;
        struct box_spec spec = make_spec(&world, (const char *[]){"sleep", "60", NULL});
        make(&world, &guest, &spec);
        if (started)
            CHECK_OK(box_start(guest.box, &err), err);
        finish(&guest);
    }
    box_free(NULL);
    end_world(&world);
}

TEST(box_ends_at_its_wall_time_with_all_that_it_started)
{
    struct world world = begin_world();
    struct guest guest = {.start_when_ready = true};
    struct box_spec spec =
        make_spec(&world, (const char *[]){"sh", "-c", "setsid sleep 60 & sleep 60", NULL});
    spec.limits.value[LIMIT_WALL] = 200;
    make(&world, &guest, &spec);
    run(&world);
    CHECK_TEXT(guest.story, "re");
    CHECK_INT(guest.end.cause, BOX_CAUSE_WALL_TIME);
    CHECK(guest.end.wall_ns >= 200000000 && guest.end.wall_ns < 2000000000);
    finish(&guest);
    end_world(&world);
}

TEST(box_whose_command_is_not_there_fails_with_the_reason)
{
    struct world world = begin_world();
    struct guest guest = {.start_when_ready = true};
    struct box_spec spec = make_spec(&world, (const char *[]){"/nowhere/x", NULL});
    make(&world, &guest, &spec);
    run(&world);
    CHECK_TEXT(guest.story, "rf");
    CHECK_INT(guest.why.kind, ERROR_INPUT);
    CHECK_TEXT(guest.why.stage, "exec");
    CHECK_CONTAINS(guest.why.text, "/nowhere/x");
    finish(&guest);
    end_world(&world);
}

TEST(boxes_side_by_side_end_each_in_its_own_way)
{
    struct world world = begin_world();
    struct guest guests[2] = {{.start_when_ready = true}, {.start_when_ready = true}};
    struct box_spec first = make_spec(&world, (const char *[]){"sh", "-c", "exit 1", NULL});
    struct box_spec second = make_spec(&world, (const char *[]){"sh", "-c", "kill -9 $$", NULL});
    make(&world, &guests[0], &first);
    make(&world, &guests[1], &second);
    run(&world);
    CHECK_TEXT(guests[0].story, "re");
    CHECK_TEXT(guests[1].story, "re");
    CHECK_INT(WEXITSTATUS(guests[0].end.status), 1);
    CHECK_INT(WTERMSIG(guests[1].end.status), SIGKILL);
    CHECK(guests[1].end.leader_ended);
    finish(&guests[0]);
    finish(&guests[1]);
    end_world(&world);
}

/* Two boxes whose only common thing is one socket pair: a question there and an answer back. */
TEST(boxes_joined_by_a_channel_talk_to_each_other)
{
    struct world world = begin_world();
    struct guest guests[2] = {{.start_when_ready = true}, {.start_when_ready = true}};
    struct error err;
    int channel[2], out[2];
    CHECK_OK(fd_pair(SOCK_STREAM, channel, &err), err);
    CHECK_OK(fd_pipe(out, &err), err);
    struct box_spec asks = make_spec(
        &world, (const char *[]){"sh", "-c", "echo 6 7 >&3; read answer <&3; echo $answer", NULL});
    struct box_spec answers =
        make_spec(&world, (const char *[]){"sh", "-c", "read a b <&3; echo $((a * b)) >&3", NULL});
    asks.channel_count = answers.channel_count = 1;
    asks.channels[0] = channel[0];
    answers.channels[0] = channel[1];
    asks.stdio[1] = out[1];
    make(&world, &guests[0], &asks);
    make(&world, &guests[1], &answers);
    fd_close_at(&channel[0]); /* lent for the call only */
    fd_close_at(&channel[1]);
    fd_close_at(&out[1]);
    run(&world);
    CHECK_TEXT(guests[0].story, "re");
    CHECK_TEXT(guests[1].story, "re");
    CHECK_INT(guests[0].end.status, 0);
    char text[16] = {};
    CHECK_INT(read(out[0], text, sizeof text - 1), 3);
    CHECK_TEXT(text, "42\n");
    fd_close_at(&out[0]);
    finish(&guests[0]);
    finish(&guests[1]);
    end_world(&world);
}

TEST(box_has_its_channels_and_no_other_descriptor)
{
    struct world world = begin_world();
    struct guest guest = {.start_when_ready = true};
    struct error err;
    int out[2];
    CHECK_OK(fd_pipe(out, &err), err);
    struct box_spec spec =
        make_spec(&world, (const char *[]){"sh", "-c", "set -- /proc/self/fd/*; echo $*", NULL});
    spec.stdio[1] = out[1];
    spec.channel_count = 2;
    spec.channels[0] = spec.channels[1] = world.null;
    make(&world, &guest, &spec);
    fd_close_at(&out[1]);
    run(&world);
    char text[256] = {};
    CHECK(read(out[0], text, sizeof text - 1) > 0);
    CHECK_CONTAINS(text, "/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3 "
                         "/proc/self/fd/4");
    CHECK(strstr(text, "fd/6") == NULL); /* 5 is the folder that the shell is reading */
    fd_close_at(&out[0]);
    finish(&guest);
    end_world(&world);
}

TEST(box_that_explains_tells_what_was_refused)
{
    test_need_native_speed(); /* telling ends after a time */
    struct world world = begin_world();
    struct guest guest = {.start_when_ready = true};
    struct box_spec spec = make_spec(&world, (const char *[]){"unshare", "-n", "true", NULL});
    if (access("/usr/bin/unshare", X_OK) < 0)
        test_skip("no unshare program on this host");
    spec.explain = true;
    make(&world, &guest, &spec);
    run(&world);
    CHECK_TEXT(guest.story, "re");
    CHECK(WEXITSTATUS(guest.end.status) != 0);
    CHECK(guest.refusals > 0);
    finish(&guest);
    end_world(&world);
}

static void check_spec_refused(struct world *world, const struct box_spec *spec,
                               enum error_kind kind)
{
    struct guest guest = {};
    struct error err = {};
    CHECK(try_make(world, &guest, spec, &err) == NULL);
    CHECK_INT(err.kind, kind);
    CHECK(err.text[0] != '\0');
    CHECK_TEXT(guest.story, "");
}

TEST(box_specs_that_make_no_sense_are_refused)
{
    struct world world = begin_world();
    const char *argv[] = {"true", NULL};
    const struct box_spec good = make_spec(&world, argv);
    struct box_spec bad = good;
    bad.argv.count = 0;
    check_spec_refused(&world, &bad, ERROR_USAGE);
    bad = good;
    bad.cwd = BOX_WORK "/../etc";
    check_spec_refused(&world, &bad, ERROR_USAGE);
    bad = good;
    bad.limits.value[LIMIT_MEMORY] = 0;
    check_spec_refused(&world, &bad, ERROR_USAGE);
    bad = good;
    bad.channel_count = BOX_CHANNELS_MAX + 1;
    check_spec_refused(&world, &bad, ERROR_LIMIT);
    bad = good;
    bad.input_count = BOX_INPUTS_MAX + 1;
    check_spec_refused(&world, &bad, ERROR_LIMIT);
    static const char *const targets[] = {"/in",  "/in/a/b", "/in/..",    "/etc",
                                          "/in/", "in/a",    "/proc/self"};
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        bad = good;
        bad.input_count = 1;
        bad.inputs[0] = (struct box_input){BOX_INPUT_FOLDER, targets[i], world.null};
        check_spec_refused(&world, &bad, ERROR_USAGE);
    }
    end_world(&world);
}

TEST(box_freed_in_the_middle_of_another_ones_life_disturbs_nobody)
{
    struct world world = begin_world();
    struct guest kept = {.start_when_ready = true}, dropped = {};
    struct box_spec spec =
        make_spec(&world, (const char *[]){"sh", "-c", "sleep 0.1; exit 5", NULL});
    make(&world, &dropped, &spec);
    make(&world, &kept, &spec);
    finish(&dropped);
    world.running--;
    run(&world);
    CHECK_INT(WEXITSTATUS(kept.end.status), 5);
    finish(&kept);
    end_world(&world);
}
