/* Forms of one line or element a finding: commands of GitHub's workflows, and JUnit's XML. */
#include "report/checked.h"

#include <string.h>

#include "report/xml.h"

static bool counts(const struct finding *finding)
{
    return finding->ignored == NULL && !finding->known;
}

/* ---- GitHub ---------------------------------------------------------------------------------- */

/* In a workflow command % and line ends have a meaning, in its properties also : and , . Without
 * this a source could write commands of its own into the log. */
static void add_escaped(struct buf *out, const char *text, bool property)
{
    for (; *text != '\0'; text++) {
        bool acts = (unsigned char)*text < ' ' || *text == '%' || *text == 127 ||
                    (property && (*text == ':' || *text == ','));
        if (acts)
            buf_printf(out, "%%%02X", (unsigned char)*text);
        else
            buf_add_byte(out, *text);
    }
}

static void write_command(struct buf *out, const char *word, const char *name)
{
    buf_printf(out, "::%s file=", word);
    add_escaped(out, strncmp(name, "./", 2) == 0 ? name + 2 : name, true);
}

static void write_annotation(struct buf *out, const struct checked_file *file,
                             const struct finding *finding)
{
    write_command(out,
                  finding->severity >= SEVERITY_HIGH     ? "error"
                  : finding->severity == SEVERITY_MEDIUM ? "warning"
                                                         : "notice",
                  file->name);
    buf_printf(out, ",line=%u,endLine=%u,col=%u,title=", finding->line, finding->end_line,
               finding->column);
    add_escaped(out, finding->rule, true);
    buf_add_text(out, "::");
    add_escaped(out, finding->message, false);
    buf_add_byte(out, '\n');
}

void checked_write_github(struct buf *out, const struct checked *checked)
{
    for (uint32_t i = 0; i < checked->file_count; i++) {
        const struct checked_file *file = &checked->files[i];
        if (file->state != CHECKED_WHOLE) {
            write_command(out, "warning", file->name);
            buf_add_text(out, file->state == CHECKED_PARTIAL ? "::only partly looked at: "
                                                             : "::not looked at: ");
            add_escaped(out, file->why != NULL ? file->why : "", false);
            buf_add_byte(out, '\n');
        }
        for (uint32_t k = 0; k < file->finding_count; k++)
            if (counts(&file->findings[k]))
                write_annotation(out, file, &file->findings[k]);
    }
}

/* ---- JUnit ----------------------------------------------------------------------------------- */

static void write_case(struct buf *out, const struct checked_file *file, const char *name)
{
    buf_add_text(out, "    <testcase classname=\"");
    xml_add_text(out, str_from(file->name));
    buf_add_text(out, "\" name=\"");
    xml_add_text(out, str_from(name));
    buf_add_byte(out, '"');
}

static void write_failure(struct buf *out, const struct checked_file *file,
                          const struct finding *finding)
{
    write_case(out, file, finding->rule);
    buf_printf(out, " line=\"%u\">\n      <failure type=\"%s\" message=\"", finding->line,
               severity_word(finding->severity));
    xml_add_text(out, str_from(finding->message));
    buf_printf(out, "\">line %u: ", finding->line);
    xml_add_text(out, str_from(finding->excerpt));
    buf_add_text(out, "</failure>\n    </testcase>\n");
}

static void write_suite(struct buf *out, const struct checked_file *file)
{
    bool whole = file->state == CHECKED_WHOLE;
    uint32_t failures = 0;
    for (uint32_t i = 0; i < file->finding_count; i++)
        failures += counts(&file->findings[i]);
    buf_add_text(out, "  <testsuite name=\"");
    xml_add_text(out, str_from(file->name));
    buf_printf(out, "\" tests=\"%u\" failures=\"%u\" errors=\"%d\" skipped=\"0\">\n",
               failures > 0 ? failures + !whole : 1, failures, !whole);
    for (uint32_t i = 0; i < file->finding_count; i++)
        if (counts(&file->findings[i]))
            write_failure(out, file, &file->findings[i]);
    if (!whole) {
        write_case(out, file, "looked at");
        buf_add_text(out, ">\n      <error message=\"");
        xml_add_text(out, str_from(file->why != NULL ? file->why : ""));
        buf_add_text(out, "\"/>\n    </testcase>\n");
    } else if (failures == 0) {
        write_case(out, file, "looked at");
        buf_add_text(out, "/>\n");
    }
    buf_add_text(out, "  </testsuite>\n");
}

/* A file is a suite; one in which nothing was found has one case, which passed. */
void checked_write_junit(struct buf *out, const struct checked *checked)
{
    buf_add_text(
        out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites name=\"testudo check\">\n");
    for (uint32_t i = 0; i < checked->file_count; i++)
        write_suite(out, &checked->files[i]);
    buf_add_text(out, "</testsuites>\n");
}
