#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/version.h"
#include "cli/run_output.h"
#include "model/verdict.h"
#include "sys/fd.h"

enum { TEXT_MAX = 65536 };

const struct command *const commands[] = {&command_run,        &command_chain,
                                          &command_test,       &command_check,
                                          &command_outline,    &command_rules,
                                          &command_languages,  &command_image,
                                          &command_builds,     &command_deps,
                                          &command_doctor,     &command_bench,
                                          &command_completion, NULL};

const struct command *command_find(const char *name)
{
    for (const struct command *const *command = commands; *command != NULL; command++)
        if (strcmp(name, (*command)->name) == 0)
            return *command;
    return NULL;
}

/* ---- showing -------------------------------------------------------------------------------- */

bool cli_print(struct str text, struct error *err)
{
    if (fd_write_all(STDOUT_FILENO, text, err))
        return true;
    if (err->number == EPIPE)
        return true;
    return error_wrap(err, "write to standard output");
}

int cli_finish(const struct buf *out, int status)
{
    struct error err;
    return cli_print(buf_str(out), &err) ? status : cli_fail(&err, false);
}

static void say_error(const struct error *err, struct buf *out)
{
    buf_add_text(out, "testudo: ");
    if (err->stage[0] != '\0')
        buf_printf(out, "%s: ", err->stage);
    text_escape(out, str_from(err->text), false);
    buf_add_byte(out, '\n');
    if (err->hint[0] == '\0')
        return;
    buf_add_text(out, "testudo: ");
    text_escape(out, str_from(err->hint), false);
    buf_add_byte(out, '\n');
}

int cli_fail(const struct error *err, bool json)
{
    auto_buf struct buf out;
    struct error unheard; /* there is nobody left to tell */
    buf_init(&out, TEXT_MAX);
    if (json)
        run_json_error(err, NULL, &out);
    if (json && fd_write_all(STDOUT_FILENO, buf_str(&out), &unheard))
        return EXIT_STATUS_TROUBLE;
    buf_clear(&out);
    say_error(err, &out);
    (void)fd_write_all(STDERR_FILENO, buf_str(&out), &unheard);
    return EXIT_STATUS_TROUBLE;
}

/* ---- help ----------------------------------------------------------------------------------- */

void command_write_help(const struct command *command, struct buf *out)
{
    struct str rest = str_from(command->usage), line;
    buf_printf(out, "testudo %s: %s\n\n", command->name, command->summary);
    while (str_take_line(&rest, &line))
        buf_printf(out, "  testudo %.*s\n", (int)line.len, line.ptr);
    buf_add_byte(out, '\n');
    options_write_help(*command->options, out);
    if (command->examples != NULL)
        buf_printf(out, "\n%s", command->examples);
}

static void write_overview(struct buf *out)
{
    buf_add_text(out, "testudo runs code that you do not trust, in a box that is made for it and "
                      "thrown away.\n\n");
    for (const struct command *const *command = commands; *command != NULL; command++)
        buf_printf(out, "  testudo %-12s %s\n", (*command)->name, (*command)->summary);
    buf_add_text(out,
                 "  testudo help COMMAND what it takes, with examples\n\n"
                 "First steps:\n"
                 "  testudo run hello.py                         a script, with its siblings\n"
                 "  testudo run -c 'print(6*7)' --lang python    a piece of code\n"
                 "  testudo run -- /bin/sh -c id                 any program of this host\n"
                 "  testudo chain a.py --then b.c                steps over one work folder\n"
                 "  testudo test wallet.py                       writes tests for a module\n"
                 "  testudo check wallet.py                      looks at code without running it\n"
                 "  testudo doctor                               what is enforced here\n");
}

static int show_overview(void)
{
    auto_buf struct buf out;
    buf_init(&out, TEXT_MAX);
    write_overview(&out);
    return cli_finish(&out, 0);
}

static int refuse_command(const char *word, bool json)
{
    struct error err;
    struct stat info;
    const char *names[16];
    size_t count = 0;
    while (commands[count] != NULL && count < COUNT_OF(names)) {
        names[count] = commands[count]->name;
        count++;
    }
    const char *nearest = nearest_word(word, names, count);
    error_set(&err, ERROR_USAGE, "there is no command '%.100s'", word);
    if (nearest != NULL)
        error_hint(&err, "did you mean testudo %s? testudo --help lists all", nearest);
    else if (stat(word, &info) == 0)
        error_hint(&err, "to run it: testudo run %.200s", word);
    else
        error_hint(&err, "testudo --help lists all");
    return cli_fail(&err, json);
}

int cli_show_help(const struct command *command)
{
    auto_buf struct buf out;
    buf_init(&out, TEXT_MAX);
    command_write_help(command, &out);
    return cli_finish(&out, 0);
}

static int show_help(int argc, char **argv)
{
    if (argc < 2)
        return show_overview();
    const struct command *command = command_find(argv[1]);
    return command != NULL ? cli_show_help(command) : refuse_command(argv[1], false);
}

static int show_version(void)
{
    struct error err;
    return cli_print(STR("testudo " TESTUDO_VERSION "\n"), &err) ? 0 : cli_fail(&err, false);
}

static bool is_one_of(const char *word, const char *flag, const char *letter, const char *name)
{
    return strcmp(word, flag) == 0 || strcmp(word, letter) == 0 || strcmp(word, name) == 0;
}

int cli_main(int argc, char **argv)
{
    struct error err;
    if (argc < 2) {
        error_set(&err, ERROR_USAGE, "there is no command");
        error_hint(&err, "testudo run FILE runs a script; testudo --help lists all");
        return cli_fail(&err, false);
    }
    argc--;
    argv++;
    if (is_one_of(argv[0], "--help", "-h", "help"))
        return show_help(argc, argv);
    if (is_one_of(argv[0], "--version", "-V", "version"))
        return show_version();
    const struct command *command = command_find(argv[0]);
    return command != NULL ? command->run(argc, argv)
                           : refuse_command(argv[0], option_wants_json(argc, argv));
}
