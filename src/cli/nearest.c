#include "cli/options.h"

#include <string.h>

enum { WORD_MAX = 32 };

/* How many letters differ, are missing, too many or (also as one) swapped with their neighbour. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t before[WORD_MAX + 1] = {}, last[WORD_MAX + 1], row[WORD_MAX + 1];
    for (size_t k = 0; k <= b_length; k++)
        last[k] = k;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t k = 1; k <= b_length; k++) {
            size_t best = last[k - 1] + (a[i - 1] != b[k - 1]);
            if (last[k] + 1 < best)
                best = last[k] + 1;
            if (row[k - 1] + 1 < best)
                best = row[k - 1] + 1;
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] &&
                before[k - 2] + 1 < best)
                best = before[k - 2] + 1;
            row[k] = best;
        }
        memcpy(before, last, sizeof before);
        memcpy(last, row, sizeof last);
    }
    return last[b_length];
}

/* A beginning of three letters or more counts as near: "proc" for "processes". */
static size_t how_far(const char *word, const char *candidate)
{
    size_t length = strlen(word), other = strlen(candidate);
    if (length > WORD_MAX || other > WORD_MAX)
        return WORD_MAX;
    if (length >= 3 && strncmp(word, candidate, length) == 0)
        return 1;
    size_t far = distance(word, length, candidate, other);
    return far <= (length < 5 ? 1 : 2) ? far : WORD_MAX;
}

const char *nearest_word(const char *word, const char *const *candidates, size_t count)
{
    const char *nearest = NULL;
    size_t least = WORD_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t far = how_far(word, candidates[i]);
        if (far < least) {
            least = far;
            nearest = candidates[i];
        }
    }
    return nearest;
}
