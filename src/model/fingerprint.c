#include "model/fingerprint.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "base/text.h"

/* ---- fingerprints ---------------------------------------------------------------------------- */

/* Blanks say nothing here: what differs by them alone has the same digest but for its number. */
static bool is_same_text(const char *a, const char *b)
{
    for (;; a++, b++) {
        a += strspn(a, " \t");
        b += strspn(b, " \t");
        if (*a != *b || *a == '\0')
            return *a == *b;
    }
}

static bool is_twin(const struct finding *a, const struct finding *b)
{
    return strcmp(a->rule, b->rule) == 0 && is_same_text(a->excerpt, b->excerpt);
}

static void add_word(struct sha256 *sha, const char *word)
{
    sha256_add(sha, word, strlen(word) + 1);
}

static void add_without_blanks(struct sha256 *sha, const char *text)
{
    for (; *text != '\0'; text++)
        if (strchr(" \t", *text) == NULL)
            sha256_add(sha, text, 1);
    sha256_add(sha, "", 1);
}

void fingerprint_of(const struct checked_file *file, uint32_t number, char ret[FINGERPRINT_HEX])
{
    const struct finding *finding = &file->findings[number];
    unsigned char digest[SHA256_BYTES];
    char hex[SHA256_HEX];
    struct sha256 sha;
    uint32_t twins = 0;
    for (uint32_t i = 0; i < number; i++)
        twins += is_twin(&file->findings[i], finding);
    sha256_init(&sha);
    add_word(&sha, "testudo 1");
    add_word(&sha, finding->rule);
    add_word(&sha, strncmp(file->name, "./", 2) == 0 ? file->name + 2 : file->name);
    add_without_blanks(&sha, finding->excerpt);
    sha256_add(&sha, &twins, sizeof twins);
    sha256_done(&sha, digest);
    sha256_digest_hex(digest, hex);
    memcpy(ret, hex, FINGERPRINT_HEX - 1);
    ret[FINGERPRINT_HEX - 1] = '\0';
}

/* ---- baselines ------------------------------------------------------------------------------- */

void baseline_write(struct buf *out, const struct checked *checked)
{
    char print[FINGERPRINT_HEX];
    buf_add_text(out, "# What testudo check knows already; --baseline FILE lets it pass.\n");
    for (uint32_t i = 0; i < checked->file_count; i++) {
        const struct checked_file *file = &checked->files[i];
        for (uint32_t k = 0; k < file->finding_count; k++) {
            if (file->findings[k].ignored != NULL || finding_is_syntax(&file->findings[k]))
                continue;
            fingerprint_of(file, k, print);
            buf_printf(out, "%s %s ", print, file->findings[k].rule);
            text_escape(out, str_from(file->name), false);
            buf_printf(out, ":%u\n", file->findings[k].line);
        }
    }
}

struct prints {
    uint32_t count;
    char (*list)[FINGERPRINT_HEX];
};

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, FINGERPRINT_HEX - 1);
}

static bool read_line(struct prints *prints, struct str line, uint32_t number, struct error *err)
{
    struct str word = {};
    line = str_trim(line);
    if (line.len == 0 || line.ptr[0] == '#')
        return true;
    (void)str_take_until(&line, ' ', &word);
    if (word.len != FINGERPRINT_HEX - 1)
        return error_set(err, ERROR_USAGE, "line %u of the baseline begins with no fingerprint",
                         number);
    if ((prints->count & (prints->count - 1)) == 0)
        prints->list =
            mem_grow(prints->list, prints->count > 0 ? 2 * prints->count : 1, sizeof *prints->list);
    memcpy(prints->list[prints->count], word.ptr, word.len);
    prints->list[prints->count++][word.len] = '\0';
    return true;
}

static void mark_known(struct checked_file *file, const struct prints *prints)
{
    char print[FINGERPRINT_HEX];
    for (uint32_t i = 0; i < file->finding_count; i++) {
        if (finding_is_syntax(&file->findings[i]))
            continue;
        fingerprint_of(file, i, print);
        file->findings[i].known =
            bsearch(print, prints->list, prints->count, sizeof *prints->list, compare) != NULL;
    }
}

bool baseline_apply(struct checked *checked, struct str baseline, struct error *err)
{
    struct prints prints = {};
    struct str line;
    uint32_t number = 0;
    bool ok = true;
    while (ok && str_take_line(&baseline, &line))
        ok = read_line(&prints, line, ++number, err);
    if (ok && prints.count > 0) {
        qsort(prints.list, prints.count, sizeof *prints.list, compare);
        for (uint32_t i = 0; i < checked->file_count; i++)
            mark_known(&checked->files[i], &prints);
    }
    free(prints.list);
    return ok;
}
