/* Fake trees of sources and toolchains, below the test's own folder. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "lang/lang.h"
#include "tests/test.h"

enum { TREE_PATH_MAX = 512 };

struct tree_path {
    char text[TREE_PATH_MAX];
};

static inline struct tree_path tree_path(const char *name)
{
    struct tree_path path;
    snprintf(path.text, sizeof path.text, "%s/%s", test_folder(), name);
    return path;
}

static inline void tree_parents(const char *path)
{
    char part[TREE_PATH_MAX];
    for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        mkdir(part, 0755);
    }
}

static inline void tree_write(const char *name, const void *bytes, size_t length, mode_t mode)
{
    struct tree_path path = tree_path(name);
    tree_parents(path.text);
    FILE *file = fopen(path.text, "we");
    CHECK(file != NULL);
    CHECK(fwrite(bytes, 1, length, file) == length && fclose(file) == 0);
    CHECK(chmod(path.text, mode) == 0);
}

static inline void tree_put(const char *name, const char *content)
{
    tree_write(name, content, strlen(content), 0644);
}

/* What looks like a program and is none. */
static inline void tree_program(const char *name)
{
    tree_write(name, "\177ELF fake", 9, 0755);
}

static inline void tree_folder(const char *name)
{
    struct tree_path path = tree_path(name);
    tree_parents(path.text);
    CHECK(mkdir(path.text, 0755) == 0);
}

static inline void tree_link(const char *to, const char *name)
{
    struct tree_path path = tree_path(name);
    tree_parents(path.text);
    CHECK(symlink(to, path.text) == 0);
}

/* Nothing of whoever runs the tests may choose a toolchain. */
static inline void tree_forget_callers(void)
{
    unsetenv("VIRTUAL_ENV");
    unsetenv("PYENV_ROOT");
    setenv("HOME", test_folder(), 1);
}

/* Toolchains are shown at their own paths but below /tmp and such; so that tests can see that. */
static inline void tree_outside_tmp(void)
{
    setenv("TMPDIR", "/var/tmp", 1);
    tree_forget_callers();
}

static inline void tree_need_program(const char *path)
{
    if (access(path, X_OK) < 0)
        test_skip("there is no %s on this host", path);
}

static inline struct run_request tree_request(void)
{
    return (struct run_request){
        .profile = profile_find(STR("default")),
        .limits = limits_of_profile(profile_find(STR("default"))),
        .compile_limits = limits_of_profile(profile_find(STR("compile"))),
    };
}

static inline bool words_have(const struct words *words, const char *word)
{
    for (uint32_t i = 0; i < words->count; i++)
        if (strcmp(words->list[i], word) == 0)
            return true;
    return false;
}

static inline const struct plan_folder *plan_folder_at(const struct plan *plan, const char *target)
{
    for (uint32_t i = 0; i < plan->folder_count; i++)
        if (strcmp(plan->folders[i].target, target) == 0)
            return &plan->folders[i];
    return NULL;
}

static inline const char *plan_link_text(const struct plan *plan, const char *name)
{
    for (uint32_t i = 0; i < plan->link_count; i++)
        if (strcmp(plan->links[i].name, name) == 0)
            return plan->links[i].text;
    return NULL;
}

/* All plans of a test stay until it ends. */
static inline struct arena *tree_arena(void)
{
    static struct arena arena;
    if (arena.max == 0)
        arena_init(&arena, 64 << 20);
    return &arena;
}

static inline struct plan tree_plan(const struct run_request *request)
{
    struct error err = {};
    struct plan plan = {};
    CHECK_OK(lang_plan(request, tree_arena(), &plan, &err), err);
    return plan;
}

static inline void tree_refused(const struct run_request *request, const char *text,
                                const char *hint)
{
    struct error err = {};
    struct plan plan = {};
    CHECK(!lang_plan(request, tree_arena(), &plan, &err));
    CHECK_CONTAINS(err.text, text);
    CHECK_CONTAINS(err.hint, hint);
    CHECK_TEXT(err.stage, "plan");
}
