/* Two boxes joined: the reader's pipe is the test's, and so is what is written. */
#include "run/joint.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "sys/fd.h"
#include "tests/test.h"

struct scene {
    struct loop *loop;
    struct joint *joint;
    int reader;
    int64_t clock;
    int rooms, gones;
};

static void on_room(void *cookie)
{
    ((struct scene *)cookie)->rooms++;
}

static void on_gone(void *cookie)
{
    ((struct scene *)cookie)->gones++;
}

static void begin(struct scene *scene)
{
    static const struct joint_events events = {on_room, on_gone};
    struct error err;
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    *scene = (struct scene){.loop = loop_new(&err)};
    scene->joint = joint_new(scene->loop, &scene->clock);
    joint_set_writer(scene->joint, &events, scene);
    CHECK_OK(fd_pipe(ends, &err), err);
    CHECK_OK(fd_set_nonblocking(ends[0], &err), err);
    CHECK_OK(fd_set_nonblocking(ends[1], &err), err);
    scene->reader = ends[0];
    CHECK_OK(joint_take_sink(scene->joint, ends[1], &err), err);
}

static void stop(void *cookie)
{
    loop_stop(cookie);
}

static void turn(struct scene *scene)
{
    struct loop_timer timer = {};
    struct error err;
    loop_set_timer(scene->loop, &timer, clock_now_ns() + 20000000, stop, scene->loop);
    CHECK_OK(loop_run(scene->loop, &err), err);
}

static void done(struct scene *scene)
{
    joint_free(scene->joint);
    loop_free(scene->loop);
    fd_close_at(&scene->reader);
}

TEST(joint_passes_on_what_is_put_and_then_the_end)
{
    struct scene scene;
    char bytes[16] = "";
    begin(&scene);
    CHECK(joint_put(scene.joint, STR("one ")) && joint_put(scene.joint, STR("two")));
    joint_end(scene.joint);
    CHECK_INT(read(scene.reader, bytes, sizeof bytes), 7);
    CHECK_TEXT(bytes, "one two");
    CHECK_INT(read(scene.reader, bytes, sizeof bytes), 0);
    CHECK_INT(joint_facts(scene.joint).given_bytes, 7);
    CHECK(scene.clock > 0 && scene.gones == 0);
    done(&scene);
}

/* The most that goes by is far more than it ever keeps. */
TEST(joint_makes_a_fast_writer_wait_and_keeps_every_byte)
{
    enum { PIECE = 65536, PIECES = 2000 };
    struct scene scene;
    static char piece[PIECE], got[PIECE];
    int64_t put = 0, seen = 0;
    begin(&scene);
    for (int turns = 0; seen < (int64_t)PIECE * PIECES && turns < 100000; turns++) {
        while (joint_has_room(scene.joint) && put < (int64_t)PIECE * PIECES) {
            memset(piece, 'a' + (int)(put / PIECE % 26), PIECE);
            CHECK(joint_put(scene.joint, str_of(piece, PIECE)));
            put += PIECE;
        }
        CHECK(put - seen <= 4 * PIECE);
        ssize_t count = read(scene.reader, got, 10000);
        for (ssize_t i = 0; i < count; i++)
            CHECK(got[i] == 'a' + (int)((seen + i) / PIECE % 26));
        seen += count > 0 ? count : 0;
        CHECK(joint_put(scene.joint, STR("")));
    }
    CHECK_INT(seen, (int64_t)PIECE * PIECES);
    done(&scene);
}

TEST(joint_tells_its_writer_of_room_once_there_is_some)
{
    struct scene scene;
    static char much[200000], got[200000];
    begin(&scene);
    CHECK(joint_put(scene.joint, str_of(much, sizeof much)));
    CHECK(!joint_has_room(scene.joint));
    turn(&scene);
    CHECK_INT(scene.rooms, 0);
    while (read(scene.reader, got, sizeof got) > 0)
        turn(&scene);
    CHECK_INT(scene.rooms, 1);
    CHECK(joint_has_room(scene.joint));
    done(&scene);
}

TEST(joint_tells_its_writer_when_nobody_reads_any_more_without_a_word_of_his)
{
    struct scene scene;
    begin(&scene);
    CHECK(joint_put(scene.joint, STR("unread")));
    fd_close_at(&scene.reader);
    turn(&scene);
    CHECK_INT(scene.gones, 1);
    CHECK(joint_put(scene.joint, STR("more")));
    struct joint_facts facts = joint_facts(scene.joint);
    CHECK(facts.broken_ns > 0 && facts.ended_ns == 0);
    CHECK_INT(facts.unread_bytes, 6);
    joint_end(scene.joint);
    CHECK_INT(scene.gones, 1);
    done(&scene);
}

TEST(joint_ends_for_a_reader_who_comes_after_its_writer_has_gone)
{
    struct error err;
    int64_t clock = 0;
    int ends[2];
    char bytes[8] = "";
    struct loop *loop = loop_new(&err);
    struct joint *joint = joint_new(loop, &clock);
    CHECK(joint_put(joint, STR("late")));
    joint_end(joint);
    CHECK_OK(fd_pipe(ends, &err), err);
    CHECK_OK(fd_set_nonblocking(ends[1], &err), err);
    CHECK_OK(joint_take_sink(joint, ends[1], &err), err);
    CHECK_INT(read(ends[0], bytes, sizeof bytes), 4);
    CHECK_INT(read(ends[0], bytes, sizeof bytes), 0);
    joint_free(joint);
    loop_free(loop);
    close(ends[0]);
}
