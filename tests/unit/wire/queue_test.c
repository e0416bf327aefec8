/* What waits for a peer that does not listen: order, bounds, what is told. */
#include "wire/queue.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/fd.h"
#include "tests/test.h"
#include "tests/unit/sys/open_fds.h"

struct scene {
    struct loop *loop;
    struct wire_queue *queue;
    int ends[2];
    int relaxed, failures;
    struct error failure;
    uint32_t heard, wanted; /* messages that the other side has read; after `wanted` it stops */
};

static void on_relaxed(void *cookie)
{
    struct scene *scene = cookie;
    scene->relaxed++;
}

static void on_failed(void *cookie, const struct error *why)
{
    struct scene *scene = cookie;
    scene->failures++;
    scene->failure = *why;
    loop_stop(scene->loop);
}

static const struct wire_queue_events events = {on_relaxed, on_failed};

static void scene_open(struct scene *scene)
{
    struct error err;
    *scene = (struct scene){};
    scene->loop = loop_new(&err);
    CHECK(scene->loop != NULL);
    CHECK_OK(fd_pair(SOCK_SEQPACKET, scene->ends, &err), err);
    scene->queue = wire_queue_new(scene->loop, scene->ends[0], &events, scene);
}

static void scene_close(struct scene *scene)
{
    wire_queue_free(scene->queue);
    loop_free(scene->loop);
    fd_close_at(&scene->ends[0]);
    fd_close_at(&scene->ends[1]);
}

/* Messages count themselves in their ids; each carries one fd. */
static bool say(struct scene *scene, uint32_t id, struct error *err)
{
    char payload[200] = {};
    return wire_queue_send(scene->queue, WIRE_BOX_READY, id, str_of(payload, sizeof payload),
                           &scene->ends[1], 1, err);
}

/* The other side reads one message a round of the loop. */
static void hear_one(void *cookie)
{
    struct scene *scene = cookie;
    struct wire_message message;
    struct error err;
    CHECK_OK(wire_receive(scene->ends[1], TO_ASKER, &message, &err), err);
    CHECK_INT(message.kind, WIRE_BOX_READY);
    CHECK_INT(message.id, ++scene->heard);
    CHECK_INT(message.fd_count, 1);
    CHECK_INT(message.payload.len, 200);
    wire_message_done(&message);
    if (scene->heard == scene->wanted)
        loop_stop(scene->loop);
}

static void hear(struct scene *scene, uint32_t count)
{
    struct error err;
    scene->wanted = count;
    CHECK_OK(loop_add(scene->loop, scene->ends[1], EPOLLIN, hear_one, scene, &err), err);
    CHECK_OK(loop_run(scene->loop, &err), err);
    CHECK_INT(scene->heard, count);
    loop_remove(scene->loop, scene->ends[1]);
}

TEST(wire_queue_keeps_what_the_socket_does_not_take_and_says_it_in_order)
{
    enum { COUNT = 700 };
    struct scene scene;
    struct error err;
    int before = open_fds_count();
    scene_open(&scene);
    for (uint32_t id = 1; id <= COUNT; id++)
        CHECK_OK(say(&scene, id, &err), err);
    CHECK(open_fds_count() > before + 100); /* the socket took a part; the fds of the others wait */
    CHECK(!wire_queue_is_long(scene.queue));
    hear(&scene, COUNT);
    CHECK_INT(scene.relaxed, 0);
    CHECK_INT(scene.failures, 0);
    scene_close(&scene);
    CHECK_INT(open_fds_count(), before);
}

static void allow_many_fds(void)
{
    struct rlimit limit;
    CHECK_INT(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    CHECK_INT(setrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_cur < WIRE_QUEUE_MAX + 1000)
        test_skip("only %lu descriptors may be open", (unsigned long)limit.rlim_cur);
}

TEST(wire_queue_is_long_until_it_is_empty_again)
{
    struct scene scene;
    struct error err;
    uint32_t id = 0;
    allow_many_fds();
    scene_open(&scene);
    while (!wire_queue_is_long(scene.queue))
        CHECK_OK(say(&scene, ++id, &err), err);
    CHECK(id >= WIRE_QUEUE_MANY);
    hear(&scene, id - 1); /* what is left is in the socket: the queue must be empty by then */
    CHECK_INT(scene.relaxed, 1);
    CHECK(!wire_queue_is_long(scene.queue));
    scene_close(&scene);
}

TEST(wire_queue_has_an_end)
{
    struct scene scene;
    struct error err;
    uint32_t id = 0;
    allow_many_fds();
    int before = open_fds_count();
    scene_open(&scene);
    while (say(&scene, ++id, &err))
        CHECK(id < WIRE_QUEUE_MAX + 2000);
    CHECK(id > WIRE_QUEUE_MAX);
    CHECK_INT(err.kind, ERROR_INTERRUPTED);
    scene_close(&scene);
    CHECK_INT(open_fds_count(), before);
}

TEST(wire_queue_tells_when_what_waits_can_never_be_said)
{
    struct scene scene;
    struct error err;
    scene_open(&scene);
    for (uint32_t id = 1; id <= 700; id++)
        CHECK_OK(say(&scene, id, &err), err);
    /* our copies of it travel to nobody now */
    fd_close_at(&scene.ends[1]);
    CHECK_INT(shutdown(scene.ends[0], SHUT_RDWR), 0);
    CHECK_OK(loop_run(scene.loop, &err), err);
    CHECK_INT(scene.failures, 1);
    CHECK(scene.failure.text[0] != '\0');
    scene_close(&scene);
}

/* The kernel refuses with ETOOMANYREFS, and the socket looks writable all the while. */
TEST(wire_queue_waits_by_the_clock_for_descriptors_on_their_way)
{
    enum { ON_THEIR_WAY = 100, COUNT = 130 };

    struct scene scene;
    struct error err;
    test_need_root();
    scene_open(&scene);
    CHECK_INT(setgid(65534), 0);
    CHECK_INT(setuid(65531), 0);
    CHECK_INT(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ON_THEIR_WAY, ON_THEIR_WAY}), 0);
    int before = open_fds_count();
    for (uint32_t id = 1; id <= COUNT; id++)
        CHECK_OK(say(&scene, id, &err), err);
    /* the socket itself has room for more: what waits waits for descriptors only */
    CHECK(open_fds_count() > before + 20);
    CHECK(open_fds_count() <= before + 1 + COUNT - ON_THEIR_WAY);
    hear(&scene, COUNT);
    scene_close(&scene);
}
