#include "testgen/layout.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/mem.h"

enum { LINE_WIDTH = 88 };

/* A block's import, cut: "import MODULE" or "from MODULE import NAME". */
enum import_section { SECTION_STANDARD, SECTION_THIRD, SECTION_FIRST, SECTION_COUNT };

struct import {
    enum import_section section;
    bool from;
    struct str module, name;
};

struct imports {
    struct import *all;
    size_t count;
};

static const char *const standard[] = {
    "abc",        "argparse", "array",       "ast",         "asyncio",     "base64",
    "bisect",     "calendar", "cmath",       "codecs",      "collections", "contextlib",
    "copy",       "csv",      "dataclasses", "datetime",    "decimal",     "difflib",
    "enum",       "errno",    "fractions",   "functools",   "gc",          "glob",
    "hashlib",    "heapq",    "html",        "inspect",     "io",          "ipaddress",
    "itertools",  "json",     "keyword",     "logging",     "math",        "numbers",
    "operator",   "os",       "pathlib",     "pickle",      "platform",    "pprint",
    "queue",      "random",   "re",          "secrets",     "shlex",       "shutil",
    "signal",     "socket",   "sqlite3",     "statistics",  "string",      "struct",
    "subprocess", "sys",      "tempfile",    "textwrap",    "threading",   "time",
    "traceback",  "types",    "typing",      "unicodedata", "unittest",    "urllib",
    "uuid",       "warnings", "weakref",     "xml",         "zlib",        "zoneinfo",
};

static enum import_section section_of(struct str module, struct str root)
{
    struct str top, rest = module;
    if (!str_take_until(&rest, '.', &top))
        return SECTION_FIRST;
    if (str_equal(top, root))
        return SECTION_FIRST;
    for (size_t i = 0; i < COUNT_OF(standard); i++)
        if (str_is(top, standard[i]))
            return SECTION_STANDARD;
    return SECTION_THIRD;
}

static bool parse(struct str line, struct str root, struct import *ret)
{
    *ret = (struct import){};
    ret->from = str_take_prefix(&line, "from ");
    if (!ret->from && !str_take_prefix(&line, "import "))
        return false;
    if (ret->from) {
        if (!str_take_until(&line, ' ', &ret->module) || !str_take_prefix(&line, "import "))
            return false;
        ret->name = line;
    } else {
        ret->module = line;
    }
    ret->section = section_of(ret->module, root);
    return true;
}

static int compare_str(struct str a, struct str b)
{
    size_t length = a.len < b.len ? a.len : b.len;
    int order = length == 0 ? 0 : memcmp(a.ptr, b.ptr, length);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* Constants, then classes, then the rest, as isort wants the names of one import. */
static int name_class(struct str name)
{
    if (name.len == 0 || !isupper((unsigned char)name.ptr[0]))
        return 2;
    for (size_t i = 0; i < name.len; i++)
        if (islower((unsigned char)name.ptr[i]))
            return 1;
    return name.len > 1 ? 0 : 1;
}

static int compare_imports(const void *left, const void *right)
{
    const struct import *a = left, *b = right;
    if (a->section != b->section)
        return (int)a->section - (int)b->section;
    if (a->from != b->from)
        return (int)a->from - (int)b->from;
    int order = compare_str(a->module, b->module);
    if (order != 0)
        return order;
    order = name_class(a->name) - name_class(b->name);
    return order != 0 ? order : compare_str(a->name, b->name);
}

static void collect(const struct layout *layout, struct imports *imports)
{
    size_t total = 0;
    for (size_t i = 0; i < layout->block_count; i++)
        total += layout->blocks[i].import_count;
    imports->all = mem_alloc((total + 1) * sizeof *imports->all);
    for (size_t i = 0; i < layout->block_count; i++)
        for (uint32_t j = 0; j < layout->blocks[i].import_count; j++)
            if (parse(layout->blocks[i].imports[j], layout->root, &imports->all[imports->count]))
                imports->count++;
    qsort(imports->all, imports->count, sizeof *imports->all, compare_imports);
}

static void unique(struct imports *imports)
{
    size_t kept = 0;
    for (size_t i = 0; i < imports->count; i++)
        if (i == 0 || compare_imports(&imports->all[i - 1], &imports->all[i]) != 0)
            imports->all[kept++] = imports->all[i];
    imports->count = kept;
}

static bool is_same_statement(const struct import *a, const struct import *b)
{
    return a->from && b->from && a->section == b->section && str_equal(a->module, b->module);
}

static void write_names(struct buf *out, const struct import *first, size_t count,
                        const char *before, const char *between, const char *after)
{
    buf_add_text(out, before);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_text(out, between);
        buf_add_str(out, first[i].name);
    }
    buf_add_text(out, after);
}

static size_t width_of(const struct import *first, size_t count)
{
    size_t width = strlen("from  import ") + first->module.len;
    for (size_t i = 0; i < count; i++)
        width += first[i].name.len + (i > 0 ? 2 : 0);
    return width;
}

static void write_statement(struct buf *out, const struct import *first, size_t count)
{
    if (!first->from) {
        buf_add_text(out, "import ");
        buf_add_str(out, first->module);
        buf_add_byte(out, '\n');
        return;
    }
    buf_add_text(out, "from ");
    buf_add_str(out, first->module);
    buf_add_text(out, " import ");
    if (width_of(first, count) <= LINE_WIDTH)
        write_names(out, first, count, "", ", ", "\n");
    else
        write_names(out, first, count, "(\n    ", ",\n    ", ",\n)\n");
}

static void write_imports(struct buf *out, const struct imports *imports)
{
    size_t count;
    for (size_t i = 0; i < imports->count; i += count) {
        const struct import *first = &imports->all[i];
        count = 1;
        while (i + count < imports->count && is_same_statement(first, first + count))
            count++;
        if (i > 0 && first[-1].section != first->section)
            buf_add_byte(out, '\n');
        write_statement(out, first, count);
    }
}

static void write_line(struct buf *out, struct str line)
{
    buf_add_str(out, line);
    buf_add_byte(out, '\n');
}

static void write_block(struct buf *out, const struct suite_block *block)
{
    buf_add_text(out, "\n\n");
    for (uint32_t i = 0; i < block->head_count; i++)
        write_line(out, block->head[i]);
    for (uint32_t i = 0; i < block->case_count; i++)
        if (block->cases[i].line.len > 0)
            write_line(out, block->cases[i].line);
    for (uint32_t i = 0; i < block->tail_count; i++)
        write_line(out, block->tail[i]);
}

/* ---- classes that tests stand on ----------------------------------------------------------- */

/* A definition is a line that is not indented and those below it that are. */
static uint32_t definition_end(const struct suite_block *block, uint32_t first)
{
    uint32_t end = first + 1;
    while (end < block->definition_count &&
           (block->definitions[end].len == 0 || block->definitions[end].ptr[0] == ' '))
        end++;
    return end;
}

static bool is_defined_before(const struct layout *layout, size_t block, struct str line)
{
    for (size_t i = 0; i < block; i++)
        for (uint32_t j = 0; j < layout->blocks[i].definition_count; j++)
            if (str_equal(layout->blocks[i].definitions[j], line))
                return true;
    return false;
}

static void write_definitions(struct buf *out, const struct layout *layout)
{
    for (size_t i = 0; i < layout->block_count; i++) {
        const struct suite_block *block = &layout->blocks[i];
        for (uint32_t j = 0, end; j < block->definition_count; j = end) {
            end = definition_end(block, j);
            if (is_defined_before(layout, i, block->definitions[j]))
                continue;
            buf_add_text(out, "\n\n");
            for (uint32_t k = j; k < end; k++)
                write_line(out, block->definitions[k]);
        }
    }
}

/* What is said about the module was checked by whoever read it, except for line ends. */
static void write_header(struct buf *out, const struct layout *layout)
{
    struct str module, rest = layout->module;
    if (!str_take_line(&rest, &module))
        module = STR("");
    buf_printf(out, "# Tests of %.*s, written by Testudo", (int)module.len, module.ptr);
    if (layout->version.len > 0)
        buf_printf(out, " %.*s", (int)layout->version.len, layout->version.ptr);
    buf_printf(out, " (seed %llu).\n", (unsigned long long)layout->seed);
    rest = layout->digest;
    if (str_take_line(&rest, &module) && module.len > 0)
        buf_printf(out, "# They hold what its source with this sha256 does:\n# %.*s\n",
                   (int)module.len, module.ptr);
    rest = layout->again;
    if (str_take_line(&rest, &module) && module.len > 0)
        buf_printf(out, "# To write them again: %.*s\n", (int)module.len, module.ptr);
}

void layout_write(struct buf *out, const struct layout *layout)
{
    struct imports imports = {};
    collect(layout, &imports);
    unique(&imports);
    write_header(out, layout);
    if (imports.count > 0)
        buf_add_byte(out, '\n');
    write_imports(out, &imports);
    write_definitions(out, layout);
    for (size_t i = 0; i < layout->block_count; i++)
        write_block(out, &layout->blocks[i]);
    mem_free_at(&imports.all);
}
