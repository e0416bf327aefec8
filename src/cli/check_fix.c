#include "cli/check_fix.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/inspection.h"
#include "lang/names.h"
#include "lang/toolchain.h"
#include "model/mend.h"
#include "sys/fd.h"

enum { BYTES_MAX = 8 << 20, DIFF_BYTES_MAX = 64 << 20 };

/* A file under repair. */
struct mended {
    struct checked_file *file;
    const char *root, *rest; /* a folder that was named, and the file's name below it */
    struct str before, after;
    uint32_t count;
};

struct fixing {
    struct checked *checked;
    const struct check_options *options;
    struct arena *arena;
    struct str rules; /* beside ours */
    struct mended *list;
    uint32_t count, mends, refused;
};

/* ---- files ----------------------------------------------------------------------------------- */

/* Names of findings come from the box: only what lies below a target is theirs to name. */
static bool find_place(const struct fixing *f, const char *name, struct mended *ret)
{
    for (uint32_t i = 0; i < f->options->targets.count; i++) {
        const char *target = f->options->targets.list[i], *slash = strrchr(name, '/');
        if (strcmp(target, "-") == 0)
            continue;
        const char *folder = inspection_folder_name(f->arena, target);
        size_t length = strlen(folder);
        if (toolchain_is_folder(target) && strncmp(name, folder, length) == 0 &&
            name[length] == '/') {
            ret->root = folder;
            ret->rest = name + length + 1;
            return true;
        }
        if (strcmp(target, name) != 0)
            continue;
        ret->root =
            slash == NULL ? "." : arena_string(f->arena, str_of(name, (size_t)(slash - name) + 1));
        ret->rest = slash == NULL ? name : slash + 1;
        return true;
    }
    return false;
}

/* The folder that holds the file. */
static int open_folder(const struct mended *m, const char **ret_base, struct error *err)
{
    const char *slash = strrchr(m->rest, '/');
    auto_close int root = fd_open(AT_FDCWD, m->root, O_RDONLY | O_DIRECTORY, 0, err);
    *ret_base = slash != NULL ? slash + 1 : m->rest;
    if (root < 0 || slash == NULL)
        return fd_steal(&root);
    auto_free char *folder = mem_copy(m->rest, (size_t)(slash - m->rest));
    return fd_open_beneath(root, folder, O_RDONLY | O_DIRECTORY, 0, err);
}

static bool read_at(int folder, const char *base, struct buf *out, struct stat *ret_about,
                    struct error *err)
{
    auto_close int fd = fd_open(folder, base, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, 0, err);
    if (fd < 0)
        return false;
    if (fstat(fd, ret_about) < 0 || !S_ISREG(ret_about->st_mode) || ret_about->st_nlink > 1)
        return error_set(err, ERROR_INPUT, "it is no regular file of one name");
    return fd_read_all(fd, out, err);
}

static bool read_file(const struct mended *m, struct buf *out, struct stat *ret_about,
                      struct error *err)
{
    const char *base;
    auto_close int folder = open_folder(m, &base, err);
    return folder >= 0 && read_at(folder, base, out, ret_about, err);
}

static bool fill(int fd, const struct mended *m, const struct stat *about, struct error *err)
{
    if (!fd_write_all(fd, m->after, err))
        return false;
    if (fchown(fd, about->st_uid, about->st_gid) < 0 && geteuid() == 0)
        return error_sys(err, "give it back to its owner");
    if (fchmod(fd, about->st_mode & 0777) < 0 || fsync(fd) < 0)
        return error_sys(err, "keep it");
    return true;
}

static bool replace(const struct mended *m, struct error *err)
{
    struct stat about;
    auto_buf struct buf now;
    const char *base;
    buf_init(&now, BYTES_MAX);
    auto_close int folder = open_folder(m, &base, err);
    if (folder < 0 || !read_at(folder, base, &now, &about, err))
        return false;
    if (!str_equal(buf_str(&now), m->before))
        return error_set(err, ERROR_INPUT, "it has changed meanwhile");
    auto_free char *fresh = mem_text(".%.200s.testudo-%d", base, (int)getpid());
    auto_close int fd = fd_open(folder, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600, err);
    if (fd < 0)
        return false;
    bool ok = fill(fd, m, &about, err) &&
              (renameat(folder, fresh, folder, base) == 0 || error_sys(err, "put it in place"));
    if (!ok)
        (void)unlinkat(folder, fresh, 0);
    return ok;
}

/* ---- mending --------------------------------------------------------------------------------- */

/* What cannot be read now is left alone: it is told of as a finding all the same. */
static void mend(struct fixing *f, struct checked_file *file)
{
    struct error unheard = {};
    struct stat about;
    struct mended m = {.file = file};
    auto_buf struct buf before, after;
    buf_init(&before, BYTES_MAX);
    buf_init(&after, BYTES_MAX);
    if (file->state != CHECKED_WHOLE || file->finding_count == 0 ||
        !find_place(f, file->name, &m) || !read_file(&m, &before, &about, &unheard))
        return;
    m.count = mend_all(file, buf_str(&before), &after);
    if (m.count == 0 || !arena_fits(f->arena, before.len + after.len + 64))
        return;
    m.before = str_of(arena_string(f->arena, buf_str(&before)), before.len);
    m.after = str_of(arena_string(f->arena, buf_str(&after)), after.len);
    f->list[f->count++] = m;
}

/* ---- looking again --------------------------------------------------------------------------- */

/* All that was found, known and ignored or not. */
struct tally {
    uint32_t found, syntax;
    enum severity worst;
};

static struct tally tally_of(const struct checked_file *file)
{
    struct tally tally = {};
    for (uint32_t i = 0; i < file->finding_count; i++) {
        const struct finding *finding = &file->findings[i];
        bool is_syntax = finding_is_syntax(finding);
        tally.syntax += is_syntax;
        tally.found += !is_syntax;
        if (!is_syntax && finding->severity > tally.worst)
            tally.worst = finding->severity;
    }
    return tally;
}

/* Fewer findings, no worse ones, and no more errors. */
static bool is_better(const struct checked_file *before, const struct checked_file *after)
{
    struct tally a = tally_of(before), b = tally_of(after);
    return after->state == CHECKED_WHOLE && after->findings_left_out == 0 && b.syntax <= a.syntax &&
           b.worst <= a.worst && b.found < a.found;
}

static const struct checked_file *find(const struct checked *checked, const char *name)
{
    for (uint32_t i = 0; i < checked->file_count; i++)
        if (strcmp(checked->files[i].name, name) == 0)
            return &checked->files[i];
    return NULL;
}

static bool look_again(struct fixing *f, struct inspection *i, struct error *err)
{
    if (!inspection_init(i, f->arena, err))
        return false;
    i->select = f->options->select;
    i->ignore = f->options->ignore;
    if (f->rules.len > 0 && !inspection_add_rules(i, f->rules, err))
        return false;
    for (uint32_t k = 0; k < f->count; k++)
        if (!inspection_add_bytes(i, f->list[k].after, f->list[k].file->name, err))
            return false;
    return inspection_run(i, f->options->language, err);
}

/* ---- keeping --------------------------------------------------------------------------------- */

static bool show_diff(const struct fixing *f, const struct mended *m, struct error *err)
{
    auto_buf struct buf diff, shown;
    buf_init(&diff, DIFF_BYTES_MAX);
    buf_init(&shown, DIFF_BYTES_MAX);
    mend_write_diff(&diff, m->file->name, m->before, m->after);
    bool escapes = isatty(STDOUT_FILENO) == 1;
    if (escapes)
        text_escape(&shown, buf_str(&diff), true);
    if (diff.over || shown.over)
        return error_set(err, ERROR_LIMIT, "the diff has more than 64 MiB");
    return !f->options->diff || cli_print(escapes ? buf_str(&shown) : buf_str(&diff), err);
}

static bool keep(struct fixing *f, struct mended *m, const struct checked_file *again,
                 struct error *err)
{
    if (again == NULL || !is_better(m->file, again)) {
        f->refused++;
        return true;
    }
    if (f->options->diff)
        return show_diff(f, m, err);
    if (!replace(m, err))
        return error_wrap(err, "mend %s", shown_name(m->file->name).text);
    *m->file = *again;
    f->mends += m->count;
    return true;
}

static bool keep_all(struct fixing *f, const struct checked *again, struct error *err)
{
    for (uint32_t i = 0; i < f->count; i++)
        if (!keep(f, &f->list[i], find(again, f->list[i].file->name), err))
            return false;
    return true;
}

static bool say(const struct fixing *f, struct error *err)
{
    auto_buf struct buf line;
    buf_init(&line, 256);
    if (!f->options->diff)
        buf_printf(&line, "testudo: %u mended\n", f->mends);
    if (f->refused > 0)
        buf_printf(&line, "testudo: %u files left as they were: mended, they would be no better\n",
                   f->refused);
    return f->options->quiet || line.len == 0 || fd_write_all(STDERR_FILENO, buf_str(&line), err);
}

bool check_fix(struct checked *checked, const struct check_options *options, struct str rules,
               struct arena *arena, struct error *err)
{
    struct fixing f = {.checked = checked, .options = options, .arena = arena, .rules = rules};
    __attribute__((cleanup(inspection_done))) struct inspection again = {};
    f.list = arena_alloc(arena, (checked->file_count + 1) * sizeof *f.list);
    for (uint32_t i = 0; i < checked->file_count && f.count < WORKER_BOX_FILES_MAX; i++)
        mend(&f, &checked->files[i]);
    return (f.count == 0 || (look_again(&f, &again, err) && keep_all(&f, &again.checked, err))) &&
           say(&f, err);
}
