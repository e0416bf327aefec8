#include "tests/escape/probe/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/names.h"

/* The linker sets these around the section. */
extern const struct probe __start_probes[];
extern const struct probe __stop_probes[];

static const char *current = "probe";
static char folder[512] = "."; /* where `facts` lies */
static char facts[16384];
static char noted[256];
static int tries;

__attribute__((format(printf, 2, 0))) static void say(enum outcome outcome, const char *format,
                                                      va_list arguments)
{
    static const char *const words[] = {"held", "open", "absent", "untried"};
    char detail[400], line[600];
    vsnprintf(detail, sizeof detail, format, arguments);
    for (char *c = detail; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || (unsigned char)*c >= 0x7f)
            *c = '?';
    int length = snprintf(line, sizeof line, "%s %s %s\n", current, words[outcome], detail);
    if (write(1, line, (size_t)length) != length)
        (void)!write(2, line, (size_t)length);
}

#define ENDING(name, outcome)                                                                      \
    void name(const char *format, ...)                                                             \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        say(outcome, format, arguments);                                                           \
        _exit(outcome);                                                                            \
    }
ENDING(held, HELD)
ENDING(got_through, OPEN)
ENDING(absent, ABSENT)
ENDING(untried, UNTRIED)

void held_so_far(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(HELD, format, arguments);
    va_end(arguments);
}

const char *errno_word(int number)
{
    static char other[32];
    const char *name = errno_name(number);
    if (name != NULL)
        return name;
    snprintf(other, sizeof other, "errno %d", number);
    return other;
}

void expect_refusal(long result, int wanted)
{
    int number = errno;
    if (result >= 0)
        got_through("it succeeded with %ld", result);
    if (number != wanted)
        got_through("%s instead of %s", errno_word(number), errno_word(wanted));
    held("%s", errno_word(number));
}

void must_be_refused(long result, int wanted, const char *what)
{
    int number = errno;
    tries++;
    if (noted[0] != '\0' || (result < 0 && number == wanted))
        return;
    snprintf(noted, sizeof noted, "%.120s: %s", what, result >= 0 ? "done" : errno_word(number));
}

void judge(void)
{
    if (tries == 0)
        untried("nothing was tried");
    if (noted[0] != '\0')
        got_through("%s", noted);
    held("all %d refused", tries);
}

long read_text(const char *path, char *into, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return -1;
    size_t length = 0;
    ssize_t got = 0;
    while (length < size - 1 && (got = read(fd, into + length, size - 1 - length)) > 0)
        length += (size_t)got;
    int number = errno;
    close(fd);
    into[length] = '\0';
    errno = number;
    return got < 0 ? -1 : (long)length;
}

const char *probe_folder(void)
{
    return folder;
}

bool has_fact(const char *name)
{
    size_t length = strlen(name);
    for (const char *line = facts; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == '=')
            return true;
    }
    return false;
}

const char *fact(const char *name)
{
    static char values[16][512];
    static unsigned next;
    size_t length = strlen(name);
    for (const char *line = facts; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) != 0 || line[length] != '=')
            continue;
        char *value = values[next++ % 16];
        snprintf(value, sizeof values[0], "%.*s", (int)strcspn(line + length + 1, "\n"),
                 line + length + 1);
        return value;
    }
    untried("the runner has not said what %s is", name);
}

/* As a hostile image's compiler we are told only the source's path: /in/…/NAME.c */
static const char *name_of_source(const char *path)
{
    static char name[128];
    const char *slash = strrchr(path, '/'), *last = slash != NULL ? slash + 1 : path;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(last, "."), last);
    if (slash != NULL)
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    return name;
}

static const char *find_source(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        size_t length = strlen(argv[i]);
        if (length > 2 && strcmp(argv[i] + length - 2, ".c") == 0)
            return argv[i];
    }
    return NULL;
}

static const char *find_name(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/'), *called = slash != NULL ? slash + 1 : argv[0];
    if (strcmp(called, "gcc") == 0) {
        const char *source = find_source(argc, argv);
        return source != NULL ? name_of_source(source) : "";
    }
    if (slash != NULL)
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - argv[0]), argv[0]);
    return argc > 1 ? argv[1] : "";
}

int main(int argc, char **argv)
{
    char path[600];
    const char *name = find_name(argc, argv);
    if (argc > 2 && name == argv[1])
        snprintf(folder, sizeof folder, "%s", argv[2]);
    if (strcmp(name, "list") == 0) {
        for (const struct probe *p = __start_probes; p < __stop_probes; p++)
            printf("%s\n", p->name);
        return 0;
    }
    snprintf(path, sizeof path, "%s/facts", folder);
    (void)read_text(path, facts, sizeof facts);
    for (const struct probe *p = __start_probes; p < __stop_probes; p++) {
        if (strcmp(p->name, name) != 0)
            continue;
        current = p->name;
        p->run();
        untried("the attack came to no end");
    }
    untried("there is no such attack: %.80s", name);
}
