#include "cli/doctor_host_private.h"

#include <fcntl.h>

#include "sandbox/ids.h"
#include "sys/fd.h"
#include "sys/idmap_file.h"

enum { FILE_BYTES_MAX = 16 << 20, NAME_SHOWN_MAX = 64 };

static const struct {
    const char *path;
    enum idmap_format format;
} files[DOCTOR_FILES] = {
    {"/etc/subuid", IDMAP_RANGES},
    {"/etc/subgid", IDMAP_RANGES},
    {"/etc/passwd", IDMAP_ACCOUNTS},
    {"/etc/group", IDMAP_ACCOUNTS},
};

/* Of a larger file its beginning is read: there is more to lose by not looking at all. */
static void look_at(const char *path, enum idmap_format format, struct doctor_overlap *overlap,
                    struct arena *arena)
{
    struct error ignored;
    auto_buf struct buf text;
    buf_init(&text, FILE_BYTES_MAX);
    (void)fd_read_file(AT_FDCWD, path, &text, &ignored);
    const struct idmap_range ours = {IDS_FIRST, (uint64_t)IDS_EACH * IDS_RANGES_MAX};
    struct idmap_answer answer = idmap_find_overlap(buf_str(&text), format, ours);
    if (!answer.overlaps)
        return;
    struct str name = answer.first.name;
    overlap->file = path;
    overlap->name =
        arena_copy(arena, name.ptr, name.len < NAME_SHOWN_MAX ? name.len : NAME_SHOWN_MAX);
    overlap->line = answer.first.line;
    overlap->first = (int64_t)answer.first.range.first;
    overlap->count = (int64_t)answer.first.range.count;
}

void doctor_look_at_ids(struct doctor_host *host, struct arena *arena)
{
    for (int i = 0; i < DOCTOR_FILES; i++)
        look_at(files[i].path, files[i].format, &host->overlaps[i], arena);
}
