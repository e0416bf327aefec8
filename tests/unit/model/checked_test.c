#include "model/checked.h"

#include "tests/test.h"

static struct finding sample = {
    .rule = "python-eval",
    .message = "a \"text\" with\n\x1b signs",
    .severity = SEVERITY_HIGH,
    .confidence = SEVERITY_MEDIUM,
    .cwe = 95,
    .line = 3,
    .column = 5,
    .end_line = 3,
    .end_column = 9,
    .excerpt = "eval(x)",
    .excerpt_at = 0,
    .excerpt_marks = 4,
};

static struct checked_file sample_file(void)
{
    return (struct checked_file){
        .name = "a.py", .language = "python", .lines = 7, .findings = &sample, .finding_count = 1};
}

TEST(checked_reads_what_it_wrote)
{
    struct error err = {};
    struct json_writer json;
    struct checked_file file = sample_file(), again;
    auto_buf struct buf line;
    auto_arena struct arena arena;
    buf_init(&line, 1 << 16);
    arena_init(&arena, 1 << 20);
    json_start(&json, &line);
    checked_write_file(&json, &file);
    CHECK_OK(checked_read_file(&arena, buf_str(&line), &again, &err), err);
    CHECK_TEXT(again.name, "a.py");
    CHECK_INT(again.state, CHECKED_WHOLE);
    CHECK(again.why == NULL);
    CHECK_INT(again.finding_count, 1);
    CHECK_TEXT(again.findings[0].message, sample.message);
    CHECK_INT(again.findings[0].severity, SEVERITY_HIGH);
    CHECK_INT(again.findings[0].end_column, 9);
    CHECK(again.findings[0].ignored == NULL);
}

TEST(checked_refuses_a_line_that_no_worker_of_ours_wrote)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"name\":\"a\"}",
        "{\"name\":\"a\",\"language\":null,\"state\":\"perfect\",\"why\":null,\"bytes\":1,"
        "\"lines\":1,\"findings\":[],\"findings_left_out\":0}",
        "{\"name\":\"a\",\"language\":null,\"state\":\"checked\",\"why\":null,\"bytes\":-1,"
        "\"lines\":1,\"findings\":[],\"findings_left_out\":0}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error err = {};
        struct checked_file file;
        auto_arena struct arena arena;
        arena_init(&arena, 1 << 20);
        CHECK(!checked_read_file(&arena, str_from(bad[i]), &file, &err));
        CHECK_CONTAINS(err.text, "read what the worker says");
    }
}

static enum severity risk_of(const char *rule, enum severity severity, enum severity confidence,
                             const char *ignored)
{
    const struct finding finding = {
        .rule = rule, .severity = severity, .confidence = confidence, .ignored = ignored};
    return finding_risk(&finding);
}

TEST(checked_risk_is_the_severity_or_one_less_where_little_is_sure)
{
    CHECK_INT(risk_of("x", SEVERITY_HIGH, SEVERITY_HIGH, NULL), SEVERITY_HIGH);
    CHECK_INT(risk_of("x", SEVERITY_HIGH, SEVERITY_MEDIUM, NULL), SEVERITY_HIGH);
    CHECK_INT(risk_of("x", SEVERITY_HIGH, SEVERITY_LOW, NULL), SEVERITY_MEDIUM);
    CHECK_INT(risk_of("x", SEVERITY_LOW, SEVERITY_LOW, NULL), SEVERITY_LOW);
    CHECK_INT(risk_of("x", SEVERITY_HIGH, SEVERITY_HIGH, "known"), SEVERITY_NONE);
    CHECK_INT(risk_of(FINDING_SYNTAX, SEVERITY_HIGH, SEVERITY_HIGH, NULL), SEVERITY_NONE);
}

TEST(checked_sums_count_each_kind_once)
{
    struct checked checked = {};
    struct checked_file file = sample_file(), skipped = {.name = "b", .state = CHECKED_SKIPPED};
    checked_add(&checked, &skipped);
    checked_add(&checked, &file);
    checked_sort(&checked);
    CHECK_TEXT(checked.files[0].name, "a.py");
    struct checked_sums sums = checked_sum(&checked);
    CHECK_INT(sums.lines, 7);
    CHECK_INT(sums.found[SEVERITY_HIGH], 1);
    CHECK_INT(sums.states[CHECKED_SKIPPED], 1);
    CHECK_INT(sums.risk, SEVERITY_HIGH);
    checked_done(&checked);
}
