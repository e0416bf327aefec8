#include "sandbox/view.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "sandbox/state.h"
#include "sys/fd.h"
#include "sys/process.h"
#include "sys/tree.h"

/* ---- etc ------------------------------------------------------------------------------------ */

static const struct {
    const char *name, *content;
} made[] = {
    {"passwd", "root:x:0:0:root:/tmp:/usr/sbin/nologin\n"
               "box:x:1000:1000:box:/tmp:/bin/sh\n"
               "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"},
    {"group", "root:x:0:\nbox:x:1000:\nnogroup:x:65534:\n"},
    {"hosts", "127.0.0.1\tlocalhost box\n::1\tlocalhost\n"},
    {"hostname", "box\n"},
    {"nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"},
    {"resolv.conf", ""},
    {"shells", "/bin/sh\n/bin/bash\n"},
};

/* Copied from the host's /etc where they are there and everybody may read them. */
static const char *const copied[] = {
    "R",
    "alternatives",
    "ca-certificates.conf",
    "ca-certificates",
    "debian_version",
    "java-11-openjdk",
    "java-17-openjdk",
    "java-21-openjdk",
    "java-25-openjdk",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "lsb-release",
    "magic",
    "mime.types",
    "os-release",
    "perl",
    "php",
    "protocols",
    "python3",
    "services",
    "timezone",
};

static const struct tree_copy_limits etc_limits = {.files = 20000, .bytes = 64 << 20};

static bool put_made(int etc, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(made); i++) {
        auto_close int fd = fd_open(etc, made[i].name, O_WRONLY | O_CREAT | O_EXCL, 0644, err);
        if (fd < 0 || !fd_write_all(fd, str_from(made[i].content), err))
            return false;
    }
    return true;
}

static bool copy_file(int from, const char *name, int to, struct error *err)
{
    auto_close int source = fd_open(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0, err);
    if (source < 0)
        return false;
    auto_close int target = fd_open(to, name, O_WRONLY | O_CREAT | O_EXCL, 0644, err);
    int64_t bytes;
    return target >= 0 && tree_copy_file(source, target, etc_limits.bytes, &bytes, err);
}

static bool copy_folder(int from, const char *name, int to, struct error *err)
{
    auto_close int source = fd_open(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err);
    auto_close int target = state_open_below(to, name, err);
    struct tree_copy_report report;
    return source >= 0 && target >= 0 && tree_copy(source, target, &etc_limits, &report, err);
}

static bool copy_link(int from, const char *name, int to, struct error *err)
{
    char text[PATH_MAX];
    ssize_t length = readlinkat(from, name, text, sizeof text - 1);
    if (length < 0)
        return error_sys(err, "read the link %s", name);
    text[length] = '\0';
    if (symlinkat(text, to, name) < 0)
        return error_sys(err, "make the link %s", name);
    return true;
}

/* What is absent or not for everybody is no part of the view. */
static bool copy_one(int from, const char *name, int to, struct error *err)
{
    struct stat about;
    if (fstatat(from, name, &about, AT_SYMLINK_NOFOLLOW) < 0)
        return true;
    bool ok = true;
    if (S_ISLNK(about.st_mode))
        ok = copy_link(from, name, to, err);
    else if (S_ISDIR(about.st_mode) && (about.st_mode & 05) == 05)
        ok = copy_folder(from, name, to, err);
    else if (S_ISREG(about.st_mode) && (about.st_mode & 04))
        ok = copy_file(from, name, to, err);
    return ok || error_wrap(err, "copy /etc/%s", name);
}

/* Certificates that everybody may see; never /etc/ssl/private. */
static bool copy_ssl(int from, int to, struct error *err)
{
    auto_close int source = openat(from, "ssl", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (source < 0)
        return true;
    auto_close int target = state_open_below(to, "ssl", err);
    return target >= 0 && copy_one(source, "certs", target, err) &&
           copy_one(source, "openssl.cnf", target, err);
}

bool view_build_etc(int view, struct error *err)
{
    auto_close int etc = state_open_below(view, "etc", err);
    auto_close int from = fd_open(AT_FDCWD, "/etc", O_RDONLY | O_DIRECTORY, 0, err);
    if (etc < 0 || from < 0 || !put_made(etc, err))
        return false;
    for (size_t i = 0; i < COUNT_OF(copied); i++)
        if (!copy_one(from, copied[i], etc, err))
            return false;
    return copy_ssl(from, etc, err);
}

/* ---- hide ----------------------------------------------------------------------------------- */

struct hiding {
    int hide;                         /* VIEW/hide/TOP */
    const char *path[TREE_DEPTH_MAX]; /* folder names from TOP down to where the walk is */
    int depth;
    bool failed;
    struct error *err;
};

/* By the modules' own names: others, Java among them, have folders called "security" too. */
static bool is_pam(const char *name, const struct stat *about)
{
    if (S_ISDIR(about->st_mode))
        return strncmp(name, "pam_", 4) == 0 || strcmp(name, "pam.d") == 0;
    return strncmp(name, "libpam", 6) == 0 || strncmp(name, "pam_", 4) == 0;
}

static bool has_capabilities(const struct tree_place *place)
{
    if (!S_ISREG(place->about->st_mode) || !(place->about->st_mode & 0111))
        return false;
    auto_close int fd =
        openat(place->folder, place->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    return fd >= 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0;
}

bool view_hides(const struct tree_place *place)
{
    const struct stat *about = place->about;
    if (is_pam(place->name, about))
        return true;
    return S_ISREG(about->st_mode) &&
           ((about->st_mode & (S_ISUID | S_ISGID)) || has_capabilities(place));
}

/* A whiteout, the overlay's word for "nothing here": a device 0:0, which anybody may make. */
static bool hide_name(struct hiding *hiding, const struct tree_place *place)
{
    auto_close int folder = fd_duplicate(hiding->hide, hiding->err);
    for (int i = 0; i < place->depth && folder >= 0; i++)
        fd_replace(&folder, state_open_below(folder, hiding->path[i], hiding->err));
    if (folder < 0)
        return false;
    if (mknodat(folder, place->name, S_IFCHR, makedev(0, 0)) < 0)
        return error_sys(hiding->err, "hide %s", place->name);
    return true;
}

static enum tree_answer hide_visit(const struct tree_place *place, void *cookie)
{
    struct hiding *hiding = cookie;
    while (hiding->depth > place->depth)
        free((void *)(uintptr_t)hiding->path[--hiding->depth]);
    if (view_hides(place)) {
        hiding->failed = !hide_name(hiding, place);
        return hiding->failed ? TREE_STOP : TREE_PASS_OVER;
    }
    if (S_ISDIR(place->about->st_mode) && place->depth < TREE_DEPTH_MAX)
        hiding->path[hiding->depth++] = mem_copy(place->name, strlen(place->name));
    return TREE_GO_ON;
}

static bool build_hiding_of(int hide, int top, const char *name, struct error *err)
{
    auto_free struct hiding *hiding = mem_alloc(sizeof *hiding);
    hiding->err = err;
    hiding->hide = state_open_below(hide, name, err);
    bool ok = hiding->hide >= 0 && tree_walk(top, hide_visit, hiding, err) && !hiding->failed;
    while (hiding->depth > 0)
        free((void *)(uintptr_t)hiding->path[--hiding->depth]);
    fd_close_at(&hiding->hide);
    return ok;
}

bool view_build_hiding(int view, const char *const *tops, size_t count, struct error *err)
{
    auto_close int hide = state_open_below(view, "hide", err);
    auto_close int root = fd_open(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0, err);
    if (hide < 0 || root < 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        auto_close int top = openat(root, tops[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (top >= 0 && !build_hiding_of(hide, top, tops[i], err))
            return false;
    }
    return true;
}

/* ---- removing ------------------------------------------------------------------------------- */

void view_remove(int cache, const char *name)
{
    struct error ignored; /* what stays is tried again a day later */
    (void)tree_remove(cache, name, &ignored);
}

/* "view-HASH.MARK", and whoever was making it is no more. */
static bool is_abandoned(const char *name)
{
    struct process_mark mark;
    const char *dot = strchr(name, '.');
    return dot != NULL && process_mark_read(dot + 1, &mark) && process_mark_is_dead(&mark);
}

static bool is_old(int cache, const char *name)
{
    enum { DAY_SECONDS = 86400 };

    struct stat about;
    return fstatat(cache, name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
           time(NULL) - about.st_ctime > DAY_SECONDS;
}

void view_remove_old(int cache)
{
    int fd = openat(cache, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir == NULL) {
        fd_close_at(&fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (strncmp(entry->d_name, "view-", 5) == 0 &&
            (is_abandoned(entry->d_name) || is_old(cache, entry->d_name)))
            view_remove(cache, entry->d_name);
    closedir(dir);
}
