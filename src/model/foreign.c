#include "model/foreign.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_read.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { RULE_BYTES_MAX = 100, FILE_BYTES_MAX = 4096, PLACE_MAX = 1 << 30, CWE_MAX = 100000 };

struct format {
    const char *list, *inner, *file, *line, *column, *end_line, *end_column;
    uint32_t base; /* columns count from */
    const char *rule, *rule_prefix, *message, *severity;
    enum severity usual;
    const char *confidence, *cwe;
};

static const struct {
    struct foreign_about about;
    struct format format;
} tools[FOREIGN_TOOLS] = {

#define TOOL(name, word, language, package, list, inner, file, line, column, end_line, end_column, \
             base, rule, prefix, message, severity, usual, confidence, cwe)                        \
    [FOREIGN_##name] = {{word, language, package},                                                 \
                        {list, inner, file, line, column, end_line, end_column, base, rule,        \
                         prefix, message, severity, SEVERITY_##usual, confidence, cwe}},
#include "model/foreign_tools.def"
#undef TOOL
};

const struct foreign_about *foreign_about(enum foreign_tool tool)
{
    return &tools[tool].about;
}

bool foreign_find(struct str word, enum foreign_tool *ret)
{
    for (int i = 0; i < FOREIGN_TOOLS; i++) {
        if (!str_is(word, tools[i].about.word))
            continue;
        *ret = (enum foreign_tool)i;
        return true;
    }
    return false;
}

/* ---- one finding ----------------------------------------------------------------------------- */

/* "location.row" */
static const struct json_value *member(const struct json_value *object, const char *path)
{
    char name[32];
    struct str rest = path != NULL ? str_from(path) : STR(""), piece;
    if (path == NULL)
        return NULL;
    while (str_take_until(&rest, '.', &piece) && piece.len < sizeof name) {
        memcpy(name, piece.ptr, piece.len);
        name[piece.len] = '\0';
        object = json_get(object, name);
    }
    return object;
}

static uint32_t number_of(const struct json_value *value, uint32_t otherwise)
{
    bool is_one = value != NULL && value->kind == JSON_NUMBER && value->is_integer &&
                  value->integer >= 0 && value->integer <= PLACE_MAX;
    return is_one ? (uint32_t)value->integer : otherwise;
}

static struct str text_of(const struct json_value *value)
{
    return value != NULL && value->kind == JSON_STRING ? value->text : STR("");
}

static const char *keep(struct arena *arena, struct str text, size_t max)
{
    const char *end = memchr(text.ptr, '\0', text.len);
    if (end != NULL)
        text.len = (size_t)(end - text.ptr);
    return arena_string(arena, utf8_cut(text, max));
}

static enum severity severity_of(struct str word, enum severity usual)
{
    char lower[16];
    enum severity severity;
    if (word.len == 0 || word.len >= sizeof lower)
        return usual;
    for (size_t i = 0; i < word.len; i++)
        lower[i] =
            word.ptr[i] >= 'A' && word.ptr[i] <= 'Z' ? (char)(word.ptr[i] + 32) : word.ptr[i];
    return severity_read(str_of(lower, word.len), &severity) && severity > SEVERITY_NONE ? severity
                                                                                         : usual;
}

/* "bandit:B307", "shellcheck:SC2115" */
static const char *rule_of(const struct json_value *value, enum foreign_tool tool,
                           struct arena *arena)
{
    const char *word = tools[tool].about.word, *prefix = tools[tool].format.rule_prefix;
    if (value != NULL && value->kind == JSON_NUMBER)
        return arena_text(arena, "%s:%s%u", word, prefix, number_of(value, 0));
    struct str rule = text_of(value).len > 0 ? text_of(value) : STR("error"); /* its own trouble */
    return arena_text(arena, "%s:%s", word, keep(arena, rule, RULE_BYTES_MAX));
}

static void read_place(const struct format *f, const struct json_value *item, struct finding *ret)
{
    uint32_t up = 1 - f->base;
    ret->line = number_of(member(item, f->line), 1);
    ret->line = ret->line > 0 ? ret->line : 1;
    ret->column = number_of(member(item, f->column), f->base) + up;
    ret->column = ret->column > 0 ? ret->column : 1;
    ret->end_line = number_of(member(item, f->end_line), ret->line);
    ret->end_line = ret->end_line < ret->line ? ret->line : ret->end_line;
    ret->end_column = number_of(member(item, f->end_column), ret->column) + up;
}

static void tell(enum foreign_tool tool, const struct json_value *item,
                 const struct json_value *outer, struct arena *arena, foreign_hear *hear,
                 void *cookie)
{
    const struct format *f = &tools[tool].format;
    uint32_t cwe = number_of(member(item, f->cwe), 0);
    struct str file = text_of(member(outer != NULL ? outer : item, f->file));
    struct finding finding = {
        .rule = rule_of(member(item, f->rule), tool, arena),
        .message = keep(arena, text_of(member(item, f->message)), FINDING_TEXT_MAX),
        .severity = severity_of(text_of(member(item, f->severity)), f->usual),
        .confidence = severity_of(text_of(member(item, f->confidence)), SEVERITY_MEDIUM),
        .cwe = cwe <= CWE_MAX ? cwe : 0,
        .excerpt = "",
        .excerpt_marks = 1,
    };
    read_place(f, item, &finding);
    if (finding.confidence > SEVERITY_HIGH)
        finding.confidence = SEVERITY_HIGH;
    if (file.len > 0 && file.len < FILE_BYTES_MAX)
        hear(cookie, keep(arena, file, FILE_BYTES_MAX), &finding);
}

/* ---- all of a text --------------------------------------------------------------------------- */

static bool tell_list(enum foreign_tool tool, const struct json_value *list, struct arena *arena,
                      foreign_hear *hear, void *cookie, struct error *err)
{
    const struct format *f = &tools[tool].format;
    if (list == NULL || list->kind != JSON_ARRAY)
        return error_set(err, ERROR_INPUT, "what it says has no list of findings");
    for (const struct json_value *item = list->first; item != NULL; item = item->next) {
        if (f->inner == NULL) {
            tell(tool, item, NULL, arena, hear, cookie);
            continue;
        }
        const struct json_value *inner = member(item, f->inner);
        inner = inner != NULL && inner->kind == JSON_ARRAY ? inner->first : NULL;
        for (; inner != NULL; inner = inner->next)
            tell(tool, inner, item, arena, hear, cookie);
    }
    return true;
}

static bool tell_lines(enum foreign_tool tool, struct str text, struct arena *arena,
                       foreign_hear *hear, void *cookie, struct error *err)
{
    struct str line;
    while (str_take_line(&text, &line)) {
        if (str_trim(line).len == 0)
            continue;
        const struct json_value *item = json_read(arena, line, err);
        if (item == NULL)
            return error_wrap(err, "what it says"), err->kind = ERROR_INPUT, false;
        tell(tool, item, NULL, arena, hear, cookie);
    }
    return true;
}

bool foreign_read(enum foreign_tool tool, struct str text, struct arena *arena, foreign_hear *hear,
                  void *cookie, struct error *err)
{
    const char *path = tools[tool].format.list;
    if (text.len > FOREIGN_TEXT_MAX || !arena_fits(arena, text.len * FOREIGN_ROOM_FACTOR))
        return error_set(err, ERROR_LIMIT, "it says more than %d MiB", FOREIGN_TEXT_MAX >> 20);
    if (path == NULL)
        return tell_lines(tool, text, arena, hear, cookie, err);
    const struct json_value *all = json_read(arena, text, err);
    if (all == NULL)
        return error_wrap(err, "what it says"), err->kind = ERROR_INPUT, false;
    return tell_list(tool, path[0] != '\0' ? member(all, path) : all, arena, hear, cookie, err);
}
