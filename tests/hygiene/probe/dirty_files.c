/* Files, locks and watches; also where none can be. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/hygiene/probe/probe.h"

static void fill_folder(const char *folder)
{
    char path[300], name[400];
    snprintf(path, sizeof path, "%s/left", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    snprintf(name, sizeof name, "file in %s", folder);
    did(name, fd >= 0);
    if (fd < 0)
        return;
    (void)!ftruncate(fd, 1 << 20);
    (void)!write(fd, path, sizeof path);
    setxattr(path, "user.left", "x", 1, 0);
    snprintf(name, sizeof name, "%s/link", folder);
    (void)!link(path, name);
    snprintf(name, sizeof name, "%s/.hidden", folder);
    (void)!symlink("/etc/passwd", name);
    snprintf(name, sizeof name, "%s/fifo", folder);
    mkfifo(name, 0666);
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "%s/many-%d", folder, i);
        mkdir(name, 0777);
    }
    chmod(folder, 0777);
    utimes(folder, (struct timeval[]){{1, 2}, {3, 4}});
}

static void lock(const char *path)
{
    char name[300];
    struct flock whole = {.l_type = F_RDLCK};
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return;
    snprintf(name, sizeof name, "lock %s", path);
    did(name, flock(fd, LOCK_EX | LOCK_NB) == 0);
    fcntl(fd, F_SETLK, &whole);
    fcntl(fd, F_SETLEASE, F_RDLCK);
    fcntl(fd, F_NOTIFY, DN_ACCESS | DN_MULTISHOT);
    utimes(path, NULL);
}

static void watch(const char *path)
{
    static int fd = -1;
    if (fd < 0) {
        fd = inotify_init();
        did("inotify", fd >= 0);
        for (int i = 0; i < 40; i++)
            (void)inotify_init();
    }
    char name[300];
    snprintf(name, sizeof name, "watch %s", path);
    did(name, inotify_add_watch(fd, path, IN_ALL_EVENTS) >= 0);
}

void dirty_files(void)
{
    static const char *const places[] = {
        "/work", "/tmp", "/dev/shm", "/dev", "/dev/pts", "/run",        "/var",     "/var/tmp",
        "/in",   "/etc", "/usr",     "/",    "/proc",    "/dev/mqueue", "/usr/bin", "/proc/self"};
    static const char *const shared[] = {"/",
                                         "/usr",
                                         "/usr/bin/env",
                                         "/etc",
                                         "/etc/passwd",
                                         "/etc/ld.so.cache",
                                         "/dev/null",
                                         "/dev/zero",
                                         "/dev",
                                         "/proc/self/ns/net",
                                         "/proc/self/ns/user",
                                         "/proc/self/ns/uts",
                                         "/work",
                                         "/in"};
    for (size_t i = 0; i < COUNT_OF(places); i++)
        fill_folder(places[i]);
    for (size_t i = 0; i < COUNT_OF(shared); i++) {
        lock(shared[i]);
        watch(shared[i]);
    }
    for (int i = 0; i < 20; i++)
        (void)!open("/dev/ptmx", O_RDWR | O_NOCTTY);
    int fd = open("/dev/null", O_WRONLY);
    did("mode of a device", fchmod(fd, 0) == 0);
    int gone = open("/tmp/deleted", O_RDWR | O_CREAT, 0600);
    did("deleted file", gone >= 0 && ftruncate(gone, 30 << 20) == 0 && unlink("/tmp/deleted") == 0);
}
