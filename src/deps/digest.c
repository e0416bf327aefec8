#include "deps/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"
#include "sys/tree.h"

enum { CHUNK = 65536, ENTRIES_MAX = 2000000 };

/* One digest for each name, sorted in the end: folders list their names in any order. */
struct digest {
    char path[PATH_MAX];
    size_t ends[TREE_DEPTH_MAX + 1];
    unsigned char (*entries)[SHA256_BYTES];
    size_t count, room;
    struct error *err;
    bool failed;
};

static void digest_done(struct digest **digest)
{
    free((*digest)->entries);
    free(*digest);
}

static bool add_file(struct sha256 *sha, const struct tree_place *place, struct error *err)
{
    static char chunk[CHUNK];
    auto_close int fd = fd_open(place->folder, place->name, O_RDONLY | O_NOFOLLOW, 0, err);
    if (fd < 0)
        return false;
    for (;;) {
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_sys(err, "read %s", place->name);
        if (got == 0)
            return true;
        sha256_add(sha, chunk, (size_t)got);
    }
}

static bool add_link(struct sha256 *sha, const struct tree_place *place, struct error *err)
{
    char text[PATH_MAX];
    ssize_t length = readlinkat(place->folder, place->name, text, sizeof text);
    if (length < 0)
        return error_sys(err, "read the link %s", place->name);
    sha256_add(sha, text, (size_t)length);
    return true;
}

static bool add_entry(struct digest *d, const struct tree_place *place)
{
    mode_t mode = place->about->st_mode;
    char kind = S_ISDIR(mode) ? 'd' : S_ISLNK(mode) ? 'l' : (mode & 0111) != 0 ? 'x' : 'f';
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add(&sha, d->path, strlen(d->path) + 1);
    sha256_add(&sha, &kind, 1);
    if (!(kind == 'd' || (kind == 'l' ? add_link : add_file)(&sha, place, d->err)))
        return false;
    if (d->count == ENTRIES_MAX)
        return error_set(d->err, ERROR_LIMIT, "more than %d files", ENTRIES_MAX);
    if (d->count == d->room) {
        d->room = d->room > 0 ? d->room * 2 : 256;
        d->entries = mem_grow(d->entries, d->room, sizeof *d->entries);
    }
    sha256_done(&sha, d->entries[d->count++]);
    return true;
}

static enum tree_answer visit(const struct tree_place *place, void *cookie)
{
    struct digest *d = cookie;
    size_t at = d->ends[place->depth];
    int length =
        snprintf(d->path + at, sizeof d->path - at, "%s%s", at > 0 ? "/" : "", place->name);
    if (length < 0 || (size_t)length >= sizeof d->path - at) {
        d->failed = true;
        error_set(d->err, ERROR_LIMIT, "a path is longer than %d bytes", PATH_MAX);
        return TREE_STOP;
    }
    d->ends[place->depth + 1] = at + (size_t)length;
    d->failed = !add_entry(d, place);
    return d->failed ? TREE_STOP : TREE_GO_ON;
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, SHA256_BYTES);
}

bool tree_digest(int folder, char ret_hex[SHA256_HEX], struct error *err)
{
    __attribute__((cleanup(digest_done))) struct digest *d = mem_alloc(sizeof *d);
    unsigned char digest[SHA256_BYTES];
    struct sha256 sha;
    d->err = err;
    if (!tree_walk(folder, visit, d, err) || d->failed)
        return false;
    if (d->count > 0)
        qsort(d->entries, d->count, sizeof *d->entries, compare);
    sha256_init(&sha);
    for (size_t i = 0; i < d->count; i++)
        sha256_add(&sha, d->entries[i], SHA256_BYTES);
    sha256_done(&sha, digest);
    sha256_digest_hex(digest, ret_hex);
    return true;
}
