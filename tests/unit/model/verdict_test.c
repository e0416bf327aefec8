#include "model/verdict.h"

#include <string.h>

#include "tests/test.h"

TEST(the_exit_status_of_each_verdict_is_the_promised_one)
{
    CHECK_INT(verdict_exit_status(VERDICT_OK, 0, 0), 0);
    CHECK_INT(verdict_exit_status(VERDICT_FAILED, 3, 0), 3);
    CHECK_INT(verdict_exit_status(VERDICT_FAILED, 255, 0), 255);
    CHECK_INT(verdict_exit_status(VERDICT_SIGNALED, 0, 11), 139);
    CHECK_INT(verdict_exit_status(VERDICT_WALL_TIME, 0, 9), 124);
    CHECK_INT(verdict_exit_status(VERDICT_CPU_TIME, 0, 9), 124);
    CHECK_INT(verdict_exit_status(VERDICT_MEMORY, 0, 9), 137);
    CHECK_INT(verdict_exit_status(VERDICT_OUTPUT, 0, 9), 137);
    CHECK_INT(verdict_exit_status(VERDICT_POLICY, 0, 31), 126);
    CHECK_INT(verdict_exit_status(VERDICT_CANCELED, 0, 9), 130);
}

TEST(full_disks_and_process_limits_keep_the_guests_own_status)
{
    CHECK_INT(verdict_exit_status(VERDICT_DISK, 7, 0), 7);
    CHECK_INT(verdict_exit_status(VERDICT_DISK, 0, 6), 134);
    CHECK_INT(verdict_exit_status(VERDICT_PROCESSES, 1, 0), 1);
    CHECK_INT(verdict_exit_status(VERDICT_PROCESSES, 0, 6), 134);
}

TEST(no_verdict_at_all_is_our_own_trouble)
{
    CHECK_INT(verdict_exit_status(VERDICT_COUNT, 0, 0), EXIT_STATUS_TROUBLE);
    CHECK_INT(EXIT_STATUS_TROUBLE, 125);
}

TEST(every_verdict_has_a_word_of_its_own_and_a_text)
{
    for (enum verdict i = 0; i < VERDICT_COUNT; i++) {
        CHECK(verdict_word(i)[0] != '\0' && verdict_text(i)[0] != '\0');
        for (enum verdict k = 0; k < i; k++)
            CHECK(strcmp(verdict_word(i), verdict_word(k)) != 0);
    }
    CHECK_TEXT(verdict_word(VERDICT_WALL_TIME), "wall_time");
}
