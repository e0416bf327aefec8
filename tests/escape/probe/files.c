/* Attacks on the host's files by way of paths, mounts and open folders. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/box.h"
#include "tests/escape/probe/probe.h"

/* The canary is a file of the host that everybody may read. It is looked for below every mount that
 * we see, so that a host's root left mounted somewhere is found wherever it is. */
PROBE(host_files)
{
    char mounts[65536], path[1024], text[256];
    const char *canary = fact("canary"), *secret = fact("secret");
    if (read_text("/proc/self/mountinfo", mounts, sizeof mounts) <= 0)
        untried("/proc/self/mountinfo: %s", errno_word(errno));
    int places = 0;
    struct str line, rest = str_from(mounts);
    while (str_take_line(&rest, &line)) {
        char place[512];
        if (sscanf(line.ptr, "%*d %*d %*s %*s %511s", place) != 1)
            continue;
        places++;
        snprintf(path, sizeof path, "%s%s", strcmp(place, "/") == 0 ? "" : place, canary);
        if (read_text(path, text, sizeof text) > 0 && strstr(text, secret) != NULL)
            got_through("%s can be read", path);
    }
    if (places < 3)
        untried("only %d mounts in sight", places);
    held("below none of %d mounts", places);
}

/* The same file, which everybody may write. */
PROBE(host_files_write)
{
    char mounts[65536], path[1024];
    const char *canary = fact("canary");
    if (read_text("/proc/self/mountinfo", mounts, sizeof mounts) <= 0)
        untried("/proc/self/mountinfo: %s", errno_word(errno));
    int places = 0;
    struct str line, rest = str_from(mounts);
    while (str_take_line(&rest, &line)) {
        char place[512];
        if (sscanf(line.ptr, "%*d %*d %*s %*s %511s", place) != 1)
            continue;
        places++;
        snprintf(path, sizeof path, "%s%s", strcmp(place, "/") == 0 ? "" : place, canary);
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        if (fd >= 0)
            got_through("%s can be written", path);
    }
    held("below none of %d mounts", places);
}

/* ---- mounts --------------------------------------------------------------------------------- */

struct mount_line {
    char place[512], options[256], type[64];
};

static bool next_mount(struct str *rest, struct mount_line *ret)
{
    struct str line;
    while (str_take_line(rest, &line)) {
        char text[2048];
        snprintf(text, sizeof text, "%.*s", (int)line.len, line.ptr);
        char *dash = strstr(text, " - ");
        if (dash != NULL &&
            sscanf(text, "%*d %*d %*s %*s %511s %255s", ret->place, ret->options) == 2 &&
            sscanf(dash, " - %63s", ret->type) == 1)
            return true;
    }
    return false;
}

static bool has_option(const struct mount_line *mount, const char *wanted)
{
    struct str option, rest = str_from(mount->options);
    while (str_take_until(&rest, ',', &option))
        if (str_is(option, wanted))
            return true;
    return false;
}

static bool is_writable_place(const char *place)
{
    return strncmp(place, "/work", 5) == 0 || strncmp(place, "/tmp", 4) == 0 ||
           strncmp(place, "/dev", 4) == 0 || strncmp(place, "/proc", 5) == 0;
}

static const char *read_mounts(void)
{
    static char text[65536];
    if (read_text("/proc/self/mountinfo", text, sizeof text) <= 0)
        untried("/proc/self/mountinfo: %s", errno_word(errno));
    return text;
}

/* Every mount has the option, but for those whose place says otherwise. */
static _Noreturn void all_mounts_have(const char *option, bool (*spared)(const char *place))
{
    struct str rest = str_from(read_mounts());
    struct mount_line mount;
    int count = 0;
    while (next_mount(&rest, &mount)) {
        count++;
        if (!has_option(&mount, option) && (spared == NULL || !spared(mount.place)))
            got_through("%s is mounted without %s", mount.place, option);
    }
    if (count < 5)
        untried("only %d mounts in sight", count);
    held("all %d mounts", count);
}

PROBE(mounts_read_only)
{
    all_mounts_have("ro", is_writable_place);
}

PROBE(mounts_no_suid)
{
    all_mounts_have("nosuid", NULL);
}

static bool is_device_place(const char *place)
{
    return strncmp(place, "/dev", 4) == 0 || strncmp(place, "/proc/", 6) == 0;
}

PROBE(mounts_no_dev)
{
    all_mounts_have("nodev", is_device_place);
}

/* release_agent and its like are files of the kernel's own file systems. */
PROBE(kernel_file_systems)
{
    static const char *const types[] = {"cgroup",  "cgroup2",     "sysfs",
                                        "debugfs", "tracefs",     "securityfs",
                                        "bpf",     "binfmt_misc", "configfs"};
    struct str rest = str_from(read_mounts());
    struct mount_line mount;
    int count = 0;
    while (next_mount(&rest, &mount)) {
        count++;
        for (size_t i = 0; i < COUNT_OF(types); i++)
            if (strcmp(mount.type, types[i]) == 0)
                got_through("%s is a %s", mount.place, types[i]);
    }
    held("none among %d mounts", count);
}

/* Under the mask lies what it hides. */
PROBE(take_mask_off)
{
    must_be_refused(umount2("/proc/keys", MNT_DETACH), EPERM, "umount2 /proc/keys");
    must_be_refused(umount2("/dev", MNT_DETACH), EPERM, "umount2 /dev");
    must_be_refused(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL), EPERM, "remount /");
    judge();
}

/* ---- programs ------------------------------------------------------------------------------- */

static long copy_file(const char *from, const char *to, mode_t mode)
{
    static char bytes[1 << 20];
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    long length = in >= 0 ? read(in, bytes, sizeof bytes) : -1;
    bool ok = out >= 0 && length > 0 && write(out, bytes, (size_t)length) == length &&
              fchmod(out, mode) == 0;
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return ok ? length : -1;
}

static int run_program(const char *path, const char *argument)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        execl(path, path, argument, (char *)NULL);
        _exit(errno == EACCES ? 100 : 101);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
                                                                           : -1;
}

/* Ends with status 0 and says nothing. */
PROBE(answer)
{
    _exit(0);
}

PROBE(exec_from_tmp)
{
    static const char *const places[] = {"/tmp/copy", "/dev/shm/copy"};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        if (copy_file("/proc/self/exe", places[i], 0755) < 0)
            untried("copying to %s: %s", places[i], errno_word(errno));
        int status = run_program(places[i], "answer");
        if (status == 0)
            got_through("%s was executed", places[i]);
        if (status != 100)
            untried("%s: status %d", places[i], status);
    }
    held("EACCES");
}

/* What the host's programs may more than their user. */
PROBE(setuid_programs)
{
    static const char *const folders[] = {"/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib/openssh",
                                          "/usr/lib/dbus-1.0"};
    int count = 0;
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        DIR *folder = opendir(folders[i]);
        for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
            char path[600];
            struct stat about;
            snprintf(path, sizeof path, "%s/%s", folders[i], entry->d_name);
            if (lstat(path, &about) < 0 || !S_ISREG(about.st_mode))
                continue;
            count++;
            if (about.st_mode & (S_ISUID | S_ISGID))
                got_through("%s is in sight, mode %o", path, about.st_mode & 07777);
        }
        if (folder != NULL)
            closedir(folder);
    }
    if (count < 100)
        absent("a private image of %d programs", count);
    held("none among %d programs", count);
}

/* Ends with 0 if it has no more rights than its caller. */
PROBE(suid_answer)
{
    char status[4096];
    bool more = geteuid() != getuid() || getegid() != getgid() || geteuid() == 0;
    more = more || (read_text("/proc/self/status", status, sizeof status) > 0 &&
                    strstr(status, "CapEff:\t0000000000000000") == NULL);
    _exit(more ? 7 : 0);
}

/* Brought along by the attacker: owned by the host's root, setuid and with file capabilities. */
PROBE(setuid_input)
{
    static const char *const names[] = {"suid", "capable"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char path[600];
        struct stat about;
        snprintf(path, sizeof path, "%s/%s", probe_folder(), names[i]);
        if (stat(path, &about) < 0)
            absent("only copies come this way");
        int status = run_program(path, "suid_answer");
        if (status == 7)
            got_through("%s gave rights", names[i]);
        if (status != 0)
            untried("%s: status %d", names[i], status);
    }
    held("both gave nothing");
}

/* ---- devices -------------------------------------------------------------------------------- */

static bool is_harmless(dev_t device)
{
    unsigned of_memory[] = {3, 5, 7, 8, 9};
    if (major(device) == 5)
        return minor(device) == 0 || minor(device) == 2;
    for (size_t i = 0; i < COUNT_OF(of_memory); i++)
        if (major(device) == 1 && minor(device) == of_memory[i])
            return true;
    return major(device) >= 136 && major(device) <= 143; /* terminals of our own */
}

static int look_at_devices(const char *place, int depth)
{
    int count = 0;
    DIR *folder = opendir(place);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        char path[1024];
        struct stat about;
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", place, entry->d_name);
        if (lstat(path, &about) < 0)
            continue;
        if (S_ISDIR(about.st_mode) && depth < 4)
            count += look_at_devices(path, depth + 1);
        if (S_ISBLK(about.st_mode) || (S_ISCHR(about.st_mode) && !is_harmless(about.st_rdev)))
            got_through("%s is device %u:%u", path, major(about.st_rdev), minor(about.st_rdev));
        count += S_ISCHR(about.st_mode);
    }
    if (folder != NULL)
        closedir(folder);
    return count;
}

PROBE(devices)
{
    int count = look_at_devices("/dev", 0);
    if (count < 6)
        untried("only %d devices", count);
    held("%d devices, all harmless", count);
}

PROBE(make_device)
{
    must_be_refused(mknod(BOX_WORK "/mem", S_IFCHR | 0666, makedev(1, 1)), EPERM, "1:1");
    must_be_refused(mknod("/tmp/disk", S_IFBLK | 0666, makedev(8, 0)), EPERM, "8:0");
    must_be_refused(mknodat(AT_FDCWD, "/dev/shm/kmsg", S_IFCHR | 0666, makedev(1, 11)), EPERM,
                    "1:11");
    judge();
}

/* Device 0:0 needs no right, and an overlay takes it for "nothing here". */
PROBE(make_whiteout)
{
    must_be_refused(mknod(BOX_WORK "/nothing", S_IFCHR | 0666, makedev(0, 0)), EPERM, "0:0");
    judge();
}

/* ---- the disk ------------------------------------------------------------------------------- */

PROBE(disk_size)
{
    static const char *const places[] = {"/work", "/tmp", "/dev/shm"};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct statfs about;
        if (statfs(places[i], &about) < 0)
            untried("%s: %s", places[i], errno_word(errno));
        uint64_t bytes = (uint64_t)about.f_blocks * (uint64_t)about.f_bsize;
        if (about.f_blocks == 0 || bytes > (uint64_t)1 << 30)
            got_through("%s holds %llu bytes", places[i], (unsigned long long)bytes);
    }
    held("all are bounded");
}

PROBE(disk_inodes)
{
    static const char *const places[] = {"/work", "/tmp", "/dev/shm"};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct statfs about;
        if (statfs(places[i], &about) < 0)
            untried("%s: %s", places[i], errno_word(errno));
        if (about.f_files == 0 || about.f_files > 100000)
            got_through("%s holds %llu files", places[i], (unsigned long long)about.f_files);
    }
    held("all are bounded");
}
