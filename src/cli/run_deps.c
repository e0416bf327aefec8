#include "cli/run_deps.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "sys/fd.h"

enum { LINE_BYTES_MAX = 2048 };

static void say(const char *format, const char *text)
{
    auto_buf struct buf line;
    struct error unheard;
    buf_init(&line, LINE_BYTES_MAX);
    buf_add_text(&line, "testudo: ");
    buf_add_text(&line, format);
    text_escape(&line, str_from(text), false);
    buf_add_byte(&line, '\n');
    (void)fd_write_all(STDERR_FILENO, buf_str(&line), &unheard);
}

/* A progress line is for who watches. */
static void on_progress(void *cookie, const char *line)
{
    const struct run_options *options = cookie;
    if (options->verbose || (isatty(STDERR_FILENO) == 1 && !options->json))
        say("", line);
}

static void say_installed(const struct deps *deps, struct arena *arena)
{
    auto_buf struct buf bytes, time;
    buf_init(&bytes, 64);
    buf_init(&time, 64);
    text_write_bytes(&bytes, deps->down_bytes);
    text_write_ms(&time, clock_ms(deps->took_ns));
    say("", deps->installed
                ? arena_text(arena, "packages: %s, installed in %s by %u connections, %s",
                             deps->wish.asked, time.data, deps->connections, bytes.data)
                : arena_text(arena, "packages: %s, here already, found in %s", deps->wish.asked,
                             time.data));
}

bool run_deps_settle(struct run_options *options, struct arena *arena, struct deps *ret_deps,
                     struct error *err)
{
    if (!deps_settle(&options->request, arena, on_progress, options, ret_deps, err))
        return false;
    if (options->verbose && ret_deps->any)
        say_installed(ret_deps, arena);
    if (ret_deps->refused != NULL)
        say("refused while the packages were installed: ", ret_deps->refused);
    return true;
}
