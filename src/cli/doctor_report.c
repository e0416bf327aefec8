#include "cli/doctor_report.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { NAME_WIDTH = 14, LEVEL_WIDTH = 10, STEP_WIDTH = 36 };

int doctor_count(const struct doctor_report *report, enum guarantee_level level)
{
    int count = 0;
    for (enum guarantee i = 0; i < GUARANTEE_COUNT; i++)
        count += doctor_level(&report->boxes, i) == level;
    return count;
}

/* ---- for people ----------------------------------------------------------------------------- */

/* Padded by hand: colours have no width. */
static void say_word(struct buf *out, const char *word, const char *colour, int width)
{
    int blanks = width - (int)strlen(word);
    buf_printf(out, "%s%s%s%*s", colour, word, colour[0] != '\0' ? "\033[0m" : "",
               blanks > 0 ? blanks : 0, "");
}

static const char *colour_of(enum guarantee_level level, bool colours)
{
    static const char *const words[] = {[GUARANTEE_MISSING] = "\033[31m",
                                        [GUARANTEE_WEAKER] = "\033[33m",
                                        [GUARANTEE_ENFORCED] = "\033[32m"};
    return colours ? words[level] : "";
}

static void say_advice(struct buf *out, const char *why, const char *fix)
{
    static const char indent[] = "                              ";
    if (why[0] != '\0') {
        buf_printf(out, "%swhy: ", indent);
        text_escape(out, str_from(why), false);
        buf_add_byte(out, '\n');
    }
    if (fix[0] != '\0')
        buf_printf(out, "%sfix: %s\n", indent, fix);
}

static void say_guarantee(const struct doctor_boxes *boxes, enum guarantee which, bool colours,
                          struct buf *out)
{
    enum guarantee_level level = doctor_level(boxes, which);
    buf_printf(out, "  %c %-*s", boxes->proofs[which].tested ? '*' : ' ', NAME_WIDTH,
               guarantee_word(which));
    say_word(out, guarantee_level_word(level), colour_of(level, colours), LEVEL_WIDTH);
    buf_printf(out, "%s\n", mechanism_text(boxes->isolation.state[which].mechanism));
    say_advice(out, doctor_why(boxes, which), doctor_fix(boxes, which));
}

static void say_summary(const struct doctor_report *report, struct buf *out)
{
    int missing = doctor_count(report, GUARANTEE_MISSING);
    buf_printf(out, "\nBoxes run here: %d guarantees enforced, %d weaker, %d missing.\n",
               doctor_count(report, GUARANTEE_ENFORCED), doctor_count(report, GUARANTEE_WEAKER),
               missing);
    if (missing > 0)
        buf_add_text(out, "What is missing is missing in every result too (isolation.missing).\n");
}

static void say_guarantees(const struct doctor_report *report, bool colours, struct buf *out)
{
    buf_printf(out, "\nWhat a box promises here (* put to the test just now, in %d boxes)\n",
               report->boxes.count);
    for (enum guarantee i = 0; i < GUARANTEE_COUNT; i++)
        say_guarantee(&report->boxes, i, colours, out);
    if (report->boxes.isolation.shared_page_cache)
        buf_add_text(out, "\n  The image 'host' shares its files' memory with the host, which can "
                          "be timed; to part them:\n  testudo image copy-host NAME, then testudo "
                          "run --image NAME\n");
}

static void say_error(const struct error *err, struct buf *out)
{
    buf_add_text(out, "\nNo box can be made here.\n  ");
    if (err->stage[0] != '\0')
        buf_printf(out, "%s: ", err->stage);
    text_escape(out, str_from(err->text), false);
    buf_add_byte(out, '\n');
    if (err->hint[0] == '\0')
        return;
    buf_add_text(out, "  ");
    text_escape(out, str_from(err->hint), false);
    buf_add_byte(out, '\n');
}

static const char *step_word(const struct doctor_step *step)
{
    if (!step->tried)
        return "not tried";
    return step->ok ? "yes" : step->needed ? "no" : "no; not needed";
}

static enum guarantee_level step_level(const struct doctor_step *step)
{
    if (step->ok)
        return GUARANTEE_ENFORCED;
    return step->tried && step->needed ? GUARANTEE_MISSING : GUARANTEE_WEAKER;
}

static void say_step(const struct doctor_step *step, bool colours, struct buf *out)
{
    buf_printf(out, "    %-*s", STEP_WIDTH, step->text);
    say_word(out, step_word(step), colour_of(step_level(step), colours), 0);
    buf_add_byte(out, '\n');
    if (step->ok || !step->tried)
        return;
    buf_add_text(out, "        why: ");
    text_escape(out, str_from(step->error.text), false);
    buf_printf(out, "\n        fix: %s\n", step->fix);
}

static void say_steps(const struct doctor_report *report, bool colours, struct buf *out)
{
    buf_add_text(out, "\nWhat a box is made of, each tried by itself\n");
    for (int i = 0; i < report->step_count; i++)
        say_step(&report->steps[i], colours, out);
}

void doctor_say(const struct doctor_report *report, bool colours, struct buf *out)
{
    doctor_host_say(&report->host, out);
    if (report->step_count > 0)
        say_steps(report, colours, out);
    if (report->ran) {
        say_guarantees(report, colours, out);
        say_summary(report, out);
    } else {
        say_error(&report->error, out);
    }
}

/* ---- Markdown ------------------------------------------------------------------------------- */

/* In a cell: no bar, no line end, nothing that acts. */
static void cell(struct buf *out, const char *text)
{
    auto_buf struct buf safe;
    buf_init(&safe, 4096);
    text_escape(&safe, str_from(text), false);
    for (size_t i = 0; i < safe.len; i++) {
        if (safe.data[i] == '|' || safe.data[i] == '<')
            buf_add_byte(out, '\\');
        buf_add_byte(out, safe.data[i]);
    }
}

static void say_row(const struct doctor_boxes *boxes, enum guarantee which, struct buf *out)
{
    enum guarantee_level level = doctor_level(boxes, which);
    const char *why = doctor_why(boxes, which);
    buf_printf(out, "| `%s` | %s | %s%s | ", guarantee_word(which), guarantee_text(which),
               guarantee_level_word(level), boxes->proofs[which].tested ? ", tested" : "");
    cell(out, mechanism_text(boxes->isolation.state[which].mechanism));
    if (why[0] != '\0') {
        buf_add_text(out, ": ");
        cell(out, why);
    }
    buf_add_text(out, " |\n");
}

void doctor_say_markdown(const struct doctor_report *report, struct buf *out)
{
    if (!report->ran) {
        buf_add_text(out, "No box can be made here: ");
        cell(out, report->error.text);
        buf_add_byte(out, '\n');
        return;
    }
    buf_add_text(out, "| guarantee | what it means | here | by |\n|---|---|---|---|\n");
    for (enum guarantee i = 0; i < GUARANTEE_COUNT; i++)
        say_row(&report->boxes, i, out);
    buf_printf(out, "\nPrinted by `testudo doctor --markdown`: kernel %s %s, %s mode.\n",
               report->host.kernel, report->host.machine,
               report->host.mode == MODE_ROOT ? "root" : "rootless");
}
