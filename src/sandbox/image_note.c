#include "sandbox/image_note.h"

#include <fcntl.h>

#include "base/json_read.h"
#include "base/json_write.h"
#include "sys/fd.h"

enum { NOTE_BYTES_MAX = 64 << 10 };

static const char note_file[] = "image.json";

bool image_note_write(int image, const struct image_note *note, struct error *err)
{
    auto_buf struct buf text;
    struct json_writer json;
    buf_init(&text, NOTE_BYTES_MAX);
    json_start(&json, &text);
    json_object(&json);
    json_key(&json, "from");
    json_text(&json, note->from);
    json_key(&json, "made_s");
    json_int(&json, note->made_s);
    json_key(&json, "files");
    json_int(&json, note->files);
    json_key(&json, "bytes");
    json_int(&json, note->bytes);
    json_key(&json, "left_out");
    json_int(&json, note->left_out);
    json_object_end(&json);
    buf_add_byte(&text, '\n');
    auto_close int fd = fd_open(image, note_file, O_WRONLY | O_CREAT | O_EXCL, 0644, err);
    return fd >= 0 && fd_write_all(fd, buf_str(&text), err);
}

static int64_t number(const struct json_value *note, const char *key)
{
    const struct json_value *value = json_get(note, key);
    bool good = value != NULL && value->kind == JSON_NUMBER && value->is_integer;
    return good && value->integer >= 0 ? value->integer : -1;
}

/* A reader of its own, so that a damaged note costs the list nothing but its own line. */
void image_note_read(int image, struct arena *arena, struct image_note *note)
{
    struct error ignored;
    auto_buf struct buf text;
    auto_arena struct arena scratch;
    buf_init(&text, NOTE_BYTES_MAX);
    arena_init(&scratch, (size_t)8 << 20);
    note->files = note->bytes = note->left_out = note->made_s = -1;
    note->from = NULL;
    auto_close int fd = openat(image, note_file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || !fd_read_all(fd, &text, &ignored))
        return;
    const struct json_value *json = json_read(&scratch, buf_str(&text), &ignored);
    const struct json_value *from = json_get(json, "from");
    note->files = number(json, "files");
    note->bytes = number(json, "bytes");
    note->left_out = number(json, "left_out");
    note->made_s = number(json, "made_s");
    if (from != NULL && from->kind == JSON_STRING && arena_fits(arena, from->text.len + 1))
        note->from = arena_string(arena, from->text);
}
