/* Groups of version 2 that a plain user, or a container, was given, and such that were not. */
#include "sys/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "sys/fd.h"
#include "tests/test.h"
#include "tests/unit/sys/cgroup_v2.h"

enum { PLAIN_USER = 54321 };

static const char tree[] = CGROUP_V2_TREE;

static int end_of(pid_t pid)
{
    int status;
    CHECK_INT(waitpid(pid, &status, 0), pid);
    return status;
}

/* Folders of the plain user's, one below the other, and a bystander in the innermost. */
struct place {
    char path[256];
    int depth;
    pid_t bystander;
};

static void put(const char *folder, const char *file, const char *text)
{
    struct error err;
    auto_close int dir = open(folder, O_PATH | O_CLOEXEC);
    CHECK(dir >= 0);
    CHECK_OK(fd_put_text(dir, file, text, &err), err);
}

static void put_process(const char *folder, pid_t pid)
{
    char text[16];
    snprintf(text, sizeof text, "%d", pid);
    put(folder, "cgroup.procs", text);
}

static void give(const char *path)
{
    static const char *const files[] = {"", "/cgroup.procs", "/cgroup.threads",
                                        "/cgroup.subtree_control"};
    CHECK_INT(mkdir(path, 0755), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char file[300];
        snprintf(file, sizeof file, "%s%s", path, files[i]);
        CHECK_INT(chown(file, PLAIN_USER, PLAIN_USER), 0);
    }
}

static void place_make(struct place *place, int depth)
{
    cgroup_v2_need();
    if (geteuid() != 0)
        test_skip("only root gives");
    place->depth = depth;
    snprintf(place->path, sizeof place->path, "%s/testudo-unit-%d", tree, getpid());
    for (int i = 0; i < depth; i++) {
        if (i > 0)
            strncat(place->path, "/inner", sizeof place->path - strlen(place->path) - 1);
        give(place->path);
        if (i < depth - 1)
            put(place->path, "cgroup.subtree_control", "+memory +pids +cpu");
    }
    place->bystander = fork();
    CHECK(place->bystander >= 0);
    if (place->bystander == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
    put_process(place->path, place->bystander);
}

static void place_done(struct place *place)
{
    static const char *const leaves[] = {"/testudo-self", "/testudo", "/leaf", ""};
    kill(place->bystander, SIGKILL);
    CHECK_INT(waitpid(place->bystander, NULL, 0), place->bystander);
    while (place->depth-- > 0) {
        for (size_t i = 0; i < sizeof leaves / sizeof *leaves; i++) {
            char path[300];
            snprintf(path, sizeof path, "%s%s", place->path, leaves[i]);
            CHECK(rmdir(path) == 0 || errno == ENOENT);
        }
        *strrchr(place->path, '/') = '\0';
    }
}

static void become_container(void)
{
    if (unshare(CLONE_NEWCGROUP | CLONE_NEWNS) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || umount2(tree, MNT_DETACH) != 0 ||
        mount("none", tree, "cgroup2", 0, NULL) != 0)
        _exit(102);
}

/* What a plain user finds who stands in PATH, or root of a container that is all in PATH. */
static unsigned controllers_seen(const char *path, bool in_container)
{
    fflush(NULL);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        struct cgroup_host host;
        struct error err;
        put_process(path, getpid());
        if (in_container)
            become_container();
        else if (setgroups(0, NULL) != 0 || setresgid(PLAIN_USER, PLAIN_USER, PLAIN_USER) != 0 ||
                 setresuid(PLAIN_USER, PLAIN_USER, PLAIN_USER) != 0)
            _exit(100);
        if (!cgroup_host_open(&host, &err))
            _exit(101);
        _exit((int)(host.count == 0 ? 0 : host.trees[0].controllers));
    }
    int status = end_of(pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) < 100);
    return (unsigned)WEXITSTATUS(status);
}

static bool stands_in(const struct place *place, const char *leaf)
{
    char path[64], line[512] = "", want[512];
    snprintf(path, sizeof path, "/proc/%d/cgroup", place->bystander);
    FILE *file = fopen(path, "re");
    CHECK(file != NULL && fgets(line, sizeof line, file) != NULL);
    fclose(file);
    snprintf(want, sizeof want, "0::%s%s\n", place->path + strlen(tree), leaf);
    return strcmp(line, want) == 0;
}

static bool hands_out_controllers(const struct place *place)
{
    char text[128];
    auto_close int dir = open(place->path, O_PATH | O_CLOEXEC);
    CHECK(cgroup_read(dir, "cgroup.subtree_control", text, sizeof text));
    return strlen(text) > 1;
}

static unsigned controllers_seen_from(const char *path)
{
    return controllers_seen(path, false);
}

TEST(cgroup_v2_that_was_given_serves_its_user_and_all_members_move_into_a_leaf)
{
    struct place place;
    place_make(&place, 1);
    CHECK(stands_in(&place, ""));
    CHECK_INT(controllers_seen_from(place.path), CGROUP_V2_ALL);
    CHECK(stands_in(&place, "/testudo-self"));
    char leaf[300];
    snprintf(leaf, sizeof leaf, "%s/testudo-self", place.path);
    CHECK_INT(controllers_seen_from(leaf), CGROUP_V2_ALL); /* the next run of the same shell */
    place_done(&place);
}

TEST(cgroup_v2_serves_whoever_was_started_in_a_leaf_of_what_was_given)
{
    struct place place;
    place_make(&place, 1);
    char leaf[300];
    snprintf(leaf, sizeof leaf, "%s/leaf", place.path);
    CHECK_INT(mkdir(leaf, 0755), 0);
    CHECK_INT(chown(leaf, PLAIN_USER, PLAIN_USER), 0);
    CHECK_INT(controllers_seen_from(leaf), CGROUP_V2_ALL);
    CHECK(stands_in(&place, "/testudo-self"));
    place_done(&place);
}

/* As in a systemd user session: all groups are the user's, and his manager's to arrange. */
TEST(cgroup_v2_that_is_ours_but_was_not_given_is_left_as_it_is)
{
    struct place place;
    place_make(&place, 3);
    CHECK_INT(controllers_seen_from(place.path), 0);
    CHECK(stands_in(&place, ""));
    CHECK(!hands_out_controllers(&place));
    CHECK_INT(setxattr(place.path, "user.delegate", "0", 1, 0), 0);
    CHECK_INT(controllers_seen_from(place.path), 0);
    CHECK(stands_in(&place, ""));
    place_done(&place);
}

TEST(cgroup_v2_with_systemds_mark_was_given)
{
    struct place place;
    place_make(&place, 3);
    CHECK_INT(setxattr(place.path, "user.delegate", "1", 1, 0), 0);
    CHECK_INT(controllers_seen_from(place.path), CGROUP_V2_ALL);
    CHECK(stands_in(&place, "/testudo-self"));
    place_done(&place);
}

TEST(cgroup_v2_of_nobody_but_us_serves_without_having_been_given)
{
    struct place place;
    place_make(&place, 3);
    put_process(tree, place.bystander);
    CHECK_INT(controllers_seen_from(place.path), CGROUP_V2_ALL);
    place_done(&place);
}

TEST(cgroup_v2_of_a_container_serves_its_root_and_all_its_processes_move_into_a_leaf)
{
    struct place place;
    place_make(&place, 1);
    CHECK_INT(controllers_seen(place.path, true), CGROUP_V2_ALL);
    CHECK(stands_in(&place, "/testudo-self"));
    place_done(&place);
}
