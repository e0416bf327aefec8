/*
 * From what was observed to what is asserted. A trial is a program with its checks; each check is
 * one component of the observation, and each can fail.
 */
#pragma once

#include "testgen/archive.h"

/* How the two sides are compared. */
enum check_form {
    CHECK_SAME,   /* none, true, false: by identity */
    CHECK_EQUAL,  /* by value */
    CHECK_NEAR,   /* floats whose last digits say nothing */
    CHECK_NAN,    /* is it no number? */
    CHECK_LONG,   /* length, first and last */
    CHECK_RAISED, /* exception and message */
    CHECK_OUTPUT  /* text on standard output */
};

struct check {
    enum component_kind kind;
    enum check_form form;
    uint32_t statement;
    struct str path;
    const struct value *view;
};

struct trial {
    uint32_t target;
    struct program program;
    const struct check *checks;
    uint32_t check_count;
    const uint32_t *goals, *kills; /* what it is kept for */
    uint32_t goal_count, kill_count;
    struct str condition; /* words, "amount below 0"; may be empty */
};

enum { CHECKS_MAX = 12, NO_STATEMENT = UINT32_MAX };

/* Is this behaviour that a test may hold? If not, `ret_why` says why. */
bool oracle_accepts(const struct subject *subject, const struct candidate *candidate,
                    const struct observation *observation, const char **ret_why);

/* Does it say something about the values given, rather than about a mistake in the code? */
bool oracle_is_domain_error(struct str name);

/* Can a test assert this component, today and on other machines? */
bool oracle_can_check(const struct program *program, const struct component *component);
enum check_form oracle_form(const struct component *component);

/*
 * Chooses checks among the components that can be checked: the result of what is tested, then
 * whatever adds a kill of a mutant that is wanted (by entry of the judgement). At least one, if
 * there is one. The test's kills are what these checks notice.
 */
void oracle_choose(struct arena *arena, const struct subject *subject,
                   const struct program *program, const struct observation *observation,
                   const struct judgement *judgement, const bool *wanted, struct trial *test);

/* The statement that raises, or NO_STATEMENT. */
uint32_t test_raising(const struct trial *test);

/* The statement that makes what the test is about: its last call, or what drains that. */
uint32_t program_act(const struct program *program);
