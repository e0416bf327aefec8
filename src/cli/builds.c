/* testudo builds: what compilers made, kept so that the same is not compiled again. */
#include "cli/cli.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/json_write.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/builds_open.h"
#include "run/store.h"

enum { WORDS_MAX = 3, ANSWER_MAX = 64 << 20, ARENA_MAX = 256 << 20, NAME_SHOWN = 12 };

static const struct option_row rows[] = {
    OPTION_ROW_JSON,
    OPTION_ROW_HELP,
};
static const struct option_table table = {rows, COUNT_OF(rows)};

struct work {
    struct store *store; /* NULL: there is to be none */
    const char *word;    /* after the action's own, or NULL */
    bool json;
    struct arena arena;
    struct buf out;
};

/* ---- list ----------------------------------------------------------------------------------- */

static void write_time(int64_t used_s, bool for_people, char *ret_text, size_t size)
{
    struct tm tm;
    time_t used = (time_t)used_s;
    ret_text[0] = '\0';
    if (gmtime_r(&used, &tm) != NULL)
        strftime(ret_text, size, for_people ? "%Y-%m-%d %H:%M" : "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static void say_size(int64_t bytes, struct buf *out)
{
    auto_buf struct buf size;
    buf_init(&size, 64);
    text_write_bytes(&size, bytes);
    buf_printf(out, "%12s", size.data);
}

static void say_list(const struct store_note *notes, uint32_t count, int64_t bytes_max,
                     struct buf *out)
{
    int64_t total = 0;
    if (count > 0)
        buf_printf(out, "%-*s  %-11s%11s  %s\n", NAME_SHOWN, "NAME", "LANGUAGE", "SIZE",
                   "USED (UTC)");
    for (uint32_t i = 0; i < count; i++) {
        char used[40];
        write_time(notes[i].used_s, true, used, sizeof used);
        buf_printf(out, "%.*s  ", NAME_SHOWN, notes[i].name);
        text_escape(out, str_from(notes[i].language), false);
        buf_printf(out, "%*s", (int)(10 - strlen(notes[i].language)), "");
        say_size(notes[i].bytes, out);
        buf_printf(out, "  %s\n", used);
        total += notes[i].bytes;
    }
    buf_printf(out, "%" PRIu32 " kept, ", count);
    text_write_bytes(out, total);
    buf_add_text(out, " of at most ");
    text_write_bytes(out, bytes_max);
    buf_add_byte(out, '\n');
}

static void json_list(const struct store_note *notes, uint32_t count, int64_t bytes_max,
                      struct buf *out)
{
    struct json_writer json;
    json_start(&json, out);
    json_object(&json);
    json_key(&json, "bytes_max");
    json_int(&json, bytes_max);
    json_key(&json, "builds");
    json_array(&json);
    for (uint32_t i = 0; i < count; i++) {
        char used[40];
        write_time(notes[i].used_s, false, used, sizeof used);
        json_object(&json);
        json_key(&json, "name");
        json_text(&json, notes[i].name);
        json_key(&json, "language");
        json_text(&json, notes[i].language);
        json_key(&json, "bytes");
        json_int(&json, notes[i].bytes);
        json_key(&json, "used");
        json_text(&json, used);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_object_end(&json);
    buf_add_byte(out, '\n');
}

static bool do_list(struct work *work, struct error *err)
{
    struct store_note *notes = NULL;
    uint32_t count = 0;
    int64_t bytes_max;
    if (!builds_bytes_max(&bytes_max, err) ||
        (work->store != NULL && !store_list(work->store, &work->arena, &notes, &count, err)))
        return false;
    if (work->json)
        json_list(notes, count, bytes_max, &work->out);
    else
        say_list(notes, count, bytes_max, &work->out);
    return true;
}

/* ---- removing ------------------------------------------------------------------------------- */

static void tell_removed(struct work *work, uint32_t count)
{
    struct json_writer json;
    if (!work->json) {
        buf_printf(&work->out, "%" PRIu32 " removed\n", count);
        return;
    }
    json_start(&json, &work->out);
    json_object(&json);
    json_key(&json, "removed");
    json_int(&json, count);
    json_object_end(&json);
    buf_add_byte(&work->out, '\n');
}

static bool do_clear(struct work *work, struct error *err)
{
    uint32_t count = 0;
    if (work->store != NULL && !store_remove(work->store, "", &count, err))
        return false;
    tell_removed(work, count);
    return true;
}

static bool do_remove(struct work *work, struct error *err)
{
    uint32_t count = 0;
    if (work->word[0] == '\0')
        return error_set(err, ERROR_USAGE, "testudo builds rm wants a name");
    if (work->store != NULL && !store_remove(work->store, work->word, &count, err))
        return false;
    if (count == 0) {
        error_set(err, ERROR_INPUT, "nothing of this name is kept");
        return error_hint(err, "`testudo builds list` shows what is");
    }
    tell_removed(work, count);
    return true;
}

static const struct action {
    const char *name, *argument;
    bool (*act)(struct work *work, struct error *err);
} actions[] = {
    {"list", NULL, do_list},
    {"clear", NULL, do_clear},
    {"rm", "NAME", do_remove},
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
    error_set(err, ERROR_USAGE, "testudo builds cannot '%.80s'", word);
    error_hint(err,
               nearest != NULL ? "did you mean testudo builds %s?" : "it can list, clear, rm%s",
               nearest != NULL ? nearest : "");
    return NULL;
}

static const struct action *choose(char **words, int count, struct error *err)
{
    if (count == 0)
        return &actions[0];
    const struct action *action = find_action(words[0], err);
    if (action == NULL || (count == 2) == (action->argument != NULL))
        return action;
    return error_set_null(err, ERROR_USAGE, "testudo builds %s takes %s", action->name,
                          action->argument != NULL ? "one NAME" : "nothing more");
}

static void work_done(struct work *work)
{
    store_close(work->store);
    buf_done(&work->out);
    arena_done(&work->arena);
}

static int carry_out(const struct action *action, const char *word, bool json)
{
    __attribute__((cleanup(work_done))) struct work work = {.word = word, .json = json};
    struct error err = {};
    arena_init(&work.arena, ARENA_MAX);
    buf_init(&work.out, ANSWER_MAX);
    work.store = builds_open(&err);
    if (work.store == NULL && err.kind != ERROR_NONE)
        return cli_fail(&err, json);
    return action->act(&work, &err) ? cli_finish(&work.out, 0) : cli_fail(&err, json);
}

struct call {
    char *words[WORDS_MAX];
    int count;
    bool json, help;
};

/* Options may stand before and behind the words. */
static bool read_call(int argc, char **argv, struct call *call, struct error *err)
{
    for (int at = 0; at < argc;) {
        struct option_reader reader;
        struct option_found found = {};
        option_reader_init(&reader, table, argc - at, argv + at);
        while (true) {
            if (!option_next(&reader, &found, err))
                return false;
            if (found.row == NULL)
                break;
            call->json = call->json || found.row->id == OPTION_JSON;
            call->help = call->help || found.row->id == OPTION_HELP;
        }
        at += reader.next;
        if (at == argc)
            break;
        if (call->count == WORDS_MAX)
            return error_set(err, ERROR_USAGE, "there are too many words: '%.80s'", argv[at]);
        call->words[call->count++] = argv[at];
    }
    return true;
}

static int run(int argc, char **argv)
{
    struct error err = {};
    struct call call = {};
    if (!read_call(argc, argv, &call, &err))
        return cli_fail(&err, option_wants_json(argc, argv));
    if (call.help)
        return cli_show_help(&command_builds);
    const struct action *action = choose(call.words, call.count, &err);
    return action != NULL ? carry_out(action, call.count > 1 ? call.words[1] : NULL, call.json)
                          : cli_fail(&err, call.json);
}

const struct command command_builds = {
    .name = "builds",
    .summary = "what was compiled, kept for the next run of the same",
    .usage = "builds [list] [--json]\n"
             "builds clear\n"
             "builds rm NAME\n",
    .examples =
        "A program is found again by all that its compiler saw: sources, the folder that comes\n"
        "along, flags, the toolchain. It is kept in a folder that only you may enter, at most\n"
        "1 GiB of them, the lately used longest; TESTUDO_BUILDS=4G makes it more, 0 keeps none.\n"
        "What root edits by hand below /usr is not noticed: testudo builds clear, then.\n"
        "\n"
        "  testudo run -v hello.c         says whether it was compiled, or is from here\n"
        "  testudo run --no-store hello.c compiles in any case, and keeps nothing\n"
        "  testudo builds rm 3f9a         all whose name begins so\n",
    .options = &table,
    .run = run,
};
