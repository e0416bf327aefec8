#include "model/checked.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *const severity_words[] = {
#define X(name, word) word,
    SEVERITIES(X)
#undef X
};

static const char *const state_words[] = {
#define X(name, word, meaning) word,
    CHECKED_STATES(X)
#undef X
};

const char *severity_word(enum severity severity)
{
    return severity_words[severity];
}

bool severity_read(struct str word, enum severity *ret)
{
    for (int i = 0; i < SEVERITY_COUNT; i++) {
        if (!str_is(word, severity_words[i]))
            continue;
        *ret = (enum severity)i;
        return true;
    }
    return false;
}

bool finding_is_syntax(const struct finding *finding)
{
    return strcmp(finding->rule, FINDING_SYNTAX) == 0;
}

enum severity finding_risk(const struct finding *finding)
{
    if (finding_is_syntax(finding) || finding->ignored != NULL || finding->known)
        return SEVERITY_NONE;
    if (finding->confidence > SEVERITY_LOW || finding->severity <= SEVERITY_LOW)
        return finding->severity;
    return finding->severity - 1;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void sum_finding(struct checked_sums *sums, const struct finding *finding)
{
    enum severity risk = finding_risk(finding);
    if (finding->ignored != NULL)
        sums->ignored++;
    else if (finding->known)
        sums->known++;
    else if (finding_is_syntax(finding))
        sums->syntax++;
    else
        sums->found[finding->severity]++;
    if (risk > sums->risk)
        sums->risk = risk;
}

struct checked_sums checked_sum(const struct checked *checked)
{
    struct checked_sums sums = {};
    for (uint32_t i = 0; i < checked->file_count; i++) {
        const struct checked_file *file = &checked->files[i];
        sums.lines += file->lines;
        sums.states[file->state]++;
        sums.left_out += file->findings_left_out;
        for (uint32_t k = 0; k < file->finding_count; k++)
            sum_finding(&sums, &file->findings[k]);
    }
    return sums;
}

bool checked_is_whole(const struct checked *checked)
{
    struct checked_sums sums = checked_sum(checked);
    return sums.states[CHECKED_WHOLE] == checked->file_count && sums.left_out == 0 &&
           !checked->trees.cut && !checked->trees.deep;
}

void checked_add(struct checked *checked, const struct checked_file *file)
{
    if (checked->file_count == checked->file_room) {
        checked->file_room = checked->file_room > 0 ? 2 * checked->file_room : 16;
        checked->files = mem_grow(checked->files, checked->file_room, sizeof *checked->files);
    }
    checked->files[checked->file_count++] = *file;
}

static int compare(const void *left, const void *right)
{
    const struct checked_file *a = left, *b = right;
    return strcmp(a->name, b->name);
}

void checked_sort(struct checked *checked)
{
    if (checked->file_count > 0)
        qsort(checked->files, checked->file_count, sizeof *checked->files, compare);
}

void checked_done(struct checked *checked)
{
    free(checked->files);
    *checked = (struct checked){};
}

/* ---- writing --------------------------------------------------------------------------------- */

static void write_finding(struct json_writer *json, const struct finding *finding)
{
    json_object(json);
    json_add_text(json, "rule", finding->rule);
    json_add_text(json, "severity", severity_word(finding->severity));
    json_add_text(json, "confidence", severity_word(finding->confidence));
    json_add_int(json, "cwe", finding->cwe);
    json_add_text(json, "message", finding->message);
    json_add_int(json, "line", finding->line);
    json_add_int(json, "column", finding->column);
    json_add_int(json, "end_line", finding->end_line);
    json_add_int(json, "end_column", finding->end_column);
    json_add_text(json, "excerpt", finding->excerpt);
    json_add_int(json, "excerpt_at", finding->excerpt_at);
    json_add_int(json, "excerpt_marks", finding->excerpt_marks);
    json_add_text(json, "ignored", finding->ignored);
    if (finding->also != NULL)
        json_add_text(json, "also", finding->also);
    json_object_end(json);
}

void checked_write_file(struct json_writer *json, const struct checked_file *file)
{
    json_object(json);
    json_add_text(json, "name", file->name);
    json_add_text(json, "language", file->language);
    json_add_text(json, "state", state_words[file->state]);
    json_add_text(json, "why", file->why);
    json_add_int(json, "bytes", file->bytes);
    json_add_int(json, "lines", file->lines);
    json_key(json, "findings");
    json_array(json);
    for (uint32_t i = 0; i < file->finding_count; i++)
        write_finding(json, &file->findings[i]);
    json_array_end(json);
    json_add_int(json, "findings_left_out", file->findings_left_out);
    json_object_end(json);
}
