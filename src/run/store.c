#include "run/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "run/arrival.h"
#include "run/store_private.h"
#include "sys/fd.h"

enum {
    HELD_BYTES_MAX = 32 << 20, /* of programs in memory that nobody uses now */
    CHUNK = 65536,
    TOUCH_SECONDS = 60, /* so exactly an entry tells when it was used */
};

/* An entry's first bytes. It is read only on the machine that wrote it: a cache does not travel. */
struct head {
    char magic[8];
    unsigned char digest[SHA256_BYTES]; /* of all that follows it in the file */
    unsigned char key[SHA256_BYTES];
    char language[16];
    uint64_t program, out, err; /* bytes, in this order behind the head */
};

static const char magic[8] = "tstore1";

struct held {
    struct stored stored; /* first: store_let_go is given its address */
    struct store *store;  /* NULL: the store has let go of it */
    struct held *next;
    unsigned char key[SHA256_BYTES];
    char *bytes;
    size_t length;
    unsigned uses;
    int64_t touched_ns;
};

/* ---- in memory ------------------------------------------------------------------------------ */

static void held_free(struct held *held)
{
    free(held->bytes);
    free(held);
}

static void unlink_held(struct held *held)
{
    struct held **at = &held->store->first;
    while (*at != held)
        at = &(*at)->next;
    *at = held->next;
    held->store->held_bytes -= held->length;
    held->store = NULL;
}

/* What is used now stays; of the rest the last ones go. */
static void bound_held(struct store *store)
{
    size_t kept = 0;
    for (struct held *held = store->first, *next; held != NULL; held = next) {
        next = held->next;
        kept += held->length;
        if (kept <= HELD_BYTES_MAX || held->uses > 0)
            continue;
        kept -= held->length;
        unlink_held(held);
        held_free(held);
    }
}

static void hold(struct store *store, struct held *held)
{
    held->store = store;
    held->next = store->first;
    store->first = held;
    store->held_bytes += held->length;
}

static struct held *find_held(struct store *store, const struct store_key *key)
{
    for (struct held *held = store->first; held != NULL; held = held->next)
        if (memcmp(held->key, key->digest, sizeof held->key) == 0) {
            unlink_held(held);
            hold(store, held);
            return held;
        }
    return NULL;
}

void store_let_go(const struct stored *stored)
{
    struct held *held = (struct held *)(uintptr_t)stored;
    if (held == NULL)
        return;
    assert(held->uses > 0);
    held->uses--;
    if (held->store != NULL)
        bound_held(held->store);
    else if (held->uses == 0)
        held_free(held);
}

/* ---- reading an entry ----------------------------------------------------------------------- */

static void digest_of(const struct head *head, struct str rest, unsigned char ret[SHA256_BYTES])
{
    struct sha256 sum;
    size_t from = offsetof(struct head, key);
    sha256_init(&sum);
    sha256_add(&sum, (const char *)head + from, sizeof *head - from);
    sha256_add(&sum, rest.ptr, rest.len);
    sha256_done(&sum, ret);
}

static bool head_is_good(const struct head *head, int64_t bytes)
{
    return memcmp(head->magic, magic, sizeof magic) == 0 && head->program <= STORE_PROGRAM_MAX &&
           head->out <= STORE_SAID_MAX && head->err <= STORE_SAID_MAX &&
           (int64_t)(sizeof *head + head->program + head->out + head->err) == bytes;
}

/* Nobody but us can have written it. */
static bool is_ours(int fd, int64_t *ret_bytes)
{
    struct stat about;
    if (fstat(fd, &about) < 0 || !S_ISREG(about.st_mode) || about.st_uid != geteuid() ||
        (about.st_mode & 077) != 0)
        return false;
    *ret_bytes = about.st_size;
    return true;
}

/* -1: there is none, or it cannot be opened now. A link is no entry. */
static int open_entry(const struct store *store, const char *name)
{
    struct error unheard;
    int fd = fd_open(store->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0, &unheard);
    if (fd < 0 && unheard.number == ELOOP)
        (void)unlinkat(store->folder, name, 0);
    return fd;
}

static bool read_exactly(int fd, void *to, size_t length)
{
    for (size_t have = 0; have < length;) {
        ssize_t got = read(fd, (char *)to + have, length - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        have += (size_t)got;
    }
    return true;
}

static struct held *make_held(const struct head *head, char *bytes)
{
    struct held *held = mem_alloc(sizeof *held);
    held->bytes = bytes;
    held->length = (size_t)(head->program + head->out + head->err);
    memcpy(held->key, head->key, sizeof held->key);
    held->stored.program = str_of(bytes, (size_t)head->program);
    held->stored.out = str_of(bytes + head->program, (size_t)head->out);
    held->stored.err = str_of(bytes + head->program + head->out, (size_t)head->err);
    return held;
}

/* Reads first and checks then: what is in memory nobody changes any more. */
static struct held *read_entry(int fd, int64_t bytes, const struct store_key *key)
{
    struct head head;
    unsigned char digest[SHA256_BYTES];
    if (bytes < (int64_t)sizeof head || !read_exactly(fd, &head, sizeof head) ||
        !head_is_good(&head, bytes) || memcmp(head.key, key->digest, sizeof head.key) != 0)
        return NULL;
    size_t length = (size_t)bytes - sizeof head;
    auto_free char *rest = malloc(length + 1);
    if (rest == NULL || !read_exactly(fd, rest, length))
        return NULL;
    digest_of(&head, str_of(rest, length), digest);
    if (memcmp(digest, head.digest, sizeof digest) != 0)
        return NULL;
    char *bytes_of_held = rest;
    rest = NULL;
    return make_held(&head, bytes_of_held);
}

/* What is there and does not check would keep its place for good. */
static struct held *read_or_remove(const struct store *store, const char *name,
                                   const struct store_key *key)
{
    int64_t bytes;
    auto_close int fd = open_entry(store, name);
    if (fd < 0)
        return NULL;
    struct held *held = is_ours(fd, &bytes) ? read_entry(fd, bytes, key) : NULL;
    if (held == NULL)
        (void)unlinkat(store->folder, name, 0);
    return held;
}

static void touch(const struct store *store, struct held *held, const char *name)
{
    int64_t now = clock_now_ns();
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_nsec = UTIME_NOW}};
    if (held->touched_ns != 0 && now - held->touched_ns < TOUCH_SECONDS * INT64_C(1000000000))
        return;
    held->touched_ns = now;
    (void)utimensat(store->folder, name, times, AT_SYMLINK_NOFOLLOW);
}

/* He may have died when all but his lock was done. */
static void forget_maker(const struct store *store, const char *name)
{
    char lock[STORE_NAME_MAX + 8];
    snprintf(lock, sizeof lock, "%s" STORE_LOCK_ENDING, name);
    store_remove_dead_lock(store, lock);
}

const struct stored *store_find(struct store *store, const struct store_key *key)
{
    char name[STORE_NAME_MAX];
    sha256_digest_hex(key->digest, name);
    struct held *held = find_held(store, key);
    if (held == NULL) {
        held = read_or_remove(store, name, key);
        if (held == NULL)
            return NULL;
        forget_maker(store, name);
        hold(store, held);
    }
    held->uses++;
    touch(store, held, name);
    bound_held(store);
    return &held->stored;
}

/* ---- writing one ---------------------------------------------------------------------------- */

static bool copy_program(int from, int to, uint64_t length, struct sha256 *sum, struct error *err)
{
    for (uint64_t at = 0; at < length;) {
        char chunk[CHUNK];
        size_t wanted = length - at < sizeof chunk ? (size_t)(length - at) : sizeof chunk;
        ssize_t got = pread(from, chunk, wanted, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return error_sys(err, "read what the compiler made");
        sha256_add(sum, chunk, (size_t)got);
        if (!fd_write_all(to, str_of(chunk, (size_t)got), err))
            return false;
        at += (uint64_t)got;
    }
    return true;
}

/* The head comes last: until then the file is no entry even to whoever could see it. */
static bool write_entry(int to, struct head *head, int program, struct str out, struct str said,
                        struct error *err)
{
    struct sha256 sum;
    size_t from = offsetof(struct head, key);
    sha256_init(&sum);
    sha256_add(&sum, (const char *)head + from, sizeof *head - from);
    static const char nothing[sizeof *head];
    if (!fd_write_all(to, str_of(nothing, sizeof nothing), err) ||
        !copy_program(program, to, head->program, &sum, err) || !fd_write_all(to, out, err) ||
        !fd_write_all(to, said, err))
        return false;
    sha256_add(&sum, out.ptr, out.len);
    sha256_add(&sum, said.ptr, said.len);
    sha256_done(&sum, head->digest);
    if (pwrite(to, head, sizeof *head, 0) != (ssize_t)sizeof *head)
        return error_sys(err, "write the head of an entry");
    return fchmod(to, 0400) == 0 || error_sys(err, "close an entry to others");
}

static bool put(struct store *store, struct head *head, int program, struct str out,
                struct str said, struct error *err)
{
    char name[STORE_NAME_MAX];
    struct arrival arrival;
    sha256_digest_hex(head->key, name);
    if (!arrival_begin(&arrival, store->folder, store->arrivals++, err))
        return false;
    bool ok = write_entry(arrival.fd, head, program, out, said, err) &&
              (arrival_put(&arrival, name, false, err) || err->number == EEXIST);
    arrival_done(&arrival);
    return ok;
}

bool store_put(struct store *store, const struct store_key *key, const char *language, int program,
               struct str out, struct str said, struct error *err)
{
    struct stat about;
    struct head head = {.out = out.len, .err = said.len};
    if (fstat(program, &about) < 0)
        return error_sys(err, "look at what the compiler made");
    if (about.st_size > STORE_PROGRAM_MAX || about.st_size > store->bytes_max / 4 ||
        out.len > STORE_SAID_MAX || said.len > STORE_SAID_MAX)
        return error_set(err, ERROR_LIMIT, "it is too large");
    head.program = (uint64_t)about.st_size;
    memcpy(head.magic, magic, sizeof magic);
    memcpy(head.key, key->digest, sizeof head.key);
    snprintf(head.language, sizeof head.language, "%s", language);
    if (!put(store, &head, program, out, said, err))
        return error_wrap(err, "keep what was compiled");
    store_tidy(store);
    return true;
}

bool store_read_language(struct store *store, const char *name, char ret_language[16])
{
    struct head head;
    int64_t bytes;
    auto_close int fd = open_entry(store, name);
    if (fd < 0 || !is_ours(fd, &bytes) || !read_exactly(fd, &head, sizeof head) ||
        !head_is_good(&head, bytes))
        return false;
    head.language[sizeof head.language - 1] = '\0';
    memcpy(ret_language, head.language, sizeof head.language);
    return true;
}

/* ---- the whole ------------------------------------------------------------------------------ */

struct store *store_open(int folder, int64_t bytes_max, struct error *err)
{
    auto_close int taken = folder;
    struct stat about;
    if (fstat(taken, &about) < 0)
        return error_sys_null(err, "look at the store");
    if (about.st_uid != geteuid() || (about.st_mode & 077) != 0)
        return error_set_null(err, ERROR_HOST, "the store is open to others");
    struct store *store = mem_alloc(sizeof *store);
    store->folder = fd_steal(&taken);
    store->bytes_max = bytes_max;
    return store;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    while (store->first != NULL) {
        struct held *held = store->first;
        unlink_held(held);
        if (held->uses == 0)
            held_free(held);
    }
    fd_close_at(&store->folder);
    free(store);
}
