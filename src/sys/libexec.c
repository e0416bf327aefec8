#include "sys/libexec.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *folder_with_worker(struct arena *arena, const char *folder)
{
    char real[PATH_MAX];
    const char *worker = arena_text(arena, "%s/testudo-worker", folder);
    if (access(worker, X_OK) != 0 || realpath(folder, real) == NULL)
        return NULL;
    return arena_string(arena, str_from(real));
}

const char *libexec_find(struct arena *arena, struct error *err)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0)
        return error_sys_null(err, "find this program's own file");
    self[length] = '\0';
    *strrchr(self, '/') = '\0';
    const char *beside = folder_with_worker(arena, arena_text(arena, "%s/libexec", self));
    if (beside == NULL)
        beside = folder_with_worker(arena, arena_text(arena, "%s/../libexec/testudo", self));
    if (beside == NULL) {
        error_set(err, ERROR_HOST, "the worker is not there: looked for %s/libexec/testudo-worker",
                  self);
        error_hint(err, "in a checkout: make; installed: make install again");
    }
    return beside;
}
