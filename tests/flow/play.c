/* One scenario, step by step. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "tests/flow/flow.h"

enum { LIMIT_MS = 30000 };

static bool set_limit(struct scene *scene, const struct step *step, struct error *err)
{
    int64_t ms;
    if (!text_read_ms(step->rest, &ms))
        return error_set(err, ERROR_INPUT, "limit needs a time, such as 60s");
    scene->deadline_ns = clock_now_ns() + ms * 1000000 * scene->stage->slower;
    return true;
}

static bool make_parents(const char *path, struct error *err)
{
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        auto_free char *folder = mem_copy(path, (size_t)(slash - path));
        if (folder[0] != '\0' && mkdir(folder, 0777) != 0 && errno != EEXIST)
            return error_sys(err, "make folder %s", folder);
    }
    return true;
}

static bool write_file(struct scene *scene, const struct step *step, struct error *err)
{
    struct words words;
    if (!words_split(scene, step->rest, &words, err))
        return false;
    if (words.count != 1)
        return error_set(err, ERROR_INPUT, "file needs one name");
    const char *path = arena_text(&scene->arena, "%s/%s", scene->folder, words.list[0].text);
    if (!make_parents(path, err))
        return false;
    struct str text = step_block(&scene->arena, step);
    FILE *file = fopen(path, "we");
    if (file == NULL)
        return error_sys(err, "write %s", path);
    bool written = fwrite(text.ptr, 1, text.len, file) == text.len;
    if (fclose(file) != 0 || !written)
        return error_sys(err, "write %s", path);
    return true;
}

static bool set_input(struct scene *scene, const struct step *step, struct error *err)
{
    (void)err;
    scene->input = step_block(&scene->arena, step);
    return true;
}

static bool set_env(struct scene *scene, const struct step *step, struct error *err)
{
    struct words words;
    if (!words_split(scene, step->rest, &words, err))
        return false;
    for (int i = 0; i < words.count; i++) {
        struct str name, value = str_from(words.list[i].text);
        if (!str_has(value, '=') || !str_take_until(&value, '=', &name) || name.len == 0)
            return error_set(err, ERROR_INPUT, "env needs NAME=VALUE");
        scene_set_env(scene, arena_string(&scene->arena, name), arena_string(&scene->arena, value));
    }
    return true;
}

static bool set_user(struct scene *scene, const struct step *step, struct error *err)
{
    if (!str_is(step->rest, "plain-user"))
        return error_set(err, ERROR_INPUT, "as whom? only `as plain-user` is known");
    scene->as_plain_user = true;
    return true;
}

static int signal_number(const char *name)
{
    for (int number = 1; number < NSIG; number++) {
        const char *known = sigabbrev_np(number);
        if (known != NULL && strcmp(known, name) == 0)
            return number;
    }
    return 0;
}

static bool plan_signal(struct scene *scene, const struct step *step, struct error *err)
{
    struct words words;
    int64_t ms;
    if (!words_split(scene, step->rest, &words, err))
        return false;
    if (words.count != 3 || signal_number(words.list[0].text) == 0 ||
        strcmp(words.list[1].text, "after") != 0 ||
        !text_read_ms(str_from(words.list[2].text), &ms))
        return error_set(err, ERROR_INPUT, "expected: signal INT after 200ms");
    scene->signal = signal_number(words.list[0].text);
    scene->signal_after_ms = (int)ms;
    return true;
}

/* The program with some words before the step's own: none, or `run --json`. */
static bool run_program(struct scene *scene, const struct step *step, const char *const *first,
                        struct error *err)
{
    struct words words;
    if (!words_split(scene, step->rest, &words, err))
        return false;
    const char **argv = arena_alloc(&scene->arena, ((size_t)words.count + 4) * sizeof *argv);
    int count = 0;
    argv[count++] = scene->program;
    while (*first != NULL)
        argv[count++] = *first++;
    for (int i = 0; i < words.count; i++)
        argv[count++] = words.list[i].text;
    return command_run(scene, (char *const *)(uintptr_t)argv, err);
}

static bool run_testudo(struct scene *scene, const struct step *step, struct error *err)
{
    return run_program(scene, step, (const char *const[]){NULL}, err);
}

static bool run_run(struct scene *scene, const struct step *step, struct error *err)
{
    return run_program(scene, step, (const char *const[]){"run", "--json", NULL}, err);
}

static bool run_shell(struct scene *scene, const struct step *step, struct error *err)
{
    char shell[] = "/bin/sh", option[] = "-c";
    return command_run(
        scene, (char *[]){shell, option, arena_string(&scene->arena, step->rest), NULL}, err);
}

static const struct verb {
    const char *name;
    bool (*play)(struct scene *scene, const struct step *step, struct error *err);
    bool is_command, takes_block;
} verbs[] = {
    {"limit", set_limit, false, false},    {"file", write_file, false, true},
    {"stdin", set_input, false, true},     {"env", set_env, false, false},
    {"as", set_user, false, false},        {"signal", plan_signal, false, false},
    {"testudo", run_testudo, true, false}, {"run", run_run, true, false},
    {"sh", run_shell, true, false},        {"expect", expect, false, true},
};

static const struct verb *verb_find(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (str_is(name, verbs[i].name))
            return &verbs[i];
    return NULL;
}

/* A status other than 0 that no expectation speaks of is a failure of its own. */
static bool status_is_expected(const struct scene *scene, const struct scenario *scenario, int at)
{
    if (scene->status == 0)
        return true;
    for (int i = at + 1; i < scenario->count; i++) {
        const struct step *step = &scenario->steps[i];
        const struct verb *verb = verb_find(step->verb);
        if (verb != NULL && verb->is_command)
            return false;
        if (str_is(step->verb, "expect") &&
            (str_starts(step->rest, "exit ") || str_starts(step->rest, "verdict ")))
            return true;
    }
    return false;
}

/* `where NEED STEP`: the step, or nothing where the need is not met. */
static bool take_condition(const struct scene *scene, struct step *step, bool *ret_holds,
                           struct error *err)
{
    struct str need, rest = step->rest;
    if (!str_take_until(&rest, ' ', &need) || !str_take_until(&rest, ' ', &step->verb))
        return error_set(err, ERROR_INPUT, "expected: where NEED STEP");
    step->rest = str_trim(rest);
    struct word word = {.text = mem_copy(need.ptr, need.len)};
    *ret_holds = need_met(scene, (struct words){&word, 1}, err);
    mem_free_at(&word.text);
    return *ret_holds || err->kind == ERROR_HOST;
}

static bool play_step(struct scene *scene, const struct scenario *scenario, int at,
                      struct error *err)
{
    struct step changed = scenario->steps[at];
    const struct step *step = &changed;
    bool holds = true;
    if (str_is(changed.verb, "where") && !take_condition(scene, &changed, &holds, err))
        return false;
    if (!holds)
        return true;
    const struct verb *verb = verb_find(step->verb);
    if (verb == NULL)
        return error_set(err, ERROR_INPUT, "no step is called \"%.*s\"", (int)step->verb.len,
                         step->verb.ptr);
    if (step->has_block && !verb->takes_block)
        return error_set(err, ERROR_INPUT, "%s takes no | lines", verb->name);
    if (!verb->play(scene, step, err))
        return false;
    if (verb->is_command && !status_is_expected(scene, scenario, at))
        return error_set(err, ERROR_INPUT, "ended with status %d, and nothing expects that",
                         scene->status);
    return true;
}

static void print_stream(const char *name, struct str bytes)
{
    enum { SHOWN_MAX = 2000 };
    struct str shown = str_of(bytes.ptr, bytes.len < SHOWN_MAX ? bytes.len : SHOWN_MAX);
    auto_buf struct buf text;
    buf_init(&text, (size_t)4 * SHOWN_MAX);
    text_escape(&text, shown, true);
    if (bytes.len == 0)
        return;
    printf("        %s, %zu bytes%s:\n", name, bytes.len,
           shown.len < bytes.len ? ", its start" : "");
    struct str line, rest = buf_str(&text);
    while (str_take_line(&rest, &line))
        printf("        | %.*s\n", (int)line.len, line.ptr);
}

static void print_failure(const struct scene *scene, const struct scenario *scenario,
                          const struct step *step, const struct error *err)
{
    printf("FAILED  %s:%d: %.*s\n", scenario->file, step->line, (int)scenario->sentence.len,
           scenario->sentence.ptr);
    printf("        %.*s %.*s\n", (int)step->verb.len, step->verb.ptr, (int)step->rest.len,
           step->rest.ptr);
    printf("        %s\n", err->text);
    print_stream("stdout", buf_str(&scene->out));
    print_stream("stderr", buf_str(&scene->err));
}

static void print_skip(const struct scenario *scenario, const struct error *err)
{
    printf("skipped %s:%d: %.*s: %s\n", scenario->file, scenario->line, (int)scenario->sentence.len,
           scenario->sentence.ptr, err->text);
}

static enum flow_verdict play_steps(struct scene *scene, const struct scenario *scenario)
{
    for (int i = 0; i < scenario->count; i++) {
        const struct step *step = &scenario->steps[i];
        struct error err = {0};
        struct words words;
        bool asks = str_is(step->verb, "needs");
        bool good =
            asks ? words_split(scene, step->rest, &words, &err) && need_met(scene, words, &err)
                 : play_step(scene, scenario, i, &err);
        if (!good && asks && err.kind == ERROR_HOST) {
            print_skip(scenario, &err);
            return FLOW_SKIPPED;
        }
        if (!good) {
            print_failure(scene, scenario, step, &err);
            return FLOW_FAILED;
        }
        if (asks && strcmp(words.list[0].text, "faults") == 0) {
            scene->program = scene->stage->faults_program;
            scene_set_env(scene, "TESTUDO", scene->program);
        }
    }
    return FLOW_PASSED;
}

/* Of our own environment only what any program needs: a scenario must not depend on its caller. */
static void set_up_env(struct scene *scene)
{
    static const char *const kept[] = {"PATH", "USER", "ASAN_OPTIONS", "UBSAN_OPTIONS",
                                       "LSAN_OPTIONS"};
    for (size_t i = 0; i < COUNT_OF(kept); i++)
        if (getenv(kept[i]) != NULL)
            scene_set_env(scene, kept[i], getenv(kept[i]));
    scene_set_env(scene, "LANG", "C.UTF-8");
    scene_set_env(scene, "HOME", scene->folder);
    scene_set_env(scene, "DIR", scene->folder);
    scene_set_env(scene, "TESTUDO", scene->program);
    if (scene->stage->tools != NULL)
        scene_set_env(scene, "TOOLS", scene->stage->tools);
    scene_set_env(scene, "SOURCE", scene->stage->source);
}

enum flow_verdict flow_play(const struct stage *stage, const struct scenario *scenario)
{
    const char *name = strrchr(scenario->file, '/');
    auto_free char *folder = mem_text("%s/%s-%d", stage->folder,
                                      name != NULL ? name + 1 : scenario->file, scenario->line);
    struct scene scene = {.stage = stage, .program = stage->program, .folder = folder};
    scene.deadline_ns = clock_now_ns() + (int64_t)LIMIT_MS * 1000000 * stage->slower;
    if (mkdir(folder, 0755) != 0) {
        fprintf(stderr, "flow: make %s: %m\n", folder);
        exit(2);
    }
    arena_init(&scene.arena, (size_t)256 << 20);
    buf_init(&scene.out, (size_t)16 << 20);
    buf_init(&scene.err, (size_t)16 << 20);
    set_up_env(&scene);
    census_take(&scene.before);
    enum flow_verdict verdict = play_steps(&scene, scenario);
    census_sweep();
    census_done(&scene.before);
    buf_done(&scene.out);
    buf_done(&scene.err);
    arena_done(&scene.arena);
    return verdict;
}
