#include "testgen/name.h"

#include <ctype.h>

#include "base/mem.h"

/* sign, the words for it, those for its opposite; the longest first. Those of what stands alone on
 * its left come before it. */
static const struct sign {
    const char *text, *holds, *fails;
} signs[] = {
    {" is not None", "with", "without"},
    {" is None", "without", "with"},
    {" not in ", "not in", "in"},
    {" in ", "in", "not in"},
    {" is not ", "is not", "is"},
    {" is ", "is", "is not"},
    {" == ", "is", "is not"},
    {" != ", "is not", "is"},
    {" <= ", "at most", "above"},
    {" >= ", "at least", "below"},
    {" < ", "below", "at least"},
    {" > ", "above", "at most"},
};

enum { SIDE_MAX = 24, CONDITION_MAX = 48 };

static bool is_word_byte(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_' || byte == '.' || byte == '-';
}

/* A name, a number or a short text in quotes. */
static bool add_side(struct buf *out, struct str side)
{
    side = str_trim(side);
    bool quoted = side.len >= 2 && (side.ptr[0] == '\'' || side.ptr[0] == '"') &&
                  side.ptr[side.len - 1] == side.ptr[0];
    if (quoted)
        side = str_of(side.ptr + 1, side.len - 2);
    if (quoted && side.len == 0)
        return buf_add_text(out, "empty");
    if (side.len == 0 || side.len > SIDE_MAX)
        return false;
    for (size_t i = 0; i < side.len; i++)
        if (!is_word_byte(side.ptr[i]))
            return false;
    if (str_take_prefix(&side, "-"))
        buf_add_text(out, "minus ");
    if (str_starts(side, "self."))
        side = str_skip(side, 5);
    return buf_add_str(out, side);
}

static size_t find_text(struct str text, const char *part)
{
    size_t length = strlen(part);
    for (size_t i = 0; i + length <= text.len; i++)
        if (memcmp(text.ptr + i, part, length) == 0)
            return i;
    return text.len;
}

static bool add_comparison(struct buf *out, struct str text, bool side)
{
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        size_t at = find_text(text, signs[i].text);
        if (at == text.len && !str_ends(text, signs[i].text))
            continue;
        struct str left = str_of(text.ptr, at), right = str_skip(text, at + strlen(signs[i].text));
        const char *words = side ? signs[i].holds : signs[i].fails;
        if (right.len == 0) {
            buf_printf(out, "%s ", words);
            return add_side(out, left);
        }
        if (!add_side(out, left))
            return false;
        buf_printf(out, " %s ", words);
        return add_side(out, right);
    }
    return false;
}

/* "locked", "is_open": what something is, not what there is of it. */
static bool is_quality(struct str name)
{
    return str_starts(name, "is_") || str_starts(name, "has_") || str_starts(name, "self.is_") ||
           str_ends(name, "ed") || str_ends(name, "able") || str_ends(name, "ing");
}

static bool add_predicate(struct buf *out, struct str text, bool side)
{
    text = str_trim(text);
    while (str_take_prefix(&text, "not "))
        side = !side;
    if (add_comparison(out, text, side))
        return true;
    buf_clear(out);
    if (!side)
        buf_add_text(out, is_quality(text) ? "not " : "no ");
    return add_side(out, text) && !isdigit((unsigned char)text.ptr[0]);
}

static struct str kept(struct arena *arena, const struct buf *out)
{
    return str_of(arena_string(arena, buf_str(out)), out->len);
}

struct str name_predicate(struct arena *arena, struct str text, bool side)
{
    auto_buf struct buf out;
    buf_init(&out, CONDITION_MAX);
    if (!add_predicate(&out, text, side) || out.over)
        return STR("");
    return kept(arena, &out);
}

/* ---- outcome and condition ----------------------------------------------------------------- */

/* wallet.InsufficientFunds → "insufficient funds" is left to the emitter: one word here. */
static struct str last_part(struct str dotted)
{
    for (size_t i = dotted.len; i-- > 0;)
        if (dotted.ptr[i] == '.')
            return str_skip(dotted, i + 1);
    return dotted;
}

static struct str same_words(const struct value *view)
{
    if (view->kind == VALUE_BOOL)
        return view->truth ? STR("is true") : STR("is false");
    return view->kind == VALUE_NONE ? STR("is none") : STR("");
}

struct str name_outcome(struct arena *arena, const struct trial *test)
{
    uint32_t act = program_act(&test->program);
    for (uint32_t i = 0; i < test->check_count; i++) {
        const struct check *check = &test->checks[i];
        if (check->form == CHECK_RAISED) {
            struct str name = last_part(check->view->items[0]->text);
            return str_from(arena_text(arena, "raises %.*s", (int)name.len, name.ptr));
        }
        if (check->form == CHECK_SAME && check->kind == COMPONENT_VALUE &&
            check->statement == act && test->check_count == 1)
            return same_words(check->view);
    }
    return STR("");
}

static bool hits(const struct candidate *candidate, uint16_t goal)
{
    for (uint32_t i = 0; i < candidate->hit_count; i++)
        if (candidate->hits[i] == goal)
            return true;
    return false;
}

static uint32_t count_hits(const struct candidate *const *others, uint32_t count, uint16_t goal)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++)
        found += hits(others[i], goal);
    return found;
}

/* A loop goes both ways: that it went this one says little. */
static bool went_both_ways(const struct subject *subject, const struct candidate *candidate,
                           const struct goal *goal)
{
    for (uint32_t i = 0; i < candidate->hit_count; i++) {
        const struct goal *other = &subject->goals[candidate->hits[i]];
        if (other != goal && other->line == goal->line && other->callable == goal->callable &&
            other->kind + goal->kind == GOAL_TRUE + GOAL_FALSE &&
            str_equal(other->text, goal->text))
            return true;
    }
    return false;
}

struct str name_condition(struct arena *arena, const struct subject *subject,
                          const struct candidate *candidate, const struct candidate *const *others,
                          uint32_t other_count)
{
    struct str best = STR("");
    uint32_t fewest = UINT32_MAX, line = 0;
    for (uint32_t i = 0; i < candidate->hit_count; i++) {
        const struct goal *goal = &subject->goals[candidate->hits[i]];
        if (goal->callable != (int32_t)candidate->target ||
            (goal->kind != GOAL_TRUE && goal->kind != GOAL_FALSE) ||
            went_both_ways(subject, candidate, goal))
            continue;
        uint32_t count = count_hits(others, other_count, candidate->hits[i]);
        struct str words = name_predicate(arena, goal->text, goal->kind == GOAL_TRUE);
        if (words.len == 0 || count == other_count)
            continue;
        /* what was decided last led to the exception */
        if (candidate->status == RUN_RAISED ? goal->line < line : count > fewest)
            continue;
        line = goal->line;
        fewest = count;
        best = words;
    }
    return best;
}
