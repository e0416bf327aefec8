/* The store's folder as a whole: what lies in it, how much, and what goes. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "run/store_layer.h"
#include "run/store_private.h"
#include "sys/fd.h"

enum { NAMES_MAX = 1 << 20 };

bool store_name_is_entry(const char *name)
{
    return strlen(name) == SHA256_HEX - 1 && strspn(name, "0123456789abcdef") == SHA256_HEX - 1;
}

static bool is_lock(const char *name)
{
    size_t length = SHA256_HEX - 1;
    return strlen(name) == length + strlen(STORE_LOCK_ENDING) &&
           strcmp(name + length, STORE_LOCK_ENDING) == 0;
}

/* Who is about to lock it finds that it is over, and makes what he wants by himself. */
void store_remove_dead_lock(const struct store *store, const char *name)
{
    auto_close int lock =
        openat(store->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
        (void)unlinkat(store->folder, name, 0);
}

struct entries {
    struct store_note *list;
    size_t count, room;
    int64_t bytes;
};

static void add_entry(struct entries *entries, const char *name, const struct stat *about)
{
    if (entries->count == entries->room) {
        entries->room = entries->room > 0 ? entries->room * 2 : 64;
        entries->list = mem_grow(entries->list, entries->room, sizeof *entries->list);
    }
    struct store_note *note = &entries->list[entries->count++];
    *note = (struct store_note){.bytes = about->st_size, .used_s = about->st_mtim.tv_sec};
    memcpy(note->name, name, STORE_NAME_MAX);
    entries->bytes += about->st_size;
}

static int compare_by_use(const void *a, const void *b)
{
    const struct store_note *one = a, *other = b;
    return one->used_s != other->used_s ? (one->used_s < other->used_s ? 1 : -1)
                                        : strcmp(one->name, other->name);
}

static void close_dir(DIR **dir)
{
    if (*dir != NULL)
        closedir(*dir);
}

/* The lately used first. */
static bool read_entries(struct store *store, struct entries *entries, struct error *err)
{
    int fd = fd_open(store->folder, ".", O_RDONLY | O_DIRECTORY, 0, err);
    if (fd < 0)
        return false;
    __attribute__((cleanup(close_dir))) DIR *dir = fdopendir(fd);
    if (dir == NULL) {
        fd_close_at(&fd);
        return error_sys(err, "read the store");
    }
    for (struct dirent *entry; entries->count < NAMES_MAX && (entry = readdir(dir)) != NULL;) {
        struct stat about;
        if (is_lock(entry->d_name))
            store_remove_dead_lock(store, entry->d_name);
        else if (store_name_is_entry(entry->d_name) &&
                 fstatat(store->folder, entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0)
            add_entry(entries, entry->d_name, &about);
    }
    if (entries->count > 0)
        qsort(entries->list, entries->count, sizeof *entries->list, compare_by_use);
    return true;
}

static void entries_done(struct entries *entries)
{
    free(entries->list);
}

void store_tidy(struct store *store)
{
    __attribute__((cleanup(entries_done))) struct entries entries = {};
    struct error unheard;
    if (!read_entries(store, &entries, &unheard))
        return;
    while (entries.bytes > store->bytes_max && entries.count > 0) {
        const struct store_note *last = &entries.list[--entries.count];
        entries.bytes -= last->bytes;
        (void)unlinkat(store->folder, last->name, 0);
    }
}

bool store_list(struct store *store, struct arena *arena, struct store_note **ret_notes,
                uint32_t *ret_count, struct error *err)
{
    __attribute__((cleanup(entries_done))) struct entries entries = {};
    if (!read_entries(store, &entries, err))
        return false;
    struct store_note *notes = arena_alloc(arena, (entries.count + 1) * sizeof *notes);
    uint32_t count = 0;
    for (size_t i = 0; i < entries.count; i++) {
        notes[count] = entries.list[i];
        if (store_read_language(store, notes[count].name, notes[count].language))
            count++;
    }
    *ret_notes = notes;
    *ret_count = count;
    return true;
}

bool store_remove(struct store *store, const char *beginning, uint32_t *ret_count,
                  struct error *err)
{
    __attribute__((cleanup(entries_done))) struct entries entries = {};
    if (!read_entries(store, &entries, err))
        return false;
    *ret_count = 0;
    if (beginning[0] == '\0')
        store_layer_tidy(store, true);
    for (size_t i = 0; i < entries.count; i++) {
        const char *name = entries.list[i].name;
        if (strncmp(name, beginning, strlen(beginning)) != 0)
            continue;
        if (unlinkat(store->folder, name, 0) < 0)
            return error_sys(err, "remove %s from the store", name);
        ++*ret_count;
    }
    return true;
}
