#include "cli/check_options.h"

#include <string.h>

#include "base/mem.h"
#include "lang/names.h"
#include "model/words.h"

enum check_option {

#define OPTION(name, flag, letter, argument, text) CHECK_##name,
#include "cli/check_options.def"
#undef OPTION
};

static const struct option_row rows[] = {
#define OPTION(name, flag, letter, argument, text) {CHECK_##name, flag, letter, argument, text},
#include "cli/check_options.def"
#undef OPTION
    OPTION_ROW_JSON,
    OPTION_ROW_HELP,
};

const struct option_table check_option_table = {rows, COUNT_OF(rows)};

static bool read_severity(const char *value, enum severity *ret, struct error *err)
{
    if (severity_read(str_from(value), ret))
        return true;
    error_set(err, ERROR_USAGE, "there is no severity '%s'", shown_name(value).text);
    return error_hint(err, "--fail-on low, medium, high, critical or none");
}

static bool read_format(const char *value, enum check_format *ret, struct error *err)
{
    static const char *const words[] = {
#define X(name, word) word,
        CHECK_FORMATS(X)
#undef X
    };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcmp(value, words[i]) != 0)
            continue;
        *ret = (enum check_format)i;
        return true;
    }
    error_set(err, ERROR_USAGE, "there is no format '%s'", shown_name(value).text);
    return error_hint(err, "--format terminal, json, sarif, github or junit");
}

/* "a,b" adds two. */
static bool add_words(struct words *words, const char *value, struct arena *arena)
{
    struct str rest = str_from(value), piece;
    while (str_take_until(&rest, ',', &piece))
        if (str_trim(piece).len > 0)
            words_add(words, arena, arena_string(arena, str_trim(piece)));
    return true;
}

static bool apply(void *cookie, const struct option_found *found, struct arena *arena,
                  struct error *err)
{
    struct check_options *options = cookie;
    switch (found->row->id) {
    case OPTION_HELP:
        return options->help = true;
    case OPTION_JSON:
        options->format = CHECK_AS_JSON;
        return options->json = true;
    case CHECK_LANG:
        options->language = found->value;
        return true;
    case CHECK_STDIN_FILENAME:
        options->stdin_filename = found->value;
        return true;
    case CHECK_ALL:
        return options->all = true;
    case CHECK_CHANGED:
        options->changed = found->value != NULL ? found->value : "HEAD";
        return true;
    case CHECK_CONFIG:
        options->config = found->value;
        return true;
    case CHECK_FAIL_ON:
        options->names_severity = true;
        return read_severity(found->value, &options->fail_on, err);
    case CHECK_FORMAT:
        return read_format(found->value, &options->format, err);
    case CHECK_SELECT:
        return add_words(&options->select, found->value, arena);
    case CHECK_IGNORE:
        return add_words(&options->ignore, found->value, arena);
    case CHECK_TOOLS:
        return add_words(&options->tools, found->value, arena);
    case CHECK_IMPORT:
        words_add(&options->imports, arena, found->value);
        return true;
    case CHECK_POLICY:
        options->policy = found->value;
        return true;
    case CHECK_BASELINE:
        options->baseline = found->value;
        return true;
    case CHECK_WRITE_BASELINE:
        options->write_baseline = found->value;
        return true;
    case CHECK_BATCH:
        options->batch.path = found->value;
        return true;
    case CHECK_JOBS:
        return batch_read_jobs(found->value, &options->batch.jobs, err);
    case CHECK_ORDERED:
        return options->batch.ordered = true;
    case CHECK_FIX:
        return options->fix = true;
    case CHECK_DIFF:
        return options->diff = true;
    case CHECK_QUIET:
        return options->quiet = true;
    default:
        return error_set(err, ERROR_INTERNAL, "option --%s is not read", found->row->flag);
    }
}

static bool check(const struct check_options *options, struct error *err)
{
    if (options->help || options->batch.path != NULL)
        return true;
    if (options->batch.jobs > 0 || options->batch.ordered)
        return error_set(err, ERROR_USAGE, "--jobs and --ordered go with --batch only");
    if (options->targets.count == 0) {
        error_set(err, ERROR_USAGE, "there is nothing to check");
        return error_hint(err, "testudo check FILE, testudo check FOLDER, or testudo check - for "
                               "code on standard input");
    }
    if (options->fix && options->diff)
        return error_set(err, ERROR_USAGE, "--fix and --diff exclude each other");
    if ((options->fix || options->diff) && options->tools.count + options->imports.count > 0)
        return error_set(err, ERROR_USAGE,
                         "--fix and --diff mend only what we have found: "
                         "without --tools and --import");
    return !(options->format != CHECK_AS_TERMINAL && options->quiet) ||
           error_set(err, ERROR_USAGE, "--json or --format and --quiet exclude each other");
}

bool check_options_read(int argc, char **argv, struct arena *arena, struct check_options *ret,
                        struct error *err)
{
    struct option_reader reader;
    *ret = (struct check_options){.fail_on = SEVERITY_HIGH};
    option_reader_init(&reader, check_option_table, argc, argv);
    return options_read_all(&reader, apply, ret, arena, &ret->targets, err) && check(ret, err);
}
