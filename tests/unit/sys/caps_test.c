/* Each test gives up its own process's capabilities; the harness forked it. */
#include "sys/caps.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/test.h"

/* A line of /proc/self/status, as the number that it shows. */
static uint64_t shown(const char *field)
{
    char text[8192];
    int fd = open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC);
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    CHECK(length > 0);
    text[length] = '\0';
    const char *line = strstr(text, field);
    CHECK(line != NULL);
    return strtoull(line + strlen(field), NULL, 16);
}

static void check_sets(uint64_t effective, uint64_t bounding)
{
    CHECK_INT(shown("CapEff:\t"), effective);
    CHECK_INT(shown("CapPrm:\t"), effective);
    CHECK_INT(shown("CapInh:\t"), 0);
    CHECK_INT(shown("CapAmb:\t"), 0);
    CHECK_INT(shown("CapBnd:\t"), bounding);
}

/* What /bin/sh finds in its own status after exec. */
static uint64_t effective_after_exec(void)
{
    int out[2];
    CHECK_INT(pipe2(out, O_CLOEXEC), 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        dup2(out[1], STDOUT_FILENO);
        execl("/bin/grep", "grep", "CapEff", "/proc/self/status", NULL);
        _exit(127);
    }
    close(out[1]);
    char text[64] = "";
    CHECK(read(out[0], text, sizeof text - 1) > 8);
    CHECK_INT(waitpid(child, NULL, 0), child);
    return strtoull(text + strlen("CapEff:\t"), NULL, 16);
}

/* Fills the inheritable and the ambient set, so that emptying them can be seen. */
static void raise_ambient(int capability)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    CHECK_INT(syscall(SYS_capget, &header, data), 0);
    data[0].inheritable |= 1u << capability;
    CHECK_INT(syscall(SYS_capset, &header, data), 0);
    CHECK_INT(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0), 0);
}

TEST(all_capabilities_can_be_dropped)
{
    test_need_root();
    struct error err;
    uint64_t bounding = shown("CapBnd:\t");
    raise_ambient(CAP_KILL);
    CHECK(shown("CapEff:\t") != 0);
    CHECK_INT(shown("CapAmb:\t"), CAPS_BIT(CAP_KILL));
    CHECK_OK(caps_drop_all(&err), err);
    check_sets(0, bounding);
}

TEST(chosen_capabilities_can_be_kept)
{
    test_need_root();
    struct error err;
    uint64_t held = shown("CapEff:\t"), bounding = shown("CapBnd:\t");
    CHECK(held >> 32 != 0);
    uint64_t highest = UINT64_C(1) << (63 - __builtin_clzll(held));
    uint64_t keep = CAPS_BIT(CAP_KILL) | highest;
    raise_ambient(CAP_CHOWN);
    CHECK_OK(caps_keep(keep, &err), err);
    check_sets(keep, bounding);
}

TEST(capabilities_that_were_given_up_cannot_be_kept)
{
    test_need_root();
    struct error err;
    CHECK_OK(caps_drop_all(&err), err);
    CHECK(!caps_keep(CAPS_BIT(CAP_KILL), &err));
    CHECK_INT(err.number, EPERM);
    CHECK_CONTAINS(err.text, "give up capabilities");
}

TEST(the_bounding_set_can_be_emptied_and_then_exec_brings_nothing_back)
{
    test_need_root();
    struct error err;
    CHECK_OK(caps_drop_bounding(&err), err);
    CHECK_INT(shown("CapBnd:\t"), 0);
    CHECK_OK(caps_drop_all(&err), err);
    check_sets(0, 0);
    CHECK_INT(effective_after_exec(), 0);
}

TEST(the_bounding_set_can_keep_some)
{
    test_need_root();
    struct error err;
    uint64_t keep = CAPS_BIT(CAP_KILL) | CAPS_BIT(CAP_SETUID);
    CHECK_OK(caps_keep_bounding(keep, &err), err);
    CHECK_INT(shown("CapBnd:\t"), keep);
    CHECK_INT(effective_after_exec(), keep);
}

TEST(an_empty_bounding_set_needs_no_capability_to_stay_empty)
{
    test_need_root();
    struct error err;
    CHECK_OK(caps_drop_bounding(&err), err);
    CHECK_OK(caps_drop_all(&err), err);
    CHECK_OK(caps_drop_bounding(&err), err);
}

TEST(without_the_capability_a_full_bounding_set_is_an_error)
{
    test_need_root();
    struct error err;
    CHECK_OK(caps_drop_all(&err), err);
    CHECK(!caps_drop_bounding(&err));
    CHECK_INT(err.number, EPERM);
    CHECK_CONTAINS(err.text, "bounding set");
}

TEST(once_locked_user_0_gains_nothing_by_exec)
{
    test_need_root();
    struct error err;
    CHECK(effective_after_exec() != 0);
    CHECK_OK(caps_lock(&err), err);
    CHECK_INT(effective_after_exec(), 0);
    CHECK_INT(prctl(PR_SET_SECUREBITS, 0, 0, 0, 0), -1);
    CHECK_INT(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), -1);
    CHECK_INT(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0), -1);
}

TEST(once_locked_leaving_user_0_gives_up_capabilities)
{
    test_need_root();
    struct error err;
    CHECK_OK(caps_lock(&err), err);
    CHECK_INT(setresuid(65534, 65534, 65534), 0);
    CHECK_INT(shown("CapEff:\t"), 0);
    CHECK_INT(shown("CapPrm:\t"), 0);
}
