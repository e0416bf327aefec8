/* Any payload as each of the small messages about a box: refused, or inside its tables. */
#include <assert.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "wire/box_wire.h"

static void check_texts(struct str bytes)
{
    struct error err = {}, theirs;
    struct box_refusal refusal;
    if (wire_get_refusal(bytes, &refusal, &err))
        assert(strlen(refusal.path) < sizeof refusal.path);
    if (wire_get_error(bytes, &theirs, &err)) {
        assert(strlen(theirs.text) < sizeof theirs.text);
        assert(strlen(theirs.hint) < sizeof theirs.hint);
        assert(strlen(theirs.stage) < sizeof theirs.stage);
        assert(error_kind_word(theirs.kind) != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = str_of(data, size);
    struct error err = {};
    enum box_cause cause;
    struct box_end end;
    struct isolation isolation;
    if (wire_get_cause(bytes, &cause, &err))
        assert(cause < BOX_CAUSE_COUNT);
    if (wire_get_end(bytes, &end, &err))
        assert(end.cause < BOX_CAUSE_COUNT);
    if (wire_get_isolation(bytes, &isolation, &err))
        for (int i = 0; i < GUARANTEE_COUNT; i++)
            assert(isolation.state[i].mechanism < MECHANISM_COUNT &&
                   isolation.state[i].gap < GAP_COUNT);
    check_texts(bytes);
    return 0;
}
