/* Attacks on the kernel's own switches and on what it tells about the host. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/escape/probe/probe.h"

/* Whoever writes one of these runs a program as root outside, or decides over the host. */
PROBE(kernel_switches)
{
    static const char *const switches[] = {
        "/proc/sys/kernel/core_pattern",     "/proc/sys/kernel/modprobe",
        "/proc/sys/kernel/hotplug",          "/sys/kernel/uevent_helper",
        "/proc/sys/fs/binfmt_misc/register", "/proc/sysrq-trigger",
        "/proc/sys/vm/panic_on_oom",         "/proc/sys/kernel/panic",
        "/proc/sys/kernel/yama/ptrace_scope"};
    int there = 0;
    for (size_t i = 0; i < COUNT_OF(switches); i++) {
        int fd = open(switches[i], O_WRONLY | O_CLOEXEC);
        if (fd >= 0)
            got_through("%s can be written", switches[i]);
        there += errno != ENOENT;
    }
    if (there < 3)
        untried("only %d of the switches are there", there);
    held("none of %d can be written", there);
}
