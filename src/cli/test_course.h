/*
 * The course of `testudo test`: the boxes before any module is looked at, then the modules, so
 * many at once, until they are done, the user has had enough or time is up. What is found goes
 * into the project; that it ended early is no error, and the project says so.
 */
#pragma once

#include "cli/test_files.h"
#include "cli/test_options.h"
#include "model/tested.h"

struct test_course {
    const struct test_options *options;
    struct tested_project *project;
    const struct test_files *files;
    struct arena *arena;
    int64_t begun_ns; /* of the whole command: its cap counts from there */
};

[[nodiscard]] bool test_course_run(const struct test_course *course, struct error *err);
