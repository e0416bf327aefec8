/* Listing layers, checking and removing them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json_read.h"
#include "base/mem.h"
#include "deps/digest.h"
#include "deps/shelf_private.h"
#include "sys/fd.h"
#include "sys/process.h"
#include "sys/tree.h"

enum { LAYERS_MAX = 4096, NOTE_ARENA_BYTES = 4 << 20 };

static void close_dir(DIR **dir)
{
    if (*dir != NULL)
        closedir(*dir);
}

static DIR *list(int folder, struct error *err)
{
    auto_close int fd = fd_open(folder, ".", O_RDONLY | O_DIRECTORY, 0, err);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir == NULL)
        return fd >= 0 ? error_sys_null(err, "list the installed packages") : NULL;
    fd_steal(&fd);
    return dir;
}

/* ---- reading -------------------------------------------------------------------------------- */

static const char *text_of(const struct json_value *note, const char *key, struct arena *arena)
{
    const struct json_value *value = json_get(note, key);
    return value != NULL && value->kind == JSON_STRING ? arena_string(arena, value->text) : "?";
}

static int64_t number_of(const struct json_value *note, const char *key)
{
    const struct json_value *value = json_get(note, key);
    return value != NULL && value->kind == JSON_NUMBER && value->is_integer ? value->integer : 0;
}

static const char *read_packages(int folder, struct arena *arena)
{
    struct error unheard;
    auto_buf struct buf text;
    buf_init(&text, SHELF_PACKAGES_BYTES_MAX);
    if (!fd_read_file(folder, "packages", &text, &unheard) || !arena_fits(arena, text.len + 1))
        return "";
    return arena_string(arena, buf_str(&text));
}

/* A damaged note costs the list nothing but its own line. */
static void read_note(int folder, struct arena *arena, struct layer_note *note)
{
    struct stat about;
    struct error unheard;
    auto_buf struct buf text;
    auto_arena struct arena scratch;
    buf_init(&text, SHELF_NOTE_BYTES_MAX);
    arena_init(&scratch, NOTE_ARENA_BYTES);
    (void)fd_read_file(folder, "about.json", &text, &unheard);
    const struct json_value *value = json_read(&scratch, buf_str(&text), &unheard);
    note->kind = text_of(value, "kind", arena);
    note->runtime = text_of(value, "runtime", arena);
    note->digest = text_of(value, "digest", arena);
    note->bytes = number_of(value, "bytes");
    note->files = number_of(value, "files");
    note->made_s = number_of(value, "made_s");
    note->packages = read_packages(folder, arena);
    if (fstat(folder, &about) == 0)
        note->used_s = about.st_mtime;
    note->in_use = flock(folder, LOCK_EX | LOCK_NB) < 0;
}

static int compare_use(const void *a, const void *b)
{
    const struct layer_note *x = a, *y = b;
    if (x->used_s != y->used_s)
        return x->used_s < y->used_s ? -1 : 1;
    return strcmp(x->id, y->id);
}

bool shelf_list(const struct shelf *shelf, struct arena *arena, struct layer_note **ret_notes,
                int *ret_count, struct error *err)
{
    __attribute__((cleanup(close_dir))) DIR *dir = list(shelf->layers, err);
    struct layer_note *notes = arena_alloc(arena, LAYERS_MAX * sizeof *notes);
    int count = 0;
    if (dir == NULL)
        return false;
    for (struct dirent *entry; count < LAYERS_MAX && (entry = readdir(dir)) != NULL;) {
        if (!shelf_id_is_good(entry->d_name))
            continue;
        auto_close int folder =
            openat(shelf->layers, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (folder < 0)
            continue;
        memcpy(notes[count].id, entry->d_name, SHA256_HEX);
        read_note(folder, arena, &notes[count++]);
    }
    qsort(notes, (size_t)count, sizeof *notes, compare_use);
    *ret_notes = notes;
    *ret_count = count;
    return true;
}

/* ---- removing ------------------------------------------------------------------------------- */

/* Moved aside while nobody holds it, so that who comes meanwhile finds none, and not half of one.
 */
bool shelf_remove(const struct shelf *shelf, const char *id, struct error *err)
{
    struct process_mark mark;
    char text[PROCESS_MARK_TEXT], gone[PROCESS_MARK_TEXT + SHA256_HEX + 16];
    if (!shelf_id_is_good(id) || !process_mark_self(&mark, err))
        return error_set(err, ERROR_INPUT, "there are no such packages");
    auto_close int folder = fd_open(shelf->layers, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err);
    if (folder < 0) {
        err->kind = ERROR_INPUT;
        return false;
    }
    if (flock(folder, LOCK_EX | LOCK_NB) < 0)
        return error_set(err, ERROR_INPUT, "%.12s is in use", id);
    process_mark_write(&mark, text);
    snprintf(gone, sizeof gone, SHELF_GONE "%s-%s", text, id);
    if (renameat(shelf->layers, id, shelf->layers, gone) < 0)
        return error_sys(err, "remove %.12s", id);
    return tree_remove(shelf->layers, gone, err);
}

/* What nobody works on any more: its maker's mark is in its name. */
static void sweep(const struct shelf *shelf)
{
    struct error unheard;
    __attribute__((cleanup(close_dir))) DIR *dir = list(shelf->layers, &unheard);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        struct process_mark mark;
        struct str rest = str_from(entry->d_name);
        if ((str_take_prefix(&rest, SHELF_UNFINISHED) || str_take_prefix(&rest, SHELF_GONE)) &&
            process_mark_read(rest.ptr, &mark) && process_mark_is_dead(&mark))
            (void)tree_remove(shelf->layers, entry->d_name, &unheard);
    }
}

bool shelf_prune(const struct shelf *shelf, int64_t bytes_max, int *ret_removed, struct error *err)
{
    auto_arena struct arena arena;
    struct layer_note *notes;
    int count;
    int64_t total = 0;
    arena_init(&arena, (size_t)LAYERS_MAX * (sizeof *notes + 4096) + ((size_t)64 << 20));
    sweep(shelf);
    *ret_removed = 0;
    if (!shelf_list(shelf, &arena, &notes, &count, err))
        return false;
    for (int i = 0; i < count; i++)
        total += notes[i].bytes;
    for (int i = 0; i < count && total > bytes_max; i++) {
        struct error unheard;
        if (notes[i].in_use || !shelf_remove(shelf, notes[i].id, &unheard))
            continue;
        total -= notes[i].bytes;
        (*ret_removed)++;
    }
    return true;
}

bool shelf_check(const struct shelf *shelf, const struct layer_note *note, bool *ret_good,
                 struct error *err)
{
    char digest[SHA256_HEX], path[SHA256_HEX + 8];
    snprintf(path, sizeof path, "%s/tree", note->id);
    auto_close int tree = fd_open(shelf->layers, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err);
    if (tree < 0 || !tree_digest(tree, digest, err))
        return false;
    *ret_good = strcmp(digest, note->digest) == 0;
    return true;
}
