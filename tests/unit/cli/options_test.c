#include "cli/options.h"

#include <string.h>

#include "base/mem.h"
#include "tests/test.h"

enum { VERBOSE, NAME, WALL, SINCE };

static const struct option_row rows[] = {
    {VERBOSE, "verbose", 'v', NULL, "say more"},
    {NAME, "name", 'n', "NAME", "what it is called"},
    {WALL, "wall", 0, "TIME", "how long"},
    {SINCE, "since", 0, "[COMMIT]", "from where on"},
    OPTION_ROW_JSON,
    OPTION_ROW_HELP,
};
static const struct option_table table = {rows, COUNT_OF(rows)};

enum { WORDS_MAX = 16 };

struct command_line {
    int argc;
    char *argv[WORDS_MAX];
};

/* argv as main has it, out of "x\0y\0"; the texts must live as long. */
static struct command_line line_of(const char *const *words)
{
    struct command_line line = {};
    for (; words[line.argc] != NULL; line.argc++)
        memcpy(&line.argv[line.argc], &words[line.argc], sizeof line.argv[0]);
    return line;
}

/* Options as "verbose,name=x,", then a bar and what is left. */
static bool read_line(struct command_line *line, struct buf *out, struct error *err)
{
    struct option_reader reader;
    struct option_found found = {};
    option_reader_init(&reader, table, line->argc, line->argv);
    do {
        if (!option_next(&reader, &found, err))
            return false;
        if (found.row != NULL)
            buf_printf(out, "%s%s%s,", found.row->flag, found.value != NULL ? "=" : "",
                       found.value != NULL ? found.value : "");
    } while (found.row != NULL);
    buf_add_text(out, reader.saw_border ? "--|" : "|");
    for (int i = reader.next; i < line->argc; i++)
        buf_printf(out, "%s%s", line->argv[i], i + 1 < line->argc ? " " : "");
    return true;
}

static void check_read(const char *const *words, const char *want)
{
    struct error err = {};
    struct command_line line = line_of(words);
    auto_buf struct buf got;
    buf_init(&got, 1024);
    CHECK_OK(read_line(&line, &got, &err), err);
    CHECK_TEXT(got.data, want);
}

static void check_refused(const char *const *words, const char *text, const char *hint)
{
    struct error err = {};
    struct command_line line = line_of(words);
    auto_buf struct buf got;
    buf_init(&got, 1024);
    CHECK(!read_line(&line, &got, &err));
    CHECK_INT(err.kind, ERROR_USAGE);
    CHECK_CONTAINS(err.text, text);
    CHECK_CONTAINS(err.hint, hint);
}

#define LINE(...) ((const char *const[]){"command", __VA_ARGS__, NULL})

TEST(options_are_read_in_all_their_forms)
{
    check_read(LINE("--verbose"), "verbose,|");
    check_read(LINE("-v", "--name", "x"), "verbose,name=x,|");
    check_read(LINE("--name=x", "-n", "y", "-nz"), "name=x,name=y,name=z,|");
    check_read(LINE("-vvn", "y", "rest"), "verbose,verbose,name=y,|rest");
    check_read(LINE("-vnn"), "verbose,name=n,|");
    check_read(LINE("--name="), "name=,|");
    check_read(LINE("--name", "--wall"), "name=--wall,|");
    check_read(LINE("--name", "--"), "name=--,|");
    check_read(LINE("--name=a=b"), "name=a=b,|");
    check_read(LINE("--since", "x"), "since,|x");
    check_read(LINE("--since=x", "y"), "since=x,|y");
}

TEST(reading_stops_at_the_first_word_that_is_no_option_and_after_two_dashes)
{
    check_read(LINE("x", "--verbose"), "|x --verbose");
    check_read(LINE("-v", "-", "-v"), "verbose,|- -v");
    check_read(LINE("--", "--verbose", "--"), "--|--verbose --");
    check_read(LINE("-v", "--"), "verbose,--|");
    check_read(LINE("", "-v"), "| -v");
    check_read((const char *const[]){"command", NULL}, "|");
}

TEST(unknown_options_are_refused_with_the_nearest_one)
{
    check_refused(LINE("--verbos"), "there is no option '--verbos'", "did you mean --verbose?");
    check_refused(LINE("--nmae", "x"), "there is no option '--nmae'", "did you mean --name?");
    check_refused(LINE("--wal=5s"), "there is no option '--wal=5s'", "did you mean --wall?");
    check_refused(LINE("--xyzzy"), "there is no option '--xyzzy'", "--help lists all");
    check_refused(LINE("-x"), "there is no option '-x'", "--help lists all");
    check_refused(LINE("-vx"), "there is no option '-x'", "--help");
    check_refused(LINE("---"), "there is no option '---'", "--help");
    check_refused(LINE("--=x"), "there is no option '--=x'", "--help");
}

TEST(beginnings_of_flags_are_never_taken_for_them)
{
    check_refused(LINE("--verb"), "there is no option '--verb'", "did you mean --verbose?");
}

TEST(lacking_and_superfluous_values_are_refused)
{
    check_refused(LINE("--name"), "option --name wants a value", "--name NAME: what it is called");
    check_refused(LINE("-n"), "option --name wants a value", "");
    check_refused(LINE("--verbose=yes"), "option --verbose takes no value",
                  "write --verbose alone");
}

TEST(json_is_seen_anywhere_before_two_dashes)
{
    struct command_line line = line_of(LINE("--bogus", "--json"));
    CHECK(option_wants_json(line.argc, line.argv));
    line = line_of(LINE("--", "--json"));
    CHECK(!option_wants_json(line.argc, line.argv));
    line = line_of((const char *const[]){"--json", NULL});
    CHECK(!option_wants_json(line.argc, line.argv));
}

/* ---- options among targets ------------------------------------------------------------------- */

static bool hear_option(void *cookie, const struct option_found *found, struct arena *,
                        struct error *err)
{
    int64_t count = 0;
    if (found->row->id == WALL && !option_read_count(found, 2, 50, &count, err))
        return false;
    buf_printf(cookie, "%s=%lld,", found->row->flag, (long long)count);
    return true;
}

static bool read_all(const char *const *words, struct buf *out, struct error *err)
{
    auto_arena struct arena arena;
    struct words targets = {};
    struct option_reader reader;
    struct command_line line = line_of(words);
    arena_init(&arena, 4096);
    option_reader_init(&reader, table, line.argc, line.argv);
    if (!options_read_all(&reader, hear_option, out, &arena, &targets, err))
        return false;
    buf_add_byte(out, '|');
    for (uint32_t i = 0; i < targets.count; i++)
        buf_printf(out, "%s,", targets.list[i]);
    return true;
}

TEST(options_may_stand_before_between_and_after_targets)
{
    const char *const *lines[] = {
        LINE("-v", "a", "--wall", "5", "-", "-v"),
        LINE("a", "--", "-v", "--"),
        (const char *const[]){"command", NULL},
    };
    static const char *const wants[] = {"verbose=0,wall=5,verbose=0,|a,-,", "|a,-v,--,", "|"};
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct error err = {};
        auto_buf struct buf got;
        buf_init(&got, 1024);
        CHECK_OK(read_all(lines[i], &got, &err), err);
        CHECK_TEXT(got.data, wants[i]);
    }
}

TEST(a_count_out_of_its_bounds_is_refused_by_name)
{
    static const char *const values[] = {"1", "51", "-3", "x", "", "5 "};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct error err = {};
        auto_buf struct buf got;
        buf_init(&got, 1024);
        CHECK(!read_all(LINE("a", "--wall", values[i]), &got, &err));
        CHECK_INT(err.kind, ERROR_USAGE);
        CHECK_CONTAINS(err.text, "--wall takes a number from 2 to 50, not '");
    }
}

TEST(help_has_a_line_for_each_option)
{
    auto_buf struct buf out;
    buf_init(&out, 4096);
    options_write_help(table, &out);
    CHECK_CONTAINS(out.data, "  -v, --verbose           say more\n");
    CHECK_CONTAINS(out.data, "  -n, --name NAME         what it is called\n");
    CHECK_CONTAINS(out.data, "      --wall TIME         how long\n");
    CHECK_CONTAINS(out.data, "      --since[=COMMIT]    from where on\n");
    CHECK_CONTAINS(out.data, "  -h, --help              show this text\n");
}

TEST(the_nearest_word_is_near_or_none)
{
    static const char *const words[] = {"run", "languages", "doctor", "image"};
    CHECK_TEXT(nearest_word("runn", words, 4), "run");
    CHECK_TEXT(nearest_word("rnu", words, 4), "run");
    CHECK_TEXT(nearest_word("lang", words, 4), "languages");
    CHECK_TEXT(nearest_word("docter", words, 4), "doctor");
    CHECK_TEXT(nearest_word("images", words, 4), "image");
    CHECK(nearest_word("", words, 4) == NULL);
    CHECK(nearest_word("xx", words, 4) == NULL);
    CHECK(nearest_word("serve", words, 4) == NULL);
    char long_word[200];
    memset(long_word, 'r', sizeof long_word - 1);
    long_word[sizeof long_word - 1] = '\0';
    CHECK(nearest_word(long_word, words, 4) == NULL);
}
