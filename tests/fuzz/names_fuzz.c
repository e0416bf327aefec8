/*
 * Any bytes as a name, a path and a piece of code: what counts as plain really is, and the names
 * that we derive are.
 */
#include <assert.h>
#include <limits.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "lang/lang.h"
#include "lang/names.h"
#include "lang/source.h"
#include "model/run_request.h"
#include "tests/fuzz/fuzz.h"

static bool is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

/* Of what is shown, also nothing that turns text around. */
static bool has_bad(struct str text, bool (*is_bad)(uint32_t))
{
    uint32_t point;
    for (size_t length; text.len > 0; text = str_skip(text, length)) {
        length = utf8_read(text, &point);
        if (length == 0 || is_bad(point))
            return true;
    }
    return false;
}

static bool is_one_name(struct str name)
{
    return name.len > 0 && !str_has(name, '/') && !str_is(name, ".") && !str_is(name, "..");
}

static void check_plain(const char *text)
{
    struct error err = {};
    struct str whole = str_from(text), name;
    assert(!name_is_plain(text) || (is_one_name(whole) && !has_bad(whole, is_control)));
    assert(!name_is_plain(text) || path_is_plain(text));
    if (path_is_plain(text)) {
        assert(whole.len > 0 && text[0] != '/' && !str_ends(whole, "/") &&
               !has_bad(whole, is_control));
        while (str_take_until(&whole, '/', &name))
            assert(is_one_name(name));
    }
    if (!path_check("this", text, &err)) {
        assert(err.kind == ERROR_USAGE && err.text[0] != '\0');
        assert(!has_bad(str_from(err.text), utf8_is_active));
    }
    assert(!has_bad(str_from(shown_name(text).text), utf8_is_active));
}

static void check_derived(const char *text)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    auto_arena struct arena arena;
    arena_init(&arena, 1 << 20);
    const char *name = source_name(&arena, text);
    assert(name_is_plain(name) && strspn(name, good) == strlen(name));
}

static void check_language(struct str code)
{
    struct error err = {};
    struct run_request request = {.has_code = true, .code = code};
    const struct lang *lang = lang_detect(&request, &err);
    if (lang != NULL)
        assert(str_starts(code, "#!"));
    else
        assert(err.kind == ERROR_USAGE && err.hint[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 8192)
        return -1;
    auto_free char *text = mem_copy(data, size);
    check_plain(text);
    if (size <= NAME_MAX) /* as long as a folder of the host can be called */
        check_derived(text);
    check_language(str_of(data, size));
    return 0;
}
