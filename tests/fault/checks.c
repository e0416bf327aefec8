/* What must hold after a fault. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sys/fd.h"
#include "tests/fault/fault.h"
#include "tests/fault/groups.h"

enum { TROUBLE = 125, CANCELED = 130, KILLED = 128 + SIGKILL };

/* ---- the answer ----------------------------------------------------------------------------- */

static bool complain(const struct outcome *outcome, const char *what, struct error *err)
{
    return error_set(
        err, ERROR_INPUT, "%s; status %d, stdout \"%.*s\", stderr \"%.*s\"", what,
        WIFEXITED(outcome->status) ? WEXITSTATUS(outcome->status) : 128 + WTERMSIG(outcome->status),
        outcome->out.len > 100 ? 100 : (int)outcome->out.len, buf_str(&outcome->out).ptr,
        outcome->err.len > 200 ? 200 : (int)outcome->err.len, buf_str(&outcome->err).ptr);
}

static bool has(const struct buf *text, const char *part)
{
    return memmem(buf_str(text).ptr, text->len, part, strlen(part)) != NULL;
}

/* "testudo: STAGE or what: why"; before it may stand what the guest had said without ending its
 * line. */
static bool is_our_error(struct str line)
{
    const char *at = memmem(line.ptr, line.len, "testudo: ", 9);
    struct str what, rest = str_of(at, at != NULL ? line.len - (size_t)(at - line.ptr) : 0);
    return str_take_prefix(&rest, "testudo: ") && str_take_until(&rest, ':', &what) &&
           what.len > 2 && rest.len > 5;
}

static bool says_error(const struct kind *kind, const struct outcome *outcome)
{
    if (kind->json && has(&outcome->out, "{\"error\":{") && !has(&outcome->out, "\"stage\":null"))
        return true;
    struct str line, rest = buf_str(&outcome->err);
    while (str_take_line(&rest, &line))
        if (is_our_error(line))
            return true;
    return false;
}

/* It came back whole: it is as long as what was sent. */
static bool has_file(const struct place *place, const struct kind *kind)
{
    if (kind->out == NULL)
        return true;
    char text[16] = "";
    auto_free char *path = mem_text("%s/%s", place->folder, kind->out);
    auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, text, sizeof text - 1) > 0 && strcmp(text, "done\n") == 0;
}

static bool is_whole(const struct place *place, const struct kind *kind,
                     const struct outcome *outcome)
{
    if (kind->json)
        return has(&outcome->out, "\"verdict\":\"ok\"") && has(&outcome->out, "done\\n") &&
               str_ends(buf_str(&outcome->out), "}\n");
    return str_ends(buf_str(&outcome->out), "done\n") && has_file(place, kind);
}

static enum role struck_role(const struct fault *fault)
{
    if (fault->way == NULL)
        return ROLE_NOBODY;
    return fault->way == &way_kill_other ? fault->victim : fault->at;
}

/* Ended by a signal: only who was to be. */
static bool check_signal(const struct fault *fault, const struct outcome *outcome,
                         struct error *err)
{
    int number = WTERMSIG(outcome->status);
    bool killed = fault->way != NULL && fault->way->kills && struck_role(fault) == ROLE_ASKER &&
                  number == SIGKILL;
    bool signaled =
        (fault->way == &way_signal || fault->way == &way_stop) && number == fault->number;
    return killed || signaled || complain(outcome, "testudo died by a signal", err);
}

static bool is_guests_end(const struct fault *fault, int status)
{
    enum role role = struck_role(fault);
    bool kills = fault->way != NULL && fault->way->kills;
    return kills && ((role == ROLE_PROGRAM && status != TROUBLE) ||
                     (role == ROLE_GUEST && status == KILLED));
}

static bool answers_all(const struct kind *kind, enum role struck, const struct outcome *outcome,
                        struct error *err)
{
    struct error why;
    return check_batch(kind, struck, outcome, &why) || complain(outcome, why.text, err);
}

bool check_answer(const struct place *place, const struct kind *kind, const struct fault *fault,
                  const struct outcome *outcome, struct error *err)
{
    if (!outcome->in_time)
        return complain(outcome, "it hangs", err);
    if (outcome->alive[0] != '\0')
        return error_set(err, ERROR_INPUT, "alive a second after the end:%s", outcome->alive);
    if (!WIFEXITED(outcome->status))
        return check_signal(fault, outcome, err);
    int status = WEXITSTATUS(outcome->status);
    if (kind->lines > 0 && (status == 0 || status == TROUBLE))
        return answers_all(kind, outcome->struck ? struck_role(fault) : ROLE_NOBODY, outcome, err);
    if (status == 0)
        return is_whole(place, kind, outcome) ||
               complain(outcome, "it says that all is well, and it is not", err);
    if (status == TROUBLE && kind->json && has(&outcome->out, "\"verdict\""))
        return complain(outcome, "a verdict and an error", err);
    if (status == TROUBLE)
        return says_error(kind, outcome) || complain(outcome, "no error that says where", err);
    bool canceled = fault->way == &way_signal && status == CANCELED;
    return canceled || is_guests_end(fault, status) ||
           complain(outcome, "a status that means something else", err);
}

/* ---- afterwards ----------------------------------------------------------------------------- */

/* The locks belong to open files, and those to processes: all are gone. */
static bool check_ids(const struct place *place, struct error *err)
{
    auto_free char *path = mem_text("%s/state/state/ids", place->folder);
    auto_close int fd = open(path, O_RDWR | O_CLOEXEC);
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fd < 0)
        return true; /* a plain user has none, and a first run may not have come so far */
    if (fcntl(fd, F_OFD_GETLK, &all) < 0)
        return error_sys(err, "ask for the locks of ids");
    return all.l_type == F_UNLCK || error_set(err, ERROR_INPUT, "an id range is still taken");
}

/* The first line that is new, or missing. */
static bool check_same(const char *what, const struct buf *before, const struct buf *now,
                       struct error *err)
{
    if (str_equal(buf_str(now), buf_str(before)))
        return true;
    struct str old = buf_str(before), new = buf_str(now), a = {}, b = {};
    while (str_take_line(&new, &b) && str_take_line(&old, &a) && str_equal(a, b))
        continue;
    return error_set(err, ERROR_INPUT, "%s differ, first: \"%.*s\", was \"%.*s\"", what, (int)b.len,
                     b.ptr, (int)a.len, a.ptr);
}

static bool check_left(const struct place *place, struct error *err)
{
    auto_buf struct buf files, mounts;
    buf_init(&files, place->listing.max);
    buf_init(&mounts, place->mounts.max);
    place_list(place, &files);
    place_list_mounts(&mounts);
    return check_same("files", &place->listing, &files, err) &&
           check_same("mounts", &place->mounts, &mounts, err);
}

static int count_children(void)
{
    char path[64];
    int count = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    FILE *file = fopen(path, "re");
    for (int pid; file != NULL && fscanf(file, "%d", &pid) == 1;)
        count++;
    if (file != NULL)
        fclose(file);
    return count;
}

/* We adopt orphans: while anything below us lives, some child of ours does. */
static bool check_nobody_left(int strangers, struct error *err)
{
    int64_t deadline = clock_now_ns() + INT64_C(1000000000);
    for (;;) {
        pid_t pid = waitpid(-1, NULL, WNOHANG | __WALL);
        if (pid < 0 || (pid == 0 && count_children() == strangers))
            return true;
        if (pid == 0 && clock_now_ns() > deadline)
            return error_set(err, ERROR_INPUT, "a process of it is alive after a second");
        usleep(pid == 0 ? 1000 : 0);
    }
}

static bool check_next_run(const struct place *place, const struct kind *kind, struct error *err)
{
    static const struct fault none = {};
    struct outcome outcome;
    const struct kind *next = kind->out != NULL || kind->keeps ? kind : kind_named("program");
    outcome_init(&outcome);
    bool ok = run_plainly(place, next, &(struct limits_wished){}, &outcome, err) &&
              check_answer(place, next, &none, &outcome, err) &&
              (WEXITSTATUS(outcome.status) == 0 || complain(&outcome, "it fails", err));
    outcome_done(&outcome);
    return ok || error_wrap(err, "the next run");
}

/* Others on this host may kill theirs just after our next run has swept; what outlasts one more is
 * not swept at all. */
static bool check_swept(const struct place *place, const struct kind *kind, struct error *err)
{
    const char *orphan = groups_find_orphan();
    if (orphan == NULL)
        return true;
    auto_free char *path = mem_text("%s", orphan);
    if (!check_next_run(place, kind, err))
        return false;
    return access(path, F_OK) != 0 ||
           error_set(err, ERROR_INPUT, "not swept by the next run: %s", path);
}

bool check_after(const struct place *place, const struct kind *kind, struct error *err)
{
    if (!check_nobody_left(place->strangers, err) || !check_ids(place, err) ||
        !check_next_run(place, kind, err))
        return false;
    if (!check_swept(place, kind, err))
        return false;
    return check_nobody_left(place->strangers, err) && check_left(place, err);
}
