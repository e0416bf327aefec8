#include "report/checked.h"

#include "base/text.h"

enum { EXCERPT_INDENT = 4, LEFT_OUT_BYTES_MAX = 512 };

struct screen {
    struct buf *out;
    bool colours;
};

#define BOLD "\033[1m"
#define RED "\033[31m"
#define YELLOW "\033[33m"
#define CYAN "\033[36m"
#define PLAIN "\033[0m"

static void paint(struct screen *screen, const char *colour)
{
    if (screen->colours)
        buf_add_text(screen->out, colour);
}

static const char *colour_of(enum severity severity)
{
    return severity >= SEVERITY_HIGH ? RED : severity == SEVERITY_MEDIUM ? YELLOW : CYAN;
}

/* Tabs as one blank, so that the marks stand below what they mean. */
static void write_excerpt(struct screen *screen, const struct finding *finding)
{
    struct str rest = str_from(finding->excerpt), piece;
    if (rest.len == 0 && !finding_is_syntax(finding))
        return; /* of another tool */
    buf_printf(screen->out, "%*s", EXCERPT_INDENT, "");
    for (bool first = true; str_take_until(&rest, '\t', &piece); first = false) {
        if (!first)
            buf_add_byte(screen->out, ' ');
        text_escape(screen->out, piece, false);
    }
    buf_printf(screen->out, "\n%*s", EXCERPT_INDENT + (int)finding->excerpt_at, "");
    paint(screen, colour_of(finding->severity));
    for (uint32_t i = 0; i < finding->excerpt_marks; i++)
        buf_add_byte(screen->out, '^');
    paint(screen, PLAIN);
    buf_add_byte(screen->out, '\n');
}

static void write_finding(struct screen *screen, const struct checked_file *file,
                          const struct finding *finding)
{
    paint(screen, BOLD);
    text_escape(screen->out, str_from(file->name), false);
    buf_printf(screen->out, ":%u:%u: ", finding->line, finding->column);
    paint(screen, PLAIN);
    paint(screen, colour_of(finding->severity));
    buf_add_text(screen->out,
                 finding_is_syntax(finding) ? "error" : severity_word(finding->severity));
    paint(screen, PLAIN);
    buf_add_byte(screen->out, ' ');
    text_escape(screen->out, str_from(finding->rule), false);
    buf_add_text(screen->out, ": ");
    text_escape(screen->out, str_from(finding->message), false);
    if (finding->also != NULL) {
        buf_add_text(screen->out, " (also ");
        text_escape(screen->out, str_from(finding->also), false);
        buf_add_byte(screen->out, ')');
    }
    buf_add_byte(screen->out, '\n');
    write_excerpt(screen, finding);
}

static void write_state(struct screen *screen, const struct checked_file *file)
{
    if (file->state == CHECKED_WHOLE)
        return;
    text_escape(screen->out, str_from(file->name), false);
    buf_add_text(screen->out, file->state == CHECKED_PARTIAL ? ": only partly looked at: "
                                                             : ": not looked at: ");
    text_escape(screen->out, str_from(file->why != NULL ? file->why : ""), false);
    buf_add_byte(screen->out, '\n');
}

static void write_count(struct buf *out, uint32_t count, const char *one, const char *many)
{
    if (count > 0)
        buf_printf(out, ", %u %s", count, count == 1 ? one : many);
}

static void write_sums(struct buf *out, const struct checked *checked)
{
    struct checked_sums sums = checked_sum(checked);
    uint32_t looked = checked->file_count - sums.states[CHECKED_SKIPPED];
    buf_printf(out, "%u %s, %lld lines", looked, looked == 1 ? "file" : "files",
               (long long)sums.lines);
    write_count(out, sums.states[CHECKED_PARTIAL], "of it only partly looked at",
                "of them only partly looked at");
    write_count(out, sums.states[CHECKED_SKIPPED], "not looked at", "not looked at");
    write_count(out, sums.syntax, "syntax error", "syntax errors");
    for (enum severity severity = SEVERITY_CRITICAL; severity > SEVERITY_NONE; severity--)
        write_count(out, sums.found[severity], severity_word(severity), severity_word(severity));
    write_count(out, sums.ignored, "ignored by a comment", "ignored by comments");
    write_count(out, sums.known, "known by the baseline", "known by the baseline");
    write_count(out, sums.left_out, "more of one file left out", "more of one file left out");
    buf_printf(out, "; risk: %s\n", severity_word(sums.risk));
}

static void write_left_out(struct buf *out, const struct left_out *trees)
{
    auto_buf struct buf text;
    buf_init(&text, LEFT_OUT_BYTES_MAX);
    left_out_say(&text, trees);
    if (text.len > 0)
        buf_printf(out, "left out: %s\n", text.data);
    if (trees->cut || trees->deep)
        buf_add_text(out, "there are more names than can be listed: some were not looked at\n");
}

void checked_write_terminal(struct buf *out, const struct checked *checked, bool colours)
{
    struct screen screen = {out, colours};
    for (uint32_t i = 0; i < checked->file_count; i++) {
        const struct checked_file *file = &checked->files[i];
        write_state(&screen, file);
        for (uint32_t k = 0; k < file->finding_count; k++)
            if (file->findings[k].ignored == NULL && !file->findings[k].known)
                write_finding(&screen, file, &file->findings[k]);
    }
    write_left_out(out, &checked->trees);
    write_sums(out, checked);
}
