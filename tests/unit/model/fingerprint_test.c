#include "model/fingerprint.h"

#include <string.h>

#include "tests/test.h"

static struct finding two[] = {
    {.rule = "a",
     .message = "m",
     .line = 3,
     .severity = SEVERITY_HIGH,
     .confidence = SEVERITY_HIGH,
     .excerpt = "eval(x)"},
    {.rule = "a",
     .message = "m",
     .line = 9,
     .severity = SEVERITY_HIGH,
     .confidence = SEVERITY_HIGH,
     .excerpt = "eval(x)"},
};

static struct checked_file file_of(struct finding findings[2])
{
    return (struct checked_file){
        .name = "./a.py", .language = "python", .findings = findings, .finding_count = 2};
}

static bool is_same_print(const struct finding *changed, const char *name)
{
    char before[FINGERPRINT_HEX], after[FINGERPRINT_HEX];
    struct finding copy[2] = {*changed, two[1]};
    struct checked_file old = file_of(two), new = file_of(copy);
    new.name = name;
    fingerprint_of(&old, 0, before);
    fingerprint_of(&new, 0, after);
    CHECK_INT(strlen(after), FINGERPRINT_HEX - 1);
    return strcmp(before, after) == 0;
}

TEST(fingerprint_stays_when_lines_move_and_blanks_change)
{
    struct finding moved = two[0];
    moved.line = 300;
    moved.excerpt = "eval( x )";
    moved.message = "in other words";
    CHECK(is_same_print(&moved, "a.py"));
}

TEST(fingerprint_tells_rules_files_texts_and_twins_apart)
{
    char first[FINGERPRINT_HEX], second[FINGERPRINT_HEX];
    struct finding other = two[0];
    struct checked_file file = file_of(two);
    CHECK(!is_same_print(&other, "b.py"));
    other.rule = "b";
    CHECK(!is_same_print(&other, "a.py"));
    other = two[0];
    other.excerpt = "eval(y)";
    CHECK(!is_same_print(&other, "a.py"));
    fingerprint_of(&file, 0, first);
    fingerprint_of(&file, 1, second);
    CHECK(strcmp(first, second) != 0);
}

TEST(fingerprint_in_a_baseline_makes_a_finding_known)
{
    struct error err = {};
    struct finding copy[2] = {two[0], two[1]};
    struct checked_file file = file_of(copy);
    struct checked checked = {.files = &file, .file_count = 1};
    auto_buf struct buf text;
    buf_init(&text, 1 << 14);
    CHECK_INT(checked_sum(&checked).risk, SEVERITY_HIGH);
    baseline_write(&text, &checked);
    CHECK_OK(baseline_apply(&checked, buf_str(&text), &err), err);
    CHECK_INT(checked_sum(&checked).known, 2);
    CHECK_INT(checked_sum(&checked).found[SEVERITY_HIGH], 0);
    CHECK_INT(checked_sum(&checked).risk, SEVERITY_NONE);
    CHECK_OK(baseline_apply(&checked, STR("# nothing\n"), &err), err);
    CHECK(!baseline_apply(&checked, STR("what is this\n"), &err));
    CHECK_CONTAINS(err.text, "line 1 of the baseline");
}
