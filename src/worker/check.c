/*
 * The operation `check`: looks at files and trees that stand in its box, and says of each file what
 * it found, a line of JSON each. Options:
 *
 *   {"files": [{"path", "name"}], "trees": [{"path", "name"}], "language": text|null,
 *    "parse_ms": number, "rules": [folder in the box], "rule_files": [file in the box],
 *    "select": [rule], "ignore": [rule]}
 *
 * A `path` is in the box, a `name` is what its owner calls it. Of trees only sources are told of,
 * by their names or their #! lines; links are not followed.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "source/look.h"
#include "source/text.h"
#include "sys/fd.h"
#include "sys/tree.h"
#include "worker/lasting.h"
#include "worker/operation.h"

enum { LINE_BYTES_MAX = 64 << 20, FILES_MAX = 200000, HEAD_BYTES = 128, PATH_BYTES_MAX = 4096 };

struct checking {
    struct source_look look;
    struct source_rules rules;
    struct lasting lasting; /* a step a file */
    struct buf bytes, line;
    uint32_t files;
    const char *path, *name; /* of the tree that is walked */
    char below[PATH_BYTES_MAX];
    size_t ends[TREE_DEPTH_MAX + 1]; /* of `below`, by depth */
    struct error error;
};

static bool tell(struct checking *c, const struct checked_file *file, struct error *err)
{
    struct json_writer json;
    buf_clear(&c->line);
    json_start(&json, &c->line);
    checked_write_file(&json, file);
    buf_add_byte(&c->line, '\n');
    if (c->line.over)
        return error_set(err, ERROR_LIMIT, "the findings of one file are too many to tell");
    return fd_write_all(STDOUT_FILENO, buf_str(&c->line), err);
}

static bool tell_skipped(struct checking *c, const char *name, int64_t bytes, const char *why,
                         struct error *err)
{
    const struct checked_file file = {
        .name = name,
        .state = CHECKED_SKIPPED,
        .why = why,
        .bytes = bytes <= UINT32_MAX ? bytes : UINT32_MAX,
    };
    return tell(c, &file, err);
}

/* ---- one file -------------------------------------------------------------------------------- */

static bool is_same_state(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* A file that changes meanwhile is told of as what was read, and that it changed. */
static bool look_at(struct checking *c, int fd, const char *name, const struct stat *before,
                    struct error *err)
{
    auto_arena struct arena arena;
    struct checked_file file;
    struct stat after;
    arena_init(&arena, SOURCE_ARENA_BYTES);
    source_look_at(&c->look, name, buf_str(&c->bytes), &arena, &file);
    if (file.state == CHECKED_WHOLE && fstat(fd, &after) == 0 && !is_same_state(before, &after)) {
        file.state = CHECKED_PARTIAL;
        file.why = "changed while it was read";
    }
    return tell(c, &file, err);
}

/* Never waits for a fifo's other end, and reads no device. */
static bool read_and_look(struct checking *c, int folder, const char *path, const char *name,
                          struct error *err)
{
    struct stat about;
    struct error why = {};
    auto_close int fd = openat(folder, path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &about) < 0)
        return tell_skipped(c, name, 0, "cannot be opened", err);
    if (!S_ISREG(about.st_mode))
        return tell_skipped(c, name, 0, "is no regular file", err);
    if (about.st_size > SOURCE_BYTES_MAX)
        return tell_skipped(c, name, about.st_size, "is larger than 8 MiB", err);
    buf_clear(&c->bytes);
    if (!fd_read_all(fd, &c->bytes, &why))
        return tell_skipped(c, name, about.st_size,
                            c->bytes.over ? "is larger than 8 MiB" : "cannot be read", err);
    return look_at(c, fd, name, &about, err);
}

static bool check_file(struct checking *c, int folder, const char *path, const char *name,
                       struct error *err)
{
    switch (lasting_next(&c->lasting)) {
    case LASTING_DO:
        return read_and_look(c, folder, path, name, err);
    case LASTING_DONE:
        return true;
    case LASTING_BROKEN:
        break;
    }
    return tell_skipped(c, name, 0, "breaks the parser of its language", err);
}

/* ---- a tree ---------------------------------------------------------------------------------- */

static bool is_source(int folder, const char *name)
{
    char head[HEAD_BYTES];
    if (source_language_of(str_from(name), STR("")) != NULL)
        return true;
    if (strchr(name, '.') != NULL)
        return false;
    auto_close int fd = openat(folder, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, head, sizeof head) : -1;
    return length > 0 && source_language_of(str_from(name), str_of(head, (size_t)length)) != NULL;
}

/* What others wrote or a tool made: not the project's own sources. */
static bool is_passed_over(const char *name)
{
    static const char *const names[] = {".git",        ".hg",    ".svn", "node_modules",
                                        "__pycache__", ".venv",  "venv", ".tox",
                                        ".nox",        "target", ".eggs"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool remember_place(struct checking *c, const struct tree_place *place)
{
    size_t start = place->depth > 0 ? c->ends[place->depth - 1] : 0, length = strlen(place->name);
    if (start + length + 2 > sizeof c->below)
        return false;
    if (start > 0)
        c->below[start++] = '/';
    memcpy(c->below + start, place->name, length + 1);
    c->ends[place->depth] = start + length;
    return true;
}

static enum tree_answer visit(const struct tree_place *place, void *cookie)
{
    struct checking *c = cookie;
    if (S_ISDIR(place->about->st_mode))
        return !is_passed_over(place->name) && remember_place(c, place) ? TREE_GO_ON
                                                                        : TREE_PASS_OVER;
    if (!S_ISREG(place->about->st_mode) || !remember_place(c, place) ||
        !is_source(place->folder, place->name))
        return TREE_GO_ON;
    if (c->files++ == FILES_MAX) {
        error_set(&c->error, ERROR_LIMIT, "there are more than %d sources", FILES_MAX);
        return TREE_STOP;
    }
    auto_free char *name = mem_text("%s/%s", c->name, c->below);
    return check_file(c, place->folder, place->name, name, &c->error) ? TREE_GO_ON : TREE_STOP;
}

static bool check_tree(struct checking *c, const char *path, const char *name, struct error *err)
{
    c->name = name;
    c->error = (struct error){};
    auto_close int folder = fd_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0, err);
    if (folder < 0 || !tree_walk(folder, visit, c, err))
        return false;
    if (c->error.kind == ERROR_NONE)
        return true;
    *err = c->error;
    return false;
}

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

static bool check_places(struct checking *c, const struct json_value *options, struct error *err)
{
    const char *path, *name;
    const struct json_value *files = json_get(options, "files"), *item;
    if (!source_rules_select(&c->rules, json_get(options, "select"), json_get(options, "ignore"),
                             err))
        return false;
    for (item = files != NULL ? files->first : NULL; item != NULL; item = item->next)
        if (!read_place(item, &path, &name, err) || !check_file(c, AT_FDCWD, path, name, err))
            return false;
    const struct json_value *trees = json_get(options, "trees");
    for (item = trees != NULL ? trees->first : NULL; item != NULL; item = item->next)
        if (!read_place(item, &path, &name, err) || !check_tree(c, path, name, err))
            return false;
    return true;
}

static bool read_options(struct checking *c, const struct json_value *options, struct error *err)
{
    const struct json_value *language = json_get(options, "language");
    const struct json_value *cap = json_get(options, "parse_ms");
    if (cap == NULL || !json_check_integer(cap, 1, 600000, err))
        return error_set(err, ERROR_USAGE, "the option 'parse_ms' must be a number");
    c->look.parse_ms = (uint32_t)cap->integer;
    if (language == NULL || language->kind == JSON_NULL)
        return true;
    if (language->kind == JSON_STRING)
        c->look.language = source_language_find(language->text);
    return c->look.language != NULL ||
           error_set(err, ERROR_USAGE, "the option 'language' names none that is known");
}

static bool add_rule_file(struct checking *c, const char *path, struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, RULE_FILE_BYTES_MAX);
    return fd_read_file(AT_FDCWD, path, &text, err) &&
           source_rules_add(&c->rules, buf_str(&text), err);
}

static bool read_rules(struct checking *c, const struct json_value *options, struct error *err)
{
    const struct json_value *folders = json_get(options, "rules"), *item;
    const struct json_value *files = json_get(options, "rule_files");
    for (item = folders != NULL ? folders->first : NULL; item != NULL; item = item->next)
        if (item->kind != JSON_STRING || !source_rules_add_folder(&c->rules, item->text.ptr, err))
            return false;
    for (item = files != NULL ? files->first : NULL; item != NULL; item = item->next)
        if (item->kind != JSON_STRING || !add_rule_file(c, item->text.ptr, err))
            return false;
    c->look.rules = &c->rules;
    return true;
}

static bool run(const struct json_value *options, struct arena *arena, struct error *err)
{
    struct checking *c = arena_alloc(arena, sizeof *c);
    source_rules_init(&c->rules, arena);
    if (!read_options(c, options, err) || !read_rules(c, options, err))
        return false;
    buf_init(&c->bytes, SOURCE_BYTES_MAX);
    buf_init(&c->line, LINE_BYTES_MAX);
    bool ok = lasting_begin(&c->lasting, err) && check_places(c, options, err);
    buf_done(&c->bytes);
    buf_done(&c->line);
    source_rules_done(&c->rules);
    return ok;
}

const struct operation operation_check = {"check", run};
