#include "sys/idmap_file.h"

#include "base/text.h"

enum { FIELDS_MAX = 3 };

/* An id or a count: digits alone, below 2^32. */
static bool read_id(struct str text, uint64_t *ret_id)
{
    int64_t value;
    if (!text_read_count(text, &value) || value > UINT32_MAX)
        return false;
    *ret_id = (uint64_t)value;
    return true;
}

static bool read_line(struct str line, enum idmap_format format, struct str *ret_name,
                      struct idmap_range *ret_range)
{
    struct str fields[FIELDS_MAX];
    for (int i = 0; i < FIELDS_MAX; i++)
        if (!str_take_until(&line, ':', &fields[i]))
            return false;
    *ret_name = fields[0];
    if (format == IDMAP_RANGES)
        return line.len == 0 && read_id(fields[1], &ret_range->first) &&
               read_id(fields[2], &ret_range->count);
    ret_range->count = 1;
    return read_id(fields[2], &ret_range->first);
}

static bool overlap(struct idmap_range a, struct idmap_range b)
{
    return a.count > 0 && b.count > 0 && a.first < b.first + b.count && b.first < a.first + a.count;
}

/* NIS entries such as "+" or "-name::::::" stand for accounts elsewhere: no ids to read. */
static bool says_nothing(struct str line)
{
    return line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == '+' || line.ptr[0] == '-';
}

struct idmap_answer idmap_find_overlap(struct str text, enum idmap_format format,
                                       struct idmap_range ours)
{
    struct idmap_answer answer = {};
    struct idmap_overlap found = {};
    for (struct str line; str_take_line(&text, &line);) {
        found.line++;
        if (says_nothing(line))
            continue;
        if (!read_line(line, format, &found.name, &found.range)) {
            answer.unreadable++;
        } else if (!answer.overlaps && overlap(found.range, ours)) {
            answer.overlaps = true;
            answer.first = found;
        }
    }
    return answer;
}
