#include "cli/outline_options.h"

#include <string.h>

#include "base/mem.h"
#include "lang/names.h"

enum { DEPTH_DEFAULT = 3, DEPTH_MAX = 1000, TOKENS_MAX = 10000000 };

enum outline_option {

#define OPTION(name, flag, letter, argument, text) OUTLINE_OPTION_##name,
#include "cli/outline_options.def"
#undef OPTION
};

static const struct option_row rows[] = {
#define OPTION(name, flag, letter, argument, text)                                                 \
    {OUTLINE_OPTION_##name, flag, letter, argument, text},
#include "cli/outline_options.def"
#undef OPTION
    OPTION_ROW_JSON,
    OPTION_ROW_HELP,
};

const struct option_table outline_option_table = {rows, COUNT_OF(rows)};

static bool read_size(const struct option_found *found, int64_t min, int64_t max, uint32_t *ret,
                      struct error *err)
{
    int64_t count;
    if (!option_read_count(found, min, max, &count, err))
        return false;
    *ret = (uint32_t)count;
    return true;
}

/* Two forms at once are a mistake of somebody's. */
static bool set_form(struct outline_options *options, enum outline_form form, struct error *err)
{
    bool first = options->form == OUTLINE_FORM_TREE || options->form == form;
    options->form = form;
    return first ||
           error_set(err, ERROR_USAGE, "--api, --find, --graph and --tokens exclude each other");
}

static bool read_graph(struct outline_options *options, const char *value, struct error *err)
{
    if (strcmp(value, "dot") == 0)
        return set_form(options, OUTLINE_FORM_DOT, err);
    if (strcmp(value, "mermaid") == 0)
        return set_form(options, OUTLINE_FORM_MERMAID, err);
    return error_set(err, ERROR_USAGE, "--graph takes dot or mermaid, not '%s'",
                     shown_name(value).text);
}

static bool apply(void *cookie, const struct option_found *found, struct arena *, struct error *err)
{
    struct outline_options *options = cookie;
    switch (found->row->id) {
    case OPTION_HELP:
        return options->help = true;
    case OPTION_JSON:
        return options->json = true;
    case OUTLINE_OPTION_LANG:
        options->language = found->value;
        return true;
    case OUTLINE_OPTION_STDIN_FILENAME:
        options->stdin_filename = found->value;
        return true;
    case OUTLINE_OPTION_DEPTH:
        return read_size(found, 0, DEPTH_MAX, &options->depth, err);
    case OUTLINE_OPTION_ALL:
        return options->all = true;
    case OUTLINE_OPTION_API:
        return set_form(options, OUTLINE_FORM_API, err);
    case OUTLINE_OPTION_FIND:
        options->find = found->value;
        return set_form(options, OUTLINE_FORM_FIND, err);
    case OUTLINE_OPTION_GRAPH:
        return read_graph(options, found->value, err);
    case OUTLINE_OPTION_TOKENS:
        return read_size(found, 1, TOKENS_MAX, &options->tokens, err) &&
               set_form(options, OUTLINE_FORM_MAP, err);
    default:
        return error_set(err, ERROR_INTERNAL, "option --%s is not read", found->row->flag);
    }
}

static bool check(struct outline_options *options, struct error *err)
{
    if (options->help)
        return true;
    if (options->targets.count == 0) {
        error_set(err, ERROR_USAGE, "there is nothing to outline");
        return error_hint(err, "testudo outline FOLDER, testudo outline FILE, or testudo outline - "
                               "for code on standard input");
    }
    if (options->json && options->form == OUTLINE_FORM_TREE)
        options->form = OUTLINE_FORM_JSON;
    return !options->json || options->form == OUTLINE_FORM_JSON ||
           options->form == OUTLINE_FORM_FIND ||
           error_set(err, ERROR_USAGE, "--json goes with --find or stands alone");
}

bool outline_options_read(int argc, char **argv, struct arena *arena, struct outline_options *ret,
                          struct error *err)
{
    struct option_reader reader;
    *ret = (struct outline_options){.depth = DEPTH_DEFAULT};
    option_reader_init(&reader, outline_option_table, argc, argv);
    return options_read_all(&reader, apply, ret, arena, &ret->targets, err) && check(ret, err);
}
