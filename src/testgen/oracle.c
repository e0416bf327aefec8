#include "testgen/oracle.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "testgen/fit.h"

/* Exceptions that say something about the values given, not about the code's own mistakes. */
static const char *const domain_errors[] = {
    "ValueError",         "KeyError",           "IndexError",         "ZeroDivisionError",
    "LookupError",        "StopIteration",      "OverflowError",      "UnicodeError",
    "UnicodeDecodeError", "UnicodeEncodeError", "StopAsyncIteration", "ArithmeticError",
    "InvalidOperation",   "JSONDecodeError",    "DivisionByZero"};

bool oracle_is_domain_error(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(domain_errors); i++)
        if (str_is(name, domain_errors[i]))
            return true;
    return false;
}

static bool is_of_the_call(struct str name)
{
    return str_is(name, "TypeError") || str_is(name, "AttributeError") ||
           str_is(name, "NameError") || str_is(name, "UnboundLocalError");
}

static bool accepts_exception(const struct candidate *candidate, const char **ret_why)
{
    switch (candidate->origin) {
    case ORIGIN_RAISE:
    case ORIGIN_DOCUMENTED:
        return true;
    case ORIGIN_CALL:
    case ORIGIN_ARGUMENT:
        *ret_why = "the call itself does not fit";
        return false;
    case ORIGIN_NONE:
    case ORIGIN_OPERATION:
    case ORIGIN_LIBRARY:
        break;
    }
    if (!is_of_the_call(candidate->exception) && oracle_is_domain_error(candidate->exception))
        return true;
    *ret_why = "an exception that nobody raises on purpose";
    return false;
}

bool oracle_accepts(const struct subject *subject, const struct candidate *candidate,
                    const struct observation *observation, const char **ret_why)
{
    if (candidate->status != RUN_DONE && candidate->status != RUN_RAISED) {
        *ret_why = "it does not end by itself";
        return false;
    }
    if (candidate->status == RUN_RAISED && !accepts_exception(candidate, ret_why))
        return false;
    bool meant = candidate->origin == ORIGIN_RAISE || candidate->origin == ORIGIN_DOCUMENTED;
    if (candidate->status == RUN_RAISED && !meant &&
        fit_misfits(subject, &candidate->program) > 0) {
        *ret_why = "it fails on what nobody would give it";
        return false;
    }
    bool any = false;
    for (uint32_t i = 0; i < observation->count; i++) {
        const struct component *component = &observation->components[i];
        if (component->kind == COMPONENT_EFFECT) {
            *ret_why = "it acts on the outer world";
            return false;
        }
        if (component->kind == COMPONENT_RAISES && !component->stable) {
            *ret_why = "its exception is another each time";
            return false;
        }
        any |= oracle_can_check(&candidate->program, component);
    }
    if (!any)
        *ret_why = "nothing that stays the same can be asserted";
    return any;
}

/* nan is unequal to itself, so nothing that holds one can be compared as a whole. */
static bool can_write(const struct value *view)
{
    if (view->kind == VALUE_FLOAT)
        return !isnan(view->number);
    if (view->kind == VALUE_SPECIAL &&
        (str_is(view->text, "object") || str_is(view->text, "opaque") ||
         str_is(view->text, "again") || str_is(view->text, "long")))
        return false;
    for (size_t i = 0; i < view->count; i++)
        if (!can_write(view->items[i]))
            return false;
    return true;
}

static bool is_nan(const struct value *view)
{
    return view->kind == VALUE_FLOAT && isnan(view->number);
}

static bool is_long(const struct value *view)
{
    return value_is_special(view, "long") && view->count == 4 &&
           view->items[0]->kind == VALUE_TEXT && view->items[1]->kind == VALUE_INT &&
           can_write(view->items[2]) && can_write(view->items[3]);
}

static bool is_raise(const struct value *view)
{
    return view->kind == VALUE_TUPLE && view->count >= 3 && view->items[0]->kind == VALUE_TEXT &&
           view->items[1]->kind == VALUE_TEXT && view->items[2]->kind == VALUE_TEXT;
}

static bool enters(const struct program *program)
{
    for (uint32_t i = 0; i < program->count; i++)
        if (program->statements[i].kind == STATEMENT_ENTER)
            return true;
    return false;
}

/* Of which variables does it speak? A stranger's numbers: none may be past the last. */
static bool is_known(const struct program *program, const struct value *view)
{
    if (value_is_special(view, "var"))
        return view->count == 1 && view->items[0]->kind == VALUE_INT &&
               view->items[0]->integer >= 0 && view->items[0]->integer < program->count;
    for (size_t i = 0; i < view->count; i++)
        if (!is_known(program, view->items[i]))
            return false;
    return true;
}

bool oracle_can_check(const struct program *program, const struct component *component)
{
    if (!component->stable || component->statement >= program->count ||
        !is_known(program, component->view))
        return false;
    bool at_once = component->kind == COMPONENT_VALUE || component->kind == COMPONENT_ARGUMENT;
    if (at_once && component->statement < program_act(program))
        return false; /* how the arrangement went is the business of other tests */
    switch (component->kind) {
    case COMPONENT_RAISES:
        return is_raise(component->view);
    case COMPONENT_STDOUT:
        return component->view->kind == VALUE_TEXT;
    case COMPONENT_VALUE:
    case COMPONENT_ARGUMENT:
        return is_nan(component->view) || is_long(component->view) || can_write(component->view);
    case COMPONENT_ATTRIBUTE:
        return !enters(program) && (is_nan(component->view) || can_write(component->view));
    case COMPONENT_EFFECT:
        break;
    }
    return false;
}

enum { DIGITS_EXACT = 12, APPROX_ITEMS_MAX = 50 };

static size_t digits_of(double number)
{
    char text[40];
    for (int digits = 1; digits < 17; digits++) {
        snprintf(text, sizeof text, "%.*e", digits - 1, number);
        if (strtod(text, NULL) == number)
            return (size_t)digits;
    }
    return 17;
}

static bool is_long_float(const struct value *view)
{
    return view->kind == VALUE_FLOAT && isfinite(view->number) &&
           digits_of(view->number) > DIGITS_EXACT;
}

/* Plain numbers side by side, one of which is a float with many digits. */
static bool is_near_list(const struct value *view)
{
    bool any = false;
    if ((view->kind != VALUE_LIST && view->kind != VALUE_TUPLE) || view->count > APPROX_ITEMS_MAX)
        return false;
    for (size_t i = 0; i < view->count; i++) {
        enum value_kind kind = view->items[i]->kind;
        if (kind != VALUE_FLOAT && kind != VALUE_INT)
            return false;
        any |= is_long_float(view->items[i]);
    }
    return any;
}

/* str, len: there is only one of each, and linters want `is` for types. */
static bool is_builtin(const struct value *view)
{
    return value_is_special(view, "name") && view->count > 1 &&
           view->items[1]->kind == VALUE_TEXT && view->items[1]->text.len == 0;
}

enum check_form oracle_form(const struct component *component)
{
    const struct value *view = component->view;
    if (component->kind == COMPONENT_RAISES)
        return CHECK_RAISED;
    if (component->kind == COMPONENT_STDOUT)
        return CHECK_OUTPUT;
    if (view->kind == VALUE_NONE || view->kind == VALUE_BOOL || is_builtin(view) ||
        value_is_special(view, "var"))
        return CHECK_SAME;
    if (is_nan(view))
        return CHECK_NAN;
    if (is_long(view))
        return CHECK_LONG;
    return is_long_float(view) || is_near_list(view) ? CHECK_NEAR : CHECK_EQUAL;
}

uint32_t program_act(const struct program *program)
{
    for (uint32_t i = program->count; i-- > 0;)
        if (program->statements[i].kind != STATEMENT_LITERAL)
            return i;
    return program->count - 1;
}

uint32_t test_raising(const struct trial *test)
{
    for (uint32_t i = 0; i < test->check_count; i++)
        if (test->checks[i].kind == COMPONENT_RAISES)
            return test->checks[i].statement;
    return NO_STATEMENT;
}
