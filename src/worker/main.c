#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json_write.h"
#include "base/mem.h"
#include "sys/fd.h"
#include "worker/operation.h"

enum { OPTIONS_BYTES_MAX = 32 << 20, LINE_MAX_BYTES = 4096 };

static const struct operation *find(const char *name)
{
    for (size_t i = 0; operations[i] != NULL; i++)
        if (strcmp(operations[i]->name, name) == 0)
            return operations[i];
    return NULL;
}

/* Whoever started us reads it; if he has gone there is nobody left to tell. */
static void tell(const struct error *err)
{
    auto_buf struct buf line;
    struct json_writer json;
    struct error unheard;
    buf_init(&line, LINE_MAX_BYTES);
    json_start(&json, &line);
    json_object(&json);
    json_key(&json, "error");
    json_text(&json, err->text);
    json_key(&json, "hint");
    json_text(&json, err->hint);
    json_object_end(&json);
    buf_add_byte(&line, '\n');
    (void)fd_write_all(STDOUT_FILENO, buf_str(&line), &unheard);
}

static bool work(const char *name, char *const words[], struct error *err)
{
    auto_buf struct buf text;
    auto_arena struct arena arena;
    const struct operation *operation = find(name);
    buf_init(&text, OPTIONS_BYTES_MAX);
    arena_init(&arena, 16 * OPTIONS_BYTES_MAX);
    if (operation == NULL)
        return error_set(err, ERROR_USAGE, "the worker knows no operation '%.40s'", name);
    if (operation->wait != NULL && !operation->wait(words, err))
        return false;
    if (!fd_read_all(STDIN_FILENO, &text, err))
        return error_wrap(err, "read the options");
    const struct json_value *options = json_read(&arena, buf_str(&text), err);
    return options != NULL && operation->run(options, &arena, err);
}

#ifdef __SANITIZE_ADDRESS__
/* In a box its limits cannot be changed and nobody can be traced. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "disable_coredump=0:detect_leaks=0";
}
#endif

int main(int argc, char **argv)
{
    struct error err = {};
    signal(SIGPIPE, SIG_IGN);
    if (work(argc > 1 ? argv[1] : "", argv + (argc > 1 ? 2 : 1), &err))
        return EXIT_SUCCESS;
    tell(&err);
    return EXIT_FAILURE;
}
