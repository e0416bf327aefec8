#include "source/outline.h"

#include <string.h>

#include "tests/test.h"

struct kit {
    struct arena arena;
    struct outline_file file;
};

static void outline(struct kit *kit, const char *name, const char *text)
{
    arena_init(&kit->arena, OUTLINE_ARENA_BYTES);
    source_outline(name, str_from(text), NULL, false, 60000, &kit->arena, &kit->file);
    CHECK_INT(kit->file.state, OUTLINE_WHOLE);
}

static const char *text_of(struct kit *kit, struct str text)
{
    return arena_string(&kit->arena, text);
}

static const struct outline_entry *entry_of(struct kit *kit, const char *name)
{
    for (uint32_t i = 1; i < kit->file.entry_count; i++)
        if (str_is(kit->file.entries[i].name, name))
            return &kit->file.entries[i];
    test_check(false, name, __FILE__, __LINE__);
    return NULL;
}

static bool has_word(const struct kit *kit, enum outline_word_kind kind, const char *text)
{
    for (uint32_t i = 0; i < kit->file.word_count; i++)
        if (kit->file.words[i].kind == kind && str_is(kit->file.words[i].text, text))
            return true;
    return false;
}

static bool has_call(const struct kit *kit, const char *name)
{
    for (uint32_t i = 0; i < kit->file.call_count; i++)
        if (str_is(kit->file.calls[i].name, name))
            return true;
    return false;
}

static bool has_import(const struct kit *kit, const char *module, const char *name,
                       const char *alias)
{
    for (uint32_t i = 0; i < kit->file.import_count; i++)
        if (str_is(kit->file.imports[i].module, module) &&
            str_is(kit->file.imports[i].name, name) && str_is(kit->file.imports[i].alias, alias))
            return true;
    return false;
}

/* ---- Python ---------------------------------------------------------------------------------- */

TEST(outline_of_python_has_signatures_and_docstrings)
{
    struct kit kit;
    outline(&kit, "a.py",
            "\"\"\"All of it.\"\"\"\n"
            "class A(Base, metaclass=M):\n"
            "    '''First.\n\n    >>> A()\n    '''\n"
            "    @property\n"
            "    async def size(self, *,  # why\n"
            "                   deep: bool = (1, 2),\n"
            "    ) -> 'int':\n"
            "        return 1\n"
            "def _hidden(a, /, b): pass\n");
    CHECK_TEXT(text_of(&kit, kit.file.entries[0].doc), "All of it.");
    const struct outline_entry *a = entry_of(&kit, "A"), *size = entry_of(&kit, "size");
    CHECK_INT(a->kind, OUTLINE_CLASS);
    CHECK_TEXT(text_of(&kit, a->signature), "class A(Base, metaclass=M)");
    CHECK_TEXT(text_of(&kit, a->doc), "First.\n\n>>> A()");
    CHECK_INT(a->doctests, 1);
    CHECK_INT(size->kind, OUTLINE_METHOD);
    CHECK_TEXT(text_of(&kit, size->signature),
               "async def size(self, *, deep: bool = (1, 2)) -> 'int'");
    CHECK_INT(size->parameters, 1);
    CHECK_INT(size->traits,
              OUTLINE_IS_PUBLIC | OUTLINE_IS_EXPORTED | OUTLINE_IS_ASYNC | OUTLINE_IS_PROPERTY);
    CHECK_INT(entry_of(&kit, "_hidden")->traits, 0);
    CHECK_INT(entry_of(&kit, "_hidden")->parameters, 2);
    CHECK(has_word(&kit, OUTLINE_WORD_BASE, "Base"));
    CHECK(has_word(&kit, OUTLINE_WORD_DECORATOR, "property"));
    arena_done(&kit.arena);
}

TEST(outline_of_python_has_imports_calls_and_exceptions)
{
    struct kit kit;
    outline(&kit, "a.py",
            "import os.path, sys as s\n"
            "from ..b import c as d, e\n"
            "from f import *\n"
            "def g():\n"
            "    def inner():\n"
            "        raise KeyError\n"
            "    os.path.join(h(1).close(), [])\n"
            "    raise errors.Bad('x') from None\n");
    CHECK(has_import(&kit, "os.path", "", ""));
    CHECK(has_import(&kit, "sys", "", "s"));
    CHECK(has_import(&kit, "..b", "c", "d"));
    CHECK(has_import(&kit, "..b", "e", ""));
    CHECK(has_import(&kit, "f", "*", ""));
    CHECK(has_call(&kit, "os.path.join"));
    CHECK(has_call(&kit, "h"));
    CHECK(has_call(&kit, ".close"));
    CHECK_INT(kit.file.words[0].entry, 2); /* of inner */
    CHECK(has_word(&kit, OUTLINE_WORD_RAISED, "KeyError"));
    CHECK_INT(kit.file.words[1].entry, 1);
    CHECK(has_word(&kit, OUTLINE_WORD_RAISED, "errors.Bad"));
    arena_done(&kit.arena);
}

TEST(outline_takes_what_a_module_lists_for_all_that_it_exports)
{
    struct kit kit;
    outline(&kit, "a.py", "__all__ = ['_b']\ndef a(): pass\ndef _b(): pass\n");
    CHECK_INT(entry_of(&kit, "a")->traits & OUTLINE_IS_EXPORTED, 0);
    CHECK(entry_of(&kit, "_b")->traits & OUTLINE_IS_EXPORTED);
    arena_done(&kit.arena);
}

/* ---- measures -------------------------------------------------------------------------------- */

static void check_measures(const char *name, const char *text, uint32_t cyclomatic,
                           uint32_t cognitive, uint32_t nesting)
{
    struct kit kit;
    outline(&kit, name, text);
    const struct outline_entry *f = entry_of(&kit, "f");
    CHECK_INT(f->cyclomatic, cyclomatic);
    CHECK_INT(f->cognitive, cognitive);
    CHECK_INT(f->nesting, nesting);
    arena_done(&kit.arena);
}

TEST(outline_measures_python)
{
    check_measures("a.py", "def f(): pass\n", 1, 0, 0);
    check_measures("a.py",
                   "def f(a):\n"
                   "    for x in a:\n"                /* 1, 1 */
                   "        if x and y and z or w:\n" /* 1 + 3, 2 + 2 */
                   "            pass\n"
                   "        elif y:\n" /* 1, 1 */
                   "            pass\n"
                   "        else:\n"     /* 0, 1 */
                   "            f(x)\n", /* 0, 1 */
                   7, 8, 2);
    check_measures("a.py", "def f(a):\n    def g():\n        if a: pass\n    return a\n", 1, 0, 0);
    check_measures("a.py", "def f(a):\n    return [x if x else 0 for x in a if x]\n", 4, 2, 1);
}

TEST(outline_measures_javascript_and_java_alike)
{
    check_measures("a.js",
                   "function f(a) {\n"
                   "  if (a) { g(); }\n"          /* 1, 1 */
                   "  else if (a > 1) { g(); }\n" /* 1, 1 */
                   "  else { while (a) g(); }\n"  /* 1, 1 + 2 */
                   "}\n",
                   4, 5, 2);
    check_measures("A.java",
                   "class A { void f(int a) {\n"
                   "  if (a > 0) { g(); }\n"
                   "  else if (a > 1) { g(); }\n"
                   "  else { while (a > 2) g(); }\n"
                   "} }\n",
                   4, 5, 2);
    check_measures("a.ts", "const f = (a: any) => a ?? (a || b);\n", 3, 2, 0);
}

TEST(outline_counts_lines_of_code_and_of_comments)
{
    struct kit kit;
    outline(&kit, "a.py", "# one\n\nx = 1  # no line of its own\n# two\n  # three\n");
    CHECK_INT(kit.file.lines, 5);
    CHECK_INT(kit.file.comments, 3);
    CHECK_INT(kit.file.code, 1);
    arena_done(&kit.arena);
}

/* ---- JavaScript, Java, Bash ------------------------------------------------------------------ */

TEST(outline_of_typescript_has_what_is_exported)
{
    struct kit kit;
    outline(
        &kit, "a.ts",
        "import d, { a as b } from './m';\n"
        "const fs = require('fs');\n"
        "/** Adds. */\n"
        "export const add = async (a: number, b = 1): Promise<number> => { throw new Bad(); };\n"
        "export class A extends B { private x(): void {} static y(z) {} }\n"
        "interface I { m(a: string): void }\n"
        "function late() {}\n"
        "export { late };\n");
    const struct outline_entry *add = entry_of(&kit, "add");
    CHECK_TEXT(text_of(&kit, add->signature), "add = async (a: number, b = 1): Promise<number>");
    CHECK_TEXT(text_of(&kit, add->doc), "Adds.");
    CHECK_INT(add->parameters, 2);
    CHECK_INT(add->traits, OUTLINE_IS_PUBLIC | OUTLINE_IS_EXPORTED | OUTLINE_IS_ASYNC);
    CHECK_INT(entry_of(&kit, "x")->traits & OUTLINE_IS_PUBLIC, 0);
    CHECK(entry_of(&kit, "y")->traits & OUTLINE_IS_STATIC);
    CHECK(entry_of(&kit, "y")->traits & OUTLINE_IS_EXPORTED);
    CHECK_INT(entry_of(&kit, "I")->traits & OUTLINE_IS_EXPORTED, 0);
    CHECK(entry_of(&kit, "late")->traits & OUTLINE_IS_EXPORTED);
    CHECK(has_import(&kit, "./m", "default", "d"));
    CHECK(has_import(&kit, "./m", "a", "b"));
    CHECK(has_import(&kit, "fs", "", ""));
    CHECK(has_word(&kit, OUTLINE_WORD_RAISED, "Bad"));
    CHECK(has_word(&kit, OUTLINE_WORD_BASE, "B"));
    arena_done(&kit.arena);
}

TEST(outline_of_java_has_packages_and_modifiers)
{
    struct kit kit;
    outline(&kit, "a/B.java",
            "package a.b;\n"
            "import java.util.List;\n"
            "/** Box. */\n"
            "public class B<T> extends C implements D, E {\n"
            "  @Test public static void main(String[] args) throws IOException {\n"
            "    list.add(new Item()); throw new Bad(1);\n"
            "  }\n"
            "  int hidden() { return 1; }\n"
            "}\n");
    const struct outline_entry *b = entry_of(&kit, "B"), *main = entry_of(&kit, "main");
    CHECK_TEXT(text_of(&kit, kit.file.package), "a.b");
    CHECK_TEXT(text_of(&kit, b->signature), "public class B<T> extends C implements D, E");
    CHECK_TEXT(text_of(&kit, b->doc), "Box.");
    CHECK_INT(main->traits, OUTLINE_IS_PUBLIC | OUTLINE_IS_EXPORTED | OUTLINE_IS_STATIC |
                                OUTLINE_IS_TEST | OUTLINE_IS_MAIN);
    CHECK_INT(entry_of(&kit, "hidden")->traits & OUTLINE_IS_PUBLIC, 0);
    CHECK(has_import(&kit, "java.util", "List", ""));
    CHECK(has_word(&kit, OUTLINE_WORD_RAISED, "IOException"));
    CHECK(has_word(&kit, OUTLINE_WORD_RAISED, "Bad"));
    CHECK(has_word(&kit, OUTLINE_WORD_BASE, "D"));
    CHECK(has_call(&kit, "list.add"));
    CHECK(has_call(&kit, "Item"));
    arena_done(&kit.arena);
}

TEST(outline_of_a_shell_script_has_functions_and_what_it_sources)
{
    struct kit kit;
    outline(&kit, "a.sh", "source ./lib.sh\ngreet() {\n  if true; then echo hi; fi\n}\ngreet\n");
    CHECK_INT(entry_of(&kit, "greet")->cyclomatic, 2);
    CHECK(has_import(&kit, "./lib.sh", "", ""));
    CHECK(has_call(&kit, "greet"));
    arena_done(&kit.arena);
}

/* ---- what is not whole ----------------------------------------------------------------------- */

TEST(outline_never_calls_whole_what_it_did_not_read)
{
    struct kit kit;
    arena_init(&kit.arena, OUTLINE_ARENA_BYTES);
    source_outline("a.py", STR("x = 1\0\n"), NULL, false, 60000, &kit.arena, &kit.file);
    CHECK_INT(kit.file.state, OUTLINE_SKIPPED);
    CHECK_CONTAINS(text_of(&kit, kit.file.why), "NUL");
    source_outline("notes.md", STR("# a\n"), NULL, false, 60000, &kit.arena, &kit.file);
    CHECK_INT(kit.file.state, OUTLINE_LISTED);
    CHECK_TEXT(text_of(&kit, kit.file.language), "markdown");
    arena_done(&kit.arena);
}

TEST(outline_says_when_there_is_more_than_it_tells)
{
    struct kit kit;
    auto_buf struct buf text;
    buf_init(&text, 8 << 20);
    for (int i = 0; i <= OUTLINE_ENTRIES_MAX; i++)
        buf_add_text(&text, "def f(): pass\n");
    arena_init(&kit.arena, OUTLINE_ARENA_BYTES);
    source_outline("a.py", buf_str(&text), NULL, false, 60000, &kit.arena, &kit.file);
    CHECK_INT(kit.file.state, OUTLINE_PARTIAL);
    CHECK_INT(kit.file.entry_count, OUTLINE_ENTRIES_MAX);
    arena_done(&kit.arena);
}

TEST_LASTING(outline_takes_any_depth_without_a_deep_stack, 60)
{
    enum { DEPTH = 20000 };
    struct kit kit;
    auto_buf struct buf text;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < DEPTH; i++)
        buf_add_text(&text, "f(");
    for (int i = 0; i < DEPTH; i++)
        buf_add_text(&text, ")");
    outline(&kit, "a.py", text.data);
    CHECK_INT(kit.file.call_count, DEPTH);
    arena_done(&kit.arena);
}
