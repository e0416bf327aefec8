/* testudo check: sources in, what a look at them finds; nothing of them is ever run. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/check_batch.h"
#include "cli/check_fix.h"
#include "cli/check_options.h"
#include "cli/check_settings.h"
#include "cli/check_targets.h"
#include "cli/check_tools.h"
#include "cli/cli.h"
#include "cli/inspection.h"
#include "cli/permit.h"
#include "lang/names.h"
#include "model/fingerprint.h"
#include "report/checked.h"
#include "sys/fd.h"

enum { SAID_BYTES_MAX = 1 << 30, WHY_BYTES_MAX = 4096, RULES_BYTES_MAX = 1 << 20 };

struct checking {
    struct check_options options;
    struct arena arena;
    struct inspection inspection;
    const struct policy *policy; /* or NULL */
    struct str rules;            /* of the policy's */
};

/* ---- what was found -------------------------------------------------------------------------- */

static void write_report(const struct checking *c, struct buf *out)
{
    const struct checked *checked = &c->inspection.checked;
    switch (c->options.format) {
    case CHECK_AS_TERMINAL:
        checked_write_terminal(out, checked, isatty(STDOUT_FILENO) == 1);
        break;
    case CHECK_AS_JSON:
        checked_write_json(out, checked);
        break;
    case CHECK_AS_SARIF:
        checked_write_sarif(out, checked);
        break;
    case CHECK_AS_GITHUB:
        checked_write_github(out, checked);
        break;
    case CHECK_AS_JUNIT:
        checked_write_junit(out, checked);
        break;
    }
}

static bool show(const struct checking *c, struct error *err)
{
    auto_buf struct buf out;
    buf_init(&out, SAID_BYTES_MAX);
    if (c->options.quiet)
        return true;
    write_report(c, &out);
    if (out.over)
        return error_set(err, ERROR_LIMIT, "the report has more than 1 GiB");
    return cli_print(buf_str(&out), err);
}

/* ---- baselines and policies ------------------------------------------------------------------ */

static bool apply_baseline(struct checking *c, struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, BASELINE_BYTES_MAX);
    if (c->options.baseline == NULL)
        return true;
    if (!fd_read_file(AT_FDCWD, c->options.baseline, &text, err))
        return err->kind = ERROR_INPUT, false;
    return baseline_apply(&c->inspection.checked, buf_str(&text), err);
}

static bool write_baseline(const struct checking *c, struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, BASELINE_BYTES_MAX);
    baseline_write(&text, &c->inspection.checked);
    if (text.over)
        return error_set(err, ERROR_LIMIT, "there is more to list than a baseline holds");
    auto_close int fd = fd_open(AT_FDCWD, c->options.write_baseline,
                                O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644, err);
    return fd >= 0 && fd_write_all(fd, buf_str(&text), err);
}

/* The policy's word comes last, and decides. */
static bool judge(const struct checking *c, int *ret_status, struct error *err)
{
    auto_buf struct buf why;
    buf_init(&why, WHY_BYTES_MAX);
    if (c->policy == NULL || !policy_judge(c->policy, &c->inspection.checked, &why))
        return true;
    *ret_status = 1;
    if (c->options.quiet)
        return true;
    auto_free char *line = mem_text("testudo: it %s\n", why.data);
    return fd_write_all(STDERR_FILENO, str_from(line), err);
}

/* What was not looked at must not pass for clean. */
static int status_of(const struct checking *c)
{
    struct checked_sums sums = checked_sum(&c->inspection.checked);
    if (c->options.fail_on == SEVERITY_NONE)
        return 0;
    bool bad = sums.syntax > 0 || !checked_is_whole(&c->inspection.checked);
    for (enum severity severity = c->options.fail_on; severity < SEVERITY_COUNT; severity++)
        bad = bad || sums.found[severity] > 0;
    return bad ? 1 : 0;
}

/* ---- the command ----------------------------------------------------------------------------- */

static bool prepare(struct checking *c, struct error *err)
{
    const char *policy = c->options.policy != NULL ? c->options.policy : "none";
    auto_buf struct buf rules;
    buf_init(&rules, RULES_BYTES_MAX);
    if (!inspection_init(&c->inspection, &c->arena, err) ||
        !permit_find_policy(policy, &c->arena, &c->policy, err))
        return false;
    /* what a project ignores can be run as well */
    c->inspection.reach = c->policy != NULL ? "every" : c->options.all ? "all" : "own";
    c->inspection.select = c->options.select;
    c->inspection.ignore = c->options.ignore;
    if (c->policy != NULL)
        policy_write_rules(c->policy, &rules);
    c->rules = str_of(arena_string(&c->arena, buf_str(&rules)), rules.len);
    return rules.len == 0 || inspection_add_rules(&c->inspection, c->rules, err);
}

static bool look(struct checking *c, struct error *err)
{
    bool mends = c->options.fix || c->options.diff;
    struct checked *checked = &c->inspection.checked;
    return inspection_run(&c->inspection, c->options.language, err) &&
           (mends || check_tools_run(checked, &c->options, &c->arena, err)) &&
           apply_baseline(c, err) &&
           (!mends ||
            (check_fix(checked, &c->options, c->rules, &c->arena, err) && apply_baseline(c, err)));
}

static bool work(struct checking *c, int *ret_status, struct error *err)
{
    if (!check_settings_apply(&c->options, &c->arena, err) || !prepare(c, err) ||
        !check_targets_take(&c->inspection, &c->options, err) || !look(c, err))
        return false;
    *ret_status = status_of(c);
    if (c->options.diff)
        return true;
    if (c->options.write_baseline != NULL)
        return *ret_status = 0, write_baseline(c, err);
    return show(c, err) && judge(c, ret_status, err);
}

static void checking_done(struct checking *c)
{
    inspection_done(&c->inspection);
    arena_done(&c->arena);
}

/* Only what says how texts are looked at goes with a batch. */
static bool check_batch_options(const struct check_options *options, struct error *err)
{
    if (options->targets.count > 0)
        return error_set(err, ERROR_USAGE, "a batch takes no source, so '%s' is one too many",
                         shown_name(options->targets.list[0]).text);
    return (options->format == CHECK_AS_TERMINAL && options->baseline == NULL &&
            options->write_baseline == NULL && options->language == NULL &&
            options->stdin_filename == NULL && !options->all && !options->quiet && !options->fix &&
            !options->diff && options->changed == NULL &&
            options->tools.count + options->imports.count == 0) ||
           error_set(err, ERROR_USAGE,
                     "with --batch go --jobs, --ordered, --policy, --select and "
                     "--ignore");
}

static int run_batch(struct checking *c)
{
    struct error err = {};
    const char *policy = c->options.policy != NULL ? c->options.policy : "none";
    struct check_batch batch = {
        .batch = c->options.batch, .select = c->options.select, .ignore = c->options.ignore};
    if (!check_batch_options(&c->options, &err) ||
        !permit_find_policy(policy, &c->arena, &batch.policy, &err))
        return cli_fail(&err, true);
    return check_batch_run(&batch);
}

static int run(int argc, char **argv)
{
    struct error err = {};
    int status = 0;
    __attribute__((cleanup(checking_done))) struct checking c = {};
    arena_init(&c.arena, INSPECTION_ARENA_BYTES);
    if (!check_options_read(argc, argv, &c.arena, &c.options, &err))
        return cli_fail(&err, option_wants_json(argc, argv));
    if (c.options.help)
        return cli_show_help(&command_check);
    if (c.options.batch.path != NULL)
        return run_batch(&c);
    return work(&c, &status, &err) ? status : cli_fail(&err, c.options.json);
}

const struct command command_check = {
    .name = "check",
    .summary = "look at code without running it: syntax, risky calls",
    .usage = "check [OPTION...] FILE|FOLDER...\n"
             "check [OPTION...] - < CODE\n"
             "check --batch FILE|- [--jobs N] [--ordered] [--policy FILE|snippet]\n",
    .examples =
        "Sources are read in a box that has nothing else. What is said about them is advice: the "
        "box\n"
        "in which code runs is the boundary, and code that nothing was found in is no safer "
        "there.\n"
        "\n"
        "  testudo check app.py                    one file\n"
        "  testudo check src tests/run.sh          folders and files, each in its language\n"
        "  testudo check - --lang python < code    standard input\n"
        "  testudo check --json . | jq .summary    one JSON object\n"
        "  testudo check --fail-on medium .        exit status 1 for lesser findings too\n"
        "  testudo check --format sarif . > x      for code hosts; also github, junit\n"
        "  testudo check --changed=main .          only what differs from a commit\n"
        "  testudo check --tools auto .            other tools look too, each in a box\n"
        "  testudo check --diff . | less           what --fix would mend\n"
        "  testudo check --policy snippet a.py     would a service for snippets run it?\n"
        "  testudo check --batch - < texts.jsonl   {\"code\": …, \"language\": …, \"id\": …} a "
        "line\n"
        "\n"
        "Exit status: 0; 1 syntax errors, findings of the --fail-on severity or worse, or sources\n"
        "that could not be looked at (none: always 0); 125 wrong usage or our own failure.\n",
    .options = &check_option_table,
    .run = run,
};
