/* The part of the options that reads files. */
#include "cli/run_options.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "cli/env_file.h"
#include "lang/names.h"
#include "model/words.h"
#include "sys/fd.h"

static bool read_code(struct run_options *options, int fd, struct arena *arena, struct error *err)
{
    auto_buf struct buf code;
    buf_init(&code, RUN_CODE_BYTES_MAX);
    if (!fd_read_all(fd, &code, err)) {
        if (err->kind == ERROR_LIMIT)
            error_hint(err, "code from standard input may have 16 MiB; put it into a file");
        return error_wrap(err, "read the code from standard input");
    }
    options->request.code = str_of(arena_string(arena, buf_str(&code)), code.len);
    return true;
}

bool run_options_load(struct run_options *options, int stdin_fd, struct arena *arena,
                      struct error *err)
{
    struct words env = {};
    for (uint32_t i = 0; i < options->env_files.count; i++)
        if (!env_file_load(options->env_files.list[i], arena, &env, err))
            return false;
    words_add_all(&env, arena, &options->request.env);
    options->request.env = env;
    return !options->code_from_stdin || read_code(options, stdin_fd, arena, err);
}

bool run_options_open_stdin(const struct run_options *options, int *ret_fd, struct error *err)
{
    const char *path = options->stdin_path;
    if (path == NULL || strcmp(path, "-") == 0) {
        *ret_fd = options->code_from_stdin ? -1 : 0;
        return true;
    }
    struct stat info;
    auto_close int fd = fd_open(AT_FDCWD, path, O_RDONLY | O_NOCTTY, 0, err);
    if (fd < 0) {
        err->kind = ERROR_INPUT;
        return error_hint(err, "--stdin names the file that the program reads");
    }
    if (fstat(fd, &info) < 0)
        return error_sys(err, "look at '%s'", shown_name(path).text);
    if (S_ISDIR(info.st_mode)) {
        error_set(err, ERROR_INPUT, "--stdin '%s' is a folder, not a file", shown_name(path).text);
        return error_hint(err, "a folder comes along with --input DIR");
    }
    *ret_fd = fd_steal(&fd);
    return true;
}
