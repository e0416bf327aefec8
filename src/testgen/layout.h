/*
 * A test file from the blocks of a suite: header, imports (merged, in the order that isort and ruff
 * want), blocks apart by two empty lines. Who dropped cases or blocks lays out again what is left:
 * a block with none of its cases left is left out by the caller.
 */
#pragma once

#include "base/buf.h"
#include "testgen/suite.h"

struct layout {
    struct str version;        /* of Testudo */
    struct str module, digest; /* of the module under test: dotted name, sha256 of its source */
    struct str again;          /* the command that writes them again; may be empty */
    struct str root;           /* first-party: the module's outermost package; may be empty */
    uint64_t seed;
    const struct suite_block *blocks;
    size_t block_count;
};

void layout_write(struct buf *out, const struct layout *layout);
