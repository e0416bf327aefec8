/* Tests for the test harness to judge: tests/self/run compares its answers with the names. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "tests/test.h"

TEST(must_pass)
{
    CHECK(true);
    CHECK_INT(3, 3);
    CHECK_TEXT("a", "a");
    CHECK_CONTAINS("abc", "b");
}

TEST(must_pass_with_an_empty_folder)
{
    const char *folder = test_folder();
    CHECK(chdir(folder) == 0);
    FILE *file = fopen("left-behind", "we");
    CHECK(file != NULL);
    fclose(file);
    fprintf(stderr, "folder %s\n", folder);
}

TEST(must_be_skipped)
{
    test_skip("the reason is %d", 42);
}

TEST(must_fail_in_check)
{
    puts("said before the failure");
    CHECK(1 == 2);
}

TEST(must_fail_in_check_int)
{
    CHECK_INT(3, 4);
}

TEST(must_fail_in_check_text)
{
    CHECK_TEXT("is", "wanted");
}

TEST(must_fail_in_check_text_of_null)
{
    CHECK_TEXT(NULL, "wanted");
}

TEST(must_fail_in_check_ok)
{
    struct error err = {0};
    CHECK_OK(error_set(&err, ERROR_HOST, "no such luck"), err);
}

TEST(must_fail_in_check_contains)
{
    CHECK_CONTAINS("haystack", "needle");
}

TEST(must_fail_by_signal)
{
    raise(SIGSEGV);
}

TEST(must_fail_by_early_exit)
{
    exit(0);
}

TEST(must_fail_by_a_check_in_its_child)
{
    if (fork() == 0)
        CHECK(false);
    usleep(200000);
}

TEST_LASTING(must_fail_by_time, 1)
{
    if (fork() == 0)
        execl("/bin/sleep", "sleep", "7391", (char *)NULL);
    pause();
}

TEST(must_pass_and_its_background_child_be_ended)
{
    if (fork() == 0)
        execl("/bin/sleep", "sleep", "7392", (char *)NULL);
    usleep(50000);
}
