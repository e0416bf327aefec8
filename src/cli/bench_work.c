/* Which programs the bench starts, as plans for boxes. */
#include "cli/bench_private.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "lang/lang.h"
#include "model/runtime.h"
#include "model/words.h"

static const struct {
    const char *word, *text;
} ways[] = {

#define WAY(name, word, text) {word, text},
#include "cli/bench_ways.def"
#undef WAY
};

static const struct work {
    const char *word;
    enum bench_weight weight;
    const char *language, *file;
    const char *words[8];
} works[] = {

#define WORK(name, word, weight, language, file, ...)                                              \
    {word, WEIGHT_##weight, language, file, {__VA_ARGS__}},
#include "cli/bench_ways.def"
#undef WORK
};

enum bench_weight bench_weight_of(enum bench_work work)
{
    return works[work].weight;
}

const char *bench_way_word(const struct bench *bench, enum bench_work work, enum bench_way way)
{
    bool parked = way == WAY_WARM && warm_is_parked(bench->plans[work][WAY_WARM].run.warm);
    return parked ? "parked" : ways[way].word;
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

/* Of a language, what comes before the arguments. */
static void add_program(const char *language, const char *program, struct run_request *request,
                        struct arena *arena)
{
    if (strcmp(language, "python") == 0)
        words_add(&request->command, arena, program);
    else
        runtime_add_command(strcmp(language, "java") == 0 ? RUNTIME_JAVA : RUNTIME_NODE, program,
                            &request->limits, &request->command, arena);
}

/* Where no interpreter can wait, there is no warm way. What is heavy is not measured in a box that
 * only waits: it is the same as in one made for it, but for a millisecond. */
static bool plan_way(struct bench *bench, struct run_request *request, enum bench_work work,
                     enum bench_way way, struct error *err)
{
    struct plan *plan = &bench->plans[work][way];
    request->cold = way == WAY_COLD;
    if (!lang_plan(request, &bench->arena, plan, err))
        return false;
    enum warm kind = plan->run.warm;
    bool heavy = works[work].weight == WEIGHT_HEAVY;
    bench->has_way[work][way] =
        way == WAY_WARM ? kind != WARM_COMMAND : way != WAY_POOLED || !heavy;
    if (way != WAY_WARM)
        plan->run.warm = WARM_COMMAND;
    return way != WAY_WARM || kind == WARM_COMMAND ||
           asker_want(bench->asker, kind, heavy ? BENCH_READY_HEAVY : BENCH_READY, err);
}

/* False: it is not to be had here. */
static bool add_file(struct bench *bench, const struct work *work, struct run_request *request)
{
    if (work->file == NULL)
        return true;
    struct request_file *file = arena_alloc(&bench->arena, sizeof *file);
    *file = (struct request_file){
        .name = work->file, .path = arena_text(&bench->arena, "%s/%s", bench->folder, work->file)};
    request->files = file;
    request->file_count = 1;
    return access(file->path, R_OK) == 0;
}

/* Has this interpreter pytest, this virtual machine JUnit? */
static bool works_bare(const struct bench *bench, enum bench_work work)
{
    struct error why;
    int64_t ns;
    return works[work].weight == WEIGHT_LIGHT ||
           bench_run_bare(bench, &bench->plans[work][WAY_BARE], &ns, &why);
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
        add_program(work->language, program, &request, &bench->arena);
    }
    if (!add_file(bench, work, &request))
        return true;
    for (size_t i = 0; i < COUNT_OF(work->words) && work->words[i] != NULL; i++)
        words_add(&request.command, &bench->arena, work->words[i]);
    for (enum bench_way way = 0; way < WAY_COUNT; way++) {
        if (!plan_way(bench, &request, which, way, err))
            return false;
        if (way == WAY_BARE && !works_bare(bench, which))
            return true;
    }
    bench->has_work[which] = true;
    return true;
}

bool bench_plan_works(struct bench *bench, enum bench_weight weight, struct error *err)
{
    if (weight == WEIGHT_HEAVY &&
        !bench_make_files(bench, find_program("java", &bench->arena), err))
        return false;
    for (enum bench_work work = 0; work < WORK_COUNT; work++)
        if (works[work].weight == weight && !plan_work(bench, work, err))
            return error_wrap(err, "plan %s", works[work].word);
    return true;
}
