#include "model/policy.h"

#include "tests/test.h"

static struct policy policy_of(struct arena *arena, const char *text)
{
    struct error err = {};
    struct policy policy = {};
    CHECK_OK(policy_read(arena, str_from(text), &policy, &err), err);
    return policy;
}

static struct finding finding_of(const char *rule, enum severity severity)
{
    return (struct finding){.rule = rule,
                            .message = "says so",
                            .severity = severity,
                            .confidence = SEVERITY_HIGH,
                            .line = 4,
                            .excerpt = ""};
}

static bool judges(const struct policy *policy, struct finding finding, enum checked_state state,
                   struct buf *why)
{
    struct checked_file file = {.name = "a.py",
                                .state = state,
                                .why = state == CHECKED_WHOLE ? NULL : "is too long",
                                .finding_count = 1,
                                .findings = &finding};
    const struct checked checked = {.files = &file, .file_count = 1};
    buf_clear(why);
    return policy_judge(policy, &checked, why);
}

TEST(policy_refuses_from_its_risk_on_and_says_where)
{
    auto_arena struct arena arena;
    auto_buf struct buf why;
    arena_init(&arena, 1 << 20);
    buf_init(&why, 1 << 12);
    struct policy policy = policy_of(&arena, "name: mine\nrisk: high\nexcept: [fine]\n");
    CHECK(judges(&policy, finding_of("x", SEVERITY_HIGH), CHECKED_WHOLE, &why));
    CHECK_TEXT(why.data, "was refused by policy mine: a.py:4: says so");
    CHECK(!judges(&policy, finding_of("x", SEVERITY_MEDIUM), CHECKED_WHOLE, &why));
    CHECK_INT(why.len, 0);
    CHECK(!judges(&policy, finding_of("fine", SEVERITY_CRITICAL), CHECKED_WHOLE, &why));
    CHECK(!judges(&policy, finding_of(FINDING_SYNTAX, SEVERITY_HIGH), CHECKED_WHOLE, &why));
    CHECK(!judges(&policy, finding_of("x", SEVERITY_LOW), CHECKED_PARTIAL, &why));
}

TEST(policy_refuses_rules_by_name_syntax_and_what_was_not_looked_at)
{
    auto_arena struct arena arena;
    auto_buf struct buf why;
    arena_init(&arena, 1 << 20);
    buf_init(&why, 1 << 12);
    struct policy policy = policy_of(
        &arena, "name: mine\nsyntax: true\nincomplete: true\nrules: ['python-*', other]\n");
    CHECK(judges(&policy, finding_of("python-x", SEVERITY_LOW), CHECKED_WHOLE, &why));
    CHECK(judges(&policy, finding_of("other", SEVERITY_LOW), CHECKED_WHOLE, &why));
    CHECK(!judges(&policy, finding_of("others", SEVERITY_CRITICAL), CHECKED_WHOLE, &why));
    CHECK(judges(&policy, finding_of("policy-import", SEVERITY_LOW), CHECKED_WHOLE, &why));
    CHECK(judges(&policy, finding_of(FINDING_SYNTAX, SEVERITY_HIGH), CHECKED_WHOLE, &why));
    CHECK(judges(&policy, finding_of("x", SEVERITY_LOW), CHECKED_SKIPPED, &why));
    CHECK_CONTAINS(why.data, "a.py: is too long");
}

TEST(policy_does_not_take_the_authors_word_that_a_finding_is_meant)
{
    auto_arena struct arena arena;
    auto_buf struct buf why;
    arena_init(&arena, 1 << 20);
    buf_init(&why, 1 << 12);
    struct policy policy = policy_of(&arena, "name: mine\nrisk: high\n");
    struct finding finding = finding_of("x", SEVERITY_HIGH);
    finding.ignored = "trust me";
    CHECK(judges(&policy, finding, CHECKED_WHOLE, &why));
    finding.ignored = NULL;
    finding.known = true;
    CHECK(judges(&policy, finding, CHECKED_WHOLE, &why));
}

TEST(policy_names_become_rules)
{
    auto_arena struct arena arena;
    auto_buf struct buf rules;
    arena_init(&arena, 1 << 20);
    buf_init(&rules, 1 << 14);
    struct policy policy = policy_of(&arena, "name: mine\nimports: [os]\ncalls: [open]\n");
    policy_write_rules(&policy, &rules);
    CHECK_CONTAINS(rules.data, "  import:\n  - \"os\"\n  - \"os.*\"\n");
    CHECK_CONTAINS(rules.data, "  - \"builtins.open\"\n");
    CHECK(strstr(rules.data, "policy-attribute") == NULL);
    policy = policy_of(&arena, "name: mine\n");
    buf_clear(&rules);
    policy_write_rules(&policy, &rules);
    CHECK_INT(rules.len, 0);
}

static void check_refused(const char *text, const char *part)
{
    struct error err = {};
    struct policy policy;
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    CHECK(!policy_read(&arena, str_from(text), &policy, &err));
    CHECK_CONTAINS(err.text, part);
}

TEST(policy_that_is_wrong_is_refused)
{
    check_refused("risk: high\n", "'name' is missing");
    check_refused("name: a b\n", "has more than a name");
    check_refused("name: a\nrisk: much\n", "'risk' must be");
    check_refused("name: a\nsyntax: 1\n", "'syntax' must be true or false");
    check_refused("name: a\nimports: os\n", "'imports' must be a list");
    check_refused("name: a\ncalls: ['x\"y']\n", "names alone");
    check_refused("name: a\nimport: [os]\n", "unknown field 'import'");
}
