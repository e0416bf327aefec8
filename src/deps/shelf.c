#include "deps/shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/json_read.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "deps/digest.h"
#include "deps/shelf_private.h"
#include "sandbox/state.h"
#include "sys/fd.h"
#include "sys/process.h"
#include "sys/tree.h"

enum { NAME_BYTES = SHA256_HEX + 16, NOTE_ARENA_BYTES = 4 << 20 };

bool shelf_open(struct shelf *shelf, struct arena *arena, struct error *err)
{
    *shelf = (struct shelf){-1, -1, NULL};
    auto_close int lasting = state_open(STATE_LASTING, err);
    auto_close int cache = lasting >= 0 ? state_open(STATE_CACHE, err) : -1;
    if (cache < 0)
        return false;
    shelf->wishes = state_open_below(lasting, "deps", err);
    shelf->layers = shelf->wishes >= 0 ? state_open_below(cache, "layers", err) : -1;
    auto_free char *path = state_path(STATE_CACHE);
    shelf->path = arena_text(arena, "%s/layers", path);
    if (shelf->layers >= 0)
        return true;
    shelf_close(shelf);
    return false;
}

void shelf_close(struct shelf *shelf)
{
    fd_close_at(&shelf->wishes);
    fd_close_at(&shelf->layers);
}

/* A file arrives whole or not at all. */
static bool put_file(int folder, const char *name, struct str text, struct error *err)
{
    char fresh[NAME_BYTES + 32];
    snprintf(fresh, sizeof fresh, ".%s.%d", name, getpid());
    auto_close int fd =
        fd_open(folder, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644, err);
    if (fd < 0)
        return false;
    if (fd_write_all(fd, text, err) && renameat(folder, fresh, folder, name) == 0)
        return true;
    if (err->kind == ERROR_NONE)
        error_sys(err, "keep %s", name);
    unlinkat(folder, fresh, 0);
    return false;
}

/* ---- wishes --------------------------------------------------------------------------------- */

static bool read_small(int folder, const char *name, struct buf *out)
{
    struct error unheard;
    auto_close int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    return fd >= 0 && fd_read_all(fd, out, &unheard);
}

bool shelf_id_is_good(const char *id)
{
    return strlen(id) == SHA256_HEX - 1 && strspn(id, "0123456789abcdef") == SHA256_HEX - 1;
}

/* The layer's id; false: the wish is not known, or damaged. */
static bool read_wish(const struct shelf *shelf, const char *key, char ret_id[SHA256_HEX])
{
    char name[NAME_BYTES];
    struct error unheard;
    auto_buf struct buf text;
    auto_arena struct arena arena;
    arena_init(&arena, NOTE_ARENA_BYTES);
    buf_init(&text, SHELF_NOTE_BYTES_MAX);
    snprintf(name, sizeof name, "%s.json", key);
    if (!read_small(shelf->wishes, name, &text))
        return false;
    const struct json_value *value = json_read(&arena, buf_str(&text), &unheard);
    const struct json_value *layer = json_get(value, "layer");
    if (layer == NULL || layer->kind != JSON_STRING || !shelf_id_is_good(layer->text.ptr))
        return false;
    memcpy(ret_id, layer->text.ptr, SHA256_HEX);
    return true;
}

static bool write_wish(const struct shelf *shelf, const struct wish *wish, const char *id,
                       struct str lock, struct error *err)
{
    char name[NAME_BYTES];
    auto_buf struct buf text;
    struct json_writer json;
    buf_init(&text, SHELF_NOTE_BYTES_MAX);
    json_start(&json, &text);
    json_object(&json);
    json_key(&json, "layer");
    json_text(&json, id);
    json_key(&json, "kind");
    json_text(&json, registry_key(wish->kind));
    json_key(&json, "asked");
    json_text(&json, wish->asked);
    json_key(&json, "runtime");
    json_text(&json, wish->runtime);
    json_key(&json, "made_s");
    json_int(&json, (int64_t)time(NULL));
    json_object_end(&json);
    buf_add_byte(&text, '\n');
    snprintf(name, sizeof name, "%s.lock", wish->key);
    if (!put_file(shelf->wishes, name, lock, err))
        return false;
    snprintf(name, sizeof name, "%s.json", wish->key);
    return put_file(shelf->wishes, name, buf_str(&text), err);
}

bool shelf_read_lock(const struct shelf *shelf, const char *key, struct buf *out)
{
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "%s.lock", key);
    return read_small(shelf->wishes, name, out) && out->len > 0;
}

int shelf_lock_wish(const struct shelf *shelf, const char *key, bool *ret_waited, struct error *err)
{
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "%s.busy", key);
    auto_close int fd = fd_open(shelf->wishes, name, O_RDWR | O_CREAT | O_NOFOLLOW, 0600, err);
    if (fd < 0)
        return -1;
    *ret_waited = flock(fd, LOCK_EX | LOCK_NB) < 0;
    while (*ret_waited && flock(fd, LOCK_EX) < 0)
        if (errno != EINTR)
            return error_sys_fd(err, "wait for another installation");
    return fd_steal(&fd);
}

/* ---- layers --------------------------------------------------------------------------------- */

/* Its folder, under a shared lock, at its name still: who removes a layer moves it away first, and
 * only when nobody holds it. */
static int hold(const struct shelf *shelf, const char *id)
{
    struct stat held, named;
    auto_close int folder =
        openat(shelf->layers, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0 || flock(folder, LOCK_SH) < 0 || fstat(folder, &held) < 0 ||
        fstatat(shelf->layers, id, &named, AT_SYMLINK_NOFOLLOW) < 0 || held.st_ino != named.st_ino)
        return -1;
    futimens(folder, NULL); /* used now */
    return fd_steal(&folder);
}

static struct layer take(const struct shelf *shelf, const char *id, struct arena *arena)
{
    struct layer layer = {.hold = hold(shelf, id)};
    memcpy(layer.id, id, SHA256_HEX);
    if (layer.hold >= 0)
        layer.tree = arena_text(arena, "%s/%s/tree", shelf->path, id);
    return layer;
}

struct layer shelf_find(const struct shelf *shelf, const char *key, struct arena *arena)
{
    char id[SHA256_HEX];
    if (!read_wish(shelf, key, id))
        return (struct layer){.hold = -1};
    return take(shelf, id, arena);
}

bool shelf_begin(const struct shelf *shelf, struct nascent *ret, struct error *err)
{
    struct process_mark mark;
    char text[PROCESS_MARK_TEXT];
    *ret = (struct nascent){.folder = -1, .tree = -1};
    if (!process_mark_self(&mark, err))
        return false;
    process_mark_write(&mark, text);
    snprintf(ret->name, sizeof ret->name, SHELF_UNFINISHED "%s", text);
    struct error unheard;
    (void)tree_remove(shelf->layers, ret->name, &unheard); /* of an earlier attempt of ours */
    ret->folder = state_open_below(shelf->layers, ret->name, err);
    ret->tree = ret->folder >= 0 ? state_open_below(ret->folder, "tree", err) : -1;
    return ret->tree >= 0;
}

void shelf_drop(const struct shelf *shelf, struct nascent *nascent)
{
    struct error unheard;
    fd_close_at(&nascent->tree);
    fd_close_at(&nascent->folder);
    if (nascent->name[0] != '\0')
        (void)tree_remove(shelf->layers, nascent->name, &unheard);
    nascent->name[0] = '\0';
}

static void name_layer(const struct wish *wish, struct str lock, const char *digest,
                       char ret_id[SHA256_HEX])
{
    struct sha256 sha;
    unsigned char sum[SHA256_BYTES];
    sha256_init(&sha);
    sha256_add(&sha, registry_key(wish->kind), strlen(registry_key(wish->kind)) + 1);
    sha256_add(&sha, wish->runtime, strlen(wish->runtime) + 1);
    sha256_add(&sha, digest, SHA256_HEX);
    sha256_add(&sha, lock.ptr, lock.len);
    sha256_done(&sha, sum);
    sha256_digest_hex(sum, ret_id);
}

static bool write_note(const struct nascent *nascent, const struct wish *wish, const char *digest,
                       struct str packages, struct error *err)
{
    auto_buf struct buf text;
    struct json_writer json;
    buf_init(&text, SHELF_NOTE_BYTES_MAX);
    json_start(&json, &text);
    json_object(&json);
    json_key(&json, "kind");
    json_text(&json, registry_key(wish->kind));
    json_key(&json, "runtime");
    json_text(&json, wish->runtime);
    json_key(&json, "digest");
    json_text(&json, digest);
    json_key(&json, "bytes");
    json_int(&json, nascent->bytes);
    json_key(&json, "files");
    json_int(&json, nascent->files);
    json_key(&json, "made_s");
    json_int(&json, (int64_t)time(NULL));
    json_object_end(&json);
    buf_add_byte(&text, '\n');
    return put_file(nascent->folder, "about.json", buf_str(&text), err) &&
           put_file(nascent->folder, "packages", packages, err);
}

/* Two may make the same at once, from different wishes: the first one's stays. */
static bool move_to_place(const struct shelf *shelf, struct nascent *nascent, const char *id,
                          struct error *err)
{
    if (renameat(shelf->layers, nascent->name, shelf->layers, id) == 0)
        nascent->name[0] = '\0';
    else if (errno != EEXIST && errno != ENOTEMPTY)
        return error_sys(err, "put the installed packages to their place");
    shelf_drop(shelf, nascent);
    return true;
}

bool shelf_finish(const struct shelf *shelf, const struct wish *wish, struct nascent *nascent,
                  struct str lock, struct str packages, struct arena *arena,
                  struct layer *ret_layer, struct error *err)
{
    char digest[SHA256_HEX], id[SHA256_HEX];
    if (!tree_digest(nascent->tree, digest, err) ||
        !write_note(nascent, wish, digest, packages, err))
        return false;
    name_layer(wish, lock, digest, id);
    if (!move_to_place(shelf, nascent, id, err) || !write_wish(shelf, wish, id, lock, err))
        return false;
    *ret_layer = take(shelf, id, arena);
    return ret_layer->tree != NULL ||
           error_set(err, ERROR_INTERRUPTED, "the installed packages were removed at once");
}
