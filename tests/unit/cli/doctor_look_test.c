#include "cli/doctor_look.h"

#include <string.h>

#include "base/mem.h"
#include "tests/test.h"

/* What a healthy box prints, as far as it matters. */
static const char healthy[] =
    "status.Name: sh\nstatus.Uid: 1000\t1000\t1000\t1000\nstatus.Gid: 1000\t1000\t1000\t1000\n"
    "status.Groups: \nstatus.CapInh: 0000000000000000\nstatus.CapPrm: 0000000000000000\n"
    "status.CapEff: 0000000000000000\nstatus.CapBnd: 0000000000000000\n"
    "status.CapAmb: 0000000000000000\nstatus.NoNewPrivs: 1\nstatus.Seccomp: 2\n"
    "outside 2000000000\nprocesses 2\nhost_name box\ngroup /\ngroup /\n"
    "mount ro,nosuid,nodev /\nmount rw,nosuid,nodev,relatime /work\n"
    "interface Inter-|   Receive\ninterface  face |bytes\ninterface     lo\nshm key shmid\nend\n";

static struct arena arena;

static const char *judged(const char *text, enum guarantee which, enum privilege_mode mode)
{
    struct doctor_proof proofs[GUARANTEE_COUNT] = {};
    struct isolation isolation = {.mode = (uint8_t)mode};
    isolation_note(&isolation, GUARANTEE_IMAGE, GUARANTEE_ENFORCED, MECHANISM_OVERLAY, GAP_NONE);
    arena_done(&arena); /* of the last judgement */
    arena_init(&arena, 1 << 20);
    doctor_judge_look(str_from(text), &isolation, &arena, proofs);
    CHECK(proofs[which].tested);
    return proofs[which].broken;
}

/* The same with one piece of it said otherwise. */
static char *with(const char *old, const char *new)
{
    const char *at = strstr(healthy, old);
    CHECK(at != NULL);
    return mem_text("%.*s%s%s", (int)(at - healthy), healthy, new, at + strlen(old));
}

TEST(a_healthy_box_is_found_healthy)
{
    for (enum guarantee i = GUARANTEE_USERS; i <= GUARANTEE_SYSTEM_CALLS; i++)
        CHECK(judged(healthy, i, MODE_ROOT) == NULL);
}

TEST(each_broken_promise_is_noticed_and_told)
{
    static const struct {
        enum guarantee which;
        const char *old, *new, *told;
    } rows[] = {
        {GUARANTEE_USERS, "Uid: 1000\t1000", "Uid: 1000\t0", "Uid"},
        {GUARANTEE_USERS, "Gid: 1000", "Gid: 0", "Gid"},
        {GUARANTEE_USERS, "Groups: ", "Groups: 27", "27"},
        {GUARANTEE_USERS, "outside 2000000000", "outside 0", "outside"},
        {GUARANTEE_USERS, "outside 2000000000\n", "", "outside"},
        {GUARANTEE_PROCESS_TREE, "processes 2", "processes 97", "97"},
        {GUARANTEE_FILES, "mount ro,nosuid,nodev /", "mount rw,relatime /mnt", "/mnt"},
        {GUARANTEE_FILES, "end", "seen /home\nend", "/home"},
        {GUARANTEE_FILES, "end", "written /usr/\nend", "/usr/"},
        {GUARANTEE_IMAGE, "end", "setuid /usr/bin/su\nend", "/usr/bin/su"},
        {GUARANTEE_IMAGE, "end", "secret /etc/pam.d\nend", "/etc/pam.d"},
        {GUARANTEE_NETWORK, "    lo", "  eth0", "eth0"},
        {GUARANTEE_IPC, "shm key shmid", "shm key shmid\nshm 0 5", "0 5"},
        {GUARANTEE_IPC, "shm key shmid\n", "", "no shared memory table"},
        {GUARANTEE_HOST_NAME, "host_name box", "host_name prod-1", "prod-1"},
        {GUARANTEE_HOST_NAME, "group /\n", "group /system.slice\n", "/system.slice"},
        {GUARANTEE_CAPABILITIES, "CapBnd: 0000000000000000", "CapBnd: 000001ffffffffff", "CapBnd"},
        {GUARANTEE_CAPABILITIES, "NoNewPrivs: 1", "NoNewPrivs: 0", "NoNewPrivs"},
        {GUARANTEE_SYSTEM_CALLS, "Seccomp: 2", "Seccomp: 0", "Seccomp"},
        {GUARANTEE_SYSTEM_CALLS, "status.Seccomp: 2\n", "", "nothing"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        auto_free char *text = with(rows[i].old, rows[i].new);
        const char *broken = judged(text, rows[i].which, MODE_ROOT);
        CHECK(broken != NULL);
        CHECK_CONTAINS(broken, rows[i].told);
    }
}

TEST(a_plain_users_box_may_have_his_groups_and_his_uid_outside)
{
    auto_free char *text = with("Groups: ", "Groups: 65534");
    CHECK(judged(text, GUARANTEE_USERS, MODE_ROOTLESS) == NULL);
}

TEST(a_box_that_did_not_print_to_the_end_proves_nothing)
{
    auto_free char *text = with("end\n", "");
    CHECK(judged(text, GUARANTEE_SYSTEM_CALLS, MODE_ROOT) != NULL);
    CHECK(judged("", GUARANTEE_NETWORK, MODE_ROOT) != NULL);
}

TEST(what_a_box_prints_is_told_without_letting_it_act)
{
    auto_free char *text = with("host_name box", "host_name \033[2Jx");
    const char *broken = judged(text, GUARANTEE_HOST_NAME, MODE_ROOT);
    CHECK(broken != NULL);
    CHECK_CONTAINS(broken, "\\x1b[2Jx");
}

TEST(a_bound_image_is_not_held_to_what_only_an_overlay_can_do)
{
    struct doctor_proof proofs[GUARANTEE_COUNT] = {};
    struct isolation isolation = {.mode = MODE_ROOT};
    auto_free char *text = with("end", "setuid /usr/bin/su\nend");
    isolation_note(&isolation, GUARANTEE_IMAGE, GUARANTEE_WEAKER, MECHANISM_BIND, GAP_NO_OVERLAY);
    arena_done(&arena); /* of the last judgement */
    arena_init(&arena, 1 << 20);
    doctor_judge_look(str_from(text), &isolation, &arena, proofs);
    CHECK(!proofs[GUARANTEE_IMAGE].tested);
    CHECK(proofs[GUARANTEE_IMAGE].broken == NULL);
}
