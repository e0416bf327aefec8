#include "deps/deps.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "sys/fd.h"

enum { CONFIG_BYTES_MAX = 256 << 10 };

/* ---- configuration -------------------------------------------------------------------------- */

static const char *config_path(struct arena *arena)
{
    const char *named = getenv("TESTUDO_REGISTRIES");
    const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (named != NULL && named[0] == '/')
        return named;
    const char *own = NULL;
    if (xdg != NULL && xdg[0] == '/')
        own = arena_text(arena, "%s/testudo/registries.yaml", xdg);
    else if (home != NULL && home[0] == '/')
        own = arena_text(arena, "%s/.config/testudo/registries.yaml", home);
    return own != NULL && geteuid() != 0 && access(own, R_OK) == 0 ? own
                                                                   : "/etc/testudo/registries.yaml";
}

/* As other programs take it from the environment. */
static bool add_proxy(struct gate_config *config, struct error *err)
{
    static const char *const names[] = {"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !config->proxy_is_set; i++) {
        const char *value = getenv(names[i]);
        if (value == NULL || value[0] == '\0')
            continue;
        config->proxy_is_set = true;
        if (!gate_proxy_read(str_from(value), &config->proxy, err))
            return error_wrap(err, "%s", names[i]);
    }
    return true;
}

bool deps_read_config(struct arena *arena, struct gate_config *ret_config, const char **ret_path,
                      struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, CONFIG_BYTES_MAX);
    *ret_path = config_path(arena);
    auto_close int fd = open(*ret_path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 && errno != ENOENT && errno != ENOTDIR) {
        error_sys(err, "open %s", *ret_path);
        return false;
    }
    if ((fd >= 0 && !fd_read_all(fd, &text, err)) ||
        !gate_config_read(arena, buf_str(&text), ret_config, err))
        return error_wrap(err, "%s", *ret_path);
    return add_proxy(ret_config, err);
}

/* ---- settling ------------------------------------------------------------------------------- */

struct settling {
    struct run_request *request;
    struct arena *arena;
    deps_say *say;
    void *cookie;
    struct gate_config config;
    const char *config_path;
    struct shelf shelf;
    struct deps deps;
};

static void tell(const struct settling *s)
{
    if (s->say != NULL)
        s->say(s->cookie, arena_text(s->arena, "installing %s from %s", s->deps.wish.asked,
                                     registry_title(s->deps.wish.kind)));
}

static bool refuse_offline(const struct settling *s, struct error *err)
{
    error_set(err, ERROR_INPUT, "%s: not installed yet, and --offline forbids to fetch it",
              s->deps.wish.asked);
    return error_hint(err, "once without --offline; testudo deps list shows what is here");
}

/* The bound holds before more comes in; what is in use stays. */
static void make_room(const struct settling *s)
{
    struct error unheard;
    int removed;
    (void)shelf_prune(&s->shelf, s->config.kept_bytes, &removed, &unheard);
}

static bool install(struct settling *s, struct error *err)
{
    auto_buf struct buf lock;
    struct deps *deps = &s->deps;
    buf_init(&lock, SHELF_LOCK_BYTES_MAX);
    if (s->request->deps.offline)
        return refuse_offline(s, err);
    struct install install = {.request = s->request,
                              .wish = &deps->wish,
                              .config = &s->config,
                              .config_path = s->config_path,
                              .shelf = &s->shelf,
                              .arena = s->arena};
    if (!s->request->deps.upgrade && shelf_read_lock(&s->shelf, deps->wish.key, &lock))
        install.lock = buf_str(&lock);
    tell(s);
    deps->installed = true;
    if (!install_run(&install, &deps->layer, err))
        return false;
    deps->connections = install.connections;
    deps->down_bytes = install.down_bytes;
    deps->refused = install.refused;
    make_room(s);
    return true;
}

/* Others who want the same wait for the first one, and find what he has made. */
static bool install_alone(struct settling *s, struct error *err)
{
    bool waited;
    struct deps *deps = &s->deps;
    auto_close int busy = shelf_lock_wish(&s->shelf, deps->wish.key, &waited, err);
    if (busy < 0)
        return false;
    if (!s->request->deps.upgrade || waited)
        deps->layer = shelf_find(&s->shelf, deps->wish.key, s->arena);
    return deps->layer.tree != NULL || install(s, err);
}

static bool settle(struct settling *s, struct error *err)
{
    struct deps *deps = &s->deps;
    if (!wish_of_request(s->request, s->arena, &deps->wish, &deps->any, err))
        return false;
    if (!deps->any)
        return true;
    if (!deps_read_config(s->arena, &s->config, &s->config_path, err))
        return false;
    wish_make_key(&deps->wish, &s->config, s->arena);
    if (!shelf_open(&s->shelf, s->arena, err))
        return false;
    if (!s->request->deps.upgrade)
        deps->layer = shelf_find(&s->shelf, deps->wish.key, s->arena);
    if (deps->layer.tree == NULL && !install_alone(s, err))
        return false;
    s->request->layer = deps->layer.tree;
    return true;
}

bool deps_settle(struct run_request *request, struct arena *arena, deps_say *say, void *cookie,
                 struct deps *ret_deps, struct error *err)
{
    int64_t begun_ns = clock_now_ns();
    struct settling s = {.request = request,
                         .arena = arena,
                         .say = say,
                         .cookie = cookie,
                         .shelf = {-1, -1, NULL},
                         .deps = {.layer = {.hold = -1}}};
    bool ok = settle(&s, err);
    shelf_close(&s.shelf);
    s.deps.took_ns = clock_now_ns() - begun_ns;
    if (!ok) {
        fd_close_at(&s.deps.layer.hold);
        return error_stage(err, "packages");
    }
    *ret_deps = s.deps;
    return true;
}

void deps_done(struct deps *deps)
{
    fd_close_at(&deps->layer.hold);
}
