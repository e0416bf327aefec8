#include "bench/bench.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/mem.h"

const struct workload workloads[WORKLOAD_COUNT] = {
#define X(name, title, expected, ...) {title, expected, {__VA_ARGS__}},
    WORKLOADS(X)
#undef X
};

const int gaps_ms[GAP_COUNT] = {0, 100};

void line_add(struct line *line, const char *word)
{
    assert(line->count < LINE_WORDS_MAX);
    line->words[line->count++] = word;
    line->words[line->count] = NULL;
}

void line_add_all(struct line *line, ...)
{
    va_list words;
    va_start(words, line);
    for (const char *word; (word = va_arg(words, const char *)) != NULL;)
        line_add(line, word);
    va_end(words);
}

void line_append(struct line *line, const struct line *more)
{
    for (size_t i = 0; i < more->count; i++)
        line_add(line, more->words[i]);
}

void line_add_command(struct line *line, enum workload_id workload)
{
    for (size_t i = 0; i < COUNT_OF(workloads[workload].command); i++)
        if (workloads[workload].command[i] != NULL)
            line_add(line, workloads[workload].command[i]);
}

const struct contestant *bench_find(const struct bench *bench, const char *name)
{
    for (size_t i = 0; i < bench->contestant_count; i++)
        if (strcmp(bench->contestants[i].name, name) == 0)
            return &bench->contestants[i];
    return NULL;
}
