/* Objects of the kernel that hold memory, and settings that are global to it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "tests/hygiene/probe/probe.h"

static void hold_files_of_memory(void)
{
    int held = 0;
    for (; held < 20; held++) {
        int fd = memfd_create("left", 0);
        if (fd < 0 || ftruncate(fd, 1 << 20) < 0)
            break;
        memset(mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), 0x5a, 1 << 18);
    }
    did("files in memory", held == 20);
}

static void hold_events(void)
{
    int poll = epoll_create1(0);
    struct epoll_event any = {.events = EPOLLIN};
    int held = 0;
    for (; held < 100; held++)
        if (epoll_ctl(poll, EPOLL_CTL_ADD, eventfd(1, 0), &any) < 0)
            break;
    did("events", held == 100);
    did("clock of its own", timerfd_create(CLOCK_MONOTONIC, 0) >= 0);
}

static void write_settings(const char *folder, int depth, int *written)
{
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        if (entry->d_type == DT_DIR && depth > 0) {
            write_settings(path, depth - 1, written);
            continue;
        }
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        *written += fd >= 0 && write(fd, "1", 1) == 1;
        if (fd >= 0)
            close(fd);
    }
    if (entries != NULL)
        closedir(entries);
}

void dirty_kernel(void)
{
    int written = 0;
    hold_files_of_memory();
    hold_events();
    write_settings("/proc/sys", 9, &written);
    did("settings", written > 0);
    did("ring", syscall(SYS_io_uring_setup, 8, (char[120]){}) >= 0);
    did("program of the kernel", syscall(SYS_bpf, 0, (char[64]){}, 64) >= 0);
    did("fanotify", syscall(SYS_fanotify_init, 0, 0) >= 0);
    did("page faults", syscall(SYS_userfaultfd, 1) >= 0);
}
