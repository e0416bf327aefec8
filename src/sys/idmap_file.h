/*
 * Who else uses a range of user or group ids: /etc/subuid and /etc/subgid hand out ranges
 * (NAME:FIRST:COUNT), /etc/passwd and /etc/group single ids (NAME:x:ID:…).
 *
 * The files are other people's text. Lines that cannot be read are passed over and counted, never
 * an error; the cost is one look at each byte, and nothing is kept but the first overlap.
 */
#pragma once

#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

enum idmap_format { IDMAP_RANGES, IDMAP_ACCOUNTS };

struct idmap_range {
    uint64_t first, count; /* both below 2^32 */
};

struct idmap_overlap {
    struct str name; /* of the account, within the text: any bytes but ':' and line ends */
    struct idmap_range range;
    int64_t line; /* from 1 */
};

struct idmap_answer {
    bool overlaps;
    struct idmap_overlap first; /* when it does */
    int64_t unreadable;         /* lines */
};

struct idmap_answer idmap_find_overlap(struct str text, enum idmap_format format,
                                       struct idmap_range ours);
