#include "cli/builds_open.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "lang/names.h"
#include "run/store.h"
#include "sandbox/state.h"
#include "sys/fd.h"

bool builds_bytes_max(int64_t *ret_bytes, struct error *err)
{
    const char *said = getenv(BUILDS_VARIABLE);
    *ret_bytes = STORE_BYTES_USUAL;
    if (said == NULL || said[0] == '\0' || text_read_bytes(str_from(said), ret_bytes))
        return true;
    error_set(err, ERROR_USAGE, BUILDS_VARIABLE " is '%s', which is no size",
              shown_name(said).text);
    return error_hint(err, "write 500M or 4G, or 0 for none");
}

/* Others have no business there, whatever the mode of the folders above. */
static int open_folder(struct error *err)
{
    auto_close int cache = state_open(STATE_CACHE, err);
    auto_close int folder = cache >= 0 ? state_open_below(cache, "builds", err) : -1;
    if (folder >= 0 && fchmod(folder, 0700) < 0)
        return error_sys_fd(err, "close the store to others");
    return fd_steal(&folder);
}

struct store *builds_open(struct error *err)
{
    int64_t bytes;
    err->kind = ERROR_NONE;
    if (!builds_bytes_max(&bytes, err) || bytes == 0)
        return NULL;
    int folder = open_folder(err);
    return folder >= 0 ? store_open(folder, bytes, err) : NULL;
}

struct store *builds_open_for_runs(void)
{
    struct error unheard;
    return builds_open(&unheard);
}

void builds_close(struct store **store)
{
    store_close(*store);
}
