/* Many boxes at one broker's socket: who hears what. The test plays the broker. */
#include "run/asker.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"
#include "tests/test.h"
#include "wire/box_wire.h"

struct scene {
    struct loop *loop;
    struct asker *asker;
    int ends[2];
};

struct listener {
    struct scene *scene;
    struct asker_box place;
    int heard, lost;
    struct error why;
};

static void hear(void *cookie, struct wire_message *message, const struct error *lost)
{
    struct listener *listener = cookie;
    if (message != NULL) {
        CHECK_INT(message->id, listener->place.id);
        listener->heard++;
    } else {
        listener->lost++;
        listener->why = *lost;
    }
    loop_stop(listener->scene->loop);
}

static void scene_open(struct scene *scene)
{
    struct error err;
    scene->loop = loop_new(&err);
    CHECK(scene->loop != NULL);
    CHECK_OK(fd_pair(SOCK_SEQPACKET, scene->ends, &err), err);
    scene->asker = asker_new(scene->ends[0], scene->loop, &err);
    CHECK(scene->asker != NULL);
}

static void scene_close(struct scene *scene)
{
    asker_free(scene->asker);
    loop_free(scene->loop);
    fd_close_at(&scene->ends[0]);
    fd_close_at(&scene->ends[1]);
}

static void say(struct scene *scene, uint32_t id)
{
    struct error err;
    CHECK_OK(wire_send(scene->ends[1], WIRE_BOX_ENDED, id, STR("x"), NULL, 0, &err), err);
}

static void run(struct scene *scene)
{
    struct error err;
    CHECK_OK(loop_run(scene->loop, &err), err);
}

TEST(asker_gives_each_box_what_is_said_about_it)
{
    struct scene scene;
    scene_open(&scene);
    struct listener one = {.scene = &scene}, other = {.scene = &scene};
    asker_enter(scene.asker, &one.place, hear, &one);
    asker_enter(scene.asker, &other.place, hear, &other);
    CHECK(one.place.id != 0 && other.place.id != 0 && one.place.id != other.place.id);
    say(&scene, other.place.id);
    run(&scene);
    CHECK_INT(one.heard, 0);
    CHECK_INT(other.heard, 1);
    asker_leave(scene.asker, &other.place);
    say(&scene, other.place.id); /* it has left: passed over */
    say(&scene, one.place.id);
    run(&scene);
    CHECK_INT(one.heard, 1);
    CHECK_INT(other.heard, 1);
    asker_leave(scene.asker, &one.place);
    scene_close(&scene);
}

/* What a broker still says about a box that was given up must not reach the next one. */
TEST(asker_never_uses_a_number_again)
{
    struct scene scene;
    uint32_t last = 0;
    for (int i = 0; i < 3; i++) {
        scene_open(&scene);
        struct listener box = {.scene = &scene};
        asker_enter(scene.asker, &box.place, hear, &box);
        CHECK(box.place.id > last);
        last = box.place.id;
        asker_leave(scene.asker, &box.place);
        scene_close(&scene);
    }
}

static void check_lost(struct scene *scene, const char *why)
{
    struct listener one = {.scene = scene}, other = {.scene = scene};
    struct error err = {};
    asker_enter(scene->asker, &one.place, hear, &one);
    asker_enter(scene->asker, &other.place, hear, &other);
    fd_close_at(&scene->ends[1]);
    run(scene);
    CHECK_INT(one.lost, 1);
    CHECK_INT(other.lost, 1);
    CHECK_CONTAINS(one.why.text, why);
    CHECK(!asker_say(scene->asker, WIRE_BOX_START, 1, STR(""), NULL, 0, &err));
    CHECK_CONTAINS(err.text, why);
}

TEST(asker_tells_every_box_once_that_the_broker_is_lost)
{
    struct scene scene;
    scene_open(&scene);
    check_lost(&scene, "the broker has ended before its work was done");
    scene_close(&scene);
}

TEST(asker_tells_the_reason_that_a_broker_gave_before_it_went)
{
    struct scene scene;
    struct error why = {}, err;
    auto_buf struct buf payload;
    scene_open(&scene);
    error_set(&why, ERROR_HOST, "no user namespaces here");
    buf_init(&payload, 2048);
    wire_put_error(&payload, &why);
    CHECK_OK(wire_send(scene.ends[1], WIRE_BOX_FAILED, 0, buf_str(&payload), NULL, 0, &err), err);
    check_lost(&scene, "no user namespaces here");
    scene_close(&scene);
}
