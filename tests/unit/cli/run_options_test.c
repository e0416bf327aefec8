#include "cli/run_options.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"
#include "tests/test.h"

enum { LINE_WORDS_MAX = 64 };

static struct arena *test_arena(void)
{
    static struct arena arena;
    if (arena.max == 0)
        arena_init(&arena, RUN_ARENA_BYTES);
    return &arena;
}

static bool read_words(const char *const *words, struct run_options *options, struct error *err)
{
    static char *argv[LINE_WORDS_MAX];
    int argc = 0;
    for (; words[argc] != NULL; argc++)
        memcpy(&argv[argc], &words[argc], sizeof argv[0]);
    return run_options_read(argc, argv, test_arena(), options, err);
}

static struct run_options read_good(const char *const *words)
{
    struct error err = {};
    struct run_options options = {};
    CHECK_OK(read_words(words, &options, &err), err);
    return options;
}

#define LINE(...) ((const char *const[]){"run", __VA_ARGS__, NULL})
#define GOOD(...) read_good(LINE(__VA_ARGS__))

TEST(a_language_alone_at_a_terminal_means_its_prompt)
{
    struct run_options options = GOOD("--tty", "--lang", "python");
    CHECK(options.request.terminal && options.request.prompt);
    CHECK_TEXT(options.request.profile->name, "terminal");
    options = GOOD("-t", "--profile", "snippet", "--env", "TERM=mine", "--", "bash");
    CHECK(options.request.terminal && !options.request.prompt);
    CHECK_TEXT(options.request.profile->name, "snippet");
    CHECK_INT(options.request.env.count, 2);
    CHECK_TEXT(options.request.env.list[1], "TERM=mine"); /* the last one counts */
    CHECK(!GOOD("--lang", "python", "x.py").request.terminal);
}

TEST(a_source_and_its_arguments_are_told_from_our_options)
{
    struct run_options options = GOOD("-v", "--lang", "python", "x.py", "-v", "--name", "bob");
    CHECK_TEXT(options.request.source_path, "x.py");
    CHECK_TEXT(options.request.language, "python");
    CHECK_INT(options.request.args.count, 3);
    CHECK_TEXT(options.request.args.list[0], "-v");
    CHECK(options.verbose && !options.json && !options.request.has_code);
    CHECK_INT(options.request.command.count, 0);
}

TEST(after_two_dashes_comes_a_command_or_the_sources_arguments)
{
    struct run_options options = GOOD("--json", "--", "env", "--json", "--");
    CHECK_INT(options.request.command.count, 3);
    CHECK_TEXT(options.request.command.list[1], "--json");
    CHECK(options.request.source_path == NULL && options.json);
    options = GOOD("x.py", "--", "--json", "--");
    CHECK_TEXT(options.request.source_path, "x.py");
    CHECK_INT(options.request.args.count, 2);
    CHECK_TEXT(options.request.args.list[0], "--json");
    CHECK(!options.json);
    options = GOOD("x.py", "a", "--", "--json");
    CHECK_INT(options.request.args.count, 3);
    CHECK_TEXT(options.request.args.list[1], "--");
}

TEST(code_comes_from_an_option_or_from_standard_input)
{
    struct run_options options = GOOD("-c", "print(1)", "--lang", "py", "a", "b");
    CHECK(options.request.has_code && !options.code_from_stdin);
    CHECK_INT(options.request.code.len, 8);
    CHECK_INT(options.request.args.count, 2);
    options = GOOD("-c", "", "--", "--wall");
    CHECK(options.request.has_code);
    CHECK_TEXT(options.request.args.list[0], "--wall");
    options = GOOD("-", "--lang", "py", "a");
    CHECK(options.request.has_code && options.code_from_stdin);
    CHECK_TEXT(options.request.language, "py");
    CHECK_INT(options.request.args.count, 1);
    options = GOOD("-c", "x", "-");
    CHECK(!options.code_from_stdin);
    CHECK_TEXT(options.request.args.list[0], "-");
}

TEST(limits_override_their_profile_whatever_comes_first)
{
    struct run_options options = GOOD("--wall", "2s", "--profile", "snippet", "--cpus=0.25", "x");
    const struct limits *limits = &options.request.limits;
    CHECK_TEXT(options.request.profile->name, "snippet");
    CHECK_INT(limits->value[LIMIT_WALL], 2000);
    CHECK_INT(limits->value[LIMIT_CPUS], 250);
    CHECK_INT(limits->value[LIMIT_MEMORY], 256 << 20);
    CHECK_INT(limits->named, 1 << LIMIT_WALL | 1 << LIMIT_CPUS);
    CHECK_INT(options.request.compile_limits.value[LIMIT_WALL], 60000);
    CHECK_TEXT(GOOD("x").request.profile->name, "default");
}

TEST(of_repeated_single_options_the_last_counts)
{
    struct run_options options =
        GOOD("--wall", "1s", "--lang", "c", "--wall", "2s", "--lang", "bash", "-c", "a", "-c", "b");
    CHECK_INT(options.request.limits.value[LIMIT_WALL], 2000);
    CHECK_TEXT(options.request.language, "bash");
    CHECK_INT(options.request.code.ptr[0], 'b');
}

TEST(every_limit_has_an_option)
{
    for (enum limit i = 0; i < LIMIT_COUNT; i++) {
        auto_free char *word = mem_text("--%s", limit_rows[i].flag);
        CHECK(option_of_word(run_option_table, word) != NULL);
    }
}

TEST(no_two_options_share_a_flag_or_a_letter)
{
    for (size_t i = 0; i < run_option_table.count; i++)
        for (size_t k = 0; k < i; k++) {
            const struct option_row *a = &run_option_table.rows[i], *b = &run_option_table.rows[k];
            CHECK(strcmp(a->flag, b->flag) != 0);
            CHECK(a->letter == '\0' || a->letter != b->letter);
            CHECK(a->id != b->id);
        }
}

TEST(files_inputs_and_results_have_names_of_their_own_or_the_paths_last_part)
{
    struct run_options options =
        GOOD("--file", "d/a.txt", "--file", "b=sub/c.txt", "--input", "/usr/share", "--input",
             "/var=v", "--out", "*.txt", "--out", BOX_WORK "/o/**=res=x", "--out", "y=", "x.py");
    const struct run_request *request = &options.request;
    CHECK_INT(request->file_count, 2);
    CHECK_TEXT(request->files[0].name, "a.txt");
    CHECK_TEXT(request->files[0].path, "d/a.txt");
    CHECK_TEXT(request->files[1].name, "sub/c.txt");
    CHECK_TEXT(request->files[1].path, "b");
    CHECK_TEXT(request->inputs[0].name, "share");
    CHECK_TEXT(request->inputs[1].name, "v");
    CHECK_TEXT(request->inputs[1].path, "/var");
    CHECK_INT(request->out_count, 3);
    CHECK_TEXT(request->outs[0].glob, "*.txt");
    CHECK_TEXT(request->outs[0].folder, ".");
    CHECK_TEXT(request->outs[1].glob, "o/**=res");
    CHECK_TEXT(request->outs[1].folder, "x");
    CHECK_TEXT(request->outs[2].folder, ".");
}

TEST(a_path_that_is_there_is_meant_whole_even_with_an_equals_sign)
{
    CHECK(chdir(test_folder()) == 0);
    CHECK(mkdir("a=b", 0755) == 0);
    struct run_options options = GOOD("--file", "a=b", "--input", "a=b", "x.py");
    CHECK_TEXT(options.request.files[0].path, "a=b");
    CHECK_TEXT(options.request.files[0].name, "a=b");
    CHECK_TEXT(options.request.inputs[0].path, "a=b");
    CHECK_TEXT(options.request.inputs[0].name, "ab");
}

TEST(an_input_named_by_a_point_has_the_folders_own_name)
{
    CHECK(chdir(test_folder()) == 0);
    CHECK(mkdir("data", 0755) == 0 && chdir("data") == 0);
    CHECK_TEXT(GOOD("--input", ".", "x").request.inputs[0].name, "data");
    CHECK_TEXT(GOOD("--input", "../data/", "x").request.inputs[0].name, "data");
}

TEST(variables_have_their_own_values_or_ours)
{
    setenv("TESTUDO_TEST_ENV", "our own", 1);
    struct run_options options =
        GOOD("--env", "A=1=2", "--env", "TESTUDO_TEST_ENV", "--env", "B=", "x");
    CHECK_INT(options.request.env.count, 3);
    CHECK_TEXT(options.request.env.list[0], "A=1=2");
    CHECK_TEXT(options.request.env.list[1], "TESTUDO_TEST_ENV=our own");
    CHECK_TEXT(options.request.env.list[2], "B=");
}

TEST(the_other_options_go_where_they_belong)
{
    struct run_options options =
        GOOD("--version", "3.12", "--python", "/p", "--entry", "m.py", "--stdin", "in", "--cwd",
             "sub", "--network", "loopback", "--accept-missing", "memory", "--accept-missing",
             "cpu_ms", "--image", "mine", "--dry-run", "--explain", "dir");
    CHECK_TEXT(options.request.version, "3.12");
    CHECK_TEXT(options.request.interpreter, "/p");
    CHECK_TEXT(options.request.entry, "m.py");
    CHECK_TEXT(options.request.cwd, "sub");
    CHECK_TEXT(options.request.image, "mine");
    CHECK_TEXT(options.stdin_path, "in");
    CHECK_INT(options.request.network, NETWORK_LOOPBACK);
    CHECK_INT(options.request.accept_missing, 1 << LIMIT_MEMORY | 1 << LIMIT_CPU);
    CHECK(options.dry_run && options.request.explain);
}

TEST(help_wins_over_whatever_else_is_wrong_behind_it)
{
    CHECK(GOOD("--help", "--bogus").help);
    CHECK(GOOD("-vh").help);
}

TEST(every_bad_word_is_refused_with_what_why_and_what_to_do)
{
    static const struct {
        const char *words[6];
        const char *text, *hint;
    } rows[] = {
        {{"--bogus"}, "there is no option '--bogus'", "--help"},
        {{"--memroy", "1M"}, "'--memroy'", "did you mean --memory?"},
        {{"--wall"}, "--wall wants a value", "--wall TIME"},
        {{"--json=1"}, "--json takes no value", ""},
        {{"--"}, "no program follows --", "testudo run -- PROGRAM"},
        {{"--wall", "0", "x"}, "limit wall must be from 1 ms", "--wall"},
        {{"--wall", "-1", "x"}, "limit wall wants 5s", "--wall"},
        {{"--memory", "1Q", "x"}, "not '1Q'", ""},
        {{"--memory", "99999999999999999999", "x"}, "limit memory", ""},
        {{"--processes", "0.5", "x"}, "a whole number", ""},
        {{"--profile", "turbo", "x"}, "there is no profile 'turbo'", "snippet"},
        {{"--network", "host", "x"}, "there is no network 'host'", "none"},
        {{"--accept-missing", "everything", "x"}, "there is no limit 'everything'", "memory"},
        {{"--image", "../x", "x"}, "the name of an image", "plain name"},
        {{"--image", "", "x"}, "is empty", ""},
        {{"--env", "=x", "x"}, "does not begin with a variable's name", "NAME=VALUE"},
        {{"--env", "1A=x", "x"}, "does not begin with", "no digit"},
        {{"--env", "A B=x", "x"}, "does not begin with", ""},
        {{"--env", "", "x"}, "does not begin with", ""},
        {{"--env", "TESTUDO_NEVER_SET", "x"}, "is not set here", "TESTUDO_NEVER_SET=VALUE"},
        {{"--file", "a=", "x"}, "the name of a file, '', is empty", "plain name"},
        {{"--file", "", "x"}, "--file names nothing", "PATH=NAME"},
        {{"--file", "=b", "x"}, "--file names nothing", ""},
        {{"--file", "a=/etc/x", "x"}, "is absolute", ""},
        {{"--file", "a=../x", "x"}, "'..' part", ""},
        {{"--file", "a=x\ny", "x"}, "'x\\ny', holds control characters", ""},
        {{"--file", "a=\xff", "x"}, "'\\xff', is not UTF-8", ""},
        {{"--file", "dir/", "x"}, "is empty", ""},
        {{"--file", "a\x1b[2J", "x"}, "'a\\x1b[2J', holds control characters", ""},
        {{"--input", "a=x/y", "x"}, "has a slash", ""},
        {{"--input", "a=..", "x"}, "part", ""},
        {{"--input", "", "x"}, "--input names nothing", ""},
        {{"--out", "../*", "x"}, "the pattern of --out", ""},
        {{"--out", "/etc/*", "x"}, "is absolute", ""},
        {{"--out", "=d", "x"}, "is empty", ""},
        {{"-", "--stdin", "-"}, "cannot both be standard input", "a file"},
        {{"x.py", "--wall", "5s"}, "--wall after x.py", "put it before"},
        {{"x.py", "a", "--memory=1M"}, "--memory after x.py", "put -- between"},
        {{"-c", "1", "a", "--json"}, "--json after the code", ""},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct error err = {};
        struct run_options options = {};
        const char *words[8] = {"run"};
        memcpy(words + 1, rows[i].words, sizeof rows[i].words);
        CHECK(!read_words(words, &options, &err));
        CHECK_INT(err.kind, ERROR_USAGE);
        CHECK_CONTAINS(err.text, rows[i].text);
        CHECK_CONTAINS(err.hint, rows[i].hint);
    }
}

TEST(nothing_at_all_is_left_to_the_plan_to_refuse)
{
    struct run_options options = read_good((const char *const[]){"run", NULL});
    CHECK(options.request.source_path == NULL && !options.request.has_code);
}

static void write_file(const char *name, const char *content)
{
    FILE *file = fopen(name, "we");
    CHECK(file != NULL && fputs(content, file) >= 0 && fclose(file) == 0);
}

TEST(environment_files_come_before_single_variables)
{
    struct error err = {};
    CHECK(chdir(test_folder()) == 0);
    write_file("one", "A=1\nB=1\n");
    write_file("two", "B=2\n");
    struct run_options options =
        GOOD("--env", "A=3", "--env-file", "one", "--env-file", "two", "x");
    CHECK_OK(run_options_load(&options, 0, test_arena(), &err), err);
    CHECK_INT(options.request.env.count, 4);
    CHECK_TEXT(options.request.env.list[0], "A=1");
    CHECK_TEXT(options.request.env.list[2], "B=2");
    CHECK_TEXT(options.request.env.list[3], "A=3");
}

TEST(environment_files_that_cannot_be_read_are_refused)
{
    struct error err = {};
    CHECK(chdir(test_folder()) == 0);
    struct run_options options = GOOD("--env-file", "none", "x");
    CHECK(!run_options_load(&options, 0, test_arena(), &err));
    CHECK_CONTAINS(err.text, "the environment file: open none: No such file");
    options = GOOD("--env-file", ".", "x");
    CHECK(!run_options_load(&options, 0, test_arena(), &err));
    CHECK_INT(err.kind, ERROR_INPUT);
    CHECK_CONTAINS(err.text, "Is a directory");
    write_file("large", "");
    CHECK(truncate("large", 10 << 20) == 0);
    options = GOOD("--env-file", "large", "x");
    CHECK(!run_options_load(&options, 0, test_arena(), &err));
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK_CONTAINS(err.text, "more than 1048576 bytes");
}

TEST(code_is_read_from_standard_input_up_to_its_limit)
{
    struct error err = {};
    auto_close int code = fd_memory("code", STR("print(1)\n"), &err);
    struct run_options options = GOOD("-", "--lang", "py");
    CHECK_OK(run_options_load(&options, code, test_arena(), &err), err);
    CHECK(str_is(options.request.code, "print(1)\n"));
    auto_close int endless = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    CHECK(!run_options_load(&options, endless, test_arena(), &err));
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK_CONTAINS(err.hint, "16 MiB");
}

TEST(what_the_program_reads_is_ours_a_file_or_nothing)
{
    struct error err = {};
    int fd = -2;
    CHECK(chdir(test_folder()) == 0);
    write_file("in", "x");
    struct run_options options = GOOD("x");
    CHECK(run_options_open_stdin(&options, &fd, &err) && fd == 0);
    options = GOOD("--stdin", "-", "x");
    CHECK(run_options_open_stdin(&options, &fd, &err) && fd == 0);
    options = GOOD("-", "--lang", "c");
    CHECK(run_options_open_stdin(&options, &fd, &err) && fd == -1);
    options = GOOD("--stdin", "in", "x");
    CHECK_OK(run_options_open_stdin(&options, &fd, &err), err);
    CHECK(fd > 2);
    close(fd);
    options = GOOD("--stdin", ".", "x");
    CHECK(!run_options_open_stdin(&options, &fd, &err));
    CHECK_CONTAINS(err.text, "is a folder, not a file");
    options = GOOD("--stdin", "none", "x");
    CHECK(!run_options_open_stdin(&options, &fd, &err));
    CHECK_INT(err.kind, ERROR_INPUT);
    CHECK_CONTAINS(err.text, "none");
}
