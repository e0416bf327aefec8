/*
 * A developer's tool: the search alone, without boxes, on a module that one trusts.
 *
 *     testgen-try GUEST_FOLDER ROOT MODULE [EXECUTIONS [SEED]]
 *
 * (BELIEFS=1 in the environment shows what was learned about parameters)
 * prints what was reached, what stayed open, and how many behaviours each callable showed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "testgen/search_private.h"

static pid_t start_guest(const char *folder, int *ret_channel)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], 3);
        fcntl(3, F_SETFD, 0);
        execl("/usr/bin/python3", "/usr/bin/python3", folder, "3", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    *ret_channel = ends[0];
    return pid;
}

static void print_text(const char *head, struct str text)
{
    printf("%s%.*s", head, (int)text.len, text.ptr);
}

static void print_open(const struct engine *engine)
{
    const struct subject *subject = &engine->subject;
    for (uint32_t i = 0; i < subject->goal_count; i++) {
        const struct candidate *candidate = engine->archive.goals[i];
        if (!search_is_open(engine->search, i))
            continue;
        printf("  open goal %u line %u kind %d", i, subject->goals[i].line, subject->goals[i].kind);
        print_text(" ", subject->goals[i].text);
        if (candidate != NULL)
            print_text("  only by ", candidate->exception);
        printf("\n");
    }
}

static void print_type(const struct type *type)
{
    static const char *const words[] = {
#define X(name, word) word,
        TYPE_KINDS(X)
#undef X
    };
    printf("%s", words[type->kind]);
    if (type->kind == TYPE_CLASS || type->kind == TYPE_LIBRARY || type->kind == TYPE_CALLABLE)
        printf(" %u", type->index);
    for (uint32_t i = 0; i < type->item_count; i++) {
        printf(i == 0 ? "[" : ", ");
        print_type(type->items[i]);
    }
    printf(type->item_count > 0 ? "]" : "");
}

static void print_beliefs(const struct engine *engine, uint32_t callable)
{
    const struct callable *described = &engine->subject.callables[callable];
    for (uint32_t i = 0; i < described->parameter_count; i++) {
        const struct belief *belief = belief_of(&engine->search->beliefs, callable, i);
        print_text("    ", described->parameters[i].name);
        for (uint32_t k = 0; k < belief->count && k < 5; k++) {
            printf(k == 0 ? ": " : ", ");
            print_type(belief->arms[k].type);
            printf(" %.2f +%.1f -%.1f", belief->arms[k].weight, belief->arms[k].good,
                   belief->arms[k].bad);
        }
        printf("\n");
    }
}

static void print_callables(const struct engine *engine)
{
    for (uint32_t i = 0; i < engine->subject.callable_count; i++) {
        const struct archive_list *list = &engine->archive.lists[i];
        if (!engine->subject.callables[i].test)
            continue;
        uint32_t done = 0;
        for (uint32_t k = 0; k < list->count; k++)
            done += list->candidates[k]->status == RUN_DONE;
        print_text("  ", engine->subject.callables[i].qual);
        printf(": %u behaviours, %u end well, %llu executions, %u turns%s\n", list->count, done,
               (unsigned long long)engine->search->efforts[i].executions,
               engine->search->efforts[i].turns, engine->archive.hangs[i] != NULL ? ", hangs" : "");
        if (getenv("BELIEFS") != NULL)
            print_beliefs(engine, i);
    }
}

static void print_result(const struct engine *engine, double ms)
{
    uint32_t open = 0;
    for (uint32_t i = 0; i < engine->subject.goal_count; i++)
        open += search_is_open(engine->search, i);
    print_callables(engine);
    print_open(engine);
    printf("ends:");
    for (int i = 0; i <= RUN_INVALID; i++)
        printf(" %llu", (unsigned long long)engine->search->ends[i]);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("\nthe engine's own: %.0f ms\n",
           (double)usage.ru_utime.tv_sec * 1e3 + (double)usage.ru_utime.tv_usec / 1e3);
    printf("%u of %u goals open, %llu executions, %.0f ms, %.0f/s\n", open,
           engine->subject.goal_count, (unsigned long long)engine->guest.executions, ms,
           (double)engine->guest.executions / ms * 1000);
}

static bool try_module(struct engine *engine, struct error *err)
{
    int64_t start = clock_now_ns();
    if (!guest_open(&engine->guest, &engine->options->open, engine->keep, &engine->subject, err))
        return false;
    printf("opened in %.0f ms\n", clock_ms(clock_now_ns() - start));
    archive_init(&engine->archive, engine->keep, &engine->subject);
    engine->search = search_new(engine);
    start = clock_now_ns();
    bool searched = engine_search(engine, err);
    print_result(engine, clock_ms(clock_now_ns() - start));
    search_free(engine->search);
    guest_close(&engine->guest);
    return searched;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: %s GUEST_FOLDER ROOT MODULE [EXECUTIONS [SEED]]\n", argv[0]);
        return 2;
    }
    struct engine_options options = {.open = {.root = str_from(argv[2]),
                                              .module = str_from(argv[3]),
                                              .visibility = STR("public")},
                                     .executions = argc > 4 ? strtoull(argv[4], NULL, 10) : 50000,
                                     .seed = argc > 5 ? strtoull(argv[5], NULL, 10) : 1};
    auto_arena struct arena path, keep;
    arena_init(&path, 1 << 20);
    arena_init(&keep, SIZE_MAX);
    char *name = arena_text(&path, "%s/%s.py", argv[2], argv[3]);
    for (char *c = name + strlen(argv[2]) + 1; *c != '\0' && strcmp(c, ".py") != 0; c++)
        *c = *c == '.' ? '/' : *c;
    options.open.path = str_from(name);
    options.open.fuel = 100000;
    struct engine engine = {.options = &options, .keep = &keep};
    random_init(&engine.random, options.seed);
    pid_t guest = start_guest(argv[1], &engine.guest.channel);
    struct error err = {};
    bool tried = guest > 0 && try_module(&engine, &err);
    if (!tried)
        fprintf(stderr, "%s\n", err.text);
    close(engine.guest.channel);
    waitpid(guest, NULL, 0);
    return tried ? 0 : 1;
}
