#include "deps/declared.h"

#include "tests/test.h"

static struct arena arena;

static struct words python(const char *text)
{
    struct words specs = {};
    struct error err = {};
    if (arena.max == 0)
        arena_init(&arena, 1 << 20);
    CHECK_OK(declared_by_python(str_from(text), &arena, &specs, &err), err);
    return specs;
}

TEST(inline_metadata_names_what_a_script_needs)
{
    struct words specs =
        python("#!/usr/bin/env python3\n# /// script\n# requires-python = \">=3.11\"\n"
               "# dependencies = [\n#   \"requests<3\", # pinned\n#\n#   'rich; "
               "python_version > \"3.7\"',\n# ]\n# ///\nimport requests\n");
    CHECK_INT(specs.count, 2);
    CHECK_TEXT(specs.list[0], "requests<3");
    CHECK_TEXT(specs.list[1], "rich; python_version > \"3.7\"");
    CHECK_INT(python("# /// script\n# dependencies=[\"a\"]\n# ///\n").count, 1);
    CHECK_INT(python("# /// script\n# dependencies = []\n# ///\n").count, 0);
    CHECK_INT(python("# /// script\r\n# dependencies = [\"a\"]\r\n# ///\r\n").count, 1);
}

TEST(only_the_block_named_script_counts_and_only_its_first_table)
{
    CHECK_INT(python("import os\n").count, 0);
    CHECK_INT(python("# /// other\n# dependencies = [\"a\"]\n# ///\n").count, 0);
    CHECK_INT(python("x = '''\n  # /// script\n'''\n").count, 0);
    CHECK_INT(python("# /// script\n# [tool.x]\n# dependencies = [\"a\"]\n# ///\n").count, 0);
    CHECK_INT(python("# /// script\n# dependencies_of = [\"a\"]\n# ///\n").count, 0);
}

TEST(broken_metadata_is_told_and_not_guessed)
{
    static const char *const texts[] = {
        "# /// script\n# dependencies = [\"a\"]\n",
        "# /// script\n# dependencies = \"a\"\n# ///\n",
        "# /// script\n# dependencies = [\"a\" \"b\"]\n# ///\n",
        "# /// script\n# dependencies = [\"a\n# ///\n",
        "# /// script\n# dependencies = [1]\n# ///\n",
        "# /// script\n# dependencies = []\n# ///\n#\n\n# /// script\n# dependencies = []\n# ///\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct words specs = {};
        struct error err = {};
        if (arena.max == 0)
            arena_init(&arena, 1 << 20);
        CHECK(!declared_by_python(str_from(texts[i]), &arena, &specs, &err));
        CHECK_CONTAINS(err.text, "metadata");
    }
}

TEST(java_sources_name_coordinates_in_deps_lines)
{
    struct words specs = {};
    arena_init(&arena, 1 << 20);
    declared_by_java(
        STR("//DEPS a:b:1, c:d:2\n  //DEPS\te:f:3\n// DEPS g:h:4\n//DEPSX i:j:5\nint x; "
            "//DEPS k:l:6\n"),
        &arena, &specs);
    CHECK_INT(specs.count, 3);
    CHECK_TEXT(specs.list[1], "c:d:2");
    CHECK_TEXT(specs.list[2], "e:f:3");
}
