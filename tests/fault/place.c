/* Where runs are played, and the kinds of run. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"
#include "tests/fault/fault.h"

enum { LISTING_MAX = 8 << 20 };

static const struct kind kinds[] = {
#include "tests/fault/kinds.def"
};

/* Lines of a batch; each says "done". Pauses are for the pool to be filled. */
#define DONE "{\"command\":[\"echo\",\"done\"]}\n"
#define PAUSE(time) "{\"command\":[\"sh\",\"-c\",\"sleep " time "; echo done\"]}\n"
#define NODE "{\"language\":\"javascript\",\"code\":\"console.log('done')\"}\n"
#define PYTHON "{\"language\":\"python\",\"code\":\"print('done')\"}\n"

static const struct {
    const char *name, *text;
} files[] = {
    {"app/main.py", "import part\nprint(open('/in/app/part.py').read().strip(), 'done')\n"},
    {"app/part.py", "x = 1\n"},
    {"a.c", "#include <stdio.h>\nint main(void) { puts(\"done\"); }\n"},
    {"input", "done\n"},
    {"commands", DONE DONE PAUSE("0.02") DONE DONE PAUSE("0.02") DONE DONE},
    {"nodes", NODE PAUSE("1") NODE DONE PAUSE("1") NODE},
    {"pythons", PYTHON PAUSE("0.15") PYTHON DONE PYTHON PAUSE("0.15") PYTHON},
};

const struct kind *kind_named(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    fprintf(stderr, "faults: there is no kind '%s'\n", name);
    exit(2);
}

bool kind_is_possible(const struct kind *kind)
{
    return access(kind->needs, X_OK) == 0;
}

/* ---- looking at it -------------------------------------------------------------------------- */

static struct buf *list_out; /* nftw hands nothing through */
static size_t list_skip;

static int list_one(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)where;
    if (type == FTW_F)
        buf_printf(list_out, "%s %jd\n", path + list_skip, (intmax_t)about->st_size);
    else
        buf_printf(list_out, "%s\n", path + list_skip);
    return 0;
}

static int compare_lines(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    size_t length = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->ptr, y->ptr, length);
    return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

/* A folder's order changes when something in it is made anew. */
static void add_sorted(const struct buf *lines, struct buf *out)
{
    size_t count = 0, room = 1;
    for (size_t i = 0; i < lines->len; i++)
        room += lines->data[i] == '\n';
    auto_free struct str *sorted = mem_alloc(room * sizeof *sorted);
    struct str line, rest = buf_str(lines);
    while (str_take_line(&rest, &line))
        sorted[count++] = line;
    qsort(sorted, count, sizeof *sorted, compare_lines);
    for (size_t i = 0; i < count; i++) {
        buf_add_str(out, sorted[i]);
        buf_add_byte(out, '\n');
    }
}

void place_list(const struct place *place, struct buf *out)
{
    auto_buf struct buf lines;
    buf_init(&lines, LISTING_MAX);
    list_out = &lines;
    list_skip = strlen(place->folder);
    nftw(place->folder, list_one, 16, FTW_PHYS | FTW_MOUNT);
    add_sorted(&lines, out);
}

void place_list_mounts(struct buf *out)
{
    struct error err;
    if (!fd_read_file(AT_FDCWD, "/proc/self/mountinfo", out, &err)) {
        fprintf(stderr, "faults: %s\n", err.text);
        exit(2);
    }
}

/* ---- making it ------------------------------------------------------------------------------ */

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about, (void)type, (void)where;
    return remove(path);
}

static void remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

void place_forget_state(const struct place *place)
{
    auto_free char *state = mem_text("%s/state", place->folder);
    remove_tree(state);
}

void place_forget_builds(const struct place *place)
{
    auto_free char *builds = mem_text("%s/state/cache/builds", place->folder);
    remove_tree(builds);
}

static bool put_file(const struct place *place, const char *name, const char *text,
                     struct error *err)
{
    auto_free char *path = mem_text("%s/%s", place->folder, name);
    FILE *file = fopen(path, "wex");
    if (file == NULL)
        return error_sys(err, "make %s", path);
    bool ok = fputs(text, file) >= 0;
    return (fclose(file) == 0 && ok && chown(path, place->uid, place->uid) == 0) ||
           error_sys(err, "write %s", path);
}

static bool fill(const struct place *place, struct error *err)
{
    auto_free char *app = mem_text("%s/app", place->folder);
    if (mkdir(place->folder, 0755) < 0 || mkdir(app, 0755) < 0 ||
        chown(place->folder, place->uid, place->uid) < 0)
        return error_sys(err, "make %s", app);
    for (size_t i = 0; i < COUNT_OF(files); i++)
        if (!put_file(place, files[i].name, files[i].text, err))
            return false;
    return true;
}

/* Each kind once in peace: then all that a run leaves for good is there. */
static bool play_in(const struct place *place, struct error *err)
{
    static const struct fault none = {};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct outcome outcome;
        if (!kind_is_possible(&kinds[i]))
            continue;
        outcome_init(&outcome);
        bool ok = run_plainly(place, &kinds[i], &(struct limits_wished){}, &outcome, err) &&
                  check_answer(place, &kinds[i], &none, &outcome, err);
        outcome_done(&outcome);
        if (!ok)
            return error_wrap(err, "run '%s' in peace", kinds[i].name);
    }
    return true;
}

void place_accept(struct place *place)
{
    buf_clear(&place->listing);
    buf_clear(&place->mounts);
    place_list(place, &place->listing);
    place_list_mounts(&place->mounts);
}

bool place_make(struct place *ret_place, const char *program, const char *folder, uid_t uid,
                struct error *err)
{
    struct place place = {.program = program, .uid = uid};
    place.folder = mem_text("%s/%s", folder, uid == 0 ? "root" : "plain");
    if (!fill(&place, err) || !play_in(&place, err)) {
        free(place.folder);
        return false;
    }
    buf_init(&place.listing, LISTING_MAX);
    buf_init(&place.mounts, LISTING_MAX);
    place_accept(&place);
    *ret_place = place;
    return true;
}

void place_done(struct place *place)
{
    if (place->folder == NULL)
        return;
    remove_tree(place->folder);
    free(place->folder);
    buf_done(&place->listing);
    buf_done(&place->mounts);
}
