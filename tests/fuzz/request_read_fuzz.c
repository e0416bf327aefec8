/* Any bytes as a line of a batch: refused with a reason, or a request, or a chain of them, that
 * holds together. */
#include <assert.h>
#include <string.h>

#include "model/chain_read.h"
#include "model/words.h"
#include "tests/fuzz/fuzz.h"

static void check_text(const char *text)
{
    assert(text == NULL || strlen(text) <= REQUEST_BYTES_MAX);
}

static void check_words(const struct words *words)
{
    for (uint32_t i = 0; i < words->count; i++)
        check_text(words->list[i]);
    assert(words->count == 0 || words->list[words->count] == NULL);
}

static void check_lists(const struct run_request *request)
{
    for (uint32_t i = 0; i < request->file_count; i++) {
        assert(request->files[i].name != NULL && request->files[i].path == NULL);
        assert(request->files[i].content.len <= REQUEST_BYTES_MAX);
    }
    for (uint32_t i = 0; i < request->input_count; i++)
        assert(request->inputs[i].name != NULL && request->inputs[i].path != NULL);
    for (uint32_t i = 0; i < request->out_count; i++)
        assert(request->outs[i].glob != NULL && request->outs[i].folder == NULL);
    for (uint32_t i = 0; i < request->env.count; i++) {
        const char *equals = strchr(request->env.list[i], '=');
        assert(equals != NULL);
        assert(env_name_is_plain(
            str_of(request->env.list[i], (size_t)(equals - request->env.list[i]))));
    }
}

static void check_request(const struct run_request *request)
{
    struct error err = {};
    assert(request->source_path == NULL && request->interpreter == NULL && !request->terminal);
    assert(request->profile != NULL && request->network <= NETWORK_LOOPBACK);
    assert(limits_check(&request->limits, &err) && limits_check(&request->compile_limits, &err));
    check_words(&request->command);
    check_words(&request->args);
    check_words(&request->env);
    check_lists(request);
    check_text(request->id);
    check_text(request->cwd);
}

static void check_chain(const struct chain_request *request)
{
    bool pipes = request->kind == CHAIN_PIPES, steps = request->kind == CHAIN_STEPS;
    assert(request->count > 0 && request->count <= CHAIN_STEPS_MAX);
    assert(!pipes || (request->count > 1 && request->count <= CHAIN_PIPES_MAX));
    assert(pipes || steps || request->count == 1);
    assert(pipes || !request->ring);
    check_text(request->id);
    for (uint32_t i = 0; i < request->count; i++) {
        const struct chain_part *part = &request->parts[i];
        assert(part->request.carried == (steps && i > 0));
        assert(steps || !part->may_fail);
        assert(!pipes || (i == 0 && !request->ring) || part->request.input.len == 0);
        check_request(&part->request);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {};
    struct chain_request request;
    auto_arena struct arena arena;
    arena_init(&arena, REQUEST_ARENA_BYTES);
    if (!chain_read(str_of(data, size), &arena, &request, &err)) {
        assert(err.text[0] != '\0');
        assert(err.kind == ERROR_USAGE || err.kind == ERROR_LIMIT);
        return 0;
    }
    check_chain(&request);
    return 0;
}
