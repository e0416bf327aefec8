#include "cli/test_options.h"

#include "base/mem.h"
#include "base/text.h"
#include "cli/batch_options.h"
#include "lang/names.h"
#include "model/words.h"

enum test_option {

#define OPTION(name, flag, letter, argument, text) TEST_##name,
#include "cli/test_options.def"
#undef OPTION
};

static const struct option_row rows[] = {
#define OPTION(name, flag, letter, argument, text) {TEST_##name, flag, letter, argument, text},
#include "cli/test_options.def"
#undef OPTION
    OPTION_ROW_JSON,
    OPTION_ROW_HELP,
};

const struct option_table test_option_table = {rows, COUNT_OF(rows)};

static const char *const effort_words[] = {"quick", "normal", "thorough"};

static bool read_effort(const struct option_found *found, struct test_options *options,
                        struct error *err)
{
    const char *value = found->value;
    for (size_t i = 0; i < COUNT_OF(effort_words); i++) {
        if (strcmp(value, effort_words[i]) != 0)
            continue;
        options->effort = (enum test_effort)i;
        return true;
    }
    options->effort = EFFORT_COUNTED;
    if (option_read_count(found, 100, INT64_C(1) << 40, &options->executions, err))
        return true;
    error_set(err, ERROR_USAGE, "there is no effort '%s'", shown_name(value).text);
    return error_hint(err, "--effort quick, normal, thorough, or a number of executions from 100");
}

static bool read_choice(const char *flag, const char *value, const char *first, const char *second,
                        bool *ret_second, struct error *err)
{
    *ret_second = strcmp(value, second) == 0;
    return *ret_second || strcmp(value, first) == 0 ||
           error_set(err, ERROR_USAGE, "--%s takes %s or %s, not '%s'", flag, first, second,
                     shown_name(value).text);
}

static bool read_report(const char *value, struct test_options *options, struct error *err)
{
    options->report = value;
    return value[0] != '\0' || error_set(err, ERROR_USAGE, "--report names no folder");
}

static bool read_visibility(const char *value, struct test_options *options, struct error *err)
{
    bool all;
    if (!read_choice("visibility", value, "public", "all", &all, err))
        return false;
    options->visibility = all ? "all" : "public";
    return true;
}

static bool apply(void *cookie, const struct option_found *found, struct arena *arena,
                  struct error *err)
{
    struct test_options *options = cookie;
    const char *value = found->value, *flag = found->row->flag;
    switch (found->row->id) {
    case OPTION_HELP:
        return options->help = true;
    case OPTION_JSON:
        return options->json = true;
    case TEST_EFFORT:
        return read_effort(found, options, err);
    case TEST_SECONDS:
        return option_read_count(found, 1, 86400, &options->seconds, err);
    case TEST_SEED:
        return option_read_count(found, 0, INT64_MAX, &options->seed, err);
    case TEST_ONLY:
        words_add(&options->only, arena, value);
        return true;
    case TEST_SKIP:
        words_add(&options->skip, arena, value);
        return true;
    case TEST_EXCLUDE:
        words_add(&options->exclude, arena, value);
        return true;
    case TEST_VISIBILITY:
        return read_visibility(value, options, err);
    case TEST_MAX_TESTS:
        return option_read_count(found, 1, 100000, &options->tests_max, err);
    case TEST_JOBS:
        return batch_read_jobs(value, &options->jobs, err);
    case TEST_PYTHON:
        options->python = value;
        return true;
    case TEST_SETUP:
        options->setup = value;
        return value[0] != '\0' || error_set(err, ERROR_USAGE, "--setup names no command");
    case TEST_SINCE:
        options->since = value;
        return value[0] != '\0' || error_set(err, ERROR_USAGE, "--since names no commit");
    case TEST_REPORT:
        return read_report(value, options, err);
    case TEST_FAIL_ON:
        return read_choice(flag, value, "none", "suspicions", &options->fail_on_suspicions, err);
    case TEST_LIST:
        return options->list = true;
    case TEST_DRY_RUN:
        return options->dry_run = true;
    case TEST_QUIET:
        return options->quiet = true;
    default:
        return error_set(err, ERROR_INTERNAL, "option --%s is not read", flag);
    }
}

static bool check(const struct test_options *options, struct error *err)
{
    if (options->help)
        return true;
    if (options->targets.count == 0) {
        error_set(err, ERROR_USAGE, "there is nothing to test");
        return error_hint(err, "testudo test FILE.py, testudo test FOLDER, or testudo test - for "
                               "code on standard input");
    }
    for (uint32_t i = 0; i < options->targets.count; i++)
        if (strcmp(options->targets.list[i], "-") == 0 && options->targets.count > 1)
            return error_set(err, ERROR_USAGE, "code on standard input is tested alone");
    return !(options->json && options->quiet) ||
           error_set(err, ERROR_USAGE, "--json and --quiet exclude each other");
}

bool test_options_read(int argc, char **argv, struct arena *arena, struct test_options *ret,
                       struct error *err)
{
    struct option_reader reader;
    *ret = (struct test_options){.effort = EFFORT_NORMAL,
                                 .seed = 1,
                                 .visibility = "public",
                                 .report = "testudo-report",
                                 .tests_max = TEST_TESTS_MAX};
    option_reader_init(&reader, test_option_table, argc, argv);
    return options_read_all(&reader, apply, ret, arena, &ret->targets, err) && check(ret, err);
}

/* A word of a shell line, in a comment of one line. */
static void add_word(struct buf *out, const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-=,:@%+";
    bool is_plain = word[0] != '\0' && strspn(word, plain) == strlen(word);
    buf_add_text(out, is_plain ? " " : " '");
    struct str rest = str_from(word), piece;
    for (bool first = true; str_take_until(&rest, '\'', &piece); first = false) {
        buf_add_text(out, first ? "" : "'\\''");
        text_escape(out, piece, false);
    }
    buf_add_text(out, str_ends(str_from(word), "'") ? "'\\''" : "");
    buf_add_text(out, is_plain ? "" : "'");
}

static void add_words(struct buf *out, const char *flag, const struct words *words)
{
    for (uint32_t i = 0; i < words->count; i++) {
        buf_printf(out, " --%s", flag);
        add_word(out, words->list[i]);
    }
}

const char *test_options_again(const struct test_options *options, const char *path,
                               int64_t executions, struct arena *arena)
{
    enum { AGAIN_BYTES_MAX = 4096 };
    auto_buf struct buf text;
    buf_init(&text, AGAIN_BYTES_MAX);
    buf_add_text(&text, "testudo test");
    add_word(&text, path);
    if (executions > 0)
        buf_printf(&text, " --effort %lld", (long long)executions);
    else
        buf_printf(&text, " --effort %s", effort_words[options->effort]);
    buf_printf(&text, " --seed %lld", (long long)options->seed);
    if (options->tests_max != TEST_TESTS_MAX)
        buf_printf(&text, " --max-tests %lld", (long long)options->tests_max);
    if (strcmp(options->visibility, "public") != 0)
        buf_printf(&text, " --visibility %s", options->visibility);
    add_words(&text, "only", &options->only);
    add_words(&text, "skip", &options->skip);
    return text.over ? NULL : arena_string(arena, buf_str(&text));
}
