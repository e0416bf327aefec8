/*
 * What a project's files say of it by their names: languages with their sizes, manifests and build
 * systems, how its tests are run, where it is entered.
 */
#pragma once

#include "outline/project.h"

enum { FACTS_LANGUAGES_MAX = 64, FACTS_MANIFESTS_MAX = 200, FACTS_COMMANDS_MAX = 16 };

struct facts_language {
    struct str name;
    uint32_t files, generated, vendored, binary;
    uint64_t lines, code, comments, bytes;
};

struct facts_kind {
    const char *name, *system, *language, *test; /* test: how its tests are run, or NULL */
};

struct facts_manifest {
    const struct outline_file *file;
    const struct facts_kind *kind;
};

struct facts {
    struct facts_manifest manifests[FACTS_MANIFESTS_MAX];
    const char *commands[FACTS_COMMANDS_MAX];
    uint32_t manifest_count, command_count;
    uint32_t tests, test_files;
};

/* By lines, the largest first; those with no known language come as "other". */
uint32_t facts_languages(const struct project *project, const struct project_view *view,
                         struct facts_language ret[FACTS_LANGUAGES_MAX]);
void facts_find(const struct project *project, struct facts *ret);
