#include "model/foreign.h"

#include <string.h>

#include "base/mem.h"
#include "tests/test.h"

/* What the tools said of small files, shortened to what is read and a little that is not. */
#define BANDIT                                                                                     \
    "{\"errors\": [], \"results\": [{\"code\": \"3     eval(x)\\n\", \"col_offset\": 4,"           \
    "\"end_col_offset\": 11, \"filename\": \"./a.py\", \"issue_confidence\": \"HIGH\","            \
    "\"issue_cwe\": {\"id\": 78, \"link\": \"https://cwe.mitre.org/data/definitions/78.html\"},"   \
    "\"issue_severity\": \"MEDIUM\", \"issue_text\": \"Use of possibly insecure function\","       \
    "\"line_number\": 3, \"line_range\": [3], \"test_id\": \"B307\"}]}"
#define RUFF                                                                                       \
    "[{\"cell\": null, \"code\": \"S307\", \"end_location\": {\"column\": 12, \"row\": 3},"        \
    "\"filename\": \"/in/tree-0/a.py\", \"fix\": null, \"location\": {\"column\": 5, \"row\": 3}," \
    "\"message\": \"Use of possibly insecure function\", \"severity\": \"error\"}]"
#define PYLINT                                                                                     \
    "{\"messages\": [{\"type\": \"warning\", \"symbol\": \"eval-used\", \"message\": \"Use of "    \
    "eval\", \"messageId\": \"W0123\", \"line\": 3, \"column\": 4, \"endLine\": 3,"                \
    "\"endColumn\": 11, \"path\": \"a.py\"}, {\"message\": \"x\", \"messageId\": \"E0001\","       \
    "\"line\": 4, \"column\": 0, \"endLine\": null, \"endColumn\": null, \"path\": \"a.py\"}],"    \
    "\"statistics\": {}}"
#define MYPY                                                                                       \
    "{\"file\": \"a.py\", \"line\": 7, \"column\": 9, \"end_line\": 7, \"end_column\": 12,"        \
    "\"message\": \"Incompatible types\", \"hint\": null, \"code\": \"assignment\","               \
    "\"severity\": \"error\"}\n"
#define ESLINT                                                                                     \
    "[{\"filePath\": \"/in/tree-0/a.js\", \"messages\": [{\"ruleId\": \"no-eval\","                \
    "\"severity\": 2, \"message\": \"`eval` can be harmful.\", \"line\": 1, \"column\": 1,"        \
    "\"endLine\": 1, \"endColumn\": 5}], \"errorCount\": 1}, {\"filePath\": \"/in/tree-0/b.js\","  \
    "\"messages\": []}]"
#define SHELLCHECK                                                                                 \
    "{\"comments\": [{\"file\": \"a.sh\", \"line\": 2, \"endLine\": 2, \"column\": 8,"             \
    "\"endColumn\": 14, \"level\": \"warning\", \"code\": 2115, \"message\": \"Use "               \
    "\\\"${var:?}\\\" to ensure this never expands to /* .\", \"fix\": null}]}"
#define SARIF                                                                                      \
    "{\"version\": \"2.1.0\", \"runs\": [{\"tool\": {\"driver\": {\"name\": \"PMD\", \"rules\": [" \
    "{\"id\": \"R1\", \"properties\": {\"security-severity\": \"9.1\", \"tags\": ["                \
    "\"security\", \"external/cwe/cwe-095\"]}}, {\"id\": \"R2\"}]}}, \"results\": ["               \
    "{\"ruleId\": \"R1\", \"message\": {\"text\": \"bad\"}, \"locations\": [{"                     \
    "\"physicalLocation\": {\"artifactLocation\": {\"uri\": \"file:///a%20b.py\"}, \"region\": {"  \
    "\"startLine\": 3, \"startColumn\": 5, \"endColumn\": 9}}}]},"                                 \
    "{\"ruleId\": \"R2\", \"level\": \"note\", \"message\": {\"text\": \"meh\"}, \"locations\": [" \
    "{\"physicalLocation\": {\"artifactLocation\": {\"uri\": \"b.py\"}}}],"                        \
    "\"suppressions\": [{\"kind\": \"inSource\"}]}]}]}"

struct told {
    uint32_t count;
    const char *file[8];
    struct finding list[8];
};

static void hear(void *cookie, const char *file, const struct finding *finding)
{
    struct told *told = cookie;
    CHECK(told->count < 8);
    told->file[told->count] = file;
    told->list[told->count++] = *finding;
}

static void check_first(enum foreign_tool tool, const char *text, const char *file,
                        const char *rule, enum severity severity, const uint32_t place[4])
{
    struct error err = {};
    struct told told = {};
    auto_arena struct arena arena;
    arena_init(&arena, 4 << 20);
    CHECK_OK(foreign_read(tool, str_from(text), &arena, hear, &told, &err), err);
    CHECK(told.count > 0);
    CHECK_TEXT(told.file[0], file);
    CHECK_TEXT(told.list[0].rule, rule);
    CHECK_INT(told.list[0].severity, severity);
    CHECK_INT(told.list[0].line, place[0]);
    CHECK_INT(told.list[0].column, place[1]);
    CHECK_INT(told.list[0].end_line, place[2]);
    CHECK_INT(told.list[0].end_column, place[3]);
}

TEST(what_other_tools_say_is_read_as_findings_whose_columns_count_from_one)
{
    static const struct {
        enum foreign_tool tool;
        const char *text, *file, *rule;
        enum severity severity;
        uint32_t place[4];
    } rows[] = {
        {FOREIGN_BANDIT, BANDIT, "./a.py", "bandit:B307", SEVERITY_MEDIUM, {3, 5, 3, 12}},
        {FOREIGN_RUFF, RUFF, "/in/tree-0/a.py", "ruff:S307", SEVERITY_LOW, {3, 5, 3, 12}},
        {FOREIGN_PYLINT, PYLINT, "a.py", "pylint:W0123", SEVERITY_LOW, {3, 5, 3, 12}},
        {FOREIGN_MYPY, MYPY, "a.py", "mypy:assignment", SEVERITY_LOW, {7, 10, 7, 13}},
        {FOREIGN_ESLINT,
         ESLINT,
         "/in/tree-0/a.js",
         "eslint:no-eval",
         SEVERITY_MEDIUM,
         {1, 1, 1, 5}},
        {FOREIGN_SHELLCHECK, SHELLCHECK, "a.sh", "shellcheck:SC2115", SEVERITY_LOW, {2, 8, 2, 14}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_first(rows[i].tool, rows[i].text, rows[i].file, rows[i].rule, rows[i].severity,
                    rows[i].place);
}

TEST(sarif_gives_places_weaknesses_and_what_was_suppressed)
{
    struct error err = {};
    struct told told = {};
    auto_arena struct arena arena;
    arena_init(&arena, 4 << 20);
    CHECK_OK(foreign_read_sarif(STR(SARIF), &arena, hear, &told, &err), err);
    CHECK_INT(told.count, 2);
    CHECK_TEXT(told.file[0], "/a b.py");
    CHECK_TEXT(told.list[0].rule, "PMD:R1");
    CHECK_INT(told.list[0].severity, SEVERITY_CRITICAL);
    CHECK_INT(told.list[0].cwe, 95);
    CHECK_INT(told.list[0].column, 5);
    CHECK(told.list[0].ignored == NULL);
    CHECK_INT(told.list[1].severity, SEVERITY_LOW);
    CHECK_INT(told.list[1].line, 1);
    CHECK_TEXT(told.list[1].ignored, "suppressed there");
}

TEST(what_a_tool_should_not_have_said_is_refused)
{
    static const char *const texts[] = {"", "x", "[]", "{\"results\": 1}", "{\"results\": [{}"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct error err = {};
        struct told told = {};
        auto_arena struct arena arena;
        arena_init(&arena, 4 << 20);
        CHECK(!foreign_read(FOREIGN_BANDIT, str_from(texts[i]), &arena, hear, &told, &err));
        CHECK_INT(err.kind, ERROR_INPUT);
        CHECK_INT(told.count, 0);
    }
}

/* ---- merging --------------------------------------------------------------------------------- */

static struct finding finding_of(const char *rule, uint32_t line, uint32_t cwe)
{
    return (struct finding){.rule = rule,
                            .message = "",
                            .excerpt = "",
                            .severity = SEVERITY_MEDIUM,
                            .line = line,
                            .end_line = line,
                            .cwe = cwe};
}

TEST(what_says_the_same_at_the_same_place_is_named_there_and_no_finding_of_its_own)
{
    struct finding ours[] = {finding_of("python-eval", 3, 95), finding_of("python-mode", 5, 732)};
    struct checked_file file = {.name = "a.py", .findings = ours, .finding_count = 2};
    const struct finding theirs[] = {
        finding_of("bandit:B307", 3, 78), finding_of("ruff:S307", 3, 0),
        finding_of("pylint:W0123", 3, 0), finding_of("bandit:B103", 5, 732),
        finding_of("bandit:B307", 4, 78), finding_of("ruff:S307", 4, 0),
        finding_of("ruff:F401", 3, 0),    finding_of("PMD:X", 5, 732),
    };
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < COUNT_OF(theirs); i++)
        foreign_merge(&file, &theirs[i], &arena);
    CHECK_INT(file.finding_count, 4);
    CHECK_TEXT(file.findings[0].also, "bandit:B307, ruff:S307, pylint:W0123");
    CHECK_TEXT(file.findings[1].rule, "ruff:F401");
    CHECK_TEXT(file.findings[2].rule, "bandit:B307");
    CHECK_TEXT(file.findings[2].also, "ruff:S307");
    CHECK_TEXT(file.findings[3].also, "bandit:B103, PMD:X");
}

TEST(more_findings_than_a_file_may_have_are_counted)
{
    struct checked_file file = {.name = "a.py"};
    auto_arena struct arena arena;
    arena_init(&arena, 4 << 20);
    for (uint32_t i = 0; i < FINDINGS_MAX + 1100; i++) {
        const struct finding finding = finding_of("mypy:x", i + 1, 0);
        foreign_merge(&file, &finding, &arena);
    }
    CHECK(file.finding_count <= FINDINGS_MAX && file.finding_count > FINDINGS_MAX / 2);
    CHECK_INT(file.finding_count + file.findings_left_out, FINDINGS_MAX + 1100);
}
