/* Any bytes as the note beside an image: numbers that are not negative, or -1; never a crash. */
#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/image_note.h"
#include "sys/fd.h"
#include "tests/fuzz/fuzz.h"

static char folder[] = "/tmp/testudo-fuzz-XXXXXX";
static int image = -1;

static void remove_folder(void)
{
    unlinkat(image, "image.json", 0);
    rmdir(folder);
}

static void open_folder(void)
{
    if (image >= 0)
        return;
    assert(mkdtemp(folder) != NULL);
    image = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert(image >= 0);
    atexit(remove_folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {};
    struct image_note note, again;
    auto_arena struct arena arena;
    open_folder();
    arena_init(&arena, 1 << 20);
    unlinkat(image, "image.json", 0);
    auto_close int fd = openat(image, "image.json", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    bool written = fd_write_all(fd, str_of(data, size), &err);
    assert(written);
    image_note_read(image, &arena, &note);
    assert(note.files >= -1 && note.bytes >= -1 && note.left_out >= -1 && note.made_s >= -1);
    if (note.from == NULL)
        return 0;
    assert(strlen(note.from) < size);
    unlinkat(image, "image.json", 0);
    bool ok = image_note_write(image, &note, &err);
    assert(ok);
    image_note_read(image, &arena, &again);
    assert(again.files == note.files && again.made_s == note.made_s);
    assert(again.from != NULL && strcmp(again.from, note.from) == 0);
    return 0;
}
