/* testudo languages: what is here, in which version, and what brings the rest. */
#include "cli/cli.h"

#include <string.h>
#include <unistd.h>

#include "base/json_write.h"
#include "base/mem.h"
#include "cli/host_command.h"
#include "lang/lang.h"
#include "lang/names.h"
#include "lang/search.h"

enum { ANSWER_MAX = 65536, ARENA_MAX = 16 << 20, INSTALL_WORDS_MAX = 16 };

enum { LANGUAGES_INSTALL };

static const struct option_row rows[] = {
    {LANGUAGES_INSTALL, "install", 0, "NAME", "install what NAME needs, by apt-get"},
    OPTION_ROW_JSON,
    OPTION_ROW_HELP,
};
static const struct option_table table = {rows, COUNT_OF(rows)};

struct language_state {
    const struct lang *lang;
    bool ready;
    struct toolchain toolchain;
    const char *version;
    struct error why; /* when not ready */
    struct toolchains *all;
};

/* ---- looking -------------------------------------------------------------------------------- */

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* "12.2.0" of "gcc (Debian 12.2.0-14) 12.2.0", "20.9.0" of "v20.9.0": the first word of the first
 * line that begins with a digit, as far as it is digits and points. */
static const char *version_in_answer(struct str answer, struct arena *arena)
{
    struct str line, word, found = {};
    if (!str_take_line(&answer, &line))
        return NULL;
    while (found.len == 0 && str_take_until(&line, ' ', &word)) {
        (void)(str_take_prefix(&word, "v") || str_take_prefix(&word, "go"));
        if (word.len > 0 && is_digit(word.ptr[0]))
            found = word;
    }
    size_t length = 0;
    while (length < found.len && (is_digit(found.ptr[length]) || found.ptr[length] == '.'))
        length++;
    while (length > 0 && found.ptr[length - 1] == '.')
        length--;
    return length > 0 ? arena_copy(arena, found.ptr, length) : NULL;
}

static const char *ask_version(const struct lang *lang, const char *program, struct arena *arena)
{
    const char *argv[8] = {program};
    size_t count = 1;
    for (; lang->version_argv[count - 1] != NULL && count < COUNT_OF(argv) - 1; count++)
        argv[count] = lang->version_argv[count - 1];
    auto_buf struct buf answer;
    struct error ignored;
    buf_init(&answer, ANSWER_MAX);
    if (!host_command_ask(argv, &answer, &ignored))
        return NULL;
    return version_in_answer(buf_str(&answer), arena);
}

static struct language_state look(const struct lang *lang, struct arena *arena)
{
    struct language_state state = {.lang = lang};
    const struct run_request request = {};
    state.ready = lang->find(lang, &request, arena, &state.toolchain, &state.why);
    if (!state.ready)
        return state;
    state.all = arena_alloc(arena, sizeof *state.all);
    search_all(lang, arena, state.all);
    state.version = ask_version(lang, state.toolchain.program, arena);
    if (state.version == NULL)
        state.version = state.toolchain.version;
    return state;
}

static const char *prefix_of(const struct language_state *state)
{
    return state->toolchain.prefix != NULL ? state->toolchain.prefix : "/usr";
}

/* ---- showing -------------------------------------------------------------------------------- */

static void say_state(const struct language_state *state, struct buf *out)
{
    if (!state->ready) {
        buf_printf(out, "%-10s %-10s %s; to install it: testudo languages --install %s\n",
                   state->lang->name, "-", state->why.text, state->lang->name);
        return;
    }
    buf_printf(out, "%-10s %-10s %s", state->lang->name,
               state->version != NULL ? state->version : "?",
               shown_name(state->toolchain.program).text);
    if (state->toolchain.prefix != NULL)
        buf_printf(out, "  (lives in %s)", shown_name(state->toolchain.prefix).text);
    buf_add_byte(out, '\n');
    for (size_t i = 0; i < state->all->count; i++) {
        const struct toolchain *other = &state->all->list[i];
        if (strcmp(other->program, state->toolchain.program) != 0)
            buf_printf(out, "%-10s %-10s %s\n", "", other->version != NULL ? other->version : "?",
                       shown_name(other->program).text);
    }
}

static void json_pair(struct json_writer *json, const char *key, const char *value)
{
    json_key(json, key);
    json_text(json, value);
}

/* What --version can choose from, the usual one first. */
static void json_versions(const struct language_state *state, struct json_writer *json)
{
    json_key(json, "versions");
    json_array(json);
    for (size_t i = 0; state->ready && i < state->all->count; i++) {
        json_object(json);
        json_pair(json, "version", state->all->list[i].version);
        json_pair(json, "program", state->all->list[i].program);
        json_object_end(json);
    }
    json_array_end(json);
}

static void json_state(const struct language_state *state, struct json_writer *json)
{
    json_object(json);
    json_pair(json, "name", state->lang->name);
    json_pair(json, "title", state->lang->title);
    json_key(json, "ready");
    json_bool(json, state->ready);
    json_pair(json, "version", state->version);
    json_pair(json, "program", state->toolchain.program);
    json_pair(json, "prefix", state->ready ? prefix_of(state) : NULL);
    json_versions(state, json);
    json_pair(json, "package", state->lang->package);
    json_pair(json, "hello", state->lang->hello);
    json_pair(json, "broken", state->lang->broken);
    json_pair(json, "missing", state->ready ? NULL : state->why.text);
    json_object_end(json);
}

static int show_all(bool as_json)
{
    auto_arena struct arena arena;
    auto_buf struct buf out;
    struct json_writer json;
    arena_init(&arena, ARENA_MAX);
    buf_init(&out, ANSWER_MAX);
    json_start(&json, &out);
    if (as_json) {
        json_object(&json);
        json_key(&json, "languages");
        json_array(&json);
    }
    for (const struct lang *const *lang = langs; *lang != NULL; lang++) {
        struct language_state state = look(*lang, &arena);
        if (as_json)
            json_state(&state, &json);
        else
            say_state(&state, &out);
    }
    if (as_json) {
        json_array_end(&json);
        json_object_end(&json);
        buf_add_byte(&out, '\n');
    }
    return cli_finish(&out, 0);
}

/* ---- installing ----------------------------------------------------------------------------- */

static bool add_packages(const char **argv, size_t count, const struct lang *lang,
                         struct arena *arena, struct error *err)
{
    struct str rest = str_from(lang->package), package;
    while (str_take_until(&rest, ' ', &package)) {
        if (count == INSTALL_WORDS_MAX - 1)
            return error_set(err, ERROR_INTERNAL, "%s names too many packages", lang->name);
        argv[count++] = arena_string(arena, package);
    }
    argv[count] = NULL;
    return true;
}

static bool announce(const char *const argv[], struct error *err)
{
    auto_buf struct buf out;
    buf_init(&out, ANSWER_MAX);
    buf_add_text(&out, "testudo: installs by:");
    for (; *argv != NULL; argv++)
        buf_printf(&out, " %s", *argv);
    buf_add_byte(&out, '\n');
    return cli_print(buf_str(&out), err);
}

static bool install(const struct lang *lang, struct error *err)
{
    auto_arena struct arena arena;
    arena_init(&arena, ARENA_MAX);
    const char *argv[INSTALL_WORDS_MAX] = {};
    size_t count = 0;
    int status;
    if (access("/usr/bin/apt-get", X_OK) < 0) {
        error_set(err, ERROR_HOST, "this host has no apt-get");
        return error_hint(err, "install %s by its own package manager; Debian calls it %s",
                          lang->title, lang->package);
    }
    if (geteuid() != 0)
        argv[count++] = "sudo";
    argv[count++] = "/usr/bin/apt-get";
    argv[count++] = "install";
    argv[count++] = "-y";
    argv[count++] = "--no-install-recommends";
    if (!add_packages(argv, count, lang, &arena, err) || !announce(argv, err) ||
        !host_command_do(argv, &status, err))
        return false;
    if (status == 0)
        return true;
    error_set(err, ERROR_HOST, "apt-get ended with status %d", status);
    return error_hint(err, "its own words above say why; `apt-get update` first often helps");
}

static bool install_named(const char *name, struct error *err)
{
    const struct run_request request = {.language = name};
    const struct lang *lang = lang_detect(&request, err);
    return lang != NULL && install(lang, err);
}

/* ---- the command ---------------------------------------------------------------------------- */

static int run(int argc, char **argv)
{
    struct error err = {};
    struct option_reader reader;
    struct option_found found = {};
    const char *wanted = NULL;
    bool json = false, help = false, ok;
    option_reader_init(&reader, table, argc, argv);
    while ((ok = option_next(&reader, &found, &err)) && found.row != NULL) {
        json = json || found.row->id == OPTION_JSON;
        help = help || found.row->id == OPTION_HELP;
        if (found.row->id == LANGUAGES_INSTALL)
            wanted = found.value;
    }
    if (ok && reader.next < argc && !help)
        ok = error_set(&err, ERROR_USAGE, "testudo languages takes no word such as '%.80s'",
                       argv[reader.next]);
    if (!ok)
        return cli_fail(&err, option_wants_json(argc, argv));
    if (help)
        return cli_show_help(&command_languages);
    if (wanted != NULL && !install_named(wanted, &err))
        return cli_fail(&err, json);
    return show_all(json);
}

const struct command command_languages = {
    .name = "languages",
    .summary = "which languages are here, in which versions",
    .usage = "languages [--json]\nlanguages --install NAME\n",
    .examples =
        "  testudo languages               version and program of each\n"
        "  testudo languages --install c   a compiler, by apt-get (sudo when needed)\n"
        "\n"
        "Another version than the first: testudo run --version 3.12; those of pyenv, nvm, rustup,\n"
        "/usr/lib/jvm and /opt are found, and programs such as gcc-12. Any other Python, or an\n"
        "environment's folder: testudo run --python PATH.\n",
    .options = &table,
    .run = run,
};
