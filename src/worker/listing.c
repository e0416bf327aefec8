#include "worker/listing.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/gitignore.h"
#include "base/mem.h"
#include "sys/fd.h"
#include "sys/tree.h"

struct walk {
    struct listing *list;
    enum listing_reach reach;
    char path[LISTING_PATH_MAX];
    size_t ends[TREE_DEPTH_MAX + 1]; /* of `path`, by depth */
    struct gitignore
        *ignores[TREE_DEPTH_MAX + 1]; /* of the folder that holds names of that depth */
};

/* ---- .gitignore ------------------------------------------------------------------------------ */

static struct gitignore *load(struct walk *w, int folder, const char *name)
{
    auto_buf struct buf text;
    struct error unheard = {};
    auto_close int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    buf_init(&text, GITIGNORE_BYTES_MAX);
    if (fd < 0 || (!fd_read_all(fd, &text, &unheard) && !text.over) || text.len == 0 ||
        !arena_fits(w->list->arena, text.len + GITIGNORE_PATTERNS_MAX * 64))
        return NULL;
    struct gitignore *ignore = arena_alloc(w->list->arena, sizeof *ignore);
    struct str kept = str_of(arena_string(w->list->arena, buf_str(&text)), text.len);
    gitignore_read(ignore, kept, w->list->arena);
    return ignore;
}

/* The nearest file that says anything decides. */
static bool is_ignored(const struct walk *w, const struct tree_place *place, size_t length)
{
    for (int depth = place->depth; depth >= 0; depth--) {
        if (w->ignores[depth] == NULL)
            continue;
        size_t start = depth > 0 ? w->ends[depth - 1] + 1 : 0;
        enum gitignore_answer answer =
            gitignore_ask(w->ignores[depth], str_of(w->path + start, length - start),
                          S_ISDIR(place->about->st_mode));
        if (answer != GITIGNORE_SAYS_NOTHING)
            return answer == GITIGNORE_IGNORES;
    }
    return false;
}

/* ---- names ----------------------------------------------------------------------------------- */

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool is_of_version_control(const char *name)
{
    static const char *const names[] = {".git", ".hg", ".svn", ".bzr", "CVS"};
    return is_one_of(name, names, COUNT_OF(names));
}

/* What others wrote or a tool made. */
static bool is_of_others(const char *name)
{
    static const char *const names[] = {
        "node_modules", "__pycache__", ".venv",       "venv",          ".tox",
        ".nox",         ".eggs",       ".mypy_cache", ".pytest_cache", "bower_components",
        "site-packages"};
    return is_one_of(name, names, COUNT_OF(names));
}

/* The length of the path, or 0: it is too long. */
static size_t remember(struct walk *w, const struct tree_place *place)
{
    size_t start = place->depth > 0 ? w->ends[place->depth - 1] : 0, length = strlen(place->name);
    if (start + length + 2 > sizeof w->path)
        return 0;
    if (start > 0)
        w->path[start++] = '/';
    memcpy(w->path + start, place->name, length + 1);
    w->ends[place->depth] = start + length;
    return start + length;
}

static bool add_file(struct walk *w, const struct stat *about, size_t length)
{
    struct listing *list = w->list;
    if (list->count == LISTING_FILES_MAX || !arena_fits(list->arena, length))
        return !(list->left_out.cut = true);
    if (list->count == list->room) {
        list->room = list->room > 0 ? 2 * list->room : 256;
        list->files = mem_grow(list->files, list->room, sizeof *list->files);
    }
    list->files[list->count++] = (struct listed){
        .path = arena_copy(list->arena, w->path, length),
        .bytes = about->st_size,
        .changed_ns = about->st_mtim.tv_sec * INT64_C(1000000000) + about->st_mtim.tv_nsec,
        .executable = (about->st_mode & 0111) != 0,
    };
    return true;
}

static enum tree_answer visit_folder(struct walk *w, const struct tree_place *place)
{
    if (w->reach != LISTING_EVERY && is_of_version_control(place->name))
        return TREE_PASS_OVER;
    if (w->reach == LISTING_OWN && is_of_others(place->name)) {
        w->list->left_out.passed_over++;
        return TREE_PASS_OVER;
    }
    if (place->depth + 1 >= TREE_DEPTH_MAX) {
        w->list->left_out.deep = true;
        return TREE_PASS_OVER;
    }
    auto_free char *name = mem_text("%s/.gitignore", place->name);
    w->ignores[place->depth + 1] = w->reach == LISTING_OWN ? load(w, place->folder, name) : NULL;
    return TREE_GO_ON;
}

static enum tree_answer visit(const struct tree_place *place, void *cookie)
{
    struct walk *w = cookie;
    size_t length = remember(w, place);
    if (length == 0) {
        w->list->left_out.deep = true;
        return TREE_PASS_OVER;
    }
    if (w->reach == LISTING_OWN && is_ignored(w, place, length)) {
        w->list->left_out.ignored++;
        return TREE_PASS_OVER;
    }
    if (S_ISDIR(place->about->st_mode))
        return visit_folder(w, place);
    w->list->left_out.links += S_ISLNK(place->about->st_mode) != 0;
    w->list->left_out.special += !S_ISREG(place->about->st_mode) && !S_ISLNK(place->about->st_mode);
    if (!S_ISREG(place->about->st_mode))
        return TREE_GO_ON;
    return add_file(w, place->about, length) ? TREE_GO_ON : TREE_STOP;
}

bool listing_read_reach(struct str word, enum listing_reach *ret)
{
    static const char *const words[] = {
#define X(name, word) word,
        LISTING_REACHES(X)
#undef X
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_is(word, words[i]))
            return *ret = (enum listing_reach)i, true;
    return false;
}

static int compare(const void *left, const void *right)
{
    const struct listed *a = left, *b = right;
    return strcmp(a->path, b->path);
}

bool listing_make(struct listing *ret, int tree, enum listing_reach reach, struct arena *arena,
                  struct error *err)
{
    auto_free struct walk *w = mem_alloc(sizeof *w);
    *ret = (struct listing){.arena = arena};
    w->list = ret;
    w->reach = reach;
    w->ignores[0] = reach == LISTING_OWN ? load(w, tree, ".gitignore") : NULL;
    if (!tree_walk(tree, visit, w, err))
        return false;
    if (ret->count > 0)
        qsort(ret->files, ret->count, sizeof *ret->files, compare);
    return true;
}

void listing_done(struct listing *listing)
{
    free(listing->files);
    *listing = (struct listing){};
}
