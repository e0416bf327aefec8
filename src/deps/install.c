#include "deps/install.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "deps/explain.h"
#include "deps/install_private.h"
#include "lang/lang.h"
#include "model/words.h"
#include "role/broker.h"
#include "role/gate.h"
#include "run/files.h"
#include "run/run.h"
#include "sys/call.h"
#include "sys/fd.h"
#include "sys/tree.h"

#define MIB (INT64_C(1) << 20)

enum {
    INSTALL_SECONDS = 600,
    FILES_MAX = 8,
    ENTRIES_MAX = 400000,
    CA_BYTES_MAX = 8 << 20,
    FAILURE_BYTES_MAX = 8192,
};

extern const char deps_python[], deps_python_end[], deps_npm[], deps_npm_end[], deps_maven[],
    deps_maven_end[];

static const struct {
    const char *name;
    const char *begin, *end;
} programs[REGISTRY_COUNT] = {
    [REGISTRY_PYTHON] = {"install.py", deps_python, deps_python_end},
    [REGISTRY_NPM] = {"install.mjs", deps_npm, deps_npm_end},
    [REGISTRY_MAVEN] = {"Install.java", deps_maven, deps_maven_end},
};

/* ---- the request of the installing box ------------------------------------------------------ */

static void add_file(struct run_request *request, const char *name, struct str content)
{
    request->files[request->file_count++] = (struct request_file){.name = name, .content = content};
}

static void add_env(struct install *in, struct run_request *request, const char *name,
                    const char *value)
{
    words_add(&request->env, in->arena, arena_text(in->arena, "%s=%s", name, value));
}

/* The operator's certificates, which may be more than the box's image shows. */
static bool add_certificates(struct install *in, struct run_request *request, struct error *err)
{
    static const char usual[] = "/etc/ssl/certs/ca-certificates.crt";
    const char *path = in->config->ca_bundle;
    auto_buf struct buf text;
    buf_init(&text, CA_BYTES_MAX);
    if (path == NULL)
        path = getenv("SSL_CERT_FILE");
    if (path == NULL && access(usual, R_OK) == 0)
        path = usual;
    if (path == NULL)
        return true;
    if (!fd_read_file(AT_FDCWD, path, &text, err)) {
        err->kind = ERROR_INPUT;
        return error_wrap(err, "the certificates to trust");
    }
    add_file(request, "ca.pem", str_of(arena_string(in->arena, buf_str(&text)), text.len));
    add_env(in, request, "TESTUDO_CA", BOX_WORK "/ca.pem");
    return true;
}

static void add_wish(struct install *in, struct run_request *request)
{
    const struct wish *wish = in->wish;
    auto_buf struct buf specs;
    buf_init(&specs, (size_t)1 << 20);
    for (uint32_t i = 0; i < wish->specs.count; i++)
        buf_printf(&specs, "%s\n", wish->specs.list[i]);
    add_file(request, "wish/specs", str_of(arena_string(in->arena, buf_str(&specs)), specs.len));
    if (wish->requirements.len > 0)
        add_file(request, "wish/requirements.txt", wish->requirements);
    if (wish->manifest.len > 0)
        add_file(request, "wish/package.json", wish->manifest);
    if (in->lock.len > 0)
        add_file(request, "wish/lock", in->lock);
    else if (wish->manifest_lock.len > 0)
        add_file(request, "wish/lock", wish->manifest_lock);
}

static void set_limits(const struct install *in, struct run_request *request)
{
    request->profile = profile_find(STR("compile"));
    request->limits = limits_of_profile(request->profile);
    request->limits.value[LIMIT_WALL] = request->limits.value[LIMIT_CPU] = INSTALL_SECONDS * 1000;
    request->limits.value[LIMIT_DISK] = in->config->layer_bytes;
    request->limits.value[LIMIT_MEMORY] = in->config->layer_bytes + 1536 * MIB;
    request->limits.value[LIMIT_INODES] = ENTRIES_MAX;
    request->limits.value[LIMIT_CPUS] = 2000;
    request->compile_limits = request->limits;
}

/* A program of one file that the launcher compiles, with the resolver that Maven brings. */
static void command_java(struct install *in, struct run_request *request)
{
    words_add(&request->command, in->arena, in->wish->program);
    words_add(&request->command, in->arena, "-XX:+UseSerialGC");
    words_add(&request->command, in->arena, "-XX:TieredStopAtLevel=1");
    words_add(&request->command, in->arena, "-Xmx512m");
    words_add(&request->command, in->arena, "-cp");
    words_add(&request->command, in->arena, INSTALL_RESOLVER_JARS);
    words_add(&request->command, in->arena, BOX_WORK "/Install.java");
}

static bool make_request(struct install *in, struct run_request *request, struct error *err)
{
    const enum registry kind = in->wish->kind;
    struct str program =
        str_of(programs[kind].begin, (size_t)(programs[kind].end - programs[kind].begin));
    *request = (struct run_request){.image = in->request->image, .network = NETWORK_GATE};
    request->files = arena_alloc(in->arena, FILES_MAX * sizeof *request->files);
    set_limits(in, request);
    add_file(request, programs[kind].name, program);
    add_wish(in, request);
    add_env(in, request, "TESTUDO_INDEX", in->config->registries[kind].index);
    add_env(in, request, "TESTUDO_SCRIPTS", in->wish->allow_scripts ? "1" : "0");
    add_env(in, request, "HTTPS_PROXY", INSTALL_PROXY);
    add_env(in, request, "https_proxy", INSTALL_PROXY);
    if (!add_certificates(in, request, err))
        return false;
    if (kind == REGISTRY_MAVEN) {
        command_java(in, request);
        return true;
    }
    request->language = in->wish->language;
    request->version = in->request->version;
    request->interpreter = in->wish->interpreter;
    request->entry = programs[kind].name;
    return true;
}

/* ---- taking over ---------------------------------------------------------------------------- */

/* What the box has left, while nothing in it lives any more. */
struct harvest {
    struct install *in;
    struct nascent nascent;
    struct buf lock, packages, failure;
};

static void read_left(int work, const char *name, size_t bytes_max, struct buf *out)
{
    struct error unheard;
    auto_close int fd = files_open_out(work, name, (int64_t)bytes_max, &unheard);
    if (fd >= 0)
        (void)fd_read_all(fd, out, &unheard);
}

static bool copy_tree(struct harvest *h, int work, struct error *err)
{
    struct tree_copy_report report;
    const struct tree_copy_limits limits = {.files = ENTRIES_MAX,
                                            .bytes = h->in->config->layer_bytes};
    auto_close int tree =
        fd_open_beneath(work, "tree", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err);
    if (tree < 0)
        return error_wrap(err, "take over what was installed");
    if (!shelf_begin(h->in->shelf, &h->nascent, err) ||
        !tree_copy(tree, h->nascent.tree, &limits, &report, err))
        return error_wrap(err, "keep the installed packages");
    h->nascent.files = report.files;
    h->nascent.bytes = report.bytes;
    return true;
}

static bool harvest(void *cookie, int work, const struct run_stage *stage, struct error *err)
{
    struct harvest *h = cookie;
    read_left(work, "failure", FAILURE_BYTES_MAX, &h->failure);
    if (stage->verdict != VERDICT_OK)
        return true;
    read_left(work, "lock", SHELF_LOCK_BYTES_MAX, &h->lock);
    read_left(work, "packages", SHELF_PACKAGES_BYTES_MAX, &h->packages);
    return copy_tree(h, work, err);
}

/* ---- running -------------------------------------------------------------------------------- */

static bool run_box(struct install *in, struct harvest *h, const struct plan *plan,
                    struct private_gate *gate, struct run_result *result, struct error *err)
{
    __attribute__((cleanup(broker_end))) struct private_broker broker = {-1, 0};
    if (!broker_start_private(&broker, err) ||
        !gate_start_private(in->config, in->wish->kind, gate, err))
        return false;
    const struct run_io io = {
        .stdin_fd = -1,
        .cancel_fd = -1,
        .channels = &gate->door,
        .channel_count = 1,
        .keep = harvest,
        .keep_cookie = h,
    };
    bool ok = run_plan(broker.socket, plan, &io, result, err);
    gate_end(gate);
    return ok;
}

static void count(struct install *in, const struct private_gate *gate)
{
    in->connections = atomic_load(&gate->ledger->connections);
    in->down_bytes = atomic_load(&gate->ledger->down);
}

static bool judge(struct install *in, struct harvest *h, const struct private_gate *gate,
                  const struct run_result *result, struct error *err)
{
    const struct explain_case what = {in, gate->ledger, result, buf_str(&h->failure)};
    count(in, gate);
    explain_log(&what);
    if (result->run.verdict != VERDICT_OK)
        return explain_failure(&what, err);
    if (h->lock.len == 0)
        return error_set(err, ERROR_INTERNAL, "the installation left no list of what it installed");
    in->refused = explain_refused(&what, in->arena);
    return true;
}

static bool install_in_box(struct install *in, struct harvest *h, struct error *err)
{
    struct plan plan;
    struct run_request request;
    __attribute__((cleanup(gate_free))) struct private_gate gate = {.door = -1, .leash = -1};
    __attribute__((cleanup(run_result_done))) struct run_result result;
    run_result_init(&result);
    return make_request(in, &request, err) && lang_plan(&request, in->arena, &plan, err) &&
           run_box(in, h, &plan, &gate, &result, err) && judge(in, h, &gate, &result, err);
}

bool install_run(struct install *install, struct layer *ret_layer, struct error *err)
{
    struct harvest h = {.in = install, .nascent = {.folder = -1, .tree = -1}};
    buf_init(&h.lock, SHELF_LOCK_BYTES_MAX);
    buf_init(&h.packages, SHELF_PACKAGES_BYTES_MAX);
    buf_init(&h.failure, FAILURE_BYTES_MAX);
    bool ok = install_in_box(install, &h, err) &&
              shelf_finish(install->shelf, install->wish, &h.nascent, buf_str(&h.lock),
                           buf_str(&h.packages), install->arena, ret_layer, err);
    shelf_drop(install->shelf, &h.nascent);
    buf_done(&h.lock);
    buf_done(&h.packages);
    buf_done(&h.failure);
    return ok || error_stage(err, "packages");
}
