#include "model/limits.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/text.h"

const struct limit_row limit_rows[LIMIT_COUNT] = {
#define LIMIT(name, field, flag, unit, min, max, text)                                             \
    [LIMIT_##name] = {field, flag, text, LIMIT_UNIT_##unit, min, max},
#include "model/limits.def"
#undef LIMIT
};

#define KIB INT64_C(1024)
#define MIB (KIB * 1024)
#define GIB (MIB * 1024)

const struct profile profiles[] = {
/* name, wall, cpu, idle, memory, cpus, processes, output, disk, inodes */
#define PROFILE(name_, text_, noexec_, wall, cpu, idle, memory, cpus, processes, output, disk,     \
                inodes)                                                                            \
    {name_,                                                                                        \
     text_,                                                                                        \
     noexec_,                                                                                      \
     {[LIMIT_WALL] = wall,                                                                         \
      [LIMIT_CPU] = cpu,                                                                           \
      [LIMIT_IDLE] = idle,                                                                         \
      [LIMIT_MEMORY] = memory,                                                                     \
      [LIMIT_CPUS] = cpus,                                                                         \
      [LIMIT_PROCESSES] = processes,                                                               \
      [LIMIT_OUTPUT] = output,                                                                     \
      [LIMIT_DISK] = disk,                                                                         \
      [LIMIT_INODES] = inodes}},
    /* clang-format off */
    PROFILE("default", "a script or a program", false,
            10000, 10000, 0, 512 * MIB, 1000, 128, MIB, 128 * MIB, 16384)
    PROFILE("snippet", "a piece of code from a stranger; its work folder is noexec", true,
            5000, 5000, 0, 256 * MIB, 500, 64, MIB, 64 * MIB, 4096)
    PROFILE("compile", "a compiler", false,
            60000, 60000, 0, 2 * GIB, 2000, 256, MIB, GIB, 65536)
    PROFILE("project", "a project's own tests and tools", false,
            600000, 600000, 0, 2 * GIB, 1000, 512, 4 * MIB, GIB, 262144)
    PROFILE("terminal", "somebody who types, at a terminal", false,
            3600000, 600000, 0, 512 * MIB, 1000, 128, 16 * MIB, 128 * MIB, 16384)
/* clang-format on */
#undef PROFILE
};
const int profile_count = COUNT_OF(profiles);

const struct profile *profile_find(struct str name)
{
    for (int i = 0; i < profile_count; i++)
        if (str_is(name, profiles[i].name))
            return &profiles[i];
    return NULL;
}

struct limits limits_of_profile(const struct profile *profile)
{
    struct limits limits = {};
    memcpy(limits.value, profile->value, sizeof limits.value);
    return limits;
}

bool limit_find(struct str name, enum limit *ret_limit)
{
    for (enum limit i = 0; i < LIMIT_COUNT; i++) {
        if (str_is(name, limit_rows[i].flag) || str_is(name, limit_rows[i].field)) {
            *ret_limit = i;
            return true;
        }
    }
    return false;
}

void limit_write(struct buf *out, enum limit which, int64_t value)
{
    switch (limit_rows[which].unit) {
    case LIMIT_UNIT_MS:
        text_write_ms(out, (double)value);
        break;
    case LIMIT_UNIT_BYTES:
        text_write_bytes(out, value);
        break;
    case LIMIT_UNIT_MILLI:
        buf_printf(out, "%g", (double)value / 1000);
        break;
    case LIMIT_UNIT_COUNT:
        buf_printf(out, "%" PRId64, value);
        break;
    }
}

static bool check_one(enum limit which, int64_t value, struct error *err)
{
    const struct limit_row *row = &limit_rows[which];
    if (value >= row->min && value <= row->max)
        return true;
    auto_buf struct buf range;
    buf_init(&range, 128);
    limit_write(&range, which, row->min);
    buf_add_text(&range, " to ");
    limit_write(&range, which, row->max);
    return error_set(err, ERROR_USAGE, "limit %s must be from %s", row->flag, range.data);
}

bool limits_set(struct limits *limits, enum limit which, int64_t value, struct error *err)
{
    if (!check_one(which, value, err))
        return false;
    limits->value[which] = value;
    limits->named |= UINT32_C(1) << which;
    return true;
}

static bool read_value(enum limit_unit unit, struct str text, int64_t *ret_value)
{
    switch (unit) {
    case LIMIT_UNIT_MS:
        return text_read_ms(text, ret_value);
    case LIMIT_UNIT_BYTES:
        return text_read_bytes(text, ret_value);
    case LIMIT_UNIT_MILLI:
        return text_read_milli(text, ret_value);
    case LIMIT_UNIT_COUNT:
        return text_read_count(text, ret_value);
    }
    return false;
}

bool limits_set_text(struct limits *limits, enum limit which, struct str text, struct error *err)
{
    static const char *const examples[] = {
        [LIMIT_UNIT_MS] = "5s, 500ms or 2m",
        [LIMIT_UNIT_BYTES] = "64M, 1.5G or 4096",
        [LIMIT_UNIT_MILLI] = "0.5 or 2",
        [LIMIT_UNIT_COUNT] = "a whole number",
    };
    const struct limit_row *row = &limit_rows[which];
    int64_t value;
    if (!read_value(row->unit, text, &value)) {
        auto_buf struct buf shown;
        buf_init(&shown, 64);
        text_escape(&shown, text, false);
        return error_set(err, ERROR_USAGE, "limit %s wants %s, not '%s'", row->flag,
                         examples[row->unit], shown.data != NULL ? shown.data : "");
    }
    return limits_set(limits, which, value, err);
}

bool limits_check(const struct limits *limits, struct error *err)
{
    for (enum limit i = 0; i < LIMIT_COUNT; i++)
        if (!check_one(i, limits->value[i], err))
            return false;
    return true;
}
