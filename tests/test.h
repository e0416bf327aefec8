/*
 * The unit test harness. A test's name is a sentence:
 *
 *     TEST(buf_refuses_to_grow_past_its_cap)
 *     {
 *         ...
 *         CHECK(!buf_add(&buf, "x", 1));
 *         CHECK_INT(buf.len, 4);
 *     }
 *
 * Each test runs in a forked child with a time limit, so a crash, a hang, dropped rights or a
 * seccomp filter costs that test alone. The last line printed is `N passed, N failed, N skipped`.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test {
    const char *name;
    const char *file;
    void (*run)(void);
    int seconds;
};

/* The linker gathers these structs into one array: no registration, no list to forget. */
#define TEST_LASTING(sentence, limit_seconds)                                                      \
    static void test_##sentence(void);                                                             \
    static const struct test test_entry_##sentence                                                 \
        __attribute__((used, retain, section("tests"), aligned(8))) = {                            \
            #sentence, __FILE__, test_##sentence, limit_seconds};                                  \
    static void test_##sentence(void)

#define TEST(sentence) TEST_LASTING(sentence, 10)

/* A failed check ends the test with the place and both values. */
#define CHECK(condition) test_check((condition), #condition, __FILE__, __LINE__)
#define CHECK_INT(got, want)                                                                       \
    test_check_int((intmax_t)(got), (intmax_t)(want), #got, __FILE__, __LINE__)
#define CHECK_TEXT(got, want) test_check_text((got), (want), #got, __FILE__, __LINE__)
/* For `bool f(…, struct error *err)`: shows the error's text when it was not expected to fail. */
#define CHECK_OK(call, err) test_check_ok((call), &(err), #call, __FILE__, __LINE__)
#define CHECK_CONTAINS(text, part) test_check_contains((text), (part), #text, __FILE__, __LINE__)

struct error;
void test_check(bool holds, const char *what, const char *file, int line);
void test_check_int(intmax_t got, intmax_t want, const char *what, const char *file, int line);
void test_check_text(const char *got, const char *want, const char *what, const char *file,
                     int line);
void test_check_ok(bool ok, const struct error *err, const char *what, const char *file, int line);
void test_check_contains(const char *text, const char *part, const char *what, const char *file,
                         int line);

/* Ends the test as skipped; the reason is printed and counted. */
_Noreturn void test_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));
void test_need_root(void);
void test_need_native_speed(void); /* not an emulated processor */

/* An empty folder that is removed when the test ends. */
const char *test_folder(void);
