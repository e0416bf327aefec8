#include "testgen/layout.h"

#include "base/mem.h"
#include "tests/test.h"

static const struct suite_case plain = {};

static const char *laid_out(const struct layout *layout)
{
    static struct buf out;
    buf_done(&out);
    buf_init(&out, 1 << 16);
    layout_write(&out, layout);
    return buf_str(&out).ptr;
}

TEST(layout_merges_and_sorts_imports_by_section)
{
    struct str first[] = {STR("from wallet import clamp"), STR("import pytest"),
                          STR("from wallet import Wallet")};
    struct str second[] = {STR("import math"), STR("from wallet import LIMIT"),
                           STR("import pytest"), STR("from datetime import date")};
    struct str head[] = {STR("def test_x():"), STR("    assert clamp(1) == 1")};
    struct suite_block blocks[] = {
        {.imports = first,
         .import_count = 3,
         .head = head,
         .head_count = 2,
         .cases = &plain,
         .case_count = 1},
        {.imports = second,
         .import_count = 4,
         .head = head,
         .head_count = 2,
         .cases = &plain,
         .case_count = 1},
    };
    CHECK_TEXT(laid_out(&(struct layout){.version = STR("0.3.0"),
                                         .module = STR("wallet"),
                                         .digest = STR("abc"),
                                         .root = STR("wallet"),
                                         .seed = 7,
                                         .blocks = blocks,
                                         .block_count = 2}),
               "# Tests of wallet, written by Testudo 0.3.0 (seed 7).\n"
               "# They hold what its source with this sha256 does:\n"
               "# abc\n"
               "\n"
               "import math\n"
               "from datetime import date\n"
               "\n"
               "import pytest\n"
               "\n"
               "from wallet import LIMIT, Wallet, clamp\n"
               "\n\ndef test_x():\n    assert clamp(1) == 1\n"
               "\n\ndef test_x():\n    assert clamp(1) == 1\n");
}

TEST(layout_keeps_cases_between_head_and_tail_and_leaves_out_empty_lines_of_cases)
{
    struct str head[] = {STR("@head(")}, tail[] = {STR(")")};
    struct suite_case cases[] = {{.line = STR("    1,")}, {}, {.line = STR("    2,")}};
    struct suite_block block = {.head = head,
                                .head_count = 1,
                                .tail = tail,
                                .tail_count = 1,
                                .cases = cases,
                                .case_count = 3};
    CHECK_CONTAINS(laid_out(&(struct layout){.blocks = &block, .block_count = 1}),
                   "\n\n\n@head(\n    1,\n    2,\n)\n");
}

TEST(layout_wraps_an_import_of_many_names)
{
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 16);
    struct str imports[12];
    for (size_t i = 0; i < COUNT_OF(imports); i++)
        imports[i] = str_from(arena_text(&arena, "from package import a_long_name_%zu", i));
    struct suite_block block = {
        .imports = imports, .import_count = COUNT_OF(imports), .cases = &plain, .case_count = 1};
    const char *text =
        laid_out(&(struct layout){.root = STR("package"), .blocks = &block, .block_count = 1});
    CHECK_CONTAINS(text, "from package import (\n    a_long_name_0,\n    a_long_name_1,\n");
    CHECK_CONTAINS(text, "    a_long_name_9,\n)\n");
}
