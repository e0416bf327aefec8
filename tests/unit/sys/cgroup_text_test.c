#include "base/mem.h"
#include "sys/cgroup_private.h"
#include "sys/mountinfo.h"
#include "sys/process.h"
#include "tests/test.h"

static const char *place(const char *root, const char *own)
{
    static char path[64];
    bool found =
        cgroup_place_of(str_from(root), str_from("/mnt"), str_from(own), path, sizeof path);
    return found ? path : "none";
}

TEST(a_group_is_found_below_the_part_that_is_mounted)
{
    CHECK_TEXT(place("/", "/a/b"), "/mnt/a/b");
    CHECK_TEXT(place("/a", "/a/b"), "/mnt/b");
    CHECK_TEXT(place("/a", "/a"), "/mnt");
    CHECK_TEXT(place("/../..", "/../../b"), "/mnt/b");
}

TEST(a_group_outside_of_the_mounted_part_has_no_place)
{
    CHECK_TEXT(place("/a", "/b"), "none");
    CHECK_TEXT(place("/a", "/ab"), "none");
    CHECK_TEXT(place("/a/b", "/a"), "none");
    CHECK_TEXT(place("/", "/../b"), "none");
    CHECK_TEXT(place("/..", "/../.."), "none");
    CHECK_TEXT(place("/", "/0123456789012345678901234567890123456789012345678901234567890"),
               "none");
}

TEST(our_own_group_is_that_of_the_wanted_controllers)
{
    struct str groups = STR("12:cpu,cpuacct:/one\n4:memory:/two:three\n0::/four\n"), path;
    CHECK(cgroup_own_path(groups, CGROUP_CPUACCT, 1, &path) && str_is(path, "/one"));
    CHECK(cgroup_own_path(groups, CGROUP_MEMORY, 1, &path) && str_is(path, "/two:three"));
    CHECK(cgroup_own_path(groups, 0, 2, &path) && str_is(path, "/four"));
    CHECK(!cgroup_own_path(groups, CGROUP_PIDS, 1, &path));
}

TEST(a_line_of_mountinfo_is_cut_at_its_dash)
{
    struct mountinfo mount;
    struct str line = STR("36 32 0:30 /r /m rw,nosuid shared:1 master:2 - cgroup x rw,memory");
    CHECK(mountinfo_read(line, &mount));
    CHECK(str_is(mount.root, "/r") && str_is(mount.point, "/m") && str_is(mount.type, "cgroup"));
    CHECK(str_is(mount.options, "rw,memory"));
    CHECK(!mountinfo_read(STR("36 32 0:30 /r /m rw"), &mount));
}

TEST(a_number_is_found_by_its_whole_key)
{
    CHECK_INT(cgroup_find_number("low 1\noom_kill_disable 0\noom_kill 7\n", "oom_kill"), 7);
    CHECK_INT(cgroup_find_number("max\n", "max"), -1);
}

TEST(a_process_cannot_choose_when_it_started)
{
    uint64_t started = 5;
    const char *honest = "7 (sh) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 1234 20\n";
    const char *liar =
        "7 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 99 ) S 1 2 3 4 5 6 7 8 9"
        " 10 11 12 13 14 15 16 17 18 1234 20\n";
    CHECK(process_stat_start(honest, &started) && started == 1234);
    CHECK(process_stat_start(liar, &started) && started == 1234);
    CHECK(!process_stat_start("7 (sh) S 1 2 3", &started) && started == 1234);
    CHECK(!process_stat_start("", &started));
}
