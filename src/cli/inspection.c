#include "cli/inspection.h"

#include <string.h>

#include "base/json_write.h"

enum {
    OPTIONS_BYTES_MAX = 1 << 20,
    PARSE_MS = 5000,
    CROWD = 4,             /* so many files are worth a child a processor */
    LINE_ROOM_FACTOR = 64, /* a JSON text's tree takes no more than so many times its length */
};

/* ---- what is to be looked at ----------------------------------------------------------------- */

static void add_name(struct inspection *i, const char *place, const char *name)
{
    words_add(&i->files, i->arena, place);
    words_add(&i->file_names, i->arena, name);
}

bool inspection_add_bytes(struct inspection *i, struct str bytes, const char *name,
                          struct error *err)
{
    const char *place;
    if (!worker_box_add_bytes(&i->box, bytes, &place, err))
        return false;
    add_name(i, place, name);
    return true;
}

bool inspection_add_input(struct inspection *i, int fd, const char *name, struct error *err)
{
    const char *place;
    if (!worker_box_add_input(&i->box, fd, name, &place, err))
        return false;
    add_name(i, place, name);
    return true;
}

bool inspection_add_file(struct inspection *i, const char *path, struct error *err)
{
    const char *place;
    if (!worker_box_add_file(&i->box, path, &place, err))
        return false;
    add_name(i, place, path);
    return true;
}

const char *inspection_folder_name(struct arena *arena, const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    return arena_string(arena, str_of(path, length));
}

bool inspection_add_folder(struct inspection *i, const char *path, struct error *err)
{
    const char *place;
    if (!worker_box_add_folder(&i->box, path, &place, err))
        return false;
    words_add(&i->folders, i->arena, place);
    words_add(&i->folder_names, i->arena, inspection_folder_name(i->arena, path));
    return true;
}

bool inspection_add_rules(struct inspection *i, struct str rules, struct error *err)
{
    const char *place;
    if (!worker_box_add_bytes(&i->box, rules, &place, err))
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
        json_add_text(json, "path", places->list[i]);
        json_add_text(json, "name", names->list[i]);
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

static void write_options(struct inspection *i, const char *language, struct buf *out)
{
    struct json_writer json;
    json_start(&json, out);
    json_object(&json);
    write_places(&json, "files", &i->files, &i->file_names);
    write_places(&json, "trees", &i->folders, &i->folder_names);
    json_add_text(&json, "language", language);
    json_add_int(&json, "parse_ms", PARSE_MS);
    json_add_text(&json, "reach", i->reach);
    json_add_int(&json, "children",
                 i->folders.count > 0 || i->files.count >= CROWD ? worker_box_add_children(&i->box)
                                                                 : 1);
    json_key(&json, "rules");
    json_array(&json);
    json_text(&json, WORKER_BOX_RULES);
    json_array_end(&json);
    write_words(&json, "rule_files", &i->rules);
    if (i->some)
        write_words(&json, "only", &i->only);
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
    if (left_out_is_line(line)) {
        (void)left_out_read(line, &i->checked.trees, &i->error);
        return;
    }
    if (!arena_fits(i->arena, line.len * LINE_ROOM_FACTOR))
        error_set(&i->error, ERROR_LIMIT, "there is more to tell than 1 GiB holds");
    else if (checked_read_file(i->arena, line, &file, &i->error))
        checked_add(&i->checked, &file);
}

bool inspection_init(struct inspection *i, struct arena *arena, struct error *err)
{
    *i = (struct inspection){.arena = arena, .reach = "own"};
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
