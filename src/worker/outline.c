/*
 * The operation `outline`: lists the files of a tree that stands in its box, or takes single files,
 * and tells the outline of each in the lines of model/outline.h, which whoever asked checks again.
 * Options:
 *
 *   {"files": [{"path", "name"}], "tree": path or null, "all": bool, "language": text or null,
 *    "parse_ms": number, "children": number}
 *
 * One box for a whole tree, because a box costs as much as a dozen files: what a hostile file can
 * reach by breaking a parser is what is told of its own project, which is advice about it anyway. A
 * file that kills its parser costs the outline of that file.
 *
 * First comes a line "L\t" with what was left out, by the numbers of work/listing.h.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "source/language.h"
#include "source/outline.h"
#include "source/text.h"
#include "sys/fd.h"
#include "worker/crew.h"
#include "worker/listing.h"
#include "worker/operation.h"

enum { TOLD_BYTES_MAX = 64 << 20 };

struct outlining {
    struct crew crew;
    struct listing list;
    const struct json_value *files; /* or NULL */
    const struct source_language *language;
    struct buf bytes, lines;
    int tree;
    uint32_t parse_ms;
    bool all;
};

static bool tell(struct outlining *o, const struct outline_file *file, struct error *err)
{
    buf_clear(&o->lines);
    outline_write(&o->lines, file);
    if (!o->lines.over)
        return crew_tell(&o->crew, buf_str(&o->lines), err);
    const struct outline_file much = {.name = file->name,
                                      .language = file->language,
                                      .lines = file->lines,
                                      .bytes = file->bytes,
                                      .state = OUTLINE_SKIPPED,
                                      .why = STR("has too much to tell")};
    buf_clear(&o->lines);
    outline_write(&o->lines, &much);
    return crew_tell(&o->crew, buf_str(&o->lines), err);
}

static bool tell_skipped(struct outlining *o, const char *name, int64_t bytes, const char *why,
                         struct error *err)
{
    const struct outline_file file = {
        .name = str_from(name),
        .state = OUTLINE_SKIPPED,
        .why = str_from(why),
        .bytes = bytes <= UINT32_MAX ? (uint32_t)bytes : UINT32_MAX,
    };
    return tell(o, &file, err);
}

/* ---- one file -------------------------------------------------------------------------------- */

static bool is_same_state(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool outline_bytes(struct outlining *o, int fd, const char *name, const struct stat *before,
                          struct error *err)
{
    auto_arena struct arena arena;
    struct outline_file file;
    struct stat after;
    arena_init(&arena, OUTLINE_ARENA_BYTES);
    source_outline(name, buf_str(&o->bytes), o->language, false, o->parse_ms, &arena, &file);
    if ((before->st_mode & 0111) != 0)
        file.traits |= OUTLINE_FILE_EXECUTABLE;
    if (file.state == OUTLINE_WHOLE && fstat(fd, &after) == 0 && !is_same_state(before, &after)) {
        file.state = OUTLINE_PARTIAL;
        file.why = STR("changed while it was read");
    }
    return tell(o, &file, err);
}

/* Never waits for a fifo's other end, and reads no device. */
static bool outline_file(struct outlining *o, int fd, const char *name, struct error *err)
{
    struct stat about;
    struct error why = {};
    if (fd < 0 || fstat(fd, &about) < 0)
        return tell_skipped(o, name, 0, "cannot be opened", err);
    if (!S_ISREG(about.st_mode))
        return tell_skipped(o, name, 0, "is no regular file", err);
    if (about.st_size > SOURCE_BYTES_MAX)
        return tell_skipped(o, name, about.st_size, "is larger than 8 MiB", err);
    buf_clear(&o->bytes);
    if (!fd_read_all(fd, &o->bytes, &why))
        return tell_skipped(o, name, about.st_size,
                            o->bytes.over ? "is larger than 8 MiB" : "cannot be read", err);
    return outline_bytes(o, fd, name, &about, err);
}

/* ---- all ------------------------------------------------------------------------------------- */

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

static bool do_step(struct outlining *o, uint32_t step, bool broken, struct error *err)
{
    const char *path = NULL, *name = NULL;
    if (step < o->list.count) {
        const struct listed *listed = &o->list.files[step];
        struct error unheard = {};
        if (broken)
            return tell_skipped(o, listed->path, listed->bytes, "breaks the parser of its language",
                                err);
        auto_close int fd =
            fd_open_beneath(o->tree, listed->path, O_RDONLY | O_NONBLOCK, 0, &unheard);
        return outline_file(o, fd, listed->path, err);
    }
    if (!read_place(json_at(o->files, step - o->list.count), &path, &name, err))
        return false;
    if (broken)
        return tell_skipped(o, name, 0, "breaks the parser of its language", err);
    auto_close int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    return outline_file(o, fd, name, err);
}

static bool tell_listing(const struct outlining *o, struct error *err)
{
    auto_buf struct buf line;
    buf_init(&line, 256);
    buf_printf(&line, "L\t%u\t%u\t%u\t%u\t%d\t%d\n", o->list.ignored, o->list.vendored,
               o->list.links, o->list.special, o->list.cut, o->list.deep);
    return fd_write_all(STDOUT_FILENO, buf_str(&line), err);
}

static bool do_all(struct outlining *o, uint32_t children, struct error *err)
{
    uint32_t step, count = o->list.count + (uint32_t)(o->files != NULL ? o->files->count : 0);
    bool broken;
    if (children > count)
        children = count > 0 ? count : 1;
    if (!tell_listing(o, err) || !crew_begin(&o->crew, children, err))
        return false;
    while (crew_next(&o->crew, count, &step, &broken))
        if (!do_step(o, step, broken, err))
            return false;
    return true;
}

/* ---- options --------------------------------------------------------------------------------- */

static bool read_number(const struct json_value *options, const char *key, int64_t max,
                        uint32_t *ret, struct error *err)
{
    const struct json_value *value = json_get(options, key);
    if (value == NULL || !json_check_integer(value, 1, max, err))
        return error_set(err, ERROR_USAGE, "the option '%s' must be a number", key);
    *ret = (uint32_t)value->integer;
    return true;
}

static bool read_language(struct outlining *o, const struct json_value *options, struct error *err)
{
    const struct json_value *language = json_get(options, "language");
    if (language == NULL || language->kind != JSON_STRING)
        return true;
    o->language = source_language_find(language->text);
    return o->language != NULL ||
           error_set(err, ERROR_USAGE, "the option 'language' names none that is known");
}

static bool list_tree(struct outlining *o, const struct json_value *options, struct arena *names,
                      struct error *err)
{
    const struct json_value *tree = json_get(options, "tree"), *all = json_get(options, "all");
    if (tree == NULL || tree->kind != JSON_STRING)
        return true;
    o->tree = fd_open(AT_FDCWD, tree->text.ptr, O_RDONLY | O_DIRECTORY, 0, err);
    return o->tree >= 0 && listing_make(&o->list, o->tree, all != NULL && all->truth, names, err);
}

static void outlining_done(struct outlining *o)
{
    listing_done(&o->list);
    buf_done(&o->bytes);
    buf_done(&o->lines);
    fd_close_at(&o->tree);
}

static bool run(const struct json_value *options, struct arena *arena, struct error *err)
{
    (void)arena;
    uint32_t children;
    auto_arena struct arena names;
    __attribute__((cleanup(outlining_done))) struct outlining o = {.tree = -1};
    arena_init(&names, LISTING_BYTES_MAX);
    buf_init(&o.bytes, SOURCE_BYTES_MAX);
    buf_init(&o.lines, TOLD_BYTES_MAX);
    o.files = json_get(options, "files");
    return read_number(options, "parse_ms", 600000, &o.parse_ms, err) &&
           read_number(options, "children", CREW_MAX, &children, err) &&
           read_language(&o, options, err) && list_tree(&o, options, &names, err) &&
           do_all(&o, children, err);
}

const struct operation operation_outline = {"outline", run};
