#include "cli/inspection.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/json_write.h"
#include "base/mem.h"
#include "lang/names.h"
#include "sys/fd.h"

enum {
    OPTIONS_BYTES_MAX = 1 << 20,
    SOURCE_BYTES_MAX = 8 << 20, /* one more byte than the reader takes is read: it then says so */
    PARSE_MS = 5000,
    LINE_ROOM_FACTOR = 64, /* a JSON text's tree takes no more than so many times its length */
};

/* ---- what is to be looked at ----------------------------------------------------------------- */

static bool add_place(struct inspection *i, struct str bytes, const char **ret_place,
                      struct error *err)
{
    if (!arena_fits(i->arena, bytes.len))
        return error_set(err, ERROR_LIMIT, "the files are more than 1 GiB together");
    struct str kept = str_of(arena_string(i->arena, bytes), bytes.len);
    return worker_box_add_file(&i->box, kept, ret_place, err);
}

bool inspection_add_bytes(struct inspection *i, struct str bytes, const char *name,
                          struct error *err)
{
    const char *place;
    if (!add_place(i, bytes, &place, err))
        return false;
    words_add(&i->files, i->arena, place);
    words_add(&i->file_names, i->arena, name);
    return true;
}

bool inspection_add_input(struct inspection *i, int fd, const char *name, struct error *err)
{
    auto_buf struct buf bytes;
    struct error full = {};
    buf_init(&bytes, SOURCE_BYTES_MAX + 1);
    if (!fd_read_all(fd, &bytes, &full) && !bytes.over) {
        *err = full;
        return error_wrap(err, "read %s", shown_name(name).text);
    }
    return inspection_add_bytes(i, buf_str(&bytes), name, err);
}

bool inspection_add_file(struct inspection *i, const char *path, struct error *err)
{
    struct stat about;
    auto_close int fd = fd_open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0, err);
    if (fd < 0)
        return err->kind = ERROR_INPUT, false;
    if (fstat(fd, &about) < 0)
        return error_sys(err, "look at %s", shown_name(path).text);
    if (S_ISREG(about.st_mode))
        return inspection_add_input(i, fd, path, err);
    return error_set(err, ERROR_INPUT, "%s is no regular file", shown_name(path).text);
}

/* "src" of "src/", "." as it is. */
static const char *name_of_folder(struct arena *arena, const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    return arena_string(arena, str_of(path, length));
}

bool inspection_add_folder(struct inspection *i, const char *path, struct error *err)
{
    char real[PATH_MAX];
    const char *place;
    if (!folder_check("the folder", path, real, err) ||
        !worker_box_add_folder(&i->box, arena_string(i->arena, str_from(real)), &place, err))
        return false;
    words_add(&i->folders, i->arena, place);
    words_add(&i->folder_names, i->arena, name_of_folder(i->arena, path));
    return true;
}

bool inspection_add_rules(struct inspection *i, struct str rules, struct error *err)
{
    const char *place;
    if (!add_place(i, rules, &place, err))
        return false;
    words_add(&i->rules, i->arena, place);
    return true;
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void write_places(struct json_writer *json, const char *key, const struct words *places,
                         const struct words *names)
{
    json_key(json, key);
    json_array(json);
    for (uint32_t i = 0; i < places->count; i++) {
        json_object(json);
        json_key(json, "path");
        json_text(json, places->list[i]);
        json_key(json, "name");
        json_text(json, names->list[i]);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_words(struct json_writer *json, const char *key, const struct words *words)
{
    json_key(json, key);
    json_array(json);
    for (uint32_t i = 0; i < words->count; i++)
        json_text(json, words->list[i]);
    json_array_end(json);
}

static void write_options(const struct inspection *i, const char *language, struct buf *out)
{
    struct json_writer json;
    json_start(&json, out);
    json_object(&json);
    write_places(&json, "files", &i->files, &i->file_names);
    write_places(&json, "trees", &i->folders, &i->folder_names);
    json_key(&json, "language");
    json_text(&json, language);
    json_key(&json, "parse_ms");
    json_int(&json, PARSE_MS);
    json_key(&json, "rules");
    json_array(&json);
    json_text(&json, WORKER_BOX_RULES);
    json_array_end(&json);
    write_words(&json, "rule_files", &i->rules);
    write_words(&json, "select", &i->select);
    write_words(&json, "ignore", &i->ignore);
    json_object_end(&json);
}

static void hear(void *cookie, struct str line)
{
    struct inspection *i = cookie;
    struct checked_file file;
    if (i->error.kind != ERROR_NONE)
        return;
    if (!arena_fits(i->arena, line.len * LINE_ROOM_FACTOR))
        error_set(&i->error, ERROR_LIMIT, "there is more to tell than 1 GiB holds");
    else if (checked_read_file(i->arena, line, &file, &i->error))
        checked_add(&i->checked, &file);
}

bool inspection_init(struct inspection *i, struct arena *arena, struct error *err)
{
    *i = (struct inspection){.arena = arena};
    if (!worker_box_init(&i->box, "check", arena, err))
        return false;
    i->box.hear = hear;
    i->box.cookie = i;
    return true;
}

bool inspection_run(struct inspection *i, const char *language, struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, OPTIONS_BYTES_MAX);
    write_options(i, language, &text);
    if (text.over)
        return error_set(err, ERROR_LIMIT, "the names are too long together");
    if (!worker_box_run(&i->box, buf_str(&text), err))
        return false;
    if (i->error.kind != ERROR_NONE) {
        *err = i->error;
        return false;
    }
    checked_sort(&i->checked);
    return true;
}

void inspection_done(struct inspection *i)
{
    checked_done(&i->checked);
}
