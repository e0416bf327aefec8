#include "cli/permit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/inspection.h"
#include "lang/names.h"
#include "lang/toolchain.h"
#include "report/checked.h"
#include "sys/fd.h"
#include "sys/libexec.h"

enum { WHY_BYTES_MAX = 4096, SHOWN_BYTES_MAX = 16 << 20, RULES_BYTES_MAX = 1 << 20 };

/* ---- policies -------------------------------------------------------------------------------- */

static bool is_own_name(const char *word)
{
    return word[0] != '\0' && strpbrk(word, "/.") == NULL;
}

static bool no_such_policy(const char *word, struct error *err)
{
    error_set(err, ERROR_USAGE, "there is no policy '%s'", shown_name(word).text);
    return error_hint(err, "none, snippet, or a file: ./policy.yaml (docs/check.md)");
}

bool permit_find_policy(const char *word, struct arena *arena, const struct policy **ret,
                        struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, POLICY_BYTES_MAX);
    const char *path = word;
    *ret = NULL;
    if (strcmp(word, "none") == 0)
        return true;
    if (is_own_name(word)) {
        const char *libexec = libexec_find(arena, err);
        if (libexec == NULL)
            return false;
        path = arena_text(arena, "%s/policies/%s.yaml", libexec, word);
        if (access(path, R_OK) != 0)
            return no_such_policy(word, err);
    }
    struct policy *policy = arena_alloc(arena, sizeof *policy);
    if (!fd_read_file(AT_FDCWD, path, &text, err) ||
        !policy_read(arena, buf_str(&text), policy, err)) {
        error_wrap(err, "the policy %s", shown_name(word).text);
        return err->kind = err->kind == ERROR_SYSTEM ? ERROR_INPUT : err->kind, false;
    }
    *ret = policy;
    return true;
}

/* ---- what is looked at ----------------------------------------------------------------------- */

static bool add_files(struct inspection *i, const struct run_request *request, struct error *err)
{
    for (uint32_t k = 0; k < request->file_count; k++) {
        const struct request_file *file = &request->files[k];
        bool added = file->path != NULL ? inspection_add_file(i, file->path, err)
                                        : inspection_add_bytes(i, file->content, file->name, err);
        if (!added)
            return false;
    }
    return true;
}

static bool add_source(struct inspection *i, const struct run_request *request, struct error *err)
{
    if (request->has_code)
        return inspection_add_bytes(i, request->code, "<code>", err);
    if (request->source_path == NULL)
        return request->entry != NULL ||
               error_set(err, ERROR_USAGE,
                         "a policy looks at sources, and a program of the host "
                         "has none");
    return toolchain_is_folder(request->source_path)
               ? inspection_add_folder(i, request->source_path, err)
               : inspection_add_file(i, request->source_path, err);
}

/* A language that is not checked is no reason to ask the reader for it: it says so itself. */
static const char *language_of(const struct run_request *request)
{
    static const char *const known[] = {"python", "javascript", "typescript", "bash", "java"};
    for (size_t i = 0; i < COUNT_OF(known) && request->language != NULL && request->has_code; i++)
        if (strcmp(request->language, known[i]) == 0)
            return known[i];
    return NULL;
}

static bool inspect(struct inspection *i, const struct run_request *request,
                    const struct policy *policy, struct error *err)
{
    auto_buf struct buf rules;
    buf_init(&rules, RULES_BYTES_MAX);
    i->reach = "every"; /* what a project ignores can be run as well */
    if (policy != NULL)
        policy_write_rules(policy, &rules);
    if (rules.over)
        return error_set(err, ERROR_LIMIT, "the policy names too much");
    return (rules.len == 0 || inspection_add_rules(i, buf_str(&rules), err)) &&
           add_source(i, request, err) && add_files(i, request, err) &&
           inspection_run(i, language_of(request), err);
}

/* ---- deciding -------------------------------------------------------------------------------- */

static bool says_yes(int terminal)
{
    struct error err = {};
    char answer[16];
    if (!fd_write_all(terminal, STR("testudo: run it? [y/N] "), &err))
        return false;
    ssize_t length = read(terminal, answer, sizeof answer);
    return length > 0 && (answer[0] == 'y' || answer[0] == 'Y');
}

/* Nothing found, nothing to ask. */
static bool is_clean(const struct checked *checked)
{
    struct checked_sums sums = checked_sum(checked);
    return sums.risk == SEVERITY_NONE && sums.ignored == 0 && sums.syntax == 0 &&
           checked_is_whole(checked);
}

static bool ask(const struct checked *checked, bool refused, struct permit *permit,
                struct error *err)
{
    auto_buf struct buf out;
    buf_init(&out, SHOWN_BYTES_MAX);
    if (is_clean(checked) && !refused)
        return permit->given = true;
    checked_write_terminal(&out, checked, isatty(STDERR_FILENO) == 1);
    if (!fd_write_all(STDERR_FILENO, buf_str(&out), err))
        return false;
    auto_close int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    permit->given = terminal >= 0 && says_yes(terminal);
    if (!permit->given && !refused)
        permit->why = terminal >= 0 ? "was refused at the terminal"
                                    : "was refused: there is no terminal to ask at";
    return true;
}

bool permit_request(const struct run_request *request, const struct policy *policy, bool asks,
                    struct arena *arena, struct permit *ret, struct error *err)
{
    auto_buf struct buf why;
    auto_arena struct arena room;
    __attribute__((cleanup(inspection_done))) struct inspection inspection = {};
    *ret = (struct permit){.given = true};
    arena_init(&room, INSPECTION_ARENA_BYTES);
    buf_init(&why, WHY_BYTES_MAX);
    if (policy == NULL && !asks)
        return true;
    if (!inspection_init(&inspection, &room, err) || !inspect(&inspection, request, policy, err))
        return false;
    if (policy != NULL && policy_judge(policy, &inspection.checked, &why)) {
        ret->given = false;
        ret->why = arena_string(arena, buf_str(&why));
    }
    return !asks || ask(&inspection.checked, !ret->given, ret, err);
}
