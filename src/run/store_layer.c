#include "run/store_layer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/store_private.h"
#include "sys/fd.h"
#include "sys/process.h"
#include "sys/tree.h"

#define ENDING ".layer"
#define UNFINISHED ".layer-"

enum { LAYERS_MAX = 3, LAYERS_SEEN_MAX = 64 };

static void name_of(const struct store_key *key, char *ret_name, size_t size)
{
    char hex[SHA256_HEX];
    sha256_digest_hex(key->digest, hex);
    snprintf(ret_name, size, "%s" ENDING, hex);
}

/* Used now: it is not the one to go. */
int store_layer_open(struct store *store, const struct store_key *key)
{
    char name[STORE_NAME_MAX + sizeof ENDING];
    struct error unheard;
    struct stat about;
    name_of(key, name, sizeof name);
    auto_close int folder =
        fd_open(store->folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, &unheard);
    if (folder < 0 || fstat(folder, &about) < 0 || about.st_uid != geteuid() ||
        (about.st_mode & 077) != 0)
        return -1;
    (void)futimens(folder, NULL);
    return fd_steal(&folder);
}

bool store_layer_begin(struct store_making *ret_making, struct store *store, struct error *err)
{
    struct process_mark mark;
    char owner[PROCESS_MARK_TEXT];
    if (!process_mark_self(&mark, err))
        return false;
    process_mark_write(&mark, owner);
    struct store_making making = {.store = store};
    snprintf(making.name, sizeof making.name, UNFINISHED "%s-%u", owner, store->arrivals++);
    if (mkdirat(store->folder, making.name, 0700) < 0)
        return error_sys(err, "make a folder of the store");
    making.folder = fd_open(store->folder, making.name, O_RDONLY | O_DIRECTORY, 0, err);
    *ret_making = making;
    return making.folder >= 0;
}

bool store_layer_put(struct store_making *making, const struct store_key *key, struct error *err)
{
    char name[STORE_NAME_MAX + sizeof ENDING];
    name_of(key, name, sizeof name);
    int folder = making->store->folder;
    if (renameat(folder, making->name, folder, name) == 0) {
        fd_close_at(&making->folder);
        store_layer_tidy(making->store, false);
        return true;
    }
    return errno == EEXIST || errno == ENOTEMPTY || error_sys(err, "put a folder into the store");
}

void store_layer_drop(struct store_making *making)
{
    struct error unheard; /* what stays is swept when its maker is dead */
    if (making->folder < 0)
        return;
    fd_close_at(&making->folder);
    (void)tree_remove(making->store->folder, making->name, &unheard);
}

/* ---- what goes ------------------------------------------------------------------------------ */

static bool is_dead(const char *name)
{
    struct process_mark mark;
    return process_mark_read(name + strlen(UNFINISHED), &mark) && process_mark_is_dead(&mark);
}

struct seen {
    char name[STORE_NAME_MAX + sizeof ENDING];
    struct timespec used;
};

static bool is_earlier(const struct seen *a, const struct seen *b)
{
    return a->used.tv_sec != b->used.tv_sec ? a->used.tv_sec < b->used.tv_sec
                                            : a->used.tv_nsec < b->used.tv_nsec;
}

static int find_layers(struct store *store, struct seen *list)
{
    struct error unheard;
    int count = 0, fd = fd_open(store->folder, ".", O_RDONLY | O_DIRECTORY, 0, &unheard);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir == NULL)
        fd_close_at(&fd);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        struct str name = str_from(entry->d_name);
        struct stat about;
        if (str_starts(name, UNFINISHED) && is_dead(entry->d_name))
            (void)tree_remove(store->folder, entry->d_name, &unheard);
        else if (name.len == SHA256_HEX - 1 + strlen(ENDING) && str_ends(name, ENDING) &&
                 count < LAYERS_SEEN_MAX &&
                 fstatat(store->folder, entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0) {
            list[count].used = about.st_mtim;
            memcpy(list[count++].name, entry->d_name, name.len + 1);
        }
    }
    if (dir != NULL)
        closedir(dir);
    return count;
}

/* Out of sight first, so that nobody finds half of it. */
static void remove_layer(struct store *store, const char *name)
{
    struct error unheard;
    struct store_making aside = {.folder = -1};
    if (!store_layer_begin(&aside, store, &unheard))
        return;
    if (renameat(store->folder, name, aside.folder, "gone") < 0)
        (void)tree_remove(store->folder, name, &unheard);
    store_layer_drop(&aside);
}

void store_layer_tidy(struct store *store, bool all)
{
    struct seen list[LAYERS_SEEN_MAX];
    int count = find_layers(store, list), most = all ? 0 : LAYERS_MAX;
    for (; count > most; count--) {
        int first = 0;
        for (int i = 1; i < count; i++)
            if (is_earlier(&list[i], &list[first]))
                first = i;
        remove_layer(store, list[first].name);
        list[first] = list[count - 1];
    }
}
