/* testudo image: root file systems for boxes that do not share files with the host. */
#include "cli/cli.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/text.h"
#include "sandbox/image_store.h"

enum { WORDS_MAX = 4, ANSWER_MAX = 4 << 20, ARENA_MAX = 64 << 20, PROGRESS_GAP_NS = 100000000 };

static const struct option_row rows[] = {
    OPTION_ROW_JSON,
    OPTION_ROW_HELP,
};
static const struct option_table table = {rows, COUNT_OF(rows)};

/* ---- stopping and progress ------------------------------------------------------------------ */

static volatile sig_atomic_t stopped;

/* The first one asks, so that nothing half is left; a second one ends us at once, and the next
 * start sweeps. */
static void on_stop(int number)
{
    (void)number;
    stopped = 1;
}

static void catch_stops(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        struct sigaction old;
        struct sigaction stop = {.sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND | SA_RESTART};
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(numbers[i], &stop, NULL);
    }
}

struct display {
    bool on;
    bool shown;
    int64_t next_ns;
};

static void show_progress(const struct image_progress *progress, struct display *display)
{
    auto_buf struct buf done, total;
    buf_init(&done, 64);
    buf_init(&total, 64);
    text_write_bytes(&done, progress->bytes);
    text_write_bytes(&total, progress->bytes_total);
    if (progress->bytes_total == 0 && progress->files_total == 0)
        fprintf(stderr, "\r\033[Kcounting: %" PRId64 " files, %s", progress->files, done.data);
    else
        fprintf(stderr, "\r\033[Kcopying: %s of %s, %" PRId64 " of %" PRId64 " files", done.data,
                total.data, progress->files, progress->files_total);
    display->shown = true;
}

static bool watch(const struct image_progress *progress, void *cookie)
{
    struct display *display = cookie;
    int64_t now = display->on ? clock_now_ns() : 0;
    if (display->on && now >= display->next_ns) {
        if (display->next_ns != 0)
            show_progress(progress, display);
        display->next_ns = now + PROGRESS_GAP_NS; /* what is done at once needs no progress */
    }
    return !stopped;
}

static void clear_progress(const struct display *display)
{
    if (display->shown)
        fprintf(stderr, "\r\033[K");
}

/* ---- showing -------------------------------------------------------------------------------- */

static void json_number(struct json_writer *json, const char *key, int64_t value)
{
    json_key(json, key);
    if (value < 0)
        json_null(json);
    else
        json_int(json, value);
}

/* "2026-03-01T12:00:00Z", or "2026-03-01 12:00" for people; empty if not known. */
static void write_time(int64_t made_s, bool for_people, char *ret_text, size_t size)
{
    struct tm tm;
    time_t made = (time_t)made_s;
    ret_text[0] = '\0';
    if (made_s < 0 || gmtime_r(&made, &tm) == NULL)
        return;
    size_t length = for_people ? strftime(ret_text, size, "%Y-%m-%d %H:%M", &tm)
                               : strftime(ret_text, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
    ret_text[length] = '\0';
}

static void json_note(struct json_writer *json, const struct image_note *note)
{
    char made[40];
    write_time(note->made_s, false, made, sizeof made);
    json_object(json);
    json_key(json, "name");
    json_text(json, note->name);
    json_number(json, "bytes", note->bytes);
    json_number(json, "files", note->files);
    json_number(json, "left_out", note->left_out);
    json_key(json, "made");
    json_text(json, made[0] != '\0' ? made : NULL);
    json_key(json, "from");
    json_text(json, note->from);
    json_object_end(json);
}

static void say_size(const struct image_note *note, struct buf *out)
{
    auto_buf struct buf size;
    buf_init(&size, 64);
    if (note->bytes >= 0)
        text_write_bytes(&size, note->bytes);
    buf_printf(out, "%12s", size.len > 0 ? size.data : "?");
}

static void say_note(const struct image_note *note, int width, struct buf *out)
{
    char made[40];
    write_time(note->made_s, true, made, sizeof made);
    buf_printf(out, "%-*s", width, note->name);
    say_size(note, out);
    if (note->files >= 0)
        buf_printf(out, "%9" PRId64, note->files);
    else
        buf_printf(out, "%9s", "?");
    buf_printf(out, "  %-16s  ", made[0] != '\0' ? made : "?");
    text_escape(out, str_from(note->from != NULL ? note->from : "?"), false);
    buf_add_byte(out, '\n');
}

static void say_list(const struct image_note *notes, int count, struct buf *out)
{
    int width = 4;
    for (int i = 0; i < count; i++)
        if ((int)strlen(notes[i].name) > width)
            width = (int)strlen(notes[i].name);
    if (count == 0)
        buf_add_text(out, "There are no images of their own; 'host' is always there. To make one:\n"
                          "  testudo image copy-host NAME\n  testudo image import NAME DIR\n");
    else
        buf_printf(out, "%-*s%12s%9s  %-16s  %s\n", width, "NAME", "SIZE", "FILES", "MADE (UTC)",
                   "FROM");
    for (int i = 0; i < count; i++)
        say_note(&notes[i], width, out);
}

/* ---- what can be done ----------------------------------------------------------------------- */

struct work {
    char **words; /* after the action's own */
    bool json;
    struct arena arena;
    struct buf out;
};

static void tell_made(struct work *work, const struct image_note *note)
{
    struct json_writer json;
    json_start(&json, &work->out);
    if (work->json) {
        json_note(&json, note);
        buf_add_byte(&work->out, '\n');
        return;
    }
    buf_printf(&work->out, "image %s: ", note->name);
    text_write_bytes(&work->out, note->bytes);
    buf_printf(&work->out, " in %" PRId64 " files", note->files);
    if (note->left_out > 0)
        buf_printf(&work->out, "; %" PRId64 " left out", note->left_out);
    buf_printf(&work->out, ". To use it: testudo run --image %s ...\n", note->name);
}

typedef bool make_image(struct work *work, const struct image_watcher *watcher,
                        struct image_note *ret_note, struct error *err);

static bool make_of_folder(struct work *work, const struct image_watcher *watcher,
                           struct image_note *ret_note, struct error *err)
{
    return image_store_import(work->words[0], work->words[1], watcher, &work->arena, ret_note, err);
}

static bool make_of_host(struct work *work, const struct image_watcher *watcher,
                         struct image_note *ret_note, struct error *err)
{
    return image_store_copy_host(work->words[0], watcher, &work->arena, ret_note, err);
}

static bool make_watched(struct work *work, make_image *make, struct error *err)
{
    struct image_note note;
    struct display display = {.on = !work->json && isatty(STDERR_FILENO)};
    const struct image_watcher watcher = {watch, &display};
    catch_stops();
    bool ok = make(work, &watcher, &note, err);
    clear_progress(&display);
    if (ok)
        tell_made(work, &note);
    return ok;
}

static bool do_import(struct work *work, struct error *err)
{
    return make_watched(work, make_of_folder, err);
}

static bool do_copy_host(struct work *work, struct error *err)
{
    return make_watched(work, make_of_host, err);
}

static bool do_list(struct work *work, struct error *err)
{
    struct image_note *notes;
    int count;
    if (!image_store_list(&work->arena, &notes, &count, err))
        return false;
    if (!work->json) {
        say_list(notes, count, &work->out);
        return true;
    }
    struct json_writer json;
    json_start(&json, &work->out);
    json_object(&json);
    json_key(&json, "images");
    json_array(&json);
    for (int i = 0; i < count; i++)
        json_note(&json, &notes[i]);
    json_array_end(&json);
    json_object_end(&json);
    buf_add_byte(&work->out, '\n');
    return true;
}

static bool do_remove(struct work *work, struct error *err)
{
    if (!image_store_remove(work->words[0], err))
        return false;
    if (!work->json)
        return true;
    struct json_writer json;
    json_start(&json, &work->out);
    json_object(&json);
    json_key(&json, "removed");
    json_text(&json, work->words[0]);
    json_object_end(&json);
    return buf_add_byte(&work->out, '\n');
}

static const struct action {
    const char *name, *arguments;
    int count;
    bool (*act)(struct work *work, struct error *err);
} actions[] = {
    {"copy-host", "NAME", 1, do_copy_host},
    {"import", "NAME DIR", 2, do_import},
    {"list", "", 0, do_list},
    {"rm", "NAME", 1, do_remove},
};

/* ---- the command ---------------------------------------------------------------------------- */

static const struct action *find_action(const char *word, struct error *err)
{
    const char *names[COUNT_OF(actions)];
    for (size_t i = 0; i < COUNT_OF(actions); i++) {
        names[i] = actions[i].name;
        if (strcmp(word, actions[i].name) == 0)
            return &actions[i];
    }
    const char *nearest = nearest_word(word, names, COUNT_OF(names));
    error_set(err, ERROR_USAGE, "testudo image cannot '%.80s'", word);
    if (nearest != NULL)
        error_hint(err, "did you mean testudo image %s?", nearest);
    else
        error_hint(err, "it can copy-host, import, list and rm");
    return NULL;
}

static void work_done(struct work *work)
{
    buf_done(&work->out);
    arena_done(&work->arena);
}

static int carry_out(const struct action *action, char **words, bool json)
{
    __attribute__((cleanup(work_done))) struct work work = {.words = words, .json = json};
    struct error err = {};
    arena_init(&work.arena, ARENA_MAX);
    buf_init(&work.out, ANSWER_MAX);
    image_store_sweep();
    return action->act(&work, &err) ? cli_finish(&work.out, 0) : cli_fail(&err, json);
}

struct call {
    char *words[WORDS_MAX];
    int count;
    bool json, help;
};

/* Options may stand before, between and behind the words. */
static bool read_call(int argc, char **argv, struct call *call, struct error *err)
{
    bool all_words = false;
    for (int at = 0; at < argc;) {
        struct option_reader reader;
        struct option_found found = {};
        option_reader_init(&reader, table, all_words ? 1 : argc - at, argv + at);
        while (true) {
            if (!option_next(&reader, &found, err))
                return false;
            if (found.row == NULL)
                break;
            call->json = call->json || found.row->id == OPTION_JSON;
            call->help = call->help || found.row->id == OPTION_HELP;
        }
        all_words = all_words || reader.saw_border;
        at += reader.next;
        if (at == argc)
            break;
        if (call->count == WORDS_MAX)
            return error_set(err, ERROR_USAGE, "there are too many words: '%.80s'", argv[at]);
        call->words[call->count++] = argv[at];
    }
    return true;
}

/* NULL if the words make no sense. */
static const struct action *choose(const struct call *call, struct error *err)
{
    if (call->count == 0) {
        error_set(err, ERROR_USAGE, "testudo image wants to know what to do");
        error_hint(err, "copy-host, import, list or rm; testudo image --help shows how");
        return NULL;
    }
    const struct action *action = find_action(call->words[0], err);
    int count = call->count - 1;
    if (action == NULL || count == action->count)
        return action;
    error_set(err, ERROR_USAGE, "testudo image %s takes %d word%s, not %d", action->name,
              action->count, action->count == 1 ? "" : "s", count);
    error_hint(err, "testudo image %s %s", action->name, action->arguments);
    return NULL;
}

static int run(int argc, char **argv)
{
    struct error err = {};
    struct call call = {};
    if (!read_call(argc, argv, &call, &err))
        return cli_fail(&err, option_wants_json(argc, argv));
    if (call.help)
        return cli_show_help(&command_image);
    const struct action *action = choose(&call, &err);
    return action != NULL ? carry_out(action, call.words + 1, call.json)
                          : cli_fail(&err, call.json);
}

const struct command command_image = {
    .name = "image",
    .summary = "root file systems for boxes, apart from the host's own",
    .usage = "image copy-host NAME\n"
             "image import NAME DIR\n"
             "image list [--json]\n"
             "image rm NAME\n",
    .examples =
        "  testudo image copy-host strict      a copy of what 'host' shows; shares no page cache\n"
        "  testudo image import alpine ./root  any root file system: usr, bin, lib, etc\n"
        "  testudo run --image strict x.py     uses it\n"
        "\n"
        "Copied are files, folders and links, without setuid and setgid bits; not copied are\n"
        "devices, sockets, fifos, what cannot be read, files at the top, and the folders that a\n"
        "box makes itself: dev proc sys tmp run work in boot. At most 2000000 files and 50 GiB.\n"
        "An image is there as a whole or not at all: Ctrl-C and crashes leave nothing half.\n",
    .options = &table,
    .run = run,
};
