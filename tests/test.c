/* The checks: what runs inside a test's own process. */
#include "tests/test.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "tests/test_private.h"

struct test_record *test_record;

/* The record is shared memory, so that a failure counts whoever finds it: also a grandchild, and
 * a process whose filter allows nothing but to end. The first word stands. */
static _Noreturn void end(enum test_state state)
{
    if (test_record->state == TEST_RUNNING)
        test_record->state = state;
    fflush(NULL);
    _exit(state == TEST_SKIPPED ? 0 : 1);
}

static _Noreturn void fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static _Noreturn void fail(const char *file, int line, const char *format, ...)
{
    fprintf(stderr, "%s:%d: ", file, line);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    end(TEST_FAILED);
}

void test_check(bool holds, const char *what, const char *file, int line)
{
    if (!holds)
        fail(file, line, "does not hold: %s", what);
}

void test_check_int(intmax_t got, intmax_t want, const char *what, const char *file, int line)
{
    if (got != want)
        fail(file, line, "%s is %jd (%#jx), expected %jd (%#jx)", what, got, (uintmax_t)got, want,
             (uintmax_t)want);
}

static const char *shown(const char *text)
{
    return text != NULL ? text : "(null)";
}

void test_check_text(const char *got, const char *want, const char *what, const char *file,
                     int line)
{
    bool same = got == NULL || want == NULL ? got == want : strcmp(got, want) == 0;
    if (!same)
        fail(file, line, "%s differs\n  got      \"%s\"\n  expected \"%s\"", what, shown(got),
             shown(want));
}

void test_check_ok(bool ok, const struct error *err, const char *what, const char *file, int line)
{
    if (!ok)
        fail(file, line, "%s failed: %s (%s)%s%s", what, err->text, error_kind_word(err->kind),
             err->hint[0] != '\0' ? "; hint: " : "", err->hint);
}

void test_check_contains(const char *text, const char *part, const char *what, const char *file,
                         int line)
{
    if (text == NULL || strstr(text, part) == NULL)
        fail(file, line, "%s lacks \"%s\"\n  got \"%s\"", what, part, shown(text));
}

_Noreturn void test_skip(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(test_record->reason, sizeof test_record->reason, format, args);
    va_end(args);
    end(TEST_SKIPPED);
}

void test_need_root(void)
{
    if (geteuid() != 0)
        test_skip("needs root");
}

void test_need_native_speed(void)
{
    char line[1024];
    bool emulated = false;
    FILE *file = fopen("/proc/cpuinfo", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        emulated = emulated || strstr(line, "QEMU Virtual CPU") != NULL;
    if (file != NULL)
        fclose(file);
    if (emulated)
        test_skip("this processor is emulated");
}

/* The runner removes it, since a test that crashed cannot. */
const char *test_folder(void)
{
    if (test_record->folder[0] != '\0')
        return test_record->folder;
    const char *parent = getenv("TMPDIR");
    char path[sizeof test_record->folder];
    snprintf(path, sizeof path, "%s/testudo-test-XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(path) == NULL)
        fail(__FILE__, __LINE__, "cannot make a folder like %s: %m", path);
    memcpy(test_record->folder, path, sizeof path);
    return test_record->folder;
}
