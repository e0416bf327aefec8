#include "sys/userns.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "sys/fd.h"
#include "tests/test.h"

static void put(const char *file, const char *text)
{
    struct error err;
    CHECK_OK(fd_put_text(AT_FDCWD, file, text, &err), err);
}

static void enter_namespace(const char *uids, const char *gids)
{
    if (unshare(CLONE_NEWUSER) != 0)
        test_skip("no user namespaces here");
    put("/proc/self/setgroups", "deny");
    put("/proc/self/uid_map", uids);
    put("/proc/self/gid_map", gids);
}

TEST(userns_with_one_id_has_that_one_and_no_other)
{
    char uid[32], gid[32];
    snprintf(uid, sizeof uid, "7 %u 1", (unsigned)geteuid());
    snprintf(gid, sizeof gid, "7 %u 1", (unsigned)getegid());
    enter_namespace(uid, gid);
    CHECK(userns_has_ids(7, 1));
    CHECK(!userns_has_ids(7, 2));
    CHECK(!userns_has_ids(6, 1));
    CHECK(!userns_has_ids(2000000000, 32768));
}

TEST(userns_has_ids_only_if_they_are_users_and_groups)
{
    char uid[32], gid[32];
    snprintf(uid, sizeof uid, "7 %u 1", (unsigned)geteuid());
    snprintf(gid, sizeof gid, "8 %u 1", (unsigned)getegid());
    enter_namespace(uid, gid);
    CHECK(!userns_has_ids(7, 1));
    CHECK(!userns_has_ids(8, 1));
}
