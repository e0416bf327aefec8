#include "testgen/distance.h"

#include <math.h>

static bool is_number(const struct value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_FLOAT || value->kind == VALUE_BOOL;
}

static double number_of(const struct value *value)
{
    if (value->kind == VALUE_FLOAT)
        return value->number;
    return value->kind == VALUE_BOOL ? (double)value->truth : (double)value->integer;
}

static double text_distance(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len, longer = a.len < b.len ? b.len : a.len;
    double sum = 255.0 * (double)(longer - shorter);
    for (size_t i = 0; i < shorter; i++)
        sum += fabs((double)(unsigned char)a.ptr[i] - (double)(unsigned char)b.ptr[i]);
    return sum;
}

static double items_distance(const struct value *a, const struct value *b)
{
    size_t shorter = a->count < b->count ? a->count : b->count;
    double sum = (double)(a->count + b->count - 2 * shorter);
    for (size_t i = 0; i < shorter; i++) {
        double distance = distance_between(a->items[i], b->items[i]);
        sum += isfinite(distance) ? distance / (distance + 1) : 1;
    }
    return sum;
}

double distance_between(const struct value *a, const struct value *b)
{
    if (is_number(a) && is_number(b)) {
        double distance = fabs(number_of(a) - number_of(b));
        return isnan(distance) ? INFINITY : distance;
    }
    if (a->kind != b->kind)
        return INFINITY;
    if (a->kind == VALUE_TEXT || a->kind == VALUE_BYTES)
        return text_distance(a->text, b->text);
    return a->kind == VALUE_NONE ? 0 : items_distance(a, b);
}

/* By how much `a` would have to shrink to be less than `b`, or not more. */
static double order_distance(const struct value *a, const struct value *b, bool or_equal)
{
    if (is_number(a) && is_number(b)) {
        double over = number_of(a) - number_of(b);
        return over < 0 || (or_equal && over <= 0) ? 0 : isnan(over) ? INFINITY : over + 1;
    }
    if (a->kind != b->kind || (a->kind != VALUE_TEXT && a->kind != VALUE_BYTES))
        return INFINITY;
    size_t length = a->text.len < b->text.len ? a->text.len : b->text.len;
    size_t same = 0;
    while (same < length && a->text.ptr[same] == b->text.ptr[same])
        same++;
    if (same == length)
        return a->text.len < b->text.len || (or_equal && a->text.len == b->text.len)
                   ? 0
                   : (double)(a->text.len - b->text.len) + 1;
    int over = (unsigned char)a->text.ptr[same] - (unsigned char)b->text.ptr[same];
    return over < 0 ? 0 : over + 1;
}

static double equal_distance(const struct value *a, const struct value *b, bool wanted)
{
    double distance = distance_between(a, b);
    return wanted ? distance : distance > 0 ? 0 : 1;
}

/* To be a member: near to one of them; not to be one: one is too many. */
static double member_distance(const struct value *a, const struct value *b, bool wanted)
{
    double nearest = INFINITY;
    size_t step = b->kind == VALUE_DICT ? 2 : 1;
    if (a->kind == VALUE_TEXT && b->kind == VALUE_TEXT)
        nearest = a->text.len > b->text.len ? (double)(a->text.len - b->text.len) : 100;
    for (size_t i = 0; i < b->count; i += step) {
        double distance = distance_between(a, b->items[i]);
        nearest = distance < nearest ? distance : nearest;
    }
    return wanted ? nearest : nearest > 0 ? 0 : 1;
}

static double edge_distance(struct str a, struct str b, bool at_end)
{
    if (b.len > a.len)
        return text_distance(a, b);
    return text_distance(at_end ? str_skip(a, a.len - b.len) : str_of(a.ptr, b.len), b);
}

/* Of a number from zero, of a container from being empty. */
static double truth_distance(const struct value *value, bool wanted)
{
    double size = INFINITY;
    if (is_number(value))
        size = fabs(number_of(value));
    else if (value->kind == VALUE_TEXT || value->kind == VALUE_BYTES)
        size = (double)value->text.len;
    else if (value->kind != VALUE_SPECIAL && value->kind != VALUE_NONE)
        size = (double)value->count;
    return wanted ? (size > 0 ? 0 : 1) : size;
}

static double measure(enum compare_operator operator, const struct value * a, const struct value *b,
                      bool wanted)
{
    switch (operator) {
    case COMPARE_EQ:
    case COMPARE_IS:
        return equal_distance(a, b, wanted);
    case COMPARE_NE:
    case COMPARE_ISNOT:
        return equal_distance(a, b, !wanted);
    case COMPARE_LT:
        return wanted ? order_distance(a, b, false) : order_distance(b, a, true);
    case COMPARE_LE:
        return wanted ? order_distance(a, b, true) : order_distance(b, a, false);
    case COMPARE_GT:
        return wanted ? order_distance(b, a, false) : order_distance(a, b, true);
    case COMPARE_GE:
        return wanted ? order_distance(b, a, true) : order_distance(a, b, false);
    case COMPARE_IN:
        return member_distance(a, b, wanted);
    case COMPARE_NOTIN:
        return member_distance(a, b, !wanted);
    case COMPARE_TRUTH:
        return truth_distance(a, wanted);
    case COMPARE_STARTSWITH:
    case COMPARE_ENDSWITH:
        if (a->kind != b->kind || (a->kind != VALUE_TEXT && a->kind != VALUE_BYTES) || !wanted)
            return INFINITY;
        return edge_distance(a->text, b->text, operator== COMPARE_ENDSWITH);
    case COMPARE_ISINSTANCE:
        break;
    }
    return INFINITY;
}

double distance_to(enum compare_operator operator, const struct value * a, const struct value *b,
                   bool wanted)
{
    double distance = measure(operator, a, b, wanted);
    return isfinite(distance) ? distance / (distance + 1) : 1;
}
