/* testudo deps: the packages that runs have installed. */
#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json_write.h"
#include "base/mem.h"
#include "base/text.h"
#include "deps/deps.h"

enum { WORDS_MAX = 64, ANSWER_MAX = 16 << 20, ARENA_MAX = 512 << 20, SHOWN_ID = 12 };

static const struct option_row rows[] = {
    OPTION_ROW_JSON,
    OPTION_ROW_HELP,
};
static const struct option_table table = {rows, COUNT_OF(rows)};

struct work {
    char **words;
    int count;
    bool json;
    struct arena arena;
    struct buf out;
    struct shelf shelf;
    struct layer_note *notes;
    int note_count;
    bool bad; /* something was found that is not as it should be */
};

/* ---- showing -------------------------------------------------------------------------------- */

static const char *write_time(struct work *work, int64_t seconds)
{
    char text[40] = "";
    struct tm tm;
    time_t when = (time_t)seconds;
    if (gmtime_r(&when, &tm) == NULL)
        return "?";
    size_t length = work->json ? strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm)
                               : strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm);
    return arena_copy(&work->arena, text, length);
}

static void json_packages(struct json_writer *json, const char *packages)
{
    struct str rest = str_from(packages), line;
    json_key(json, "packages");
    json_array(json);
    while (str_take_line(&rest, &line))
        if (line.len > 0)
            json_str(json, line);
    json_array_end(json);
}

static void json_note(struct work *work, struct json_writer *json, const struct layer_note *note)
{
    json_object(json);
    json_key(json, "id");
    json_text(json, note->id);
    json_key(json, "kind");
    json_text(json, note->kind);
    json_key(json, "runtime");
    json_text(json, note->runtime);
    json_key(json, "digest");
    json_text(json, note->digest);
    json_key(json, "bytes");
    json_int(json, note->bytes);
    json_key(json, "files");
    json_int(json, note->files);
    json_key(json, "made");
    json_text(json, write_time(work, note->made_s));
    json_key(json, "used");
    json_text(json, write_time(work, note->used_s));
    json_key(json, "in_use");
    json_bool(json, note->in_use);
    json_packages(json, note->packages);
    json_object_end(json);
}

static void json_notes(struct work *work)
{
    struct json_writer json;
    json_start(&json, &work->out);
    json_object(&json);
    json_key(&json, "layers");
    json_array(&json);
    for (int i = 0; i < work->note_count; i++)
        json_note(work, &json, &work->notes[i]);
    json_array_end(&json);
    json_object_end(&json);
    buf_add_byte(&work->out, '\n');
}

/* "six 1.17.0, requests 2.32.3 and 4 more" */
static void say_packages(const char *packages, struct buf *out)
{
    enum { SHOWN = 4 };

    struct str rest = str_from(packages), line;
    int count = 0;
    while (str_take_line(&rest, &line)) {
        if (line.len == 0 || count++ >= SHOWN)
            continue;
        buf_add_text(out, count > 1 ? ", " : "");
        text_escape(out, line, false);
    }
    if (count > SHOWN)
        buf_printf(out, " and %d more", count - SHOWN);
    buf_add_byte(out, '\n');
}

static void say_note(struct work *work, const struct layer_note *note)
{
    auto_buf struct buf size;
    buf_init(&size, 64);
    text_write_bytes(&size, note->bytes);
    buf_printf(&work->out, "%.*s  %-7.7s%12s  %s%s  ", SHOWN_ID, note->id, note->kind, size.data,
               write_time(work, note->used_s), note->in_use ? "*" : " ");
    say_packages(note->packages, &work->out);
}

static bool do_list(struct work *work, struct error *err)
{
    (void)err;
    if (work->json) {
        json_notes(work);
        return true;
    }
    if (work->note_count == 0)
        buf_add_text(&work->out, "No packages are installed. testudo run --with NAME installs some "
                                 "for a run, and keeps them.\n");
    else
        buf_printf(&work->out, "%-*s  %-7s%12s  %-16s   %s\n", SHOWN_ID, "ID", "KIND", "SIZE",
                   "USED (UTC)", "PACKAGES");
    for (int i = work->note_count - 1; i >= 0; i--)
        say_note(work, &work->notes[i]);
    return true;
}

/* ---- one of them ---------------------------------------------------------------------------- */

static const struct layer_note *find(const struct work *work, const char *id, struct error *err)
{
    const struct layer_note *found = NULL;
    size_t length = strlen(id);
    for (int i = 0; i < work->note_count; i++) {
        if (length < 4 || strncmp(work->notes[i].id, id, length) != 0)
            continue;
        if (found != NULL)
            return error_set_null(err, ERROR_USAGE, "more than one id begins with '%.64s'", id);
        found = &work->notes[i];
    }
    if (found == NULL) {
        error_set(err, ERROR_USAGE, "no id begins with '%.64s'", id);
        return error_hint(err, "testudo deps list shows them; four digits or more"), NULL;
    }
    return found;
}

static bool do_show(struct work *work, struct error *err)
{
    const struct layer_note *note = find(work, work->words[0], err);
    struct json_writer json;
    if (note == NULL)
        return false;
    if (work->json) {
        json_start(&json, &work->out);
        json_note(work, &json, note);
        buf_add_byte(&work->out, '\n');
        return true;
    }
    buf_printf(&work->out, "id       %s\nkind     %s\nruntime  ", note->id, note->kind);
    text_escape(&work->out, str_from(note->runtime), false);
    buf_printf(&work->out, "\nfiles    %" PRId64 ", ", note->files);
    text_write_bytes(&work->out, note->bytes);
    buf_printf(&work->out, "\ndigest   %s\nmade     %s\nused     %s%s\n", note->digest,
               write_time(work, note->made_s), write_time(work, note->used_s),
               note->in_use ? ", in use" : "");
    struct str rest = str_from(note->packages), line;
    while (str_take_line(&rest, &line)) {
        buf_add_text(&work->out, "  ");
        text_escape(&work->out, line, false);
        buf_add_byte(&work->out, '\n');
    }
    return true;
}

static bool do_rm(struct work *work, struct error *err)
{
    for (int i = 0; i < work->count; i++) {
        const struct layer_note *note = find(work, work->words[i], err);
        if (note == NULL || !shelf_remove(&work->shelf, note->id, err))
            return false;
        if (!work->json)
            buf_printf(&work->out, "removed %.*s\n", SHOWN_ID, note->id);
    }
    return true;
}

static bool do_prune(struct work *work, struct error *err)
{
    int removed;
    int64_t bytes = 0;
    if (work->count > 0 && !text_read_bytes(str_from(work->words[0]), &bytes)) {
        error_set(err, ERROR_USAGE, "'%.64s' is no size", work->words[0]);
        return error_hint(err, "testudo deps prune 2G keeps 2 GiB of what was used last");
    }
    if (!shelf_prune(&work->shelf, bytes, &removed, err))
        return false;
    if (work->json)
        buf_printf(&work->out, "{\"removed\":%d}\n", removed);
    else
        buf_printf(&work->out, "removed %d\n", removed);
    return true;
}

static bool do_check(struct work *work, struct error *err)
{
    for (int i = 0; i < work->note_count; i++) {
        bool good = false;
        struct error why;
        bool read = shelf_check(&work->shelf, &work->notes[i], &good, &why);
        work->bad |= !read || !good;
        buf_printf(&work->out, "%.*s %s\n", SHOWN_ID, work->notes[i].id,
                   !read  ? why.text
                   : good ? "is whole"
                          : "is not what was installed: testudo deps rm removes it");
    }
    (void)err;
    return true;
}

/* ---- choosing ------------------------------------------------------------------------------- */

struct action {
    const char *name;
    int words_min, words_max;
    bool (*act)(struct work *work, struct error *err);
};

static const struct action actions[] = {
    {"list", 0, 0, do_list},   {"show", 1, 1, do_show},   {"rm", 1, WORDS_MAX, do_rm},
    {"prune", 0, 1, do_prune}, {"check", 0, 0, do_check},
};

static const struct action *find_action(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(actions); i++)
        if (strcmp(actions[i].name, name) == 0)
            return &actions[i];
    return NULL;
}

static bool refuse_words(struct error *err)
{
    error_set(err, ERROR_USAGE, "what shall be done?");
    return error_hint(err, "testudo deps list | show ID | rm ID... | prune [SIZE] | check");
}

/* Options may stand before the words and after them. */
static bool read_words(int argc, char **argv, struct work *work, bool *ret_help, struct error *err)
{
    struct option_reader reader;
    struct option_found found = {};
    int at = 0;
    *ret_help = false;
    option_reader_init(&reader, table, argc, argv);
    do {
        while (reader.next < argc && argv[reader.next][0] != '-' && at < WORDS_MAX)
            work->words[at++] = argv[reader.next++];
        if (!option_next(&reader, &found, err))
            return false;
        work->json |= found.row != NULL && found.row->id == OPTION_JSON;
        *ret_help |= found.row != NULL && found.row->id == OPTION_HELP;
    } while (found.row != NULL);
    work->count = at;
    return true;
}

static bool act(struct work *work, struct error *err)
{
    const struct action *action = work->count > 0 ? find_action(work->words[0]) : NULL;
    work->words++;
    work->count--;
    if (action == NULL || work->count < action->words_min || work->count > action->words_max)
        return refuse_words(err);
    return shelf_open(&work->shelf, &work->arena, err) &&
           shelf_list(&work->shelf, &work->arena, &work->notes, &work->note_count, err) &&
           action->act(work, err);
}

static int run(int argc, char **argv)
{
    char *words[WORDS_MAX + 1] = {};
    struct error err = {};
    bool help;
    struct work work = {.words = words, .shelf = {-1, -1, NULL}};
    if (!read_words(argc, argv, &work, &help, &err))
        return cli_fail(&err, option_wants_json(argc, argv));
    if (help)
        return cli_show_help(&command_deps);
    arena_init(&work.arena, ARENA_MAX);
    buf_init(&work.out, ANSWER_MAX);
    bool ok = act(&work, &err);
    int status = ok ? cli_finish(&work.out, work.bad ? 1 : 0) : cli_fail(&err, work.json);
    shelf_close(&work.shelf);
    buf_done(&work.out);
    arena_done(&work.arena);
    return status;
}

const struct command command_deps = {
    .name = "deps",
    .summary = "packages that runs have installed: list, show, remove",
    .usage = "deps list\ndeps show ID\ndeps rm ID...\ndeps prune [SIZE]\ndeps check\n",
    .examples = "Packages come by `testudo run --with NAME`, or from what a source declares; see "
                "docs/dependencies.md.\n"
                "They are kept, and the longest unused go when they outgrow their bound "
                "(kept_bytes).\n"
                "\n"
                "  testudo deps list           a * marks what runs use now\n"
                "  testudo deps show 31dbef    all packages of one, by the begin of its id\n"
                "  testudo deps prune 2G       keeps 2 GiB of what was used last; without a size "
                "nothing\n"
                "  testudo deps check          is every file still what was installed?\n",
    .options = &table,
    .run = run,
};
