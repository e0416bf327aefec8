/*
 * screen_show: what comes out of any bytes, however they are cut, is the same, and is such that all
 * of it passes again; what restores the screen passes, too.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "base/screen.h"
#include "base/utf8.h"

static void show_all(struct screen *screen, struct str bytes, struct buf *out)
{
    buf_init(out, bytes.len * SCREEN_GROWTH + SCREEN_SEQUENCE_MAX);
    screen_show(screen, bytes, out);
    assert(!out->over);
}

static void check_passes_again(struct str shown)
{
    auto_buf struct buf again;
    struct screen screen = {};
    show_all(&screen, shown, &again);
    assert(str_equal(buf_str(&again), shown));
    assert(utf8_is_valid(shown));
}

static void check_pieces(struct str bytes, struct str shown)
{
    auto_buf struct buf pieces;
    struct screen screen = {};
    buf_init(&pieces, bytes.len * SCREEN_GROWTH + SCREEN_SEQUENCE_MAX);
    for (size_t at = 0; at < bytes.len; at++)
        screen_show(&screen, str_of(bytes.ptr + at, 1), &pieces);
    assert(str_equal(buf_str(&pieces), shown));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = str_of(data, size);
    auto_buf struct buf shown, restoring;
    struct screen screen = {};
    show_all(&screen, bytes, &shown);
    check_passes_again(buf_str(&shown));
    check_pieces(bytes, buf_str(&shown));
    buf_init(&restoring, SCREEN_RESTORE_MAX);
    screen_restore(&screen, &restoring);
    assert(!restoring.over);
    check_passes_again(buf_str(&restoring));
    return 0;
}
