/* testudo doctor: what is enforced here, by what, and what to do about the rest. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "cli/doctor_report.h"
#include "model/verdict.h"

enum { ANSWER_MAX = 1 << 20, ARENA_MAX = 1 << 20 };

enum { DOCTOR_MARKDOWN, DOCTOR_STEPS };

static const struct option_row rows[] = {
    {DOCTOR_STEPS, "steps", 0, NULL, "also try each step of making a box by itself"},
    {DOCTOR_MARKDOWN, "markdown", 0, NULL, "print the guarantees as a Markdown table"},
    OPTION_ROW_JSON,
    OPTION_ROW_HELP,
};
static const struct option_table table = {rows, COUNT_OF(rows)};

struct wishes {
    bool json, help, markdown, steps;
};

static bool read_wishes(int argc, char **argv, struct wishes *wishes, struct error *err)
{
    struct option_reader reader;
    struct option_found found = {};
    option_reader_init(&reader, table, argc, argv);
    do {
        if (!option_next(&reader, &found, err))
            return false;
        int id = found.row != NULL ? found.row->id : -3;
        wishes->json = wishes->json || id == OPTION_JSON;
        wishes->help = wishes->help || id == OPTION_HELP;
        wishes->markdown = wishes->markdown || id == DOCTOR_MARKDOWN;
        wishes->steps = wishes->steps || id == DOCTOR_STEPS;
    } while (found.row != NULL);
    if (wishes->json && wishes->markdown)
        return error_set(err, ERROR_USAGE, "--json and --markdown exclude each other");
    return reader.next == argc ||
           error_set(err, ERROR_USAGE, "testudo doctor takes no word such as '%.80s'",
                     argv[reader.next]);
}

static bool wants_colours(void)
{
    const char *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL && terminal != NULL &&
           strcmp(terminal, "dumb") != 0;
}

static int status_of(const struct doctor_report *report)
{
    if (!report->ran)
        return EXIT_STATUS_TROUBLE;
    return doctor_count(report, GUARANTEE_MISSING) > 0;
}

static void examine(struct doctor_report *report, bool steps, struct arena *arena)
{
    doctor_host_look(&report->host, arena);
    report->ran = doctor_run_boxes(&report->boxes, arena, &report->error);
    if (!report->ran || steps)
        report->step_count = doctor_try_steps(&report->host, report->steps);
}

static int run(int argc, char **argv)
{
    struct error err = {};
    struct wishes wishes = {};
    if (!read_wishes(argc, argv, &wishes, &err))
        return cli_fail(&err, option_wants_json(argc, argv));
    if (wishes.help)
        return cli_show_help(&command_doctor);
    auto_arena struct arena arena;
    auto_buf struct buf out;
    arena_init(&arena, ARENA_MAX);
    buf_init(&out, ANSWER_MAX);
    auto_free struct doctor_report *report = mem_alloc(sizeof *report);
    examine(report, wishes.steps, &arena);
    if (wishes.json)
        doctor_say_json(report, &out);
    else if (wishes.markdown)
        doctor_say_markdown(report, &out);
    else
        doctor_say(report, wants_colours(), &out);
    return cli_finish(&out, status_of(report));
}

const struct command command_doctor = {
    .name = "doctor",
    .summary = "what is enforced on this host, and what to do about the rest",
    .usage = "doctor [--steps] [--json | --markdown]\n",
    .examples =
        "  testudo doctor             facts about the host, then a line for each guarantee\n"
        "  testudo doctor --steps     which step of making a box this host forbids\n"
        "  testudo doctor --json      {ok, mode, host, guarantees, steps?, error?}\n"
        "\n"
        "It makes real boxes: one prints what it sees of itself, the others go past one\n"
        "limit each. A guarantee that was promised but seen broken counts as missing.\n"
        "\n"
        "Exit status: 0 every guarantee is enforced or weaker, 1 some are missing,\n"
        "125 no box can be made: then each step is tried by itself, with the fix.\n",
    .options = &table,
    .run = run,
};
