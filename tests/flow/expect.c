/* What the last command, and the folder it worked in, must look like. */
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/flow/flow.h"

static bool holds(struct str text, const char *part)
{
    return part[0] == '\0' || (text.len > 0 && memmem(text.ptr, text.len, part, strlen(part)));
}

static bool show_text(const char *what, struct str got, struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, 300);
    text_escape(&text, got, false);
    return error_set(err, ERROR_INPUT, "%s is \"%s\"%s", what, text.data != NULL ? text.data : "",
                     text.over ? "…" : "");
}

static bool matches(struct str text, const char *pattern, bool *ret_matches, struct error *err)
{
    regex_t regex;
    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE) != 0)
        return error_set(err, ERROR_INPUT, "not a regular expression: %s", pattern);
    auto_free char *subject = mem_copy(text.ptr, text.len);
    *ret_matches = regexec(&regex, subject, 0, NULL, 0) == 0;
    regfree(&regex);
    return true;
}

bool expect_text(const char *what, struct str got, const char *relation, const char *want,
                 struct error *err)
{
    bool good = false;
    struct str unended = got;
    if (unended.len > 0 && unended.ptr[unended.len - 1] == '\n')
        unended.len--;
    if (strcmp(relation, "is") == 0)
        good = str_is(got, want) || str_is(unended, want);
    else if (strcmp(relation, "contains") == 0)
        good = holds(got, want);
    else if (strcmp(relation, "lacks") == 0)
        good = !holds(got, want);
    else if (strcmp(relation, "matches") != 0)
        return error_set(err, ERROR_INPUT, "no relation is called \"%s\"", relation);
    else if (!matches(got, want, &good, err))
        return false;
    return good ? true : show_text(what, got, err);
}

static bool read_number(const char *text, double *ret)
{
    char *end;
    *ret = strtod(text, &end);
    return end != text && *end == '\0';
}

static bool read_range(struct words words, int first, double *ret_low, double *ret_high)
{
    static const char *const relations[] = {">=", "<=", ">", "<"};
    double number;
    *ret_low = -__DBL_MAX__, *ret_high = __DBL_MAX__;
    if (words.count == first + 1) {
        const char *dots = strstr(words.list[first].text, "..");
        if (dots == NULL)
            return false;
        auto_free char *low =
            mem_copy(words.list[first].text, (size_t)(dots - words.list[first].text));
        return read_number(low, ret_low) && read_number(dots + 2, ret_high);
    }
    if (words.count != first + 2 || !read_number(words.list[first + 1].text, &number))
        return false;
    for (size_t i = 0; i < COUNT_OF(relations); i++)
        if (strcmp(words.list[first].text, relations[i]) == 0) {
            *(i % 2 == 0 ? ret_low : ret_high) = number;
            return true;
        }
    return false;
}

bool words_are_range(struct words words, int first)
{
    double low, high;
    return read_range(words, first, &low, &high);
}

bool expect_range(const char *what, double got, struct words words, int first, struct error *err)
{
    double low, high;
    if (!read_range(words, first, &low, &high))
        return error_set(err, ERROR_INPUT, "expected A..B, >= N, > N, <= N or < N");
    const char *relation = words.list[first].text;
    bool strict = strcmp(relation, ">") == 0 || strcmp(relation, "<") == 0;
    bool good = strict ? got > low && got < high : got >= low && got <= high;
    return good ? true : error_set(err, ERROR_INPUT, "%s is %.15g", what, got);
}

/* A relation and a text, or the lines that follow the step, to the byte. */
static bool expect_bytes(struct scene *scene, const struct step *step, const char *what,
                         struct str got, struct words words, int first, struct error *err)
{
    if (step->has_block) {
        struct str want = step_block(&scene->arena, step);
        if (words.count != first)
            return error_set(err, ERROR_INPUT, "expected | lines or a relation, not both");
        return str_equal(got, want) ? true : show_text(what, got, err);
    }
    if (words.count != first + 2)
        return error_set(err, ERROR_INPUT, "expected: %s is|contains|lacks|matches \"text\"", what);
    return expect_text(what, got, words.list[first].text, words.list[first + 1].text, err);
}

static bool read_file(struct scene *scene, const char *path, struct buf *into, struct error *err)
{
    FILE *file = fopen(arena_text(&scene->arena, "%s/%s", scene->folder, path), "re");
    if (file == NULL)
        return error_sys(err, "read file %s", path);
    char block[65536];
    size_t length;
    while ((length = fread(block, 1, sizeof block, file)) > 0)
        buf_add(into, block, length);
    bool good = ferror(file) == 0;
    fclose(file);
    return good ? true : error_sys(err, "read file %s", path);
}

static bool expect_file(struct scene *scene, const struct step *step, struct words words,
                        struct error *err)
{
    if (words.count < 2)
        return error_set(err, ERROR_INPUT, "expect file needs a name");
    const char *name = words.list[1].text;
    const char *relation = words.count == 3 ? words.list[2].text : "";
    bool absent = strcmp(relation, "absent") == 0;
    if (absent || strcmp(relation, "exists") == 0) {
        bool there = faccessat(AT_FDCWD, arena_text(&scene->arena, "%s/%s", scene->folder, name),
                               F_OK, AT_SYMLINK_NOFOLLOW) == 0;
        return there != absent
                   ? true
                   : error_set(err, ERROR_INPUT, "file %s is%s there", name, there ? "" : " not");
    }
    auto_buf struct buf text;
    buf_init(&text, (size_t)16 << 20);
    return read_file(scene, name, &text, err) &&
           expect_bytes(scene, step, name, buf_str(&text), words, 2, err);
}

static bool expect_exit(struct scene *scene, struct words words, struct error *err)
{
    double want;
    if (words_are_range(words, 1))
        return expect_range("exit status", scene->status, words, 1, err);
    if (words.count != 2 || !read_number(words.list[1].text, &want))
        return error_set(err, ERROR_INPUT, "expect exit needs a number");
    return scene->status == (int)want
               ? true
               : error_set(err, ERROR_INPUT, "exit status is %d", scene->status);
}

static bool expect_verdict(struct scene *scene, struct words words, struct error *err)
{
    struct word path = {"verdict", false};
    struct word list[] = {words.list[0], path, words.count == 2 ? words.list[1] : path};
    if (words.count != 2)
        return error_set(err, ERROR_INPUT, "expect verdict needs one word");
    list[2].quoted = true;
    return expect_json(scene, (struct words){list, 3}, err);
}

bool expect(struct scene *scene, const struct step *step, struct error *err)
{
    struct words words;
    if (!words_split(scene, step->rest, &words, err))
        return false;
    const char *what = words.count > 0 ? words.list[0].text : "";
    if (step->has_block && strcmp(what, "stdout") != 0 && strcmp(what, "stderr") != 0 &&
        strcmp(what, "file") != 0)
        return error_set(err, ERROR_INPUT, "expect %s takes no | lines", what);
    if (strcmp(what, "exit") == 0)
        return expect_exit(scene, words, err);
    if (strcmp(what, "stdout") == 0)
        return expect_bytes(scene, step, what, buf_str(&scene->out), words, 1, err);
    if (strcmp(what, "stderr") == 0)
        return expect_bytes(scene, step, what, buf_str(&scene->err), words, 1, err);
    if (strcmp(what, "took_ms") == 0)
        return expect_range(what, (double)scene->took_ms, words, 1, err);
    if (strcmp(what, "verdict") == 0)
        return expect_verdict(scene, words, err);
    if (strcmp(what, "json") == 0)
        return expect_json(scene, words, err);
    if (strcmp(what, "file") == 0)
        return expect_file(scene, step, words, err);
    if (strcmp(what, "nothing") == 0 && words.count == 2 && strcmp(words.list[1].text, "left") == 0)
        return census_expect_nothing_left(&scene->before, scene->stage->slower, err);
    return error_set(err, ERROR_INPUT, "expect what? \"%s\" is unknown", what);
}
