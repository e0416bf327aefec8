#include "sys/mountinfo.h"

bool mountinfo_read(struct str line, struct mountinfo *ret)
{
    struct str word;
    for (int i = 0; i < 3; i++)
        if (!str_take_until(&line, ' ', &word))
            return false;
    if (!str_take_until(&line, ' ', &ret->root) || !str_take_until(&line, ' ', &ret->point))
        return false;
    while (str_take_until(&line, ' ', &word) && !str_is(word, "-"))
        continue;
    return str_take_until(&line, ' ', &ret->type) && str_take_until(&line, ' ', &word) &&
           str_take_until(&line, '\n', &ret->options);
}
