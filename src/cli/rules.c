/* testudo rules: what testudo check looks for, and why. */
#include <string.h>

#include "base/json_read.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/worker_box.h"
#include "lang/names.h"

enum { RULES_ARENA_BYTES = 64 << 20, SAID_BYTES_MAX = 16 << 20, IDS_MAX = 512 };

struct showing {
    struct arena arena;
    struct worker_box box;
    struct buf out;
    const char *explain; /* an id, or NULL: all in a list */
    bool json, found;
    const char *ids[IDS_MAX];
    size_t id_count;
    struct error error;
};

static const char *text_of(const struct json_value *rule, const char *key)
{
    const struct json_value *value = json_get(rule, key);
    return value != NULL && value->kind == JSON_STRING ? value->text.ptr : "";
}

/* Texts of rules hold no line ends that matter; what could act on a terminal is escaped. */
static void add_shown(struct buf *out, const char *text)
{
    text_escape(out, str_from(text), true);
}

static void list_rule(struct showing *s, const struct json_value *rule)
{
    size_t start = s->out.len;
    add_shown(&s->out, text_of(rule, "id"));
    buf_printf(&s->out, "%*s", s->out.len - start < 26 ? (int)(26 - (s->out.len - start)) : 1, "");
    buf_printf(&s->out, "%-9s", text_of(rule, "severity"));
    add_shown(&s->out, text_of(rule, "message"));
    buf_add_byte(&s->out, '\n');
}

static void add_examples(struct showing *s, const struct json_value *rule, const char *key,
                         const char *title)
{
    const struct json_value *list = json_get(rule, key);
    if (list == NULL || list->count == 0)
        return;
    buf_printf(&s->out, "\n%s\n", title);
    for (const struct json_value *item = list != NULL ? list->first : NULL; item != NULL;
         item = item->next) {
        struct str rest = item->text, line;
        buf_add_byte(&s->out, '\n');
        while (str_take_line(&rest, &line)) {
            buf_add_text(&s->out, "    ");
            text_escape(&s->out, line, false);
            buf_add_byte(&s->out, '\n');
        }
    }
}

static void explain_rule(struct showing *s, const struct json_value *rule)
{
    const struct json_value *cwe = json_get(rule, "cwe");
    add_shown(&s->out, text_of(rule, "id"));
    buf_printf(&s->out, ": severity %s, confidence %s, ", text_of(rule, "severity"),
               text_of(rule, "confidence"));
    add_shown(&s->out, text_of(rule, "group"));
    if (cwe != NULL && cwe->integer > 0)
        buf_printf(&s->out, ", CWE-%lld", (long long)cwe->integer);
    buf_add_text(&s->out, "\n\n");
    add_shown(&s->out, text_of(rule, "message"));
    buf_add_text(&s->out, ".\n\nWhy: ");
    add_shown(&s->out, text_of(rule, "why"));
    buf_add_text(&s->out, "\nInstead: ");
    add_shown(&s->out, text_of(rule, "fix"));
    buf_add_byte(&s->out, '\n');
    add_examples(s, rule, "bad", "It finds something in:");
    add_examples(s, rule, "good", "and nothing in:");
}

static void hear(void *cookie, struct str line)
{
    struct showing *s = cookie;
    struct error unheard = {};
    const struct json_value *rule = json_read(&s->arena, line, &unheard);
    const char *id = text_of(rule, "id");
    if (s->id_count < IDS_MAX)
        s->ids[s->id_count++] = id;
    if (s->explain != NULL && strcmp(id, s->explain) != 0)
        return;
    s->found = true;
    if (s->json) {
        buf_add_str(&s->out, line);
        buf_add_byte(&s->out, '\n');
    } else if (s->explain != NULL) {
        explain_rule(s, rule);
    } else {
        list_rule(s, rule);
    }
}

static bool show(struct showing *s, struct error *err)
{
    if (!worker_box_init(&s->box, "rules", &s->arena, err))
        return false;
    s->box.hear = hear;
    s->box.cookie = s;
    if (!worker_box_run(&s->box, STR("{\"rules\":[\"" WORKER_BOX_RULES "\"]}"), err))
        return false;
    if (s->found)
        return cli_print(buf_str(&s->out), err);
    const char *nearest = s->explain != NULL ? nearest_word(s->explain, s->ids, s->id_count) : NULL;
    error_set(err, ERROR_USAGE, "there is no rule '%s'", shown_name(s->explain).text);
    return nearest != NULL ? error_hint(err, "did you mean %s?", nearest)
                           : error_hint(err, "testudo rules lists all");
}

/* ---- the command ----------------------------------------------------------------------------- */

static const struct option_row rows[] = {OPTION_ROW_JSON, OPTION_ROW_HELP};
static const struct option_table table = {rows, COUNT_OF(rows)};

static bool read_words(struct showing *s, int argc, char **argv, bool *ret_help, struct error *err)
{
    struct option_reader reader;
    struct option_found found = {};
    const char *words[2];
    int count = 0;
    option_reader_init(&reader, table, argc, argv);
    for (;;) {
        if (!option_next(&reader, &found, err))
            return false;
        if (found.row != NULL && found.row->id == OPTION_HELP)
            return *ret_help = true;
        if (found.row != NULL)
            s->json = true;
        else if (reader.next == argc)
            break;
        else if (count < 2)
            words[count++] = argv[reader.next++];
        else
            return error_set(err, ERROR_USAGE, "too many words");
    }
    if (count == 0)
        return true;
    if (count == 2 && strcmp(words[0], "explain") == 0) {
        s->explain = words[1];
        return true;
    }
    error_set(err, ERROR_USAGE, "testudo rules knows no '%s'", shown_name(words[0]).text);
    return error_hint(err, "testudo rules, or testudo rules explain ID");
}

static void showing_done(struct showing *s)
{
    buf_done(&s->out);
    arena_done(&s->arena);
}

static int run(int argc, char **argv)
{
    struct error err = {};
    bool help = false;
    __attribute__((cleanup(showing_done))) struct showing s = {};
    arena_init(&s.arena, RULES_ARENA_BYTES);
    buf_init(&s.out, SAID_BYTES_MAX);
    if (!read_words(&s, argc, argv, &help, &err))
        return cli_fail(&err, option_wants_json(argc, argv));
    if (help)
        return cli_show_help(&command_rules);
    return show(&s, &err) ? 0 : cli_fail(&err, s.json);
}

const struct command command_rules = {
    .name = "rules",
    .summary = "list what check looks for, and explain it",
    .usage = "rules [--json]\n"
             "rules explain ID\n",
    .examples = "  testudo rules                      all rules, with their severity\n"
                "  testudo rules explain python-eval  why, what to do instead, examples\n",
    .options = &table,
    .run = run,
};
