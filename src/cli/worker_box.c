#include "cli/worker_box.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json_read.h"
#include "base/mem.h"
#include "cli/cancel.h"
#include "lang/lang.h"
#include "lang/names.h"
#include "model/words.h"
#include "role/broker.h"
#include "run/run.h"
#include "sys/fd.h"
#include "sys/libexec.h"

#define MIB (INT64_C(1) << 20)

enum {
    LINE_BYTES_MAX = 64 << 20,
    SOURCE_BYTES_MAX = 8 << 20, /* what the reader takes of one */
    WALL_MS = 600000,
    MEMORY_MIB = 1024,
    SPARE_MIB = 16, /* of disk, beside the files */
    CHILDREN_MAX = 8,
    CHILD_MIB = 384, /* what one child may need for one large file */
    ERROR_ARENA_BYTES = 1 << 20,
};

bool worker_box_init(struct worker_box *box, const char *operation, struct arena *arena,
                     struct error *err)
{
    const char *libexec = libexec_find(arena, err);
    *box = (struct worker_box){.arena = arena};
    if (libexec == NULL)
        return false;
    if (access(arena_text(arena, "%s/testudo-reader", libexec), X_OK) != 0) {
        error_set(err, ERROR_HOST, "what reads sources is not there: %s/testudo-reader", libexec);
        error_hint(err, "in a checkout: make reader (fetches grammars from npm's registry); "
                        "installed: make reader install again");
        return false;
    }
    struct run_request *request = &box->request;
    request->profile = profile_find(STR("project"));
    request->limits = limits_of_profile(request->profile);
    request->limits.value[LIMIT_MEMORY] = MEMORY_MIB * MIB;
    request->limits.value[LIMIT_PROCESSES] = 2; /* it outlives a crash of its parsers */
    request->limits.value[LIMIT_WALL] = request->limits.value[LIMIT_CPU] = WALL_MS;
    request->compile_limits = request->limits;
    request->files = arena_alloc(arena, WORKER_BOX_FILES_MAX * sizeof *request->files);
    request->inputs = arena_alloc(arena, (WORKER_BOX_FOLDERS_MAX + 1) * sizeof *request->inputs);
    request->inputs[request->input_count++] = (struct request_input){libexec, ".testudo"};
    words_add(&request->command, arena, BOX_IN "/.testudo/testudo-reader");
    words_add(&request->command, arena, operation);
    return true;
}

/* ---- what it is given ------------------------------------------------------------------------ */

bool worker_box_add_bytes(struct worker_box *box, struct str bytes, const char **ret_path,
                          struct error *err)
{
    struct run_request *request = &box->request;
    if (request->file_count == WORKER_BOX_FILES_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d files are named", WORKER_BOX_FILES_MAX);
    if (!arena_fits(box->arena, bytes.len))
        return error_set(err, ERROR_LIMIT, "the files are more than 1 GiB together");
    struct str kept = str_of(arena_string(box->arena, bytes), bytes.len);
    const char *name = arena_text(box->arena, "source-%u", request->file_count);
    request->files[request->file_count++] = (struct request_file){.name = name, .content = kept};
    box->bytes += (int64_t)kept.len;
    *ret_path = arena_text(box->arena, BOX_WORK "/%s", name);
    return true;
}

bool worker_box_add_input(struct worker_box *box, int from, const char *name, const char **ret_path,
                          struct error *err)
{
    auto_buf struct buf bytes;
    struct error full = {};
    buf_init(&bytes, SOURCE_BYTES_MAX + 1);
    if (!fd_read_all(from, &bytes, &full) && !bytes.over) {
        *err = full;
        return error_wrap(err, "read %s", shown_name(name).text);
    }
    return worker_box_add_bytes(box, buf_str(&bytes), ret_path, err);
}

bool worker_box_add_file(struct worker_box *box, const char *path, const char **ret_path,
                         struct error *err)
{
    struct stat about;
    auto_close int fd = fd_open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0, err);
    if (fd < 0)
        return err->kind = ERROR_INPUT, false;
    if (fstat(fd, &about) < 0)
        return error_sys(err, "look at %s", shown_name(path).text);
    if (S_ISREG(about.st_mode))
        return worker_box_add_input(box, fd, path, ret_path, err);
    return error_set(err, ERROR_INPUT, "%s is no regular file", shown_name(path).text);
}

bool worker_box_add_folder(struct worker_box *box, const char *path, const char **ret_path,
                           struct error *err)
{
    char real[PATH_MAX];
    struct run_request *request = &box->request;
    uint32_t number = request->input_count;
    if (number > WORKER_BOX_FOLDERS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d folders are named",
                         WORKER_BOX_FOLDERS_MAX);
    if (!folder_check("the folder", path, real, err))
        return false;
    const char *from = arena_string(box->arena, str_from(real));
    const char *name = arena_text(box->arena, "tree-%u", number);
    request->inputs[request->input_count++] = (struct request_input){from, name};
    *ret_path = arena_text(box->arena, BOX_IN "/%s", name);
    return true;
}

/* ---- children -------------------------------------------------------------------------------- */

static uint32_t count_processors(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count < 1 ? 1 : count > CHILDREN_MAX ? CHILDREN_MAX : (uint32_t)count;
}

uint32_t worker_box_add_children(struct worker_box *box)
{
    uint32_t children = count_processors();
    struct limits *limits = &box->request.limits;
    limits->value[LIMIT_PROCESSES] = children + 1;
    limits->value[LIMIT_CPUS] = children * 1000;
    limits->value[LIMIT_MEMORY] += (int64_t)(children - 1) * CHILD_MIB * MIB;
    box->request.compile_limits = *limits;
    return children;
}

/* ---- what it says ---------------------------------------------------------------------------- */

struct hearing {
    struct worker_box *box;
    struct buf line;
    bool lost; /* a line that was too long */
    struct error said;
};

bool worker_box_is_error(struct str line, struct error *ret)
{
    auto_arena struct arena arena;
    struct error unheard = {};
    arena_init(&arena, ERROR_ARENA_BYTES);
    if (!str_starts(line, "{\"error\""))
        return false;
    const struct json_value *text = json_get(json_read(&arena, line, &unheard), "error");
    error_set(ret, ERROR_INTERNAL, "%s",
              text != NULL && text->kind == JSON_STRING ? text->text.ptr : "the reader has failed");
    return true;
}

static void hear(void *cookie, struct str bytes)
{
    struct hearing *h = cookie;
    struct str piece = {};
    while (bytes.len > 0) {
        const char *end = memchr(bytes.ptr, '\n', bytes.len);
        piece = str_of(bytes.ptr, end != NULL ? (size_t)(end - bytes.ptr) : bytes.len);
        bytes = str_skip(bytes, piece.len + (end != NULL));
        buf_add_str(&h->line, piece);
        if (end == NULL)
            return;
        if (h->line.over)
            h->lost = true;
        else if (!worker_box_is_error(buf_str(&h->line), &h->said))
            h->box->hear(h->box->cookie, buf_str(&h->line));
        buf_clear(&h->line);
    }
}

/* ---- running --------------------------------------------------------------------------------- */

static bool judge(const struct hearing *h, const struct run_result *result, struct error *err)
{
    if (h->said.kind != ERROR_NONE) {
        *err = h->said;
        return error_stage(err, "worker");
    }
    if (result->run.verdict == VERDICT_CANCELED)
        return error_set(err, ERROR_INTERRUPTED, "canceled");
    if (result->run.verdict != VERDICT_OK)
        return error_set(err, ERROR_INTERNAL, "the worker did not end well: %s", result->message);
    return !h->lost || error_set(err, ERROR_LIMIT, "the worker said a line of more than 64 MiB");
}

static bool run_in_box(struct worker_box *box, const struct plan *plan, int broker, int input,
                       struct error *err)
{
    struct hearing h = {.box = box};
    auto_buf struct buf line;
    __attribute__((cleanup(run_result_done))) struct run_result result;
    auto_close int cancel = cancel_open(err);
    buf_init(&line, LINE_BYTES_MAX);
    h.line = line;
    run_result_init(&result);
    const struct run_io io = {
        .stdin_fd = input, .cancel_fd = cancel, .hear = hear, .hear_cookie = &h};
    bool ok = cancel >= 0 && run_plan(broker, plan, &io, &result, err) && judge(&h, &result, err);
    line = h.line;
    return ok;
}

bool worker_box_run(struct worker_box *box, struct str options, struct error *err)
{
    struct plan plan;
    __attribute__((cleanup(broker_end))) struct private_broker broker = {-1, 0};
    box->request.limits.value[LIMIT_DISK] = box->bytes + SPARE_MIB * MIB;
    auto_close int input = fd_memory("testudo-options", options, err);
    return input >= 0 && broker_start_private(&broker, err) &&
           lang_plan(&box->request, box->arena, &plan, err) &&
           run_in_box(box, &plan, broker.socket, input, err);
}
