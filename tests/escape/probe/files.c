/* Attacks on the host's files by way of paths, mounts and open folders. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "tests/escape/probe/probe.h"

/* The canary is a file of the host that everybody may read. It is looked for below every mount that
 * we see, so that a host's root left mounted somewhere is found wherever it is. */
PROBE(host_files)
{
    char mounts[65536], path[1024], text[256];
    const char *canary = fact("canary"), *secret = fact("secret");
    if (read_text("/proc/self/mountinfo", mounts, sizeof mounts) <= 0)
        untried("/proc/self/mountinfo: %s", errno_word(errno));
    int places = 0;
    struct str line, rest = str_from(mounts);
    while (str_take_line(&rest, &line)) {
        char place[512];
        if (sscanf(line.ptr, "%*d %*d %*s %*s %511s", place) != 1)
            continue;
        places++;
        snprintf(path, sizeof path, "%s%s", strcmp(place, "/") == 0 ? "" : place, canary);
        if (read_text(path, text, sizeof text) > 0 && strstr(text, secret) != NULL)
            got_through("%s can be read", path);
    }
    if (places < 3)
        untried("only %d mounts in sight", places);
    held("below none of %d mounts", places);
}
