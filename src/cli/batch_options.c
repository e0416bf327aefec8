#include "cli/batch_options.h"

#include "base/text.h"
#include "lang/names.h"

bool batch_read_jobs(const char *value, int *ret_jobs, struct error *err)
{
    int64_t jobs;
    if (!text_read_count(str_from(value), &jobs) || jobs < 1 || jobs > BATCH_JOBS_MAX)
        return error_set(err, ERROR_USAGE, "--jobs takes a number from 1 to %d, not '%s'",
                         BATCH_JOBS_MAX, shown_name(value).text);
    *ret_jobs = (int)jobs;
    return true;
}

bool batch_check(const struct batch_options *options, const struct option_row *of_batch,
                 const struct option_row *other, const char *source, struct error *err)
{
    if (options->path == NULL)
        return of_batch == NULL ||
               error_set(err, ERROR_USAGE, "--%s goes with --batch only", of_batch->flag);
    if (source != NULL)
        return error_set(err, ERROR_USAGE, "a batch takes no source, so '%s' is one too many",
                         shown_name(source).text);
    if (other == NULL)
        return true;
    error_set(err, ERROR_USAGE, "--%s does not go with --batch", other->flag);
    return error_hint(err, "each line of a batch says for itself what it wants");
}
