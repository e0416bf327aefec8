/* What a batch must answer: each line for itself, whoever died. */
#include <string.h>

#include "base/mem.h"
#include "tests/fault/fault.h"

/* How many lines one death may cost. Mothers and midwives cost none: what they cannot bear is made
 * in another way. Of those who live in a box, it is the run in it, if that has begun. */
static const struct {
    enum role role;
    int errors, other_verdicts;
} costs[] = {
    {ROLE_LAUNCHER, 0, 0}, {ROLE_ZYGOTE, 0, 0},    {ROLE_MIDWIFE, 0, 0},  {ROLE_INSIDE, 1, 0},
    {ROLE_FIRST, 0, 0},    {ROLE_INIT, 1, 0},      {ROLE_OCCUPANT, 0, 1}, {ROLE_GUEST, 0, 1},
    {ROLE_PROGRAM, 0, 1},  {ROLE_BROKER, 1000, 0}, {ROLE_NOBODY, 0, 0},   {ROLE_STEWARD, 1, 0},
};

static bool has(struct str line, const char *part)
{
    return memmem(line.ptr, line.len, part, strlen(part)) != NULL;
}

static bool check_costs(enum role struck, int errors, int others, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(costs); i++)
        if (costs[i].role == struck)
            return (errors <= costs[i].errors && others <= costs[i].other_verdicts) ||
                   error_set(err, ERROR_INPUT, "%d lines fail, %d end otherwise", errors, others);
    return error_set(err, ERROR_INPUT, "nobody knows what the %s may cost", role_word(struck));
}

bool check_batch(const struct kind *kind, enum role struck, const struct outcome *outcome,
                 struct error *err)
{
    struct str line, rest = buf_str(&outcome->out);
    int lines = 0, errors = 0, others = 0;
    while (str_take_line(&rest, &line)) {
        bool fails = has(line, "\"error\":{"), ok = has(line, "\"verdict\":\"ok\"");
        if (line.len == 0 || line.ptr[line.len - 1] != '}' || (fails && ok) ||
            (fails && has(line, "\"stage\":null")) || (ok && !has(line, "done\\n")))
            return error_set(err, ERROR_INPUT, "line %d is no answer", lines);
        lines++;
        errors += fails;
        others += !fails && !ok;
    }
    if (lines != kind->lines)
        return error_set(err, ERROR_INPUT, "%d answers to %d lines", lines, kind->lines);
    bool trouble = outcome->status != 0;
    if (trouble != (errors > 0))
        return error_set(err, ERROR_INPUT, "the status does not tell of %d errors", errors);
    return check_costs(struck, errors, others, err);
}
