/* testudo completion: a script for the shell, made of the same tables as the help. */
#include "cli/cli.h"

#include <string.h>

#include "base/mem.h"
#include "lang/lang.h"
#include "model/limits.h"

enum { SCRIPT_MAX = 65536 };

static const struct option_row rows[] = {OPTION_ROW_HELP};
static const struct option_table table = {rows, COUNT_OF(rows)};

static void write_flags(struct buf *out)
{
    for (const struct command *const *command = commands; *command != NULL; command++) {
        buf_printf(out, "    %s) words=\"", (*command)->name);
        for (size_t i = 0; i < (*command)->options->count; i++)
            buf_printf(out, "%s--%s", i > 0 ? " " : "", (*command)->options->rows[i].flag);
        buf_add_text(out, "\" ;;\n");
    }
}

static void write_values(struct buf *out)
{
    buf_add_text(out, "    --lang|-l|--install) words=\"");
    for (const struct lang *const *lang = langs; *lang != NULL; lang++)
        buf_printf(out, "%s%s", lang == langs ? "" : " ", (*lang)->name);
    buf_add_text(out, "\" ;;\n    --profile|-p) words=\"");
    for (int i = 0; i < profile_count; i++)
        buf_printf(out, "%s%s", i > 0 ? " " : "", profiles[i].name);
    buf_add_text(out, "\" ;;\n    --accept-missing) words=\"");
    for (enum limit i = 0; i < LIMIT_COUNT; i++)
        buf_printf(out, "%s%s", i > 0 ? " " : "", limit_rows[i].flag);
    buf_add_text(out, "\" ;;\n    --network) words=\"none loopback\" ;;\n");
}

static void write_commands(struct buf *out)
{
    for (const struct command *const *command = commands; *command != NULL; command++)
        buf_printf(out, "%s ", (*command)->name);
    buf_add_text(out, "help");
}

/* Names of files are the shell's own affair: no reply leaves it to its defaults. */
static void write_script(struct buf *out)
{
    buf_add_text(out, "# bash completion for testudo:  source <(testudo completion bash)\n"
                      "_testudo() {\n"
                      "    local word=${COMP_WORDS[COMP_CWORD]} words=\n"
                      "    local before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n"
                      "    COMPREPLY=()\n"
                      "    case $before in\n");
    write_values(out);
    buf_add_text(out, "    esac\n"
                      "    if [ \"$COMP_CWORD\" = 1 ] || [ \"$before\" = help ]; then\n"
                      "        words=\"");
    write_commands(out);
    buf_add_text(out, "\"\n"
                      "    elif [ -z \"$words\" ] && [ \"${word#-}\" != \"$word\" ]; then\n"
                      "    case $command in\n");
    write_flags(out);
    buf_add_text(out, "    esac\n"
                      "    fi\n"
                      "    [ -n \"$words\" ] && COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                      "    return 0\n"
                      "}\n"
                      "complete -o bashdefault -o default -F _testudo testudo\n");
}

static int run(int argc, char **argv)
{
    struct error err = {};
    struct option_reader reader;
    struct option_found found = {};
    option_reader_init(&reader, table, argc, argv);
    if (!option_next(&reader, &found, &err))
        return cli_fail(&err, false);
    if (found.row != NULL)
        return cli_show_help(&command_completion);
    if (argc - reader.next != 1 || strcmp(argv[reader.next], "bash") != 0) {
        error_set(&err, ERROR_USAGE, "completion is made for one shell, bash");
        error_hint(&err, "source <(testudo completion bash)");
        return cli_fail(&err, false);
    }
    auto_buf struct buf out;
    buf_init(&out, SCRIPT_MAX);
    write_script(&out);
    return cli_finish(&out, 0);
}

const struct command command_completion = {
    .name = "completion",
    .summary = "a script that completes commands and options in bash",
    .usage = "completion bash\n",
    .examples = "  source <(testudo completion bash)                     for this shell\n"
                "  testudo completion bash > ~/.local/share/bash-completion/completions/testudo\n",
    .options = &table,
    .run = run,
};
