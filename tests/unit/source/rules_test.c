#include "source/rules.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "source/look.h"
#include "tests/test.h"

/* ---- the rules that come with the program ------------------------------------------------------
 */

static const char *end_of(const struct source_rule *rule)
{
    static const char *const names[SOURCE_LANGUAGES] = {"a.py",  "a.js", "a.ts",
                                                        "a.tsx", "a.sh", "A.java"};
    for (int i = 0; i < SOURCE_LANGUAGES; i++)
        if (rule->languages & 1u << i)
            return names[i];
    return "none";
}

static bool finds(const struct source_rules *rules, const char *name, struct str code,
                  const char *id)
{
    const struct source_look look = {.rules = rules, .parse_ms = 60000};
    struct checked_file file;
    auto_arena struct arena arena;
    arena_init(&arena, SOURCE_ARENA_BYTES);
    source_look_at(&look, name, code, &arena, &file);
    CHECK_INT(file.state, CHECKED_WHOLE);
    for (uint32_t i = 0; i < file.finding_count; i++)
        if (strcmp(file.findings[i].rule, id) == 0)
            return true;
    return false;
}

static uint32_t count_found(const struct source_rules *rules, struct str code, const char *id)
{
    const struct source_look look = {.rules = rules, .parse_ms = 60000};
    struct checked_file file;
    uint32_t count = 0;
    auto_arena struct arena arena;
    arena_init(&arena, SOURCE_ARENA_BYTES);
    source_look_at(&look, "a.py", code, &arena, &file);
    for (uint32_t i = 0; i < file.finding_count; i++)
        count += strcmp(file.findings[i].rule, id) == 0;
    return count;
}

static uint32_t count_wrong(const struct source_rules *rules, const struct source_rule *rule,
                            const struct json_value *examples, bool bad)
{
    uint32_t wrong = 0;
    for (const struct json_value *item = examples->first; item != NULL; item = item->next) {
        if (finds(rules, end_of(rule), item->text, rule->id) == bad)
            continue;
        printf("%s: the %s example is taken for the other:\n%s\n", rule->id, bad ? "bad" : "good",
               item->text.ptr);
        wrong++;
    }
    return wrong;
}

TEST_LASTING(rules_find_their_bad_examples_and_nothing_in_their_good_ones, 60)
{
    struct error err = {};
    struct source_rules rules;
    auto_arena struct arena arena;
    uint32_t wrong = 0;
    arena_init(&arena, 64 << 20);
    source_rules_init(&rules, &arena);
    CHECK_OK(source_rules_add_folder(&rules, "rules", &err), err);
    CHECK(rules.count > 30);
    for (uint32_t i = 0; i < rules.count; i++) {
        wrong += count_wrong(&rules, &rules.list[i], rules.list[i].bad, true);
        wrong += count_wrong(&rules, &rules.list[i], rules.list[i].good, false);
    }
    CHECK_INT(wrong, 0);
    source_rules_done(&rules);
}

static bool knows(const struct source_rules *rules, struct str id)
{
    for (uint32_t i = 0; i < rules->count; i++)
        if (str_is(id, rules->list[i].id))
            return true;
    return false;
}

TEST(rules_stand_instead_of_rules_that_there_are)
{
    struct error err = {};
    struct source_rules rules;
    auto_arena struct arena arena;
    uint32_t named = 0;
    arena_init(&arena, 64 << 20);
    source_rules_init(&rules, &arena);
    CHECK_OK(source_rules_add_folder(&rules, "rules", &err), err);
    for (uint32_t i = 0; i < rules.count; i++) {
        const struct json_value *list = rules.list[i].instead_of;
        for (const struct json_value *id = list != NULL ? list->first : NULL; id != NULL;
             id = id->next, named++)
            CHECK(knows(&rules, id->text) && !str_is(id->text, rules.list[i].id));
    }
    CHECK(named > 10);
    CHECK_INT(count_found(&rules, STR("eval(input())\neval(x)\n"), "python-eval-outside"), 1);
    CHECK_INT(count_found(&rules, STR("eval(input())\neval(x)\n"), "python-eval"), 1);
    source_rules_done(&rules);
}

/* ---- reading -----------------------------------------------------------------------------------
 */

#define HEAD                                                                                       \
    "- id: a\n  languages: [python]\n  group: g\n  severity: high\n  confidence: low\n"            \
    "  message: m\n  why: w\n  fix: f\n  bad: [a]\n  good: [b]\n"

static void check_refused(const char *text, const char *part)
{
    struct error err = {};
    struct source_rules rules;
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    source_rules_init(&rules, &arena);
    CHECK(!source_rules_add(&rules, str_from(text), &err));
    CHECK_CONTAINS(err.text, part);
    source_rules_done(&rules);
}

TEST(rules_that_are_wrong_are_refused_by_their_id)
{
    check_refused(HEAD, "rule a: it looks for nothing");
    check_refused(HEAD "  cal: [x]\n", "unknown field 'cal'");
    check_refused(HEAD "  call: x\n", "rule a: 'call' must be a list of texts");
    check_refused(HEAD "  text: '('\n", "rule a: 'text' must be a regular expression");
    check_refused(HEAD "  call: [x]\n  when:\n  - argument: 0\n    is: [maybe]\n", "no 'maybe'");
    check_refused(HEAD "  call: [x]\n" HEAD "  call: [x]\n", "there is a rule 'a' already");
    check_refused("a: 1\n", "a file of rules is a list");
    check_refused("- id: a\n  languages: [cobol]\n", "rule a: ");
}

TEST(rules_give_up_on_an_expression_that_takes_too_long)
{
    struct error err = {};
    struct source_rules rules;
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    source_rules_init(&rules, &arena);
    CHECK_OK(source_rules_add(&rules, STR(HEAD "  text: '(a+)+$'\n"), &err), err);
    CHECK(finds(&rules, "a.py", STR("'aaaa'\n"), "a"));
    CHECK(!finds(&rules, "a.py", STR("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'\n"), "a"));
    source_rules_done(&rules);
}

/* ---- comments that ignore -------------------------------------------------------------------- */

static const char *ignored_of(const struct source_rules *rules, struct arena *arena,
                              const char *code)
{
    const struct source_look look = {.rules = rules, .parse_ms = 60000};
    struct checked_file file;
    source_look_at(&look, "a.py", str_from(code), arena, &file);
    CHECK_INT(file.finding_count, 1);
    return file.findings[0].ignored != NULL ? file.findings[0].ignored : "not at all";
}

TEST(rules_are_ignored_by_name_and_with_a_reason_only)
{
    struct error err = {};
    struct source_rules rules;
    auto_arena struct arena arena;
    arena_init(&arena, SOURCE_ARENA_BYTES);
    source_rules_init(&rules, &arena);
    CHECK_OK(source_rules_add(&rules, STR(HEAD "  call: [f]\n"), &err), err);
    CHECK_TEXT(ignored_of(&rules, &arena, "f()  # testudo: ignore a it is ours\n"), "it is ours");
    CHECK_TEXT(ignored_of(&rules, &arena, "# testudo: ignore a ours\nf()\n"), "ours");
    CHECK_TEXT(ignored_of(&rules, &arena, "f()  # testudo: ignore a\n"), "not at all");
    CHECK_TEXT(ignored_of(&rules, &arena, "f()  # testudo: ignore b ours\n"), "not at all");
    CHECK_TEXT(ignored_of(&rules, &arena, "x = 1  # testudo: ignore a ours\nf()\n"), "not at all");
    CHECK_TEXT(ignored_of(&rules, &arena, "f('testudo: ignore a ours')\n"), "not at all");
    source_rules_done(&rules);
}

TEST(rules_do_not_see_a_hidden_direction_in_an_everyday_letter)
{
    struct source_rules rules;
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    source_rules_init(&rules, &arena);
    CHECK(finds(&rules, "a.py", STR("x = 1 # \xe2\x80\xae\n"), "hidden-direction"));
    CHECK(!finds(&rules, "a.py", STR("x = '\xe2\x82\xac \xe2\x80\x94'\n"), "hidden-direction"));
    CHECK_INT(count_found(&rules, STR("# \xe2\x80\xae \xe2\x81\xa6\n# \xe2\x80\xae\n"),
                          "hidden-direction"),
              2);
    source_rules_done(&rules);
}

TEST(rules_tell_of_letters_that_show_nothing_or_look_like_others)
{
    struct source_rules rules;
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    source_rules_init(&rules, &arena);
    CHECK(finds(&rules, "a.js", STR("var a = 'x\xe3\x85\xa4y';\n"), "hidden-character"));
    CHECK(finds(&rules, "a.js", STR("var a; // \xe2\x80\x8b\n"), "hidden-character"));
    CHECK(!finds(&rules, "a.js", STR("\xef\xbb\xbfvar a;\n"), "hidden-character"));
    CHECK(finds(&rules, "a.py", STR("p\xd0\xb0ypal = 1\n"), "mixed-alphabets"));
    CHECK(finds(&rules, "a.py", STR("x = p\xd0\xb0ypal"), "mixed-alphabets"));
    CHECK(!finds(&rules, "a.py", STR("# \xd0\xb0 \xd0\xbf\xd0\xb0\n"), "mixed-alphabets"));
    CHECK(!finds(&rules, "a.py", STR("\xce\x94x = 1\n"), "mixed-alphabets"));
}

TEST(rules_are_chosen_by_name_and_a_name_that_is_none_is_refused)
{
    struct error err = {};
    struct source_rules rules;
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    source_rules_init(&rules, &arena);
    CHECK_OK(source_rules_add(&rules, STR(HEAD "  call: [f]\n"), &err), err);
    const struct json_value *one = json_read(&arena, STR("[\"a\"]"), &err);
    const struct json_value *hidden = json_read(&arena, STR("[\"hidden-*\"]"), &err);
    const struct json_value *none = json_read(&arena, STR("[\"b\"]"), &err);
    struct str code = STR("f() # \xe2\x80\xae\n");
    CHECK_OK(source_rules_select(&rules, one, NULL, &err), err);
    CHECK(finds(&rules, "a.py", code, "a") && !finds(&rules, "a.py", code, "hidden-direction"));
    rules.characters_off = 0;
    CHECK_OK(source_rules_select(&rules, NULL, one, &err), err);
    CHECK(!finds(&rules, "a.py", code, "a") && finds(&rules, "a.py", code, "hidden-direction"));
    CHECK_OK(source_rules_select(&rules, NULL, hidden, &err), err);
    CHECK(finds(&rules, "a.py", code, "a") && !finds(&rules, "a.py", code, "hidden-direction"));
    CHECK(!source_rules_select(&rules, none, NULL, &err));
    CHECK_CONTAINS(err.text, "there is no rule 'b'");
    source_rules_done(&rules);
}
