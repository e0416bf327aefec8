#include "model/outline.h"

#include "base/mem.h"
#include "tests/test.h"

static struct outline_entry entries[] = {
    {.kind = OUTLINE_MODULE, .line = 1, .end_line = 9, .cyclomatic = 1},
    {.kind = OUTLINE_CLASS, .line = 2, .end_line = 8, .cyclomatic = 1, .traits = OUTLINE_IS_PUBLIC},
    {.kind = OUTLINE_METHOD, .parent = 1, .line = 3, .end_line = 5, .cyclomatic = 4},
};

static struct outline_word words[] = {
    {OUTLINE_WORD_RAISED, 2, {"KeyError", 8}},
    {OUTLINE_WORD_BASE, 1, {"Base", 4}},
    {OUTLINE_WORD_RAISED, 2, {"OSError", 7}},
};

static struct outline_call calls[] = {{2, 4, {"os.path.join", 12}}};
static struct outline_import imports[] = {{0, 1, {"os", 2}, {"path", 4}, {"p", 1}}};

static struct outline_file sample(void)
{
    entries[1].name = STR("A");
    entries[2].name = STR("f");
    entries[2].signature = STR("def f(a\tb)");
    entries[2].doc = STR("one\n\\two\n");
    return (struct outline_file){
        .name = STR("a\n\t\\b.py"),
        .language = STR("python"),
        .lines = 9,
        .entries = entries,
        .entry_count = 3,
        .words = words,
        .word_count = 3,
        .calls = calls,
        .call_count = 1,
        .imports = imports,
        .import_count = 1,
    };
}

/* Reads all of the text; false and an error at the first line that is none. */
static bool read_all(struct outline_reader *reader, struct str text, bool *ret_ended,
                     struct error *err)
{
    struct str line = {};
    *ret_ended = false;
    while (str_take_until(&text, '\n', &line))
        if (!outline_read(reader, line, false, ret_ended, err))
            return false;
    return true;
}

TEST(outline_reads_what_it_wrote)
{
    struct error err = {};
    struct outline_reader reader;
    auto_arena struct arena arena;
    auto_buf struct buf text;
    bool ended;
    const struct outline_file file = sample();
    arena_init(&arena, 1 << 20);
    buf_init(&text, 1 << 20);
    outline_write(&text, &file);
    outline_reader_init(&reader, &arena);
    CHECK_OK(read_all(&reader, buf_str(&text), &ended, &err), err);
    CHECK(ended);
    CHECK_TEXT(arena_string(&arena, reader.file.name), "a\n\t\\b.py");
    CHECK_INT(reader.file.entry_count, 3);
    CHECK_TEXT(arena_string(&arena, reader.file.entries[2].signature), "def f(a\tb)");
    CHECK_TEXT(arena_string(&arena, reader.file.entries[2].doc), "one\n\\two\n");
    CHECK_INT(reader.file.entries[2].cyclomatic, 4);
    CHECK_INT(reader.file.entries[2].word_count, 2);
    const struct outline_word *own = &reader.file.words[reader.file.entries[2].first_word];
    CHECK_TEXT(arena_string(&arena, own[1].text), "OSError");
    CHECK_TEXT(arena_string(&arena, reader.file.calls[0].name), "os.path.join");
    CHECK_TEXT(arena_string(&arena, reader.file.imports[0].alias), "p");
    CHECK_TEXT(outline_full_name(&reader.file, 2, &arena).ptr, "A.f");
}

static void check_refused(const char *text)
{
    struct error err = {};
    struct outline_reader reader;
    auto_arena struct arena arena;
    bool ended;
    arena_init(&arena, 1 << 20);
    outline_reader_init(&reader, &arena);
    if (read_all(&reader, str_from(text), &ended, &err))
        test_check(false, text, __FILE__, __LINE__);
    CHECK_INT(err.kind, ERROR_USAGE);
}

#define FILE_LINE "F\t0\t0\t1\t1\t1\t0\t0\ta.py\tpython\t\t\n"
#define ENTRY_LINE(parent) "D\t0\t" parent "\t1\t1\t0\t0\t1\t0\t0\t0\tf\t\t\n"

TEST(outline_refuses_lines_that_it_never_writes)
{
    check_refused("E\n");
    check_refused(ENTRY_LINE("0"));
    check_refused("F\t0\t0\t1\t1\t1\t0\t0\t\tpython\t\t\n");
    check_refused("F\t9\t0\t1\t1\t1\t0\t0\ta\tpython\t\t\n");
    check_refused(FILE_LINE FILE_LINE);
    check_refused(FILE_LINE "C\t0\t1\tf\n");
    check_refused(FILE_LINE ENTRY_LINE("1"));
    check_refused(FILE_LINE ENTRY_LINE("0") ENTRY_LINE("1"));
    check_refused(FILE_LINE ENTRY_LINE("0") ENTRY_LINE("2"));
    check_refused(FILE_LINE ENTRY_LINE("0") "C\t1\t1\tf\n");
    check_refused(FILE_LINE ENTRY_LINE("0") "C\t0\t-1\tf\n");
    check_refused(FILE_LINE ENTRY_LINE("0") "C\t0\t1\tf\tg\n");
    check_refused(FILE_LINE ENTRY_LINE("0") "C\t0\t1\t\\x\n");
    check_refused(FILE_LINE ENTRY_LINE("0") "R\t1\tKeyError\n");
}

TEST(outline_refuses_definitions_that_lie_too_deep_in_each_other)
{
    auto_buf struct buf text;
    buf_init(&text, 1 << 20);
    buf_add_text(&text, FILE_LINE ENTRY_LINE("0"));
    for (int i = 0; i <= OUTLINE_DEPTH_MAX; i++)
        buf_printf(&text, "D\t1\t%d\t1\t1\t0\t0\t1\t0\t0\t0\tf\t\t\n", i);
    check_refused(text.data);
}

TEST(outline_stops_where_the_arena_ends)
{
    struct error err = {};
    struct outline_reader reader;
    auto_arena struct arena arena;
    bool ended;
    arena_init(&arena, 4096);
    outline_reader_init(&reader, &arena);
    CHECK_OK(read_all(&reader, STR(FILE_LINE ENTRY_LINE("0")), &ended, &err), err);
    bool ok = true;
    for (int i = 0; ok && i < 1000; i++)
        ok = outline_read(&reader, STR("C\t0\t1\tf"), false, &ended, &err);
    CHECK(!ok);
}
