#include "lang/entry.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/buf.h"
#include "lang/source.h"
#include "lang/toolchain.h"
#include "sys/fd.h"

enum { SOURCE_BYTES_MAX = 4 << 20 };

const char *entry_path(const struct lang *lang, const struct run_request *request,
                       struct arena *arena)
{
    const struct request_file *file = request_entry_file(request);
    if (request->source_path == NULL)
        return file != NULL ? file->path : NULL;
    if (!toolchain_is_folder(request->source_path))
        return request->source_path;
    const char *entry = request->entry;
    struct folder folder = {};
    struct error ignored;
    if (entry == NULL && folder_read(request->source_path, arena, &folder, &ignored))
        entry = source_entry_by_convention(&folder, lang);
    return entry != NULL ? arena_text(arena, "%s/%s", request->source_path, entry) : NULL;
}

bool entry_read_file(const char *path, struct arena *arena, struct str *ret_text, struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, SOURCE_BYTES_MAX);
    auto_close int fd = fd_open(AT_FDCWD, path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0, err);
    if (fd < 0 || !fd_read_all(fd, &text, err))
        return false;
    struct str read = buf_str(&text);
    *ret_text = str_of(arena_copy(arena, read.ptr, read.len), read.len);
    return true;
}

bool entry_read(const struct lang *lang, const struct run_request *request, struct arena *arena,
                struct str *ret_text, struct error *err)
{
    const struct request_file *file = request_entry_file(request);
    const char *path = entry_path(lang, request, arena);
    *ret_text = request->has_code ? request->code : file != NULL ? file->content : STR("");
    return request->has_code || path == NULL || entry_read_file(path, arena, ret_text, err);
}
