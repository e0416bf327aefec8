#include "lang/java_source.h"

#include <stdio.h>

#include "tests/test.h"

static const char *shown(struct str text)
{
    static char copy[4][64];
    static int turn;
    turn = (turn + 1) % 4;
    snprintf(copy[turn], sizeof copy[turn], "%.*s", (int)text.len, text.ptr);
    return copy[turn];
}

static const char *type_of(const char *text)
{
    return shown(java_source_read(str_from(text)).type);
}

TEST(the_first_type_starts_unless_another_one_has_a_main)
{
    CHECK_TEXT(type_of("class A {} class B {}"), "A");
    CHECK_TEXT(type_of("class A {} class B { public static void main(String[] a) {} }"), "B");
    CHECK_TEXT(type_of("public enum E { X; }"), "E");
    CHECK_TEXT(type_of("record P(int x) { static void main(String... a) { } }"), "P");
    CHECK_TEXT(type_of("@interface N {} interface I {}"), "N");
}

TEST(a_main_that_is_called_or_nested_starts_nothing)
{
    CHECK_TEXT(type_of("class A { void f() { main(null); } } class B { static void main ( String[] "
                       "a) {} }"),
               "B");
    CHECK_TEXT(type_of("class A { class In { void main(String[] a) {} } } class B { static void "
                       "main(String[] a) {} }"),
               "B");
}

TEST(comments_and_literals_say_nothing)
{
    CHECK_TEXT(type_of("// class A {}\n/* class B {} */ class C { String s = \"} class D {\"; }"),
               "C");
    CHECK_TEXT(type_of("class A { char c = '\"'; char d = '\\''; } class B { static void "
                       "main(String[] a) {} }"),
               "B");
    CHECK_TEXT(type_of("class A { String s = \"\"\"\n } \" class X {\n\"\"\"; } class B { static "
                       "void main(String[] a) {} }"),
               "B");
}

TEST(a_package_is_told_as_it_is_written)
{
    CHECK_TEXT(shown(java_source_read(STR("package a.b;\nclass C {}")).package), "a.b");
    CHECK_TEXT(shown(java_source_read(STR("package a . b ;class C {}")).package), "a . b");
    CHECK_TEXT(shown(java_source_read(STR("class C { int package; }")).package), "");
}

TEST(tests_are_seen_by_what_is_imported)
{
    CHECK(java_source_read(STR("import org.junit.Test; class C {}")).has_tests);
    CHECK(java_source_read(STR("import static org.junit.Assert.*;class C {}")).has_tests);
    CHECK(!java_source_read(STR("import org.junitx.Test; class C {}")).has_tests);
    CHECK(!java_source_read(STR("class C { String s = \"import org.junit.Test;\"; }")).has_tests);
}

TEST(what_is_no_java_has_no_type)
{
    static const char *const texts[] = {"",       "class",     "class {",    "\"",         "'\\",
                                        "/*",     "package",   "import a",   "}}}class",   "record",
                                        "\"\"\"", "class 3 {", "\xff\xfe\\", "package a.b"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        CHECK_TEXT(type_of(texts[i]), "");
}
