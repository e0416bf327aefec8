#include "report/report.h"
#include "report/xml.h"

static void begin_case(struct buf *out, const struct tested_module *module, struct str name,
                       struct str id)
{
    buf_add_text(out, "    <testcase classname=\"");
    xml_add_text(out, str_from(module->name));
    buf_add_text(out, "\" name=\"");
    xml_add_text(out, name);
    if (id.len > 0) {
        buf_add_byte(out, '[');
        xml_add_text(out, id);
        buf_add_byte(out, ']');
    }
    buf_add_byte(out, '"');
}

static void write_case(struct buf *out, const struct tested_module *module,
                       const struct test_block *block, const struct test_case *one)
{
    begin_case(out, module, block->name, one->id);
    buf_printf(out, " time=\"%.6f\"", (double)one->took_us / 1e6);
    if (one->fate == CASE_KEPT) {
        buf_add_text(out, "/>\n");
        return;
    }
    buf_printf(out, ">\n      <skipped message=\"left out: %s: ", case_fate_words[one->fate]);
    xml_add_text(out, one->reason);
    buf_add_text(out, "\"/>\n    </testcase>\n");
}

static void write_trouble(struct buf *out, const struct tested_module *module)
{
    begin_case(out, module, STR("generation"), STR(""));
    buf_add_text(out, " time=\"0\">\n      <error message=\"");
    xml_add_text(out, str_from(module->trouble));
    buf_add_text(out, "\"/>\n    </testcase>\n");
}

static int64_t sum_us(const struct test_suite *suite)
{
    int64_t sum = 0;
    for (uint32_t b = 0; b < suite->block_count; b++)
        for (uint32_t c = 0; c < suite->blocks[b].case_count; c++)
            sum += suite->blocks[b].cases[c].took_us;
    return sum;
}

static void write_suite(struct buf *out, const struct tested_module *module)
{
    uint32_t all = 0, kept = tested_sum(module).cases;
    const struct test_suite *suite = &module->suite;
    bool troubled = module->trouble != NULL;
    for (uint32_t i = 0; i < suite->block_count; i++)
        all += suite->blocks[i].case_count;
    buf_add_text(out, "  <testsuite name=\"");
    xml_add_text(out, str_from(module->name));
    buf_printf(out,
               "\" tests=\"%u\" failures=\"0\" errors=\"%d\" skipped=\"%u\" "
               "time=\"%.6f\">\n",
               all + troubled, troubled, all - kept, (double)sum_us(suite) / 1e6);
    for (uint32_t b = 0; b < suite->block_count; b++)
        for (uint32_t c = 0; c < suite->blocks[b].case_count; c++)
            write_case(out, module, &suite->blocks[b], &suite->blocks[b].cases[c]);
    if (troubled)
        write_trouble(out, module);
    buf_add_text(out, "  </testsuite>\n");
}

/* One case for each test of the project's own that failed, and one for all that passed. */
static void write_own(struct buf *out, const struct own_tests *own)
{
    if (own->files == 0)
        return;
    bool troubled = own->trouble != NULL;
    buf_printf(out,
               "  <testsuite name=\"the project's own tests\" tests=\"%u\" failures=\"%u\" "
               "errors=\"%d\" skipped=\"0\">\n",
               own->failing_count + 1, own->failing_count, troubled);
    buf_add_text(out, "    <testcase classname=\"own\" name=\"all\" time=\"0\"");
    if (troubled) {
        buf_add_text(out, ">\n      <error message=\"");
        xml_add_text(out, str_from(own->trouble));
        buf_add_text(out, "\"/>\n    </testcase>\n");
    } else {
        buf_add_text(out, "/>\n");
    }
    for (uint32_t i = 0; i < own->failing_count; i++) {
        buf_add_text(out, "    <testcase classname=\"own\" name=\"");
        xml_add_text(out, str_from(own->failing[i].name));
        buf_add_text(out, "\" time=\"0\">\n      <failure message=\"");
        xml_add_text(out, str_from(own->failing[i].why));
        buf_add_text(out, "\"/>\n    </testcase>\n");
    }
    buf_add_text(out, "  </testsuite>\n");
}

void report_write_junit(struct buf *out, const struct tested_project *project)
{
    buf_add_text(out,
                 "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites name=\"testudo\">\n");
    write_own(out, &project->own);
    for (uint32_t i = 0; i < project->module_count; i++)
        write_suite(out, &project->modules[i]);
    buf_add_text(out, "</testsuites>\n");
}
