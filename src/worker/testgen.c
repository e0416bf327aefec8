/* The operation `testgen`: the engine on the channel, and suite.json in the work folder. */
#include "testgen/engine.h"

#include <fcntl.h>
#include <unistd.h>

#include "sys/fd.h"
#include "worker/operation.h"

enum { SUITE_BYTES_MAX = 128 << 20 };

static void say(void *cookie, struct str line)
{
    struct error unheard; /* a reader that has gone will end us */
    (void)cookie;
    (void)fd_write_all(STDOUT_FILENO, line, &unheard);
    if (!str_ends(line, "\n"))
        (void)fd_write_all(STDOUT_FILENO, STR("\n"), &unheard);
}

static bool read_text(const struct json_value *options, const char *key, struct str *ret,
                      struct error *err)
{
    const struct json_value *value = json_get(options, key);
    if (value == NULL || value->kind != JSON_STRING)
        return error_set(err, ERROR_USAGE, "the option '%s' must be a text", key);
    *ret = value->text;
    return true;
}

static bool read_number(const struct json_value *options, const char *key, int64_t max,
                        int64_t *ret, struct error *err)
{
    const struct json_value *value = json_get(options, key);
    if (value == NULL)
        return error_set(err, ERROR_USAGE, "the option '%s' is missing", key);
    if (!json_check_integer(value, 0, max, err))
        return false;
    *ret = value->integer;
    return true;
}

static bool read_names(const struct json_value *options, const char *key, struct arena *arena,
                       const struct str **ret, size_t *ret_count, struct error *err)
{
    const struct json_value *list = json_get(options, key);
    if (list == NULL || list->kind != JSON_ARRAY)
        return error_set(err, ERROR_USAGE, "the option '%s' must be a list", key);
    struct str *names = arena_alloc(arena, (list->count + 1) * sizeof *names);
    size_t count = 0;
    for (const struct json_value *item = list->first; item != NULL; item = item->next) {
        if (!json_check_kind(item, JSON_STRING, err))
            return false;
        names[count++] = item->text;
    }
    *ret = names;
    *ret_count = count;
    return true;
}

static bool read_open(const struct json_value *options, struct arena *arena,
                      struct guest_open_options *open, struct error *err)
{
    int64_t fuel;
    if (!read_text(options, "root", &open->root, err) ||
        !read_text(options, "module", &open->module, err) ||
        !read_text(options, "path", &open->path, err) ||
        !read_text(options, "visibility", &open->visibility, err) ||
        !read_names(options, "only", arena, &open->only, &open->only_count, err) ||
        !read_names(options, "skip", arena, &open->skip, &open->skip_count, err) ||
        !read_number(options, "fuel", UINT32_MAX, &fuel, err))
        return false;
    open->fuel = (uint32_t)fuel;
    return true;
}

static bool read_options(const struct json_value *options, struct arena *arena,
                         struct engine_options *ret, struct error *err)
{
    int64_t seed, executions, tests_max, cap_ms;
    if (!read_open(options, arena, &ret->open, err) ||
        !read_number(options, "seed", INT64_MAX, &seed, err) ||
        !read_number(options, "executions", INT64_MAX, &executions, err) ||
        !read_number(options, "tests_max", UINT32_MAX, &tests_max, err) ||
        !read_number(options, "cap_ms", INT64_C(1) << 40, &cap_ms, err))
        return false;
    ret->seed = (uint64_t)seed;
    ret->executions = (uint64_t)executions;
    ret->tests_max = (uint32_t)tests_max;
    ret->seconds = (double)cap_ms / 1000;
    return true;
}

static bool leave(const struct buf *suite, struct error *err)
{
    if (suite->over)
        return error_set(err, ERROR_LIMIT, "the suite is larger than %d MiB",
                         SUITE_BYTES_MAX >> 20);
    auto_close int to = fd_open(AT_FDCWD, "suite.json", O_WRONLY | O_CREAT | O_TRUNC, 0644, err);
    return to >= 0 && fd_write_all(to, buf_str(suite), err);
}

/* An engine that lost its guest may have left a part, which is worth keeping. */
static bool run(const struct json_value *json, struct arena *arena, struct error *err)
{
    struct engine_options options = {};
    auto_buf struct buf suite;
    struct error why;
    buf_init(&suite, SUITE_BYTES_MAX);
    if (!read_options(json, arena, &options, err))
        return false;
    bool ok = engine_run(&options, WORK_CHANNEL, &suite, say, NULL, err);
    if (ok)
        return leave(&suite, err);
    if (suite.len > 0)
        (void)leave(&suite, &why);
    return false;
}

const struct operation operation_testgen = {"testgen", run, NULL};
