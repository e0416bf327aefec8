#include "deps/explain.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/text.h"
#include "sys/fd.h"

enum { LINE_MAX_BYTES = 300, LOG_BYTES_MAX = 4 << 20, TEXT_MAX = 1 << 20 };

static const char log_name[] = "gate.log";

/* ---- what is known -------------------------------------------------------------------------- */

/* The first of its kind. */
static bool find_record(const struct explain_case *what, enum gate_outcome outcome,
                        struct gate_record *ret)
{
    uint32_t at = 0;
    while (gate_ledger_next(what->ledger, &at, ret))
        if (ret->outcome == outcome)
            return true;
    return false;
}

/* A line of what the installer left, fit to be shown. */
static const char *line_of(const struct explain_case *what, int number, struct buf *out)
{
    struct str rest = what->failure, line = {};
    while (number >= 0 && str_take_line(&rest, &line))
        number--;
    buf_init(out, LINE_MAX_BYTES);
    if (number < 0)
        text_escape(out, str_trim(line), false);
    return buf_str(out).ptr;
}

static const char *asked(const struct explain_case *what)
{
    return what->install->wish->asked;
}

static const char *title(const struct explain_case *what)
{
    return registry_title(what->install->wish->kind);
}

/* ---- the reasons ---------------------------------------------------------------------------- */

static bool explain_rule(const struct explain_case *what, const struct gate_record *record,
                         struct error *err)
{
    auto_buf struct buf to, why, who;
    const char *package = line_of(what, 2, &who);
    buf_init(&to, LINE_MAX_BYTES);
    buf_init(&why, LINE_MAX_BYTES);
    text_escape(&to, str_from(record->to), false);
    text_escape(&why, str_from(record->why), false);
    error_set(err, ERROR_INPUT, "%s asked for %s while it was installed, and was refused: %s",
              package[0] != '\0' ? package : asked(what), buf_str(&to).ptr, buf_str(&why).ptr);
    return error_hint(err,
                      "an installation reaches the hosts of %s alone; if you trust this one, "
                      "name it in '%s: hosts' of %s",
                      title(what), registry_key(what->install->wish->kind),
                      what->install->config_path);
}

static bool explain_network(const struct explain_case *what, const struct gate_record *record,
                            struct error *err)
{
    auto_buf struct buf to, why;
    buf_init(&to, LINE_MAX_BYTES);
    buf_init(&why, LINE_MAX_BYTES);
    text_escape(&to, str_from(record->to), false);
    text_escape(&why, str_from(record->why), false);
    error_set(err, ERROR_HOST, "%s cannot be reached: %s: %s", title(what), buf_str(&to).ptr,
              buf_str(&why).ptr);
    return error_hint(err,
                      "is there a network? a proxy is taken from HTTPS_PROXY or 'proxy' of %s; "
                      "what is installed already works with --offline",
                      what->install->config_path);
}

static bool explain_cap(const struct explain_case *what, struct error *err)
{
    auto_buf struct buf down, up;
    buf_init(&down, 64);
    buf_init(&up, 64);
    text_write_bytes(&down, what->install->config->download_bytes);
    text_write_bytes(&up, what->install->config->upload_bytes);
    error_set(err, ERROR_LIMIT, "the installation of %s moved more bytes than it may", asked(what));
    return error_hint(err,
                      "%s down and %s up; 'download_bytes' and 'upload_bytes' of %s change that",
                      down.data, up.data, what->install->config_path);
}

static bool explain_limit(const struct explain_case *what, struct error *err)
{
    auto_buf struct buf bytes;
    buf_init(&bytes, 64);
    text_write_bytes(&bytes, what->install->config->layer_bytes);
    error_set(err, ERROR_LIMIT, "%s: the installation %s", asked(what), what->result->message);
    return error_hint(err,
                      "it may use 10 minutes and %s of disk; 'layer_bytes' of %s changes the "
                      "latter",
                      bytes.data, what->install->config_path);
}

static bool explain_own(const struct explain_case *what, struct error *err)
{
    auto_buf struct buf text, hint;
    const char *reason = line_of(what, 0, &text), *advice = line_of(what, 1, &hint);
    if (reason[0] == '\0') {
        error_set(err, ERROR_INPUT, "%s cannot be installed: the installer %s", asked(what),
                  what->result->message);
        return false;
    }
    error_set(err, ERROR_INPUT, "%s", reason);
    return advice[0] == '\0' || error_hint(err, "%s", advice);
}

bool explain_failure(const struct explain_case *what, struct error *err)
{
    struct gate_record record;
    enum verdict verdict = what->result->run.verdict;
    if (verdict == VERDICT_CANCELED)
        return error_set(err, ERROR_INTERRUPTED, "canceled");
    if (find_record(what, GATE_REFUSED, &record))
        return explain_rule(what, &record, err);
    if (find_record(what, GATE_CAPPED, &record))
        return explain_cap(what, err);
    if (verdict != VERDICT_FAILED && verdict != VERDICT_SIGNALED)
        return explain_limit(what, err);
    struct gate_record allowed;
    if (find_record(what, GATE_FAILED, &record) && !find_record(what, GATE_ALLOWED, &allowed))
        return explain_network(what, &record, err);
    explain_own(what, err);
    return false;
}

const char *explain_refused(const struct explain_case *what, struct arena *arena)
{
    struct gate_record record;
    if (!find_record(what, GATE_REFUSED, &record))
        return NULL;
    auto_buf struct buf text;
    buf_init(&text, 1024);
    text_escape(&text, str_from(record.to), false);
    buf_add_text(&text, ": ");
    text_escape(&text, str_from(record.why), false);
    return arena_string(arena, buf_str(&text));
}

/* ---- the log -------------------------------------------------------------------------------- */

static void write_time(struct buf *out)
{
    char text[40];
    struct tm tm;
    time_t now = time(NULL);
    if (gmtime_r(&now, &tm) != NULL && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ ", &tm) > 0)
        buf_add_text(out, text);
}

/* A log that has grown is moved aside, and the one before it is gone. */
static void rotate(int folder)
{
    struct stat about;
    if (fstatat(folder, log_name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
        about.st_size > LOG_BYTES_MAX)
        renameat(folder, log_name, folder, "gate.log.1");
}

void explain_log(const struct explain_case *what)
{
    struct gate_record record;
    struct error unheard;
    uint32_t at = 0;
    int folder = what->install->shelf->wishes;
    auto_buf struct buf out;
    buf_init(&out, TEXT_MAX);
    while (gate_ledger_next(what->ledger, &at, &record)) {
        write_time(&out);
        buf_printf(&out, "%.12s ", what->install->wish->key);
        gate_record_write(&record, &out);
    }
    rotate(folder);
    auto_close int fd =
        fd_open(folder, log_name, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0600, &unheard);
    if (fd >= 0)
        (void)fd_write_all(fd, buf_str(&out), &unheard);
}
