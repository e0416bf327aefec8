#include "cli/test_files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "proof/suite_text.h"
#include "report/report.h"
#include "sys/fd.h"

enum { REPORT_BYTES_MAX = 512 << 20, DEPTH_FDS = 16 };

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about, (void)kind, (void)place;
    return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

static void remove_tree(const char *path)
{
    (void)nftw(path, remove_one, DEPTH_FDS, FTW_DEPTH | FTW_PHYS);
}

static bool is_there(const char *folder, const char *name)
{
    auto_free char *path = mem_text("%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

static bool make_folder(const char *path, struct error *err)
{
    if (mkdir(path, 0755) == 0 || errno == EEXIST)
        return true;
    error_sys(err, "make the folder %s", path);
    err->kind = ERROR_INPUT;
    return error_hint(err, "--report DIR names another one");
}

bool test_files_open(struct test_files *files, const char *folder, struct arena *arena,
                     struct error *err)
{
    char real[PATH_MAX];
    if (!make_folder(folder, err))
        return false;
    if (realpath(folder, real) == NULL)
        return error_sys(err, "resolve %s", folder);
    if (is_there(real, "suite") && !is_there(real, "report.json")) {
        error_set(err, ERROR_INPUT, "%s/suite is there and not one of ours", folder);
        return error_hint(err, "move it away, or name another folder: --report DIR");
    }
    files->folder = arena_string(arena, str_from(real));
    files->work = arena_text(arena, "%s/.work", real);
    remove_tree(files->work); /* of a run that was killed */
    return mkdir(files->work, 0700) == 0 || error_sys(err, "make the folder %s", files->work);
}

void test_files_close(const struct test_files *files)
{
    if (files->work == NULL)
        return;
    remove_tree(files->work);
    (void)rmdir(files->folder); /* where nothing was written */
}

/* ---- writing --------------------------------------------------------------------------------- */

static bool write_file(const char *path, const struct buf *text, struct error *err)
{
    if (text->over)
        return error_set(err, ERROR_LIMIT, "%s would be larger than we write", path);
    auto_close int to = fd_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0644, err);
    return to >= 0 && (fd_write_all(to, buf_str(text), err) || error_wrap(err, "write %s", path));
}

typedef void report_writer(struct buf *out, const struct tested_project *project);

static bool write_report(const struct test_files *files, const char *name, report_writer *write,
                         const struct tested_project *project, struct error *err)
{
    auto_free char *fresh = mem_text("%s/%s", files->work, name);
    auto_free char *place = mem_text("%s/%s", files->folder, name);
    auto_buf struct buf text;
    buf_init(&text, REPORT_BYTES_MAX);
    write(&text, project);
    return write_file(fresh, &text, err) &&
           (rename(fresh, place) == 0 || error_sys(err, "put %s into its place", place));
}

/* The way from the suite to where imports begin, both of which are absolute. */
static const char *way(struct arena *arena, const char *from, const char *to)
{
    size_t same = 0;
    for (size_t i = 0;; i++) {
        bool border = (from[i] == '/' || from[i] == '\0') && (to[i] == '/' || to[i] == '\0');
        if (border)
            same = i;
        if (from[i] != to[i] || from[i] == '\0')
            break;
    }
    const char *path = "";
    for (const char *at = from + same; *at != '\0'; at++)
        if (*at == '/')
            path = arena_text(arena, "%s../", path);
    return to[same] == '\0' ? path : arena_text(arena, "%s%s", path, to + same + 1);
}

/* Python's own quoting of a path of the caller's. */
static void add_quoted(struct buf *out, const char *text)
{
    buf_add_byte(out, '"');
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            buf_add_byte(out, '\\');
        if (*at < ' ' || *at == 0x7f)
            buf_printf(out, "\\x%02x", *at);
        else
            buf_add_byte(out, (char)*at);
    }
    buf_add_byte(out, '"');
}

static bool is_first_with_import(const struct tested_project *project, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (strcmp(project->modules[i].import, project->modules[index].import) == 0)
            return false;
    return true;
}

/* So that `pytest testudo-report/suite` finds what it tests from wherever it is called. */
static bool write_conftest(const struct test_files *files, const char *suite,
                           const struct tested_project *project, struct arena *arena,
                           struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, 1 << 20);
    buf_add_text(&text, "# Written by Testudo: where the modules under test are imported from.\n"
                        "import sys\nfrom pathlib import Path\n\n"
                        "here = Path(__file__).resolve().parent\n");
    for (uint32_t i = 0; i < project->module_count; i++) {
        const char *import = project->modules[i].import;
        if (!is_first_with_import(project, i))
            continue;
        const char *to = import[0] == '\0' ? project->folder
                                           : arena_text(arena, "%s/%s", project->folder, import);
        buf_add_text(&text, "sys.path.insert(0, str((here / ");
        add_quoted(&text, way(arena, arena_text(arena, "%s/suite", files->folder), to));
        buf_add_text(&text, ").resolve()))\n");
    }
    return write_file(arena_text(arena, "%s/conftest.py", suite), &text, err);
}

static bool write_tests(const char *suite, struct tested_project *project, struct arena *arena,
                        struct error *err)
{
    for (uint32_t i = 0; i < project->module_count; i++) {
        struct tested_module *module = &project->modules[i];
        auto_buf struct buf text;
        buf_init(&text, REPORT_BYTES_MAX);
        if (test_suite_cases(&module->suite, CASE_KEPT) == 0)
            continue;
        suite_text_write_kept(&text, module);
        if (!write_file(arena_text(arena, "%s/%s", suite, module->file), &text, err))
            return false;
    }
    return true;
}

static bool write_suite(const struct test_files *files, struct tested_project *project,
                        struct arena *arena, struct error *err)
{
    const char *fresh = arena_text(arena, "%s/suite", files->work);
    const char *place = arena_text(arena, "%s/suite", files->folder);
    const char *old = arena_text(arena, "%s/old", files->work);
    if (!make_folder(fresh, err) || !write_conftest(files, fresh, project, arena, err) ||
        !write_tests(fresh, project, arena, err))
        return false;
    if (rename(place, old) < 0 && errno != ENOENT)
        return error_sys(err, "move the old suite away");
    return rename(fresh, place) == 0 || error_sys(err, "put the suite into its place");
}

/* report.json comes first: it is what makes the suite ours. */
bool test_files_write(const struct test_files *files, struct tested_project *project,
                      struct arena *arena, struct error *err)
{
    return write_report(files, "report.json", report_write_json, project, err) &&
           write_suite(files, project, arena, err) &&
           write_report(files, "junit.xml", report_write_junit, project, err) &&
           write_report(files, "coverage.xml", report_write_cobertura, project, err) &&
           write_report(files, "lcov.info", report_write_lcov, project, err) &&
           write_report(files, "report.md", report_write_markdown, project, err);
}
