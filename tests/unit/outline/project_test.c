#include "outline/project.h"

#include <string.h>

#include "base/mem.h"
#include "tests/test.h"

struct kit {
    struct arena arena;
    struct project project;
    struct buf out;
};

static void begin(struct kit *kit)
{
    arena_init(&kit->arena, 64 << 20);
    buf_init(&kit->out, 1 << 20);
    project_init(&kit->project, &kit->arena);
}

static void end(struct kit *kit)
{
    project_done(&kit->project);
    buf_done(&kit->out);
    arena_done(&kit->arena);
}

/* A file with the functions of `functions` ("a b"), each of which calls what `calls` says, and
 * imports of `imports` ("module:name", ...). */
static void add(struct kit *kit, const char *name, const char *language, const char *functions,
                const char *calls, const char *imports)
{
    struct outline_entry entries[16] = {{.kind = OUTLINE_MODULE, .cyclomatic = 1}};
    struct outline_call call[16];
    struct outline_import import[16];
    struct outline_file file = {.name = str_from(name),
                                .language = str_from(language),
                                .entries = entries,
                                .entry_count = 1,
                                .calls = call,
                                .imports = import};
    struct str rest = str_from(functions), word;
    while (str_take_until(&rest, ' ', &word))
        entries[file.entry_count++] =
            (struct outline_entry){.kind = OUTLINE_FUNCTION,
                                   .name = word,
                                   .signature = word,
                                   .line = file.entry_count,
                                   .end_line = file.entry_count,
                                   .traits = OUTLINE_IS_PUBLIC | OUTLINE_IS_EXPORTED};
    for (rest = str_from(calls); str_take_until(&rest, ' ', &word);)
        call[file.call_count++] = (struct outline_call){file.entry_count - 1, 7, word};
    for (rest = str_from(imports); str_take_until(&rest, ' ', &word);) {
        struct str module;
        str_take_until(&word, ':', &module);
        import[file.import_count++] = (struct outline_import){0, 1, module, word, STR("")};
    }
    auto_buf struct buf text;
    buf_init(&text, 1 << 16);
    outline_write(&text, &file);
    struct error err = {};
    struct str lines = buf_str(&text), line;
    while (str_take_until(&lines, '\n', &line))
        CHECK_OK(project_hear(&kit->project, line, &err), err);
}

static const char *target(const struct kit *kit, const char *name, uint32_t import)
{
    for (uint32_t i = 0; i < kit->project.count; i++)
        if (str_is(kit->project.files[i].name, name)) {
            uint32_t to = kit->project.targets[i][import];
            return to != PROJECT_NONE
                       ? arena_string(kit->project.arena, kit->project.files[to].name)
                       : "none";
        }
    return "no such file";
}

TEST(project_resolves_imports_of_python)
{
    struct kit kit;
    begin(&kit);
    add(&kit, "src/pkg/__init__.py", "python", "", "", "");
    add(&kit, "src/pkg/sub/__init__.py", "python", "", "", "");
    add(&kit, "src/pkg/sub/b.py", "python", "", "", "..a:x .:c os:path pkg.a: pkg:a ...:a");
    add(&kit, "src/pkg/sub/c.py", "python", "", "", "");
    add(&kit, "src/pkg/a.py", "python", "", "", "pkg.sub.b:f");
    add(&kit, "tool.py", "python", "", "", "pkg.sub:b tool2:");
    project_link(&kit.project);
    CHECK_TEXT(target(&kit, "src/pkg/sub/b.py", 0), "src/pkg/a.py");
    CHECK_TEXT(target(&kit, "src/pkg/sub/b.py", 1), "src/pkg/sub/c.py");
    CHECK_TEXT(target(&kit, "src/pkg/sub/b.py", 2), "none");
    CHECK_TEXT(target(&kit, "src/pkg/sub/b.py", 3), "src/pkg/a.py");
    CHECK_TEXT(target(&kit, "src/pkg/sub/b.py", 4), "src/pkg/a.py");
    CHECK_TEXT(target(&kit, "src/pkg/sub/b.py", 5), "none");
    CHECK_TEXT(target(&kit, "src/pkg/a.py", 0), "src/pkg/sub/b.py");
    CHECK_TEXT(target(&kit, "tool.py", 0), "src/pkg/sub/b.py");
    CHECK_TEXT(target(&kit, "tool.py", 1), "none");
    end(&kit);
}

TEST(project_resolves_imports_of_scripts)
{
    struct kit kit;
    begin(&kit);
    add(&kit, "a/b.ts", "typescript", "", "", "./c:x ../d:y ./e.js:z ../../out:w fs:q");
    add(&kit, "a/c.tsx", "tsx", "", "", "");
    add(&kit, "d/index.js", "javascript", "", "", "");
    add(&kit, "a/e.ts", "typescript", "", "", "");
    project_link(&kit.project);
    CHECK_TEXT(target(&kit, "a/b.ts", 0), "a/c.tsx");
    CHECK_TEXT(target(&kit, "a/b.ts", 1), "d/index.js");
    CHECK_TEXT(target(&kit, "a/b.ts", 2), "a/e.ts");
    CHECK_TEXT(target(&kit, "a/b.ts", 3), "none");
    CHECK_TEXT(target(&kit, "a/b.ts", 4), "none");
    end(&kit);
}

TEST(project_finds_what_is_called_and_leaves_what_is_unsure)
{
    struct kit kit;
    begin(&kit);
    add(&kit, "a.py", "python", "f", "g h m.k x.many", "b:g");
    add(&kit, "b.py", "python", "g k", "", "");
    add(&kit, "c.py", "python", "g h k", "", "");
    add(&kit, "d.py", "python", "many", "", "");
    add(&kit, "e.py", "python", "many", "", "");
    project_link(&kit.project);
    CHECK_INT(kit.project.callees[0][0].file, 1);            /* imported */
    CHECK_INT(kit.project.callees[0][1].file, PROJECT_NONE); /* neither */
    CHECK_INT(kit.project.callees[0][2].file, 1);
    CHECK_INT(kit.project.callees[0][3].file, PROJECT_NONE); /* one of two */
    CHECK_INT(kit.project.used[kit.project.first[1] + 1], 1);
    end(&kit);
}

TEST(project_ranks_what_is_used_most_first)
{
    struct kit kit;
    begin(&kit);
    add(&kit, "a.py", "python", "f g", "core", "core:core");
    add(&kit, "b.py", "python", "h i", "core", "core:core");
    add(&kit, "core.py", "python", "core idle", "", "");
    project_link(&kit.project);
    uint32_t first = kit.project.first[2];
    CHECK(kit.project.rank[first + 1] > kit.project.rank[first + 2]);
    project_say_map(&kit.out, &kit.project, &(struct project_view){.depth = 9}, 5);
    CHECK_TEXT(kit.out.data, "core.py\n  core\n");
    end(&kit);
}

TEST(project_map_never_exceeds_its_budget)
{
    struct kit kit;
    begin(&kit);
    add(&kit, "a.py", "python", "f gggg hhhhhhhhhh i", "f", "");
    add(&kit, "b.py", "python", "j kkkkkk", "", "");
    project_link(&kit.project);
    for (uint32_t tokens = 1; tokens < 40; tokens++) {
        buf_clear(&kit.out);
        project_say_map(&kit.out, &kit.project, &(struct project_view){.depth = 9}, tokens);
        CHECK(kit.out.len <= 3 * tokens);
    }
    CHECK(strstr(kit.out.data, "hhhh") != NULL);
    end(&kit);
}

static uint32_t score_of(struct outline_entry function)
{
    struct kit kit;
    begin(&kit);
    add(&kit, "a.py", "python", "f g h", "", "");
    function.name = STR("f");
    kit.project.files[0].entries[1] = function;
    uint32_t score = project_score(&kit.project).score;
    end(&kit);
    return score;
}

/* The score falls or stays when any measure rises, and a measure past what is fine costs something.
 */
TEST(project_score_is_monotone)
{
    struct outline_entry plain = {.kind = OUTLINE_FUNCTION, .line = 1, .end_line = 1};
    uint32_t best = score_of(plain);
#define MEASURE(member, most)                                                                      \
    do {                                                                                           \
        uint32_t before = best;                                                                    \
        for (uint32_t value = 1; value <= (most); value++) {                                       \
            struct outline_entry entry = plain;                                                    \
            entry.member = value;                                                                  \
            uint32_t score = score_of(entry);                                                      \
            CHECK(score <= before);                                                                \
            before = score;                                                                        \
        }                                                                                          \
        CHECK(before < best);                                                                      \
    } while (0)
    MEASURE(cyclomatic, 60);
    MEASURE(cognitive, 90);
    MEASURE(end_line, 300);
    MEASURE(nesting, 20);
    MEASURE(parameters, 30);
    struct outline_entry documented = plain, shown = plain;
    documented.traits = shown.traits = OUTLINE_IS_PUBLIC | OUTLINE_IS_EXPORTED;
    documented.doc = STR("says what");
    CHECK(score_of(documented) > score_of(shown));
}

TEST(project_names_the_worst_with_a_reason)
{
    struct kit kit;
    begin(&kit);
    add(&kit, "a.py", "python", "f g h", "", "");
    kit.project.files[0].entries[2].cyclomatic = 30;
    kit.project.files[0].entries[3].parameters = 6;
    struct project_score score = project_score(&kit.project);
    CHECK_INT(score.worst_count, 2);
    CHECK_INT(score.worst[0].entry, 2);
    CHECK_INT(score.worst[1].entry, 3);
    project_reason(&kit.project.files[0].entries[2], &kit.out);
    CHECK_TEXT(kit.out.data, "30 cyclomatic complexity (10 are fine)");
    end(&kit);
}
