#include "worker/sources.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "source/text.h"
#include "sys/fd.h"

enum { HEAD_BYTES = 128, SLOW_FACTOR = 3, LINE_BYTES_MAX = 256 };

/* ---- options --------------------------------------------------------------------------------- */

static bool read_place(const struct json_value *item, const char **ret_path, const char **ret_name,
                       struct error *err)
{
    const struct json_value *path = json_get(item, "path"), *name = json_get(item, "name");
    if (path == NULL || path->kind != JSON_STRING || name == NULL || name->kind != JSON_STRING)
        return error_set(err, ERROR_USAGE, "a place has a path and a name");
    *ret_path = path->text.ptr;
    *ret_name = name->text.ptr;
    return true;
}

static bool read_number(const struct json_value *options, const char *key, int64_t min, int64_t max,
                        uint32_t *ret, struct error *err)
{
    const struct json_value *value = json_get(options, key);
    if (value == NULL || !json_check_integer(value, min, max, err))
        return error_set(err, ERROR_USAGE, "the option '%s' must be a number", key);
    *ret = (uint32_t)value->integer;
    return true;
}

static bool read_language(struct sources *s, const struct json_value *options, struct error *err)
{
    const struct json_value *language = json_get(options, "language");
    if (language == NULL || language->kind != JSON_STRING)
        return true;
    s->language = source_language_find(language->text);
    return s->language != NULL ||
           error_set(err, ERROR_USAGE, "the option 'language' names none that is known");
}

static bool read_reach(const struct json_value *options, enum listing_reach *ret, struct error *err)
{
    const struct json_value *word = json_get(options, "reach");
    return (word != NULL && word->kind == JSON_STRING && listing_read_reach(word->text, ret)) ||
           error_set(err, ERROR_USAGE, "the option 'reach' names none that is known");
}

static bool add_tree(struct sources *s, const struct json_value *item, enum listing_reach reach,
                     struct error *err)
{
    const char *path;
    if (s->tree_count == SOURCES_TREES_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d folders are named", SOURCES_TREES_MAX);
    struct sources_tree *tree = &s->trees[s->tree_count++];
    *tree = (struct sources_tree){.folder = -1};
    if (!read_place(item, &path, &tree->name, err))
        return false;
    tree->folder = fd_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0, err);
    return tree->folder >= 0 && listing_make(&tree->list, tree->folder, reach, &s->arena, err);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool read_only(struct sources *s, const struct json_value *options, struct error *err)
{
    const struct json_value *only = json_get(options, "only"), *item;
    if (only == NULL)
        return true;
    if (only->kind != JSON_ARRAY)
        return error_set(err, ERROR_USAGE, "the option 'only' is no list");
    s->only = mem_alloc((only->count + 1) * sizeof *s->only);
    for (item = only->first; item != NULL; item = item->next)
        if (item->kind == JSON_STRING)
            s->only[s->only_count++] = item->text.ptr;
    qsort(s->only, s->only_count, sizeof *s->only, compare_names);
    return true;
}

static bool read_options(struct sources *s, const struct json_value *options, struct error *err)
{
    enum listing_reach reach;
    const struct json_value *trees = json_get(options, "trees"), *item;
    s->files = json_get(options, "files");
    s->file_count = (uint32_t)(s->files != NULL ? s->files->count : 0);
    s->texts = json_get(options, "texts");
    s->text_count = (uint32_t)(s->texts != NULL ? s->texts->count : 0);
    if (!read_number(options, "parse_ms", 1, 600000, &s->parse_ms, err) ||
        !read_number(options, "children", 0, CREW_MAX, &s->children, err) ||
        !read_reach(options, &reach, err) || !read_language(s, options, err) ||
        !read_only(s, options, err))
        return false;
    for (item = trees != NULL ? trees->first : NULL; item != NULL; item = item->next)
        if (!add_tree(s, item, reach, err))
            return false;
    return true;
}

bool sources_init(struct sources *sources, const struct json_value *options, struct error *err)
{
    *sources = (struct sources){.fd = -1};
    arena_init(&sources->arena, LISTING_BYTES_MAX);
    buf_init(&sources->bytes, SOURCE_BYTES_MAX);
    return read_options(sources, options, err);
}

void sources_done(struct sources *sources)
{
    for (uint32_t i = 0; i < sources->tree_count; i++) {
        fd_close_at(&sources->trees[i].folder);
        listing_done(&sources->trees[i].list);
    }
    fd_close_at(&sources->fd);
    buf_done(&sources->bytes);
    free(sources->only);
    arena_done(&sources->arena);
}

/* ---- beginning ------------------------------------------------------------------------------- */

bool sources_tell_left_out(const struct sources *sources, struct error *err)
{
    auto_buf struct buf line;
    struct left_out sum = {};
    buf_init(&line, LINE_BYTES_MAX);
    for (uint32_t i = 0; i < sources->tree_count; i++)
        left_out_add(&sum, &sources->trees[i].list.left_out);
    left_out_write(&line, &sum);
    return fd_write_all(STDOUT_FILENO, buf_str(&line), err);
}

static uint32_t count_steps(const struct sources *s)
{
    uint32_t count = s->file_count + s->text_count;
    for (uint32_t i = 0; i < s->tree_count; i++)
        count += s->trees[i].list.count;
    return count;
}

/* Parsing has its own limit, which leaves a part; this one is for all that is done with it. */
bool sources_begin(struct sources *sources, struct error *err)
{
    uint32_t steps = count_steps(sources), children = sources->children;
    if (children > steps)
        children = steps;
    return crew_begin(&sources->crew, children, SLOW_FACTOR * sources->parse_ms, err);
}

/* ---- one after the other --------------------------------------------------------------------- */

static void refuse(struct sources *s, struct source_given *given, const char *why)
{
    given->why = why;
    given->bytes = STR("");
    fd_close_at(&s->fd);
}

static void read_all(struct sources *s, struct source_given *given)
{
    struct error unheard = {};
    if (s->fd < 0 || fstat(s->fd, &s->before) < 0) {
        refuse(s, given, "cannot be opened");
        return;
    }
    given->size = s->before.st_size;
    given->executable = (s->before.st_mode & 0111) != 0;
    if (!S_ISREG(s->before.st_mode)) {
        refuse(s, given, "is no regular file");
        return;
    }
    buf_clear(&s->bytes);
    bool large = given->size > SOURCE_BYTES_MAX;
    if (large || !fd_read_all(s->fd, &s->bytes, &unheard))
        refuse(s, given, large || s->bytes.over ? "is larger than 8 MiB" : "cannot be read");
    else
        given->bytes = buf_str(&s->bytes);
}

static const char *why_not(enum crew_turn turn)
{
    return turn == CREW_SLOW ? "takes too long" : "breaks the parser of its language";
}

static bool is_asked_for(const struct sources *s)
{
    const char *name = s->name;
    return s->only == NULL ||
           bsearch(&name, s->only, s->only_count, sizeof *s->only, compare_names) != NULL;
}

/* False: of a tree only what is in a language was asked for, and it is in none. */
static bool is_wanted(const struct sources *s, const char *path)
{
    char head[HEAD_BYTES];
    const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path;
    struct stat about;
    if (!s->only_known || source_language_of(str_from(base), STR("")) != NULL)
        return true;
    if (strchr(base, '.') != NULL || s->fd < 0 || fstat(s->fd, &about) < 0 ||
        !S_ISREG(about.st_mode))
        return false;
    ssize_t length = pread(s->fd, head, sizeof head, 0);
    return length > 0 && source_language_of(str_from(base), str_of(head, (size_t)length)) != NULL;
}

static bool take_listed(struct sources *s, const struct sources_tree *tree, uint32_t number,
                        enum crew_turn turn, struct source_given *given)
{
    struct error unheard = {};
    const struct listed *listed = &tree->list.files[number];
    snprintf(s->name, sizeof s->name, "%s%s%s", tree->name, tree->name[0] != '\0' ? "/" : "",
             listed->path);
    *given = (struct source_given){.name = s->name, .size = listed->bytes};
    if (!is_asked_for(s))
        return false;
    if (turn != CREW_DO) {
        given->why = why_not(turn);
        return true;
    }
    s->fd = fd_open_beneath(tree->folder, listed->path, O_RDONLY | O_NONBLOCK, 0, &unheard);
    if (!is_wanted(s, listed->path))
        return false;
    read_all(s, given);
    return true;
}

static void take_file(struct sources *s, uint32_t number, enum crew_turn turn,
                      struct source_given *given)
{
    const char *path = NULL, *name = "";
    struct error wrong = {};
    bool good = read_place(json_at(s->files, number), &path, &name, &wrong);
    *given = (struct source_given){.name = name};
    if (turn != CREW_DO) {
        given->why = why_not(turn);
        return;
    }
    s->fd = good ? open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC) : -1;
    read_all(s, given);
}

static void take_text(const struct sources *s, uint32_t number, enum crew_turn turn,
                      struct source_given *given)
{
    const struct json_value *item = json_at(s->texts, number);
    const struct json_value *text = json_get(item, "text"), *name = json_get(item, "name");
    *given = (struct source_given){.name = "", .why = "is no text"};
    if (text == NULL || text->kind != JSON_STRING || name == NULL || name->kind != JSON_STRING)
        return;
    *given = (struct source_given){
        .name = name->text.ptr, .bytes = text->text, .size = (int64_t)text->text.len};
    if (turn != CREW_DO)
        given->why = why_not(turn);
}

static bool take(struct sources *s, uint32_t step, enum crew_turn turn, struct source_given *given)
{
    fd_close_at(&s->fd);
    for (uint32_t i = 0; i < s->tree_count; i++) {
        if (step < s->trees[i].list.count)
            return take_listed(s, &s->trees[i], step, turn, given);
        step -= s->trees[i].list.count;
    }
    if (step < s->file_count)
        take_file(s, step, turn, given);
    else
        take_text(s, step - s->file_count, turn, given);
    return true;
}

bool sources_next(struct sources *sources, struct source_given *ret)
{
    uint32_t step, steps = count_steps(sources);
    enum crew_turn turn;
    while (crew_next(&sources->crew, steps, &step, &turn))
        if (take(sources, step, turn, ret))
            return true;
    return false;
}

bool sources_has_changed(const struct sources *sources)
{
    struct stat after;
    const struct stat *before = &sources->before;
    return sources->fd >= 0 && fstat(sources->fd, &after) == 0 &&
           (before->st_size != after.st_size || before->st_mtim.tv_sec != after.st_mtim.tv_sec ||
            before->st_mtim.tv_nsec != after.st_mtim.tv_nsec);
}
