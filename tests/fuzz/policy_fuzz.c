/*
 * Any bytes as a policy: it is refused with a reason, or it judges, and the rules that it makes are
 * rules: what a policy names cannot say anything else in them.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "base/yaml_read.h"
#include "model/policy.h"

static void check_rules(const struct policy *policy)
{
    struct error err = {};
    auto_buf struct buf rules;
    auto_arena struct arena arena;
    buf_init(&rules, 8 << 20);
    arena_init(&arena, 256 << 20);
    policy_write_rules(policy, &rules);
    if (rules.len == 0 || rules.over)
        return;
    const struct json_value *list = yaml_read(&arena, buf_str(&rules), &err);
    assert(list != NULL && list->kind == JSON_ARRAY);
    for (const struct json_value *rule = list->first; rule != NULL; rule = rule->next)
        assert(json_get(rule, "id")->kind == JSON_STRING);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {};
    struct policy policy;
    struct finding finding = {.rule = "a",
                              .message = "m",
                              .excerpt = "",
                              .severity = SEVERITY_HIGH,
                              .confidence = SEVERITY_LOW,
                              .line = 1};
    struct checked_file file = {.name = "\x1b", .finding_count = 1, .findings = &finding};
    const struct checked checked = {.files = &file, .file_count = 1};
    auto_arena struct arena arena;
    auto_buf struct buf why;
    arena_init(&arena, 64 << 20);
    buf_init(&why, 4096);
    if (size > 1 << 16)
        return 0;
    if (!policy_read(&arena, str_of(data, size), &policy, &err)) {
        assert(err.kind != ERROR_NONE && err.text[0] != '\0');
        return 0;
    }
    bool refused = policy_judge(&policy, &checked, &why);
    assert(refused == (why.len > 0));
    assert(!str_has(buf_str(&why), '\x1b') && !str_has(buf_str(&why), '\n'));
    check_rules(&policy);
    return 0;
}
