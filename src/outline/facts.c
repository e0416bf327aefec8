#include "outline/facts.h"

#include <stdlib.h>

#include "base/mem.h"

static const struct facts_kind kinds[] = {
#define MANIFEST(name, system, language, test) {name, system, language, test},
#include "outline/manifests.def"
#undef MANIFEST
};

/* ---- languages ------------------------------------------------------------------------------- */

static struct facts_language *language_of(struct facts_language *list, uint32_t *count,
                                          struct str name)
{
    if (name.len == 0)
        name = STR("other");
    for (uint32_t i = 0; i < *count; i++)
        if (str_equal(list[i].name, name))
            return &list[i];
    if (*count == FACTS_LANGUAGES_MAX)
        return &list[*count - 1];
    list[*count] = (struct facts_language){.name = name};
    return &list[(*count)++];
}

static int compare(const void *left, const void *right)
{
    const struct facts_language *a = left, *b = right;
    if (a->lines != b->lines)
        return a->lines < b->lines ? 1 : -1;
    int order =
        memcmp(a->name.ptr, b->name.ptr, a->name.len < b->name.len ? a->name.len : b->name.len);
    return order != 0 ? order : (a->name.len > b->name.len) - (a->name.len < b->name.len);
}

uint32_t facts_languages(const struct project *project, const struct project_view *view,
                         struct facts_language ret[FACTS_LANGUAGES_MAX])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < project->count; i++) {
        const struct outline_file *file = &project->files[i];
        if (!project_shows(view, file))
            continue;
        struct facts_language *language = language_of(ret, &count, file->language);
        language->files++;
        language->lines += file->lines;
        language->code += file->code;
        language->comments += file->comments;
        language->bytes += file->bytes;
        language->generated += (file->traits & OUTLINE_FILE_GENERATED) != 0;
        language->vendored += (file->traits & OUTLINE_FILE_VENDORED) != 0;
        language->binary += (file->traits & OUTLINE_FILE_BINARY) != 0;
    }
    if (count > 0)
        qsort(ret, count, sizeof *ret, compare);
    return count;
}

/* ---- manifests, tests ------------------------------------------------------------------------ */

static const struct facts_kind *kind_of(struct str path)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        size_t length = strlen(kinds[i].name);
        if (path.len >= length &&
            memcmp(path.ptr + path.len - length, kinds[i].name, length) == 0 &&
            (path.len == length || path.ptr[path.len - length - 1] == '/'))
            return &kinds[i];
    }
    return NULL;
}

static void add_command(struct facts *facts, const char *command)
{
    for (uint32_t i = 0; i < facts->command_count; i++)
        if (strcmp(facts->commands[i], command) == 0)
            return;
    if (facts->command_count < FACTS_COMMANDS_MAX)
        facts->commands[facts->command_count++] = command;
}

static bool has_framework(const struct outline_file *file, const char *name)
{
    for (uint32_t i = 0; i < file->word_count; i++)
        if (file->words[i].kind == OUTLINE_WORD_FRAMEWORK && str_is(file->words[i].text, name))
            return true;
    return false;
}

static void count_tests(const struct outline_file *file, struct facts *ret)
{
    uint32_t before = ret->tests;
    for (uint32_t k = 0; k < file->entry_count; k++)
        ret->tests += (file->entries[k].traits & OUTLINE_IS_TEST) != 0;
    for (uint32_t k = 0; str_ends(file->language, "script") && k < file->call_count; k++)
        ret->tests += str_is(file->calls[k].name, "it") || str_is(file->calls[k].name, "test");
    ret->test_files += ret->tests > before;
    if (has_framework(file, "pytest"))
        add_command(ret, "python3 -m pytest");
    else if (has_framework(file, "unittest"))
        add_command(ret, "python3 -m unittest");
    if (has_framework(file, "node:test"))
        add_command(ret, "node --test");
}

void facts_find(const struct project *project, struct facts *ret)
{
    *ret = (struct facts){};
    for (uint32_t i = 0; i < project->count; i++) {
        const struct outline_file *file = &project->files[i];
        const struct facts_kind *kind = kind_of(file->name);
        if ((file->traits & OUTLINE_FILE_VENDORED) != 0)
            continue;
        if (kind != NULL && ret->manifest_count < FACTS_MANIFESTS_MAX)
            ret->manifests[ret->manifest_count++] = (struct facts_manifest){file, kind};
        if (kind != NULL && kind->test != NULL)
            add_command(ret, kind->test);
        if ((file->traits & OUTLINE_FILE_TEST) != 0)
            count_tests(file, ret);
    }
}
