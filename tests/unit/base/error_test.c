#include "base/error.h"

#include <errno.h>
#include <string.h>

#include "base/json_write.h"
#include "base/mem.h"
#include "tests/test.h"

TEST(error_set_returns_false_and_starts_afresh)
{
    struct error err = {};
    CHECK(!error_sys(&err, "before"));
    error_stage(&err, "mount");
    error_hint(&err, "do it");
    CHECK(!error_set(&err, ERROR_LIMIT, "%d files", 7));
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK_INT(err.number, 0);
    CHECK_TEXT(err.text, "7 files");
    CHECK_TEXT(err.stage, "");
    CHECK_TEXT(err.hint, "");
}

TEST(error_sys_keeps_errno_and_says_what_it_means)
{
    struct error err;
    errno = ENOENT;
    CHECK(!error_sys(&err, "open %s", "memory.max"));
    CHECK_INT(errno, ENOENT);
    CHECK_INT(err.kind, ERROR_SYSTEM);
    CHECK_INT(err.number, ENOENT);
    CHECK_TEXT(err.text, "open memory.max: No such file or directory");
}

TEST(error_sys_of_an_unknown_errno_still_has_a_text)
{
    struct error err;
    errno = 4095;
    error_sys(&err, "x");
    CHECK_TEXT(err.text, "x: unknown error");
    CHECK_INT(err.number, 4095);
}

static const char *long_text(char byte)
{
    static char text[1000];
    memset(text, byte, sizeof text - 1);
    return text;
}

TEST(error_sys_keeps_the_reason_when_the_text_is_long)
{
    struct error err;
    errno = EACCES;
    error_sys(&err, "%s", long_text('a'));
    CHECK_INT(strlen(err.text), sizeof err.text - 1);
    CHECK_CONTAINS(err.text, "aaa: Permission denied");
}

TEST(error_wrap_puts_the_outer_text_before_and_keeps_the_rest)
{
    struct error err;
    errno = EBUSY;
    error_sys(&err, "rmdir");
    error_stage(&err, "cgroup");
    error_hint(&err, "wait");
    CHECK(!error_wrap(&err, "remove box %d", 3));
    CHECK_TEXT(err.text, "remove box 3: rmdir: Device or resource busy");
    CHECK_INT(err.kind, ERROR_SYSTEM);
    CHECK_INT(err.number, EBUSY);
    CHECK_TEXT(err.stage, "cgroup");
    CHECK_TEXT(err.hint, "wait");
}

TEST(error_wrap_keeps_the_inner_cause_when_the_outer_text_is_long)
{
    struct error err;
    error_set(&err, ERROR_HOST, "the cause");
    error_wrap(&err, "%s", long_text('o'));
    CHECK_INT(strlen(err.text), sizeof err.text - 1);
    CHECK_CONTAINS(err.text, "ooo: the cause");
    error_wrap(&err, "once more");
    CHECK_CONTAINS(err.text, "ooo: the cause");
}

TEST(error_wrap_around_a_full_text_changes_nothing)
{
    for (size_t spare = 0; spare < 5; spare++) {
        struct error err;
        error_set(&err, ERROR_HOST, "%.*s", (int)(sizeof err.text - 1 - spare), long_text('i'));
        struct error before = err;
        error_wrap(&err, "outer");
        if (spare < 3)
            CHECK_TEXT(err.text, before.text);
        else
            CHECK(strncmp(err.text, spare == 3 ? "o: iii" : "ou: iii", 6) == 0);
        CHECK(strlen(err.text) < sizeof err.text);
    }
}

TEST(error_wrap_cuts_no_character_in_two)
{
    for (size_t length = sizeof((struct error *)0)->text - 20; length > 440; length--) {
        struct error err;
        error_set(&err, ERROR_HOST, "%.*s", (int)length, long_text('i'));
        error_wrap(&err, "ééééééééééééééééééé€€€€€€€€€€");
        CHECK(json_is_text(str_from(err.text)));
    }
}

TEST(error_texts_may_be_made_from_the_same_error)
{
    struct error err;
    error_set(&err, ERROR_HOST, "inner");
    error_set(&err, ERROR_INPUT, "<%s>", err.text);
    CHECK_TEXT(err.text, "<inner>");
    error_wrap(&err, "(%s)", err.text);
    CHECK_TEXT(err.text, "(<inner>): <inner>");
    error_hint(&err, "a");
    error_hint(&err, "%sb%s", err.hint, err.hint);
    CHECK_TEXT(err.hint, "aba");
    errno = EPERM;
    error_sys(&err, "%s", err.text);
    CHECK_TEXT(err.text, "(<inner>): <inner>: Operation not permitted");
}

TEST(error_stage_is_named_by_the_innermost_and_cut)
{
    struct error err;
    error_set(&err, ERROR_HOST, "x");
    CHECK(!error_stage(&err, "exec"));
    error_stage(&err, "start");
    CHECK_TEXT(err.stage, "exec");
    error_set(&err, ERROR_HOST, "x");
    error_stage(&err, long_text('s'));
    CHECK_INT(strlen(err.stage), sizeof err.stage - 1);
}

TEST(error_setters_all_keep_errno)
{
    struct error err;
    errno = 77;
    error_set(&err, ERROR_HOST, "%s", long_text('x'));
    error_wrap(&err, "%s", long_text('x'));
    error_hint(&err, "%s", long_text('x'));
    error_stage(&err, long_text('x'));
    error_sys(&err, "x");
    CHECK_INT(errno, 77);
}

TEST(error_forms_for_pointers_and_fds)
{
    struct error err;
    CHECK(error_set_null(&err, ERROR_USAGE, "x") == NULL);
    CHECK(error_sys_null(&err, "x") == NULL);
    CHECK(error_wrap_null(&err, "x") == NULL);
    CHECK_INT(error_set_fd(&err, ERROR_USAGE, "x"), -1);
    CHECK_INT(error_sys_fd(&err, "x"), -1);
    CHECK_INT(error_wrap_fd(&err, "x"), -1);
}

TEST(error_sanitise_makes_any_bytes_a_usable_error)
{
    for (int byte = 0; byte < 256; byte++) {
        struct error err;
        memset(&err, byte, sizeof err);
        error_sanitise(&err);
        CHECK(err.kind > ERROR_NONE && err.kind <= ERROR_INTERNAL);
        CHECK(strnlen(err.stage, sizeof err.stage) < sizeof err.stage);
        CHECK(strnlen(err.text, sizeof err.text) < sizeof err.text);
        CHECK(strnlen(err.hint, sizeof err.hint) < sizeof err.hint);
        error_wrap(&err, "from a child");
    }
}

TEST(error_sanitise_leaves_a_good_error_alone)
{
    struct error err;
    memset(&err, 0, sizeof err);
    errno = EPERM;
    error_sys(&err, "mount");
    error_stage(&err, "mount");
    struct error before;
    memcpy(&before, &err, sizeof err);
    error_sanitise(&err);
    CHECK(memcmp(&before, &err, sizeof err) == 0);
}

TEST(error_kinds_all_have_their_word)
{
    CHECK_TEXT(error_kind_word(ERROR_NONE), "none");
    CHECK_TEXT(error_kind_word(ERROR_INTERNAL), "internal");
    CHECK_TEXT(error_kind_word((enum error_kind)99), "internal");
}
