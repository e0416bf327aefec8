/* Which programs the bench starts, as plans for boxes. */
#include "cli/bench_private.h"

#include <string.h>

#include "base/mem.h"
#include "lang/lang.h"
#include "model/words.h"

static const struct {
    const char *word, *text;
} ways[] = {

#define WAY(name, word, text) {word, text},
#include "cli/bench_ways.def"
#undef WAY
};

static const struct work {
    const char *word, *language;
    const char *words[4];
} works[] = {

#define WORK(name, word, language, ...) {word, language, {__VA_ARGS__}},
#include "cli/bench_ways.def"
#undef WORK
};

const char *bench_way_word(enum bench_way way)
{
    return ways[way].word;
}

const char *bench_way_text(enum bench_way way)
{
    return ways[way].text;
}

const char *bench_work_word(enum bench_work work)
{
    return works[work].word;
}

/* A toolchain outside of /usr would have to come along: the bench keeps to what every box sees. */
static const char *find_program(const char *language, struct arena *arena)
{
    const struct run_request request = {.language = language};
    struct toolchain toolchain = {};
    struct error not_here;
    const struct lang *lang = lang_find(str_from(language));
    bool found = lang != NULL && lang->find(lang, &request, arena, &toolchain, &not_here) &&
                 toolchain.prefix == NULL && toolchain.venv == NULL;
    return found ? toolchain.program : NULL;
}

/* Where no interpreter can wait, there is no warm way. */
static bool plan_way(struct bench *bench, struct run_request *request, enum bench_work work,
                     enum bench_way way, struct error *err)
{
    struct plan *plan = &bench->plans[work][way];
    request->cold = way == WAY_COLD;
    if (!lang_plan(request, &bench->arena, plan, err))
        return false;
    enum warm kind = plan->run.warm;
    bench->has_way[work][way] = way != WAY_WARM || kind != WARM_COMMAND;
    if (way != WAY_WARM)
        plan->run.warm = WARM_COMMAND;
    return way != WAY_WARM || kind == WARM_COMMAND ||
           asker_want(bench->asker, kind, BENCH_READY, err);
}

static bool plan_work(struct bench *bench, enum bench_work which, struct error *err)
{
    const struct work *work = &works[which];
    const struct profile *profile = profile_find(STR("default"));
    struct run_request request = {.profile = profile, .limits = limits_of_profile(profile)};
    if (work->language != NULL) {
        const char *program = find_program(work->language, &bench->arena);
        if (program == NULL)
            return true;
        words_add(&request.command, &bench->arena, program);
    }
    for (size_t i = 0; i < COUNT_OF(work->words) && work->words[i] != NULL; i++)
        words_add(&request.command, &bench->arena, work->words[i]);
    bench->has_work[which] = true;
    for (enum bench_way way = 0; way < WAY_COUNT; way++)
        if (!plan_way(bench, &request, which, way, err))
            return false;
    return true;
}

bool bench_plan_works(struct bench *bench, struct error *err)
{
    for (enum bench_work work = 0; work < WORK_COUNT; work++)
        if (!plan_work(bench, work, err))
            return error_wrap(err, "plan %s", works[work].word);
    return true;
}
