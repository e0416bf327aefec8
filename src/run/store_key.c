#include "run/store_key.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/version.h"
#include "sys/fd.h"
#include "sys/tree.h"

#define FORMAT "testudo store 1 " TESTUDO_VERSION

enum { CHUNK = 65536, LOCAL_HEADERS_MAX = 2000 };

struct keying {
    struct sha256 sum, moment;
    int64_t bytes_left;
    struct error *why;
};

/* ---- pieces, each with its length before it ------------------------------------------------- */

static void add_int(struct sha256 *sum, int64_t value)
{
    sha256_add(sum, &value, sizeof value);
}

static void add_str(struct sha256 *sum, struct str text)
{
    add_int(sum, (int64_t)text.len);
    sha256_add(sum, text.ptr, text.len);
}

static void add_text(struct sha256 *sum, const char *text)
{
    add_int(sum, text != NULL);
    if (text != NULL)
        add_str(sum, str_from(text));
}

static void add_words(struct sha256 *sum, const struct words *words)
{
    add_int(sum, words->count);
    for (uint32_t i = 0; i < words->count; i++)
        add_text(sum, words->list[i]);
}

/* What is another after each change that anybody but root can make. */
static void add_stamp(struct sha256 *sum, const struct stat *about)
{
    add_int(sum, about->st_mode);
    add_int(sum, (int64_t)about->st_ino);
    add_int(sum, about->st_size);
    add_int(sum, about->st_mtim.tv_sec);
    add_int(sum, about->st_mtim.tv_nsec);
    add_int(sum, about->st_ctim.tv_sec);
    add_int(sum, about->st_ctim.tv_nsec);
}

/* ---- one file ------------------------------------------------------------------------------- */

static bool refuse_size(const struct keying *k)
{
    return error_set(k->why, ERROR_LIMIT, "its files have more than %d MiB",
                     STORE_KEY_BYTES_MAX >> 20);
}

static bool add_content(struct keying *k, int fd, struct sha256 *sum)
{
    char chunk[CHUNK];
    ssize_t got;
    while ((got = read(fd, chunk, sizeof chunk)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_sys(k->why, "read a source");
        k->bytes_left -= got;
        if (k->bytes_left < 0)
            return refuse_size(k);
        add_int(sum, got);
        sha256_add(sum, chunk, (size_t)got);
    }
    add_int(sum, -1);
    return true;
}

/* Sockets and fifos show as such: they are dead in a box. */
static bool add_opened(struct keying *k, int fd, struct sha256 *sum)
{
    struct stat about;
    if (fstat(fd, &about) < 0)
        return error_sys(k->why, "look at a source");
    add_stamp(&k->moment, &about);
    add_int(sum, about.st_mode);
    return !S_ISREG(about.st_mode) || add_content(k, fd, sum);
}

static bool add_files(struct keying *k, const struct plan *plan)
{
    add_int(&k->sum, plan->file_count);
    for (uint32_t i = 0; i < plan->file_count; i++) {
        const struct request_file *file = &plan->files[i];
        add_text(&k->sum, file->name);
        if (file->path == NULL) {
            add_str(&k->sum, file->content);
            continue;
        }
        auto_close int fd = fd_open(AT_FDCWD, file->path, O_RDONLY | O_NONBLOCK, 0, k->why);
        if (fd < 0 || !add_opened(k, fd, &k->sum))
            return false;
    }
    return true;
}

/* ---- a folder of the caller's --------------------------------------------------------------- */

/* A digest for each name, sorted at the end: the order in which a folder is read says nothing. */
struct listing {
    struct keying *k;
    unsigned char (*digests)[SHA256_BYTES];
    int count;
    dev_t device;
    char path[PATH_MAX]; /* below the folder, grows and shrinks with the walk */
    size_t ends[TREE_DEPTH_MAX + 1];
    bool failed;
};

static bool add_place(struct listing *l, const struct tree_place *place, struct sha256 *sum)
{
    const struct stat *about = place->about;
    struct keying *k = l->k;
    add_int(sum, about->st_mode);
    if (S_ISLNK(about->st_mode)) {
        char text[PATH_MAX];
        ssize_t length = readlinkat(place->folder, place->name, text, sizeof text);
        if (length < 0)
            return error_sys(k->why, "read a link");
        add_str(sum, str_of(text, (size_t)length));
        return true;
    }
    if (!S_ISREG(about->st_mode))
        return true;
    auto_close int fd =
        openat(place->folder, place->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && (errno == EACCES || errno == EPERM))
        return true; /* nor can the guest read it */
    return fd >= 0 ? add_opened(k, fd, sum) : error_sys(k->why, "read %s", place->name);
}

static bool add_name(struct listing *l, const struct tree_place *place)
{
    struct keying *k = l->k;
    if (l->count == STORE_KEY_FILES_MAX)
        return error_set(k->why, ERROR_LIMIT, "its folder holds more than %d files",
                         STORE_KEY_FILES_MAX);
    if (place->about->st_dev != l->device)
        return error_set(k->why, ERROR_LIMIT, "its folder holds another file system");
    if (place->depth + 1 >= TREE_DEPTH_MAX)
        return error_set(k->why, ERROR_LIMIT, "its folder is too deep");
    struct sha256 sum;
    sha256_init(&sum);
    add_text(&sum, l->path);
    add_stamp(&k->moment, place->about);
    if (!add_place(l, place, &sum))
        return false;
    sha256_done(&sum, l->digests[l->count++]);
    return true;
}

static enum tree_answer visit(const struct tree_place *place, void *cookie)
{
    struct listing *l = cookie;
    size_t at = l->ends[place->depth];
    int length =
        snprintf(l->path + at, sizeof l->path - at, "%s%s", at > 0 ? "/" : "", place->name);
    if (length < 0 || (size_t)length >= sizeof l->path - at)
        l->failed = true, error_set(l->k->why, ERROR_LIMIT, "a path in its folder is too long");
    else
        l->failed = !add_name(l, place);
    if (l->failed)
        return TREE_STOP;
    l->ends[place->depth + 1] = at + (size_t)length;
    return TREE_GO_ON;
}

static int compare_digests(const void *a, const void *b)
{
    return memcmp(a, b, SHA256_BYTES);
}

static bool add_tree(struct keying *k, const char *path)
{
    auto_close int folder = fd_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0, k->why);
    struct stat about;
    if (folder < 0 || fstat(folder, &about) < 0)
        return error_sys(k->why, "look at the folder");
    auto_free struct listing *l = mem_alloc(sizeof *l);
    auto_free void *digests = mem_alloc(STORE_KEY_FILES_MAX * (size_t)SHA256_BYTES);
    l->k = k;
    l->device = about.st_dev;
    l->digests = digests;
    if (!tree_walk(folder, visit, l, k->why) || l->failed)
        return false;
    qsort(l->digests, (size_t)l->count, SHA256_BYTES, compare_digests);
    add_int(&k->sum, l->count);
    sha256_add(&k->sum, l->digests, (size_t)l->count * SHA256_BYTES);
    return true;
}

/* ---- the toolchain -------------------------------------------------------------------------- */

static void add_stamp_of(struct keying *k, const char *path)
{
    struct stat about;
    bool is_there = stat(path, &about) == 0;
    add_text(&k->sum, path);
    add_int(&k->sum, is_there);
    if (is_there)
        add_stamp(&k->sum, &about);
}

static bool is_of_box(const char *word)
{
    static const char *const places[] = {BOX_WORK "/", BOX_IN "/", "/tmp/"};
    for (size_t i = 0; i < COUNT_OF(places); i++)
        if (strncmp(word, places[i], strlen(places[i])) == 0)
            return true;
    return false;
}

/* Compilers, linkers and archives among the words are at the same path in the box. */
static void add_programs(struct keying *k, const struct words *argv)
{
    for (uint32_t i = 0; i < argv->count; i++)
        if (argv->list[i][0] == '/' && !is_of_box(argv->list[i]))
            add_stamp_of(k, argv->list[i]);
}

static void add_prefix(struct keying *k, const char *prefix)
{
    static const char *const parts[] = {"", "/bin", "/lib", "/VERSION"};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        char path[PATH_MAX];
        if (snprintf(path, sizeof path, "%s%s", prefix, parts[i]) < (int)sizeof path)
            add_stamp_of(k, path);
    }
}

static enum tree_answer stamp_header(const struct tree_place *place, void *cookie)
{
    struct listing *l = cookie;
    add_text(&l->k->sum, place->name);
    add_stamp(&l->k->sum, place->about);
    return ++l->count < LOCAL_HEADERS_MAX ? TREE_GO_ON : TREE_STOP;
}

/* Nobody's list of packages tells of what is copied to /usr/local by hand. */
static bool add_local_headers(struct keying *k)
{
    struct listing l = {.k = k};
    auto_close int folder =
        open("/usr/local/include", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (folder < 0)
        return true;
    if (!tree_walk(folder, stamp_header, &l, k->why))
        return false;
    return l.count < LOCAL_HEADERS_MAX ||
           error_set(k->why, ERROR_LIMIT, "/usr/local/include holds too many files");
}

static bool add_host(struct keying *k)
{
    static const char *const marks[] = {
        "/var/lib/dpkg/status",
        "/var/lib/rpm/rpmdb.sqlite",
        "/var/lib/rpm/Packages",
        "/usr/lib/sysimage/rpm/rpmdb.sqlite",
        "/lib/apk/db/installed",
        "/var/lib/pacman/local",
        "/etc/ld.so.cache",
        "/etc/alternatives",
        "/usr/include",
        "/usr/lib",
        "/usr/lib64",
        "/usr/libexec",
        "/usr/local/lib",
        "/usr/share/java",
    };
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        add_stamp_of(k, marks[i]);
    return add_local_headers(k);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool add_folders(struct keying *k, const struct plan *plan)
{
    add_int(&k->sum, plan->folder_count);
    for (uint32_t i = 0; i < plan->folder_count; i++) {
        const struct plan_folder *folder = &plan->folders[i];
        add_int(&k->sum, folder->kind);
        add_text(&k->sum, folder->target);
        if (folder->kind == BOX_INPUT_PREFIX)
            add_prefix(k, folder->path);
        else if (!add_tree(k, folder->path))
            return false;
    }
    return true;
}

static void add_links(struct keying *k, const struct plan *plan)
{
    add_int(&k->sum, plan->link_count);
    for (uint32_t i = 0; i < plan->link_count; i++) {
        add_text(&k->sum, plan->links[i].name);
        add_text(&k->sum, plan->links[i].text);
    }
}

static bool is_possible(const struct plan *plan, struct error *why)
{
    if (plan->explain)
        return error_set(why, ERROR_USAGE, "with --explain each step is watched");
    if (plan->cold)
        return error_set(why, ERROR_USAGE, "--cold uses nothing that was made before");
    if (plan->carried)
        return error_set(why, ERROR_USAGE, "nobody tells what an earlier step has left in /work");
    return strcmp(plan->image, "host") == 0 ||
           error_set(why, ERROR_USAGE, "of an image of its own nobody tells when it changes");
}

bool store_key_of(const struct plan *plan, struct store_key *ret_key, struct error *why)
{
    struct keying k = {.bytes_left = STORE_KEY_BYTES_MAX, .why = why};
    const struct plan_step *step = &plan->compile;
    if (!is_possible(plan, why))
        return false;
    sha256_init(&k.sum);
    sha256_init(&k.moment);
    add_text(&k.sum, FORMAT);
    add_text(&k.sum, plan->language);
    add_text(&k.sum, plan->version);
    add_text(&k.sum, plan->image);
    add_text(&k.sum, plan->artifact);
    add_int(&k.sum, plan->network);
    add_text(&k.sum, step->cwd);
    add_words(&k.sum, &step->argv);
    add_words(&k.sum, &step->env);
    add_links(&k, plan);
    add_programs(&k, &step->argv);
    if (!add_host(&k) || !add_files(&k, plan) || !add_folders(&k, plan))
        return false;
    sha256_done(&k.sum, ret_key->digest);
    sha256_done(&k.moment, ret_key->moment);
    return true;
}

bool store_key_is(const struct store_key *a, const struct store_key *b)
{
    return memcmp(a->digest, b->digest, sizeof a->digest) == 0 &&
           memcmp(a->moment, b->moment, sizeof a->moment) == 0;
}
