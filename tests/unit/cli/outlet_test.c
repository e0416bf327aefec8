/* A reader who is slow, or goes. */
#include "cli/outlet.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"
#include "tests/test.h"

struct scene {
    struct loop *loop;
    struct outlet *outlet;
    int ends[2];
    int drained, closed;
    size_t taken, wanted;
};

static void on_drained(void *cookie)
{
    struct scene *scene = cookie;
    scene->drained++;
    if (scene->wanted == 0)
        loop_stop(scene->loop);
}

static void on_closed(void *cookie, const struct error *why)
{
    struct scene *scene = cookie;
    CHECK(why->text[0] != '\0');
    scene->closed++;
    loop_stop(scene->loop);
}

static const struct outlet_events events = {on_drained, on_closed};

static void open_scene(struct scene *scene, int fd)
{
    struct error err;
    scene->loop = loop_new(&err);
    CHECK(scene->loop != NULL);
    scene->outlet = outlet_new(scene->loop, fd, &events, scene);
}

static void close_scene(struct scene *scene)
{
    outlet_free(scene->outlet);
    loop_free(scene->loop);
    fd_close_at(&scene->ends[0]);
    fd_close_at(&scene->ends[1]);
}

static void give(struct scene *scene, size_t length, char byte)
{
    struct buf bytes;
    buf_init(&bytes, length);
    memset(buf_extend(&bytes, length), byte, length);
    outlet_take(scene->outlet, &bytes);
    CHECK_INT(bytes.len, 0);
    CHECK(bytes.data == NULL);
}

static void on_readable(void *cookie)
{
    struct scene *scene = cookie;
    char bytes[1000];
    ssize_t got = read(scene->ends[0], bytes, sizeof bytes);
    CHECK(got > 0);
    for (ssize_t i = 0; i < got; i++)
        CHECK_INT(bytes[i], scene->taken + (size_t)i < 300000 ? 'a' : 'b');
    scene->taken += (size_t)got;
    if (scene->taken == scene->wanted)
        loop_stop(scene->loop);
}

TEST(outlet_keeps_what_a_slow_reader_does_not_take_and_never_waits)
{
    struct scene scene = {.wanted = 500000};
    struct error err;
    CHECK_OK(fd_pipe(scene.ends, &err), err);
    open_scene(&scene, scene.ends[1]);
    give(&scene, 300000, 'a');
    give(&scene, 200000, 'b');
    CHECK_INT(outlet_waiting(scene.outlet), 500000);
    CHECK_INT(fcntl(scene.ends[1], F_GETFL) & O_NONBLOCK, 0);
    CHECK_OK(loop_add(scene.loop, scene.ends[0], EPOLLIN, on_readable, &scene, &err), err);
    CHECK_OK(loop_run(scene.loop, &err), err);
    CHECK_INT(outlet_waiting(scene.outlet), 0);
    CHECK_INT(scene.drained, 1);
    CHECK_INT(scene.closed, 0);
    close_scene(&scene);
}

TEST(outlet_tells_once_that_its_reader_has_gone_and_takes_no_more)
{
    struct scene scene = {};
    struct error err;
    signal(SIGPIPE, SIG_IGN);
    CHECK_OK(fd_pipe(scene.ends, &err), err);
    open_scene(&scene, scene.ends[1]);
    fd_close_at(&scene.ends[0]);
    give(&scene, 10, 'a');
    give(&scene, 10, 'b');
    CHECK_OK(loop_run(scene.loop, &err), err);
    CHECK_INT(scene.closed, 1);
    CHECK_INT(outlet_waiting(scene.outlet), 0);
    give(&scene, 10, 'c');
    CHECK_INT(outlet_waiting(scene.outlet), 0);
    close_scene(&scene);
}

TEST(outlet_writes_to_files_which_cannot_be_waited_for)
{
    struct scene scene = {.ends = {-1, -1}};
    struct error err;
    char path[200];
    snprintf(path, sizeof path, "%s/out", test_folder());
    scene.ends[1] = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    open_scene(&scene, scene.ends[1]);
    give(&scene, 3 << 20, 'a');
    CHECK_OK(loop_run(scene.loop, &err), err);
    CHECK_INT(scene.drained, 1);
    CHECK_INT(lseek(scene.ends[1], 0, SEEK_END), 3 << 20);
    close_scene(&scene);
}
