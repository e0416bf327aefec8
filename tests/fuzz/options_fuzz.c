/* Any words as the command line of `testudo run`: read or refused, never half of either. */
#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "cli/run_options.h"
#include "lang/names.h"
#include "tests/fuzz/fuzz.h"

enum { WORDS_MAX = 256 };

/* Words end at NULs; argv ends in NULL as main's does. */
static int split(char *text, size_t size, char **argv)
{
    static char command[] = "run";
    int argc = 0;
    argv[argc++] = command;
    for (size_t at = 0; at < size && argc < WORDS_MAX; at += strlen(text + at) + 1)
        argv[argc++] = text + at;
    argv[argc] = NULL;
    return argc;
}

static void check_options(const struct run_options *options, int argc)
{
    const struct run_request *request = &options->request;
    struct error err = {};
    if (options->help)
        return;
    assert((request->source_path != NULL) + request->has_code + (request->command.count > 0) <= 1);
    assert(request->command.count + request->args.count < (uint32_t)argc);
    assert(request->profile != NULL && request->network <= NETWORK_LOOPBACK);
    assert(limits_check(&request->limits, &err));
    assert(request->accept_missing < UINT32_C(1) << LIMIT_COUNT);
    for (uint32_t i = 0; i < request->file_count; i++)
        assert(path_is_plain(request->files[i].name) && request->files[i].path[0] != '\0');
    for (uint32_t i = 0; i < request->input_count; i++)
        assert(name_is_plain(request->inputs[i].name));
    for (uint32_t i = 0; i < request->out_count; i++)
        assert(path_is_plain(request->outs[i].glob) && request->outs[i].folder[0] != '\0');
    for (uint32_t i = 0; i < request->env.count; i++)
        assert(strchr(request->env.list[i], '=') != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *argv[WORDS_MAX + 1];
    struct error err = {};
    struct run_options options = {};
    auto_free char *text = mem_copy(data, size);
    auto_arena struct arena arena;
    arena_init(&arena, RUN_ARENA_BYTES);
    int argc = split(text, size, argv);
    if (run_options_read(argc, argv, &arena, &options, &err))
        check_options(&options, argc);
    else
        assert(err.kind != ERROR_NONE && err.kind != ERROR_INTERNAL && err.text[0] != '\0');
    return 0;
}
