/*
 * The folder of `testudo test`: DIR/suite with the tests, and reports beside it. What is written
 * takes its place at once, so that a reader never finds half of anything; what lay there before
 * stays until then. A `suite` that is not ours is left alone: then there is an error.
 *
 * While we work there is DIR/.work, for what comes out of boxes.
 */
#pragma once

#include "base/error.h"
#include "model/tested.h"

struct test_files {
    const char *folder, *work;
};

[[nodiscard]] bool test_files_open(struct test_files *files, const char *folder,
                                   struct arena *arena, struct error *err);
[[nodiscard]] bool test_files_write(const struct test_files *files, struct tested_project *project,
                                    struct arena *arena, struct error *err);
void test_files_close(const struct test_files *files);
