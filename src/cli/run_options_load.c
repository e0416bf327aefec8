/* The part of the options that reads files. */
#include "cli/run_options.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "cli/env_file.h"
#include "lang/names.h"
#include "model/words.h"
#include "sys/fd.h"

enum { TERMINAL_TYPE_MAX = 64 };

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

/* Ours, if it is a name and not an attack on who looks it up; then what the caller sets counts. */
static void add_terminal_type(struct run_options *options, struct arena *arena)
{
    struct words env = {};
    const char *ours = getenv("TERM"), *type = ours;
    for (const char *c = ours != NULL ? ours : "-"; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && (c == ours || strchr("-+._", *c) == NULL))
            type = NULL;
    if (type == NULL || type[0] == '\0' || strlen(type) > TERMINAL_TYPE_MAX)
        type = "dumb";
    words_add(&env, arena, arena_text(arena, "TERM=%s", type));
    words_add_all(&env, arena, &options->request.env);
    options->request.env = env;
}

static const char *excluded_by_terminal(const struct run_options *options)
{
    return options->json && !options->dry_run ? "--json"
           : options->stdin_path != NULL      ? "--stdin"
           : options->code_from_stdin         ? "code from standard input"
                                              : NULL;
}

bool run_options_add_terminal(struct run_options *options, struct arena *arena, struct error *err)
{
    struct run_request *request = &options->request;
    if (!request->terminal)
        return true;
    const char *other = excluded_by_terminal(options);
    if (other != NULL) {
        error_set(err, ERROR_USAGE, "--tty and %s exclude each other", other);
        return error_hint(err, "with --tty the program reads and writes your terminal, and nothing "
                               "of it is kept");
    }
    bool has_source =
        request->source_path != NULL || request->has_code || request->command.count > 0;
    if (!has_source && request->language == NULL) {
        error_set(err, ERROR_USAGE, "there is nothing to run");
        return error_hint(err, "testudo run --tty --lang python is a prompt; testudo run --tty -- "
                               "bash a shell");
    }
    request->prompt = !has_source;
    add_terminal_type(options, arena);
    return true;
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
