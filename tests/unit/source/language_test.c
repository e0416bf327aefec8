#include "source/language.h"

#include "tests/test.h"

static const char *name_of(const char *path, const char *content)
{
    const struct source_language *language = source_language_of(str_from(path), str_from(content));
    return language != NULL ? language->name : "none";
}

TEST(language_is_told_by_the_end_of_a_name)
{
    CHECK_TEXT(name_of("a/b.py", ""), "python");
    CHECK_TEXT(name_of("x.test.tsx", ""), "tsx");
    CHECK_TEXT(name_of("Main.java", ""), "java");
    CHECK_TEXT(name_of("a.py/README", ""), "none");
    CHECK_TEXT(name_of(".py", ""), "none");
    CHECK_TEXT(name_of("a.txt", "#!/bin/sh\n"), "none");
}

TEST(language_is_told_by_an_interpreter_line)
{
    CHECK_TEXT(name_of("tool", "#!/usr/bin/python3.11 -u\n"), "python");
    CHECK_TEXT(name_of("tool", "#!/usr/bin/env -S bash\n"), "bash");
    CHECK_TEXT(name_of("tool", "#! /bin/sh\r\n"), "bash");
    CHECK_TEXT(name_of("tool", "#!"), "none");
    CHECK_TEXT(name_of("tool", "# !/bin/sh"), "none");
}

TEST(language_is_found_by_its_name)
{
    CHECK_TEXT(source_language_find(STR("typescript"))->name, "typescript");
    CHECK(source_language_find(STR("cobol")) == NULL);
}
