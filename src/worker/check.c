/*
 * The operation `check`: looks at sources, and says of each what it found, a line of JSON each;
 * before them comes the line of what was left out of trees. Options beside those of sources.h:
 *
 *   {"rules": [folder in the box], "rule_files": [file in the box],
 *    "rule_texts": [text], "select": [rule], "ignore": [rule]}
 *
 * Of trees only files in a language that is read are told of.
 */
#include "worker/check.h"

#include <fcntl.h>

#include "source/look.h"
#include "source/tree.h"
#include "sys/fd.h"
#include "worker/operation.h"
#include "worker/sources.h"

enum { LINE_BYTES_MAX = 64 << 20 };

/* By check_prepare; without it the list is NULL. */
static struct source_rules prepared;

struct checking {
    struct arena *arena;
    struct source_look look;
    struct source_rules rules;
    struct sources sources;
    struct buf line;
};

static bool tell(struct checking *c, const struct checked_file *file, struct error *err)
{
    struct json_writer json;
    buf_clear(&c->line);
    json_start(&json, &c->line);
    checked_write_file(&json, file);
    buf_add_byte(&c->line, '\n');
    if (c->line.over)
        return error_set(err, ERROR_LIMIT, "the findings of one file are too many to tell");
    return crew_tell(&c->sources.crew, buf_str(&c->line), err);
}

static bool look_at(struct checking *c, const struct source_given *given, struct error *err)
{
    auto_arena struct arena arena;
    struct checked_file file = {
        .name = given->name,
        .state = CHECKED_SKIPPED,
        .why = given->why,
        .bytes = given->size <= UINT32_MAX ? given->size : UINT32_MAX,
    };
    arena_init(&arena, SOURCE_ARENA_BYTES);
    if (given->why == NULL)
        source_look_at(&c->look, given->name, given->bytes, &arena, &file);
    if (file.state == CHECKED_WHOLE && sources_has_changed(&c->sources)) {
        file.state = CHECKED_PARTIAL;
        file.why = "changed while it was read";
    }
    return tell(c, &file, err);
}

static bool look_at_all(struct checking *c, struct error *err)
{
    struct source_given given;
    if (!sources_tell_left_out(&c->sources, err) || !sources_begin(&c->sources, err))
        return false;
    while (sources_next(&c->sources, &given))
        if (!look_at(c, &given, err))
            return false;
    return true;
}

/* ---- options --------------------------------------------------------------------------------- */

static bool add_rule_file(struct checking *c, const char *path, struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, RULE_FILE_BYTES_MAX);
    return fd_read_file(AT_FDCWD, path, &text, err) &&
           source_rules_add(&c->rules, buf_str(&text), err);
}

static bool add_rule_texts(struct checking *c, const struct json_value *options, struct error *err)
{
    const struct json_value *texts = json_get(options, "rule_texts"), *item;
    for (item = texts != NULL ? texts->first : NULL; item != NULL; item = item->next)
        if (item->kind != JSON_STRING || !source_rules_add(&c->rules, item->text, err))
            return false;
    return true;
}

static bool read_rules(struct checking *c, const struct json_value *options, struct error *err)
{
    const struct json_value *folders = json_get(options, "rules"), *item;
    const struct json_value *files = json_get(options, "rule_files");
    if (prepared.list != NULL)
        c->rules = prepared;
    else
        source_rules_init(&c->rules, c->arena);
    for (item = folders != NULL && prepared.list == NULL ? folders->first : NULL; item != NULL;
         item = item->next)
        if (item->kind != JSON_STRING || !source_rules_add_folder(&c->rules, item->text.ptr, err))
            return false;
    for (item = files != NULL ? files->first : NULL; item != NULL; item = item->next)
        if (item->kind != JSON_STRING || !add_rule_file(c, item->text.ptr, err))
            return false;
    c->look.rules = &c->rules;
    return add_rule_texts(c, options, err);
}

static bool select_rules(struct checking *c, const struct json_value *options, struct error *err)
{
    return source_rules_select(&c->rules, json_get(options, "select"), json_get(options, "ignore"),
                               err);
}

static void checking_done(struct checking *c)
{
    sources_done(&c->sources);
    buf_done(&c->line);
    source_rules_done(&c->rules);
}

bool check_run(const struct json_value *options, struct arena *arena, struct error *err)
{
    __attribute__((cleanup(checking_done))) struct checking c = {.arena = arena};
    buf_init(&c.line, LINE_BYTES_MAX);
    if (!sources_init(&c.sources, options, err) || !read_rules(&c, options, err))
        return false;
    c.sources.only_known = true;
    c.look.language = c.sources.language;
    c.look.parse_ms = c.sources.parse_ms;
    return select_rules(&c, options, err) && look_at_all(&c, err);
}

const struct operation operation_check = {"check", check_run, NULL};

/* ---- beforehand ------------------------------------------------------------------------------ */

bool check_prepare(const char *rules, struct arena *arena, struct error *err)
{
    source_rules_init(&prepared, arena);
    return source_rules_add_folder(&prepared, rules, err);
}

void check_look(const char *name, struct str bytes, struct arena *arena, struct checked_file *ret)
{
    const struct source_look look = {.rules = &prepared, .parse_ms = SOURCE_PARSE_MS};
    source_look_at(&look, name, bytes, arena, ret);
}
