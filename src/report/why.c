#include "report/report.h"

void report_add_why(struct buf *out, const struct test_suite *suite,
                    const struct test_target *target)
{
    const struct test_case *dropped = test_suite_first_dropped(suite, target->callable);
    if (test_suite_has_test(suite, target->callable))
        return;
    if (dropped == NULL || target->why.len > 0) {
        buf_add_str(out, target->why.len > 0 ? target->why : STR("no test was written for it"));
        return;
    }
    buf_printf(out, "its tests were left out: %s: ", case_fate_words[dropped->fate]);
    buf_add_str(out, dropped->reason);
}
