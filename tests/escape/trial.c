/* One attack going one way: its folder, its command, what came of it. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/json_read.h"
#include "base/mem.h"
#include "tests/escape/escape.h"

enum { TRIAL_SECONDS = 60, ARGUMENTS_MAX = 64, OUTPUT_MAX = 1 << 20, FACTS_MAX = 16384 };

enum { PROBE_MAX = 64 << 20 };

enum { PAUSE_FIRST_MS = 150, PAUSE_MAX_MS = 10000 };

static const char *const outcome_words[] = {"held", "open", "absent", "untried", "silent"};

const char *outcome_word(enum outcome outcome)
{
    return outcome_words[outcome];
}

/* ---- the scene ------------------------------------------------------------------------------ */

static bool write_file(const char *folder, const char *name, struct str text, mode_t mode,
                       struct error *err)
{
    auto_free char *path = mem_text("%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    bool ok =
        fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len && fchmod(fd, mode) == 0;
    if (!ok)
        error_sys(err, "write %s", path);
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool probe_read(const char *probe, struct buf *bytes, struct error *err)
{
    char block[65536];
    ssize_t got;
    int fd = open(probe, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && (got = read(fd, block, sizeof block)) > 0)
        buf_add(bytes, block, (size_t)got);
    if (fd < 0 || bytes->len == 0 || bytes->over)
        return error_sys(err, "read %s", probe);
    close(fd);
    return true;
}

bool probe_copy(const char *probe, const char *folder, const char *name, struct error *err)
{
    auto_buf struct buf bytes;
    buf_init(&bytes, PROBE_MAX);
    return probe_read(probe, &bytes, err) && write_file(folder, name, buf_str(&bytes), 0755, err);
}

static bool make_folder(const char *folder, const char *name, struct error *err)
{
    auto_free char *path = mem_text("%s/%s", folder, name);
    return mkdir(path, 0755) == 0 || errno == EEXIST || error_sys(err, "make %s", path);
}

#define PROGRAM_FOLDERS "/usr/bin:/bin:/usr/sbin:/sbin"

bool trial_has_program(const char *name)
{
    struct str folder, path = STR(PROGRAM_FOLDERS);
    while (str_take_until(&path, ':', &folder)) {
        auto_free char *program = mem_text("%.*s/%s", (int)folder.len, folder.ptr, name);
        if (access(program, X_OK) == 0)
            return true;
    }
    return false;
}

static void set_up_env(const struct outside *outside, struct scene *scene)
{
    scene_set_env(scene, "PATH", PROGRAM_FOLDERS);
    scene_set_env(scene, "LANG", "C.UTF-8");
    scene_set_env(scene, "HOME", scene->folder);
    if (outside->layers_off != NULL)
        scene_set_env(scene, "TESTUDO_LAYERS_OFF", outside->layers_off);
}

static bool begin_scene(const struct outside *outside, struct trial *trial, const char *name,
                        struct error *err)
{
    static unsigned serial;
    struct scene *scene = &trial->scene;
    *scene = (struct scene){.stage = &outside->stage, .program = outside->stage.program};
    arena_init(&scene->arena, (size_t)64 << 20);
    buf_init(&scene->out, OUTPUT_MAX);
    buf_init(&scene->err, OUTPUT_MAX);
    buf_init(&trial->facts, FACTS_MAX);
    scene->folder = arena_text(&scene->arena, "%s/%s-%u", outside->stage.folder, name, serial++);
    scene->deadline_ns =
        clock_now_ns() + (int64_t)TRIAL_SECONDS * outside->stage.slower * 1000000000;
    set_up_env(outside, scene);
    return mkdir(scene->folder, 0755) == 0 || error_sys(err, "make %s", scene->folder);
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info, (void)type, (void)where;
    remove(path);
    return 0;
}

bool folder_remove(const char *path, struct error *err)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    return access(path, F_OK) < 0 || error_set(err, ERROR_HOST, "%s cannot be removed", path);
}

static void end_scene(struct trial *trial)
{
    struct error ignored;
    (void)folder_remove(trial->scene.folder, &ignored);
    buf_done(&trial->scene.out);
    buf_done(&trial->scene.err);
    buf_done(&trial->facts);
    arena_done(&trial->scene.arena);
}

/* ---- the command ---------------------------------------------------------------------------- */

static const char *with_name(struct trial *trial, const char *argument)
{
    const char *mark = strchr(argument, '%');
    if (mark == NULL)
        return argument;
    return arena_text(&trial->scene.arena, "%.*s%s%s", (int)(mark - argument), argument,
                      trial->attack->name, mark + 1);
}

static bool way_has(const struct way *way, const char *argument)
{
    for (const char *const *word = way->arguments; *word != NULL; word++)
        if (strcmp(*word, argument) == 0)
            return true;
    return false;
}

static bool run(struct trial *trial, const char *const *arguments, enum caller caller,
                struct error *err)
{
    char *argv[ARGUMENTS_MAX];
    int count = 0;
    argv[count++] = (char *)(uintptr_t)trial->scene.program;
    for (; *arguments != NULL; arguments++) {
        if (count == ARGUMENTS_MAX - 1)
            return error_set(err, ERROR_LIMIT, "a way has too many arguments");
        argv[count++] =
            (char *)(uintptr_t)(trial->attack != NULL ? with_name(trial, *arguments) : *arguments);
    }
    argv[count] = NULL;
    trial->scene.as_plain_user = caller == CALLER_PLAIN;
    return command_run(&trial->scene, argv, err);
}

/*
 * The requests of a batch before the one that attacks: they make the slot a used one, and a runtime
 * wanted. Then there is a pause, in which the runtime becomes warm. No slot of a plain user takes
 * an input, so there the request carries the probe in itself.
 */
static const struct {
    const char *file, *first, *attack;
    bool carries;
} batches[] = {
    {"pooled.jsonl", "\"command\":[\"/bin/true\"]", "\"command\":[\"/in/t/probe\",\"%\"]", false},
    {"pooled_user.jsonl", "\"command\":[\"/bin/true\"]",
     "\"command\":[\"/bin/sh\",\"-c\",\"chmod 755 probe && exec ./probe %\"]", true},
    {"zygote.jsonl", "\"language\":\"python\",\"code\":\"print(1)\"",
     "\"language\":\"python\",\"code\":"
     "\"import os; os.execv('/in/t/probe', ['/in/t/probe', '%'])\"",
     false},
    {"node.jsonl", "\"language\":\"javascript\",\"code\":\"1\"",
     "\"language\":\"javascript\",\"code\":"
     "\"require('child_process').spawnSync('/in/t/probe', ['%'], {stdio: 'inherit'})\"",
     false},
    {"node_user.jsonl", "\"language\":\"javascript\",\"code\":\"1\"",
     "\"language\":\"javascript\",\"code\":\"require('fs').chmodSync('probe', 0o755); "
     "require('child_process').spawnSync('./probe', ['%'], {stdio: 'inherit'})\"",
     true},
    {"java.jsonl",
     "\"language\":\"java\",\"code\":"
     "\"class Main { public static void main(String[] a) { } }\"",
     "\"language\":\"java\",\"code\":"
     "\"class Main { public static void main(String[] a) throws Exception { "
     "new ProcessBuilder(\\\"/in/t/probe\\\", \\\"%\\\").inheritIO().start().waitFor(); } }\"",
     false},
};

static void add_file(struct buf *out, const char *name, struct str bytes)
{
    buf_printf(out, "{\"name\":\"%s\",\"encoding\":\"base64\",\"content\":\"", name);
    base64_write(out, bytes);
    buf_add_text(out, "\"}");
}

/* How the probe comes along: as an input, or within the request. */
static bool add_probe(struct buf *out, struct trial *trial, bool carried, struct error *err)
{
    if (!carried) {
        buf_add_text(out, "\"inputs\":[{\"path\":\"t\",\"name\":\"t\"}]");
        return true;
    }
    auto_buf struct buf bytes;
    buf_init(&bytes, PROBE_MAX);
    if (!probe_read(trial->probe, &bytes, err))
        return false;
    buf_add_text(out, "\"files\":[");
    add_file(out, "probe", buf_str(&bytes));
    buf_add_byte(out, ',');
    add_file(out, "facts", buf_str(&trial->facts));
    buf_add_byte(out, ']');
    return true;
}

static bool write_batches(struct trial *trial, struct error *err)
{
    static const char accept[] = "\"accept_missing\":[\"memory\",\"cpus\",\"processes\",\"cpu\"]";
    for (size_t i = 0; i < COUNT_OF(batches); i++) {
        if (!way_has(trial->way, batches[i].file))
            continue;
        auto_buf struct buf out;
        buf_init(&out, 2 * PROBE_MAX);
        buf_printf(&out, "{%s,%s}\n", accept, batches[i].first);
        if (trial->pause_ms > 0)
            buf_printf(&out, "{%s,\"command\":[\"/bin/sleep\",\"%d.%03d\"]}\n", accept,
                       trial->pause_ms / 1000, trial->pause_ms % 1000);
        buf_printf(&out, "{%s,", accept);
        if (!add_probe(&out, trial, batches[i].carries, err))
            return false;
        buf_printf(&out, ",%s}\n", with_name(trial, batches[i].attack));
        if (out.over)
            return error_set(err, ERROR_LIMIT, "the probe is too large");
        if (!write_file(trial->scene.folder, batches[i].file, buf_str(&out), 0644, err))
            return false;
    }
    return true;
}

static bool prepare(const struct outside *outside, struct trial *trial, struct error *err)
{
    const char *folder = trial->scene.folder;
    const char *source = arena_text(&trial->scene.arena, "t/%s.c", trial->attack->name);
    return probe_copy(outside->probe, folder, "t/probe", err) &&
           write_file(folder, source, STR("int main(void) { return 0; }\n"), 0644, err) &&
           write_file(folder, "t/facts", buf_str(&trial->facts), 0644, err) &&
           write_batches(trial, err);
}

/* ---- what came of it ------------------------------------------------------------------------ */

static bool find_verdict(struct trial *trial, struct str text);

/* A result of a batch holds the output as a string. */
static bool find_in_result(struct trial *trial, struct str line)
{
    struct error unreadable;
    const struct json_value *result = json_read(&trial->scene.arena, line, &unreadable);
    const struct json_value *text = json_get(result, "stdout");
    const struct json_value *made = json_get(result, "warm");
    bool found = text != NULL && text->kind == JSON_STRING && !str_starts(text->text, "{") &&
                 find_verdict(trial, text->text);
    if (found && made != NULL && made->kind == JSON_STRING)
        snprintf(trial->made, sizeof trial->made, "%.*s", (int)made->text.len, made->text.ptr);
    return found;
}

/* The last line that begins with the attack's name; a box's output is a stranger's. */
static bool find_verdict(struct trial *trial, struct str text)
{
    struct str line, piece, word;
    bool found = false;
    while (str_take_line(&text, &line)) {
        struct str rest = line;
        if (str_starts(line, "{"))
            found = find_in_result(trial, line) || found;
        if (!str_take_until(&rest, ' ', &piece) || !str_is(piece, trial->attack->name) ||
            !str_take_until(&rest, ' ', &word))
            continue;
        for (int i = 0; i < OUTCOME_SILENT; i++) {
            if (!str_is(word, outcome_words[i]))
                continue;
            found = true;
            trial->outcome = (enum outcome)i;
            snprintf(trial->detail, sizeof trial->detail, "%.*s", (int)rest.len, rest.ptr);
        }
    }
    return found;
}

static void hear_verdict(struct trial *trial)
{
    struct scene *scene = &trial->scene;
    trial->outcome = OUTCOME_SILENT;
    snprintf(trial->detail, sizeof trial->detail, "status %d: %.*s", scene->status,
             (int)(scene->err.len < 300 ? scene->err.len : 300),
             scene->err.data != NULL ? scene->err.data : "");
    for (char *c = trial->detail; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    if (!find_verdict(trial, buf_str(&scene->out)))
        (void)find_verdict(trial, buf_str(&scene->err));
}

static bool make_secret(struct trial *trial, struct error *err)
{
    uint64_t bits[2];
    if (getrandom(bits, sizeof bits, 0) != sizeof bits)
        return error_sys(err, "make a secret");
    snprintf(trial->secret, sizeof trial->secret, "%016" PRIx64 "%016" PRIx64, bits[0], bits[1]);
    return true;
}

static bool play(const struct outside *outside, struct trial *trial, struct error *err)
{
    const struct host_part *host = host_part_find(trial->attack->host);
    trial->probe = outside->probe;
    if (!make_secret(trial, err) || !make_folder(trial->scene.folder, "t", err))
        return false;
    if (host->before != NULL && !host->before(trial, err))
        return error_wrap(err, "the host's part before it");
    bool ran =
        prepare(outside, trial, err) && run(trial, trial->way->arguments, trial->way->caller, err);
    if (ran)
        hear_verdict(trial);
    struct error told = {};
    if (host->after != NULL && !host->after(trial, &told) && trial->outcome != OUTCOME_OPEN) {
        trial->outcome = OUTCOME_OPEN;
        snprintf(trial->detail, sizeof trial->detail, "%.390s", told.text);
    }
    return ran;
}

static bool play_once(const struct outside *outside, struct trial *trial, struct error *err)
{
    bool ok = begin_scene(outside, trial, trial->attack->name, err);
    if (ok) {
        census_take(&trial->scene.before);
        ok = play(outside, trial, err);
        ok = ok && (outside->layers_off != NULL ||
                    census_expect_nothing_left(&trial->scene.before, outside->stage.slower, err));
        census_sweep();
        census_done(&trial->scene.before);
    }
    end_scene(trial);
    return ok;
}

static bool went_its_way(const struct trial *trial)
{
    return trial->way->warm[0] == '\0' || trial->made[0] == '\0' ||
           strcmp(trial->made, trial->way->warm) == 0;
}

/*
 * A runtime becomes warm in idle time, and nobody says when: a trial whose box was made otherwise
 * is played again after a longer pause. The pause that was enough is nearly enough for the next.
 */
bool trial_play(const struct outside *outside, const struct attack *attack, const struct way *way,
                struct trial *trial, struct error *err)
{
    static int pause_ms;
    static const struct way *paused;
    if (paused != way)
        pause_ms = 0;
    for (paused = way;; pause_ms = pause_ms * 2 + PAUSE_FIRST_MS) {
        *trial = (struct trial){
            .attack = attack, .way = way, .outcome = OUTCOME_SILENT, .pause_ms = pause_ms};
        if (!play_once(outside, trial, err))
            return false;
        if (went_its_way(trial))
            break;
        if (pause_ms > PAUSE_MAX_MS)
            return error_set(err, ERROR_HOST, "its box was made \"%s\", never \"%s\"", trial->made,
                             way->warm);
    }
    pause_ms -= pause_ms / 10;
    return true;
}

/* The first run of all makes folders that stay: the parent of the control groups, the state. */
bool trial_warm_up(const struct outside *outside, enum caller caller, struct error *err)
{
    static const char *const arguments[] = {"run", ACCEPT_MISSING, "--", "/bin/true", NULL};
    struct trial trial = {};
    bool ok = begin_scene(outside, &trial, "warm-up", err) && run(&trial, arguments, caller, err);
    if (ok && trial.scene.status != 0)
        ok = error_set(err, ERROR_HOST, "a first run: %.*s", (int)trial.scene.err.len,
                       trial.scene.err.data);
    end_scene(&trial);
    return ok;
}

/* A root of one file: whoever takes it for an image gets us as its compiler. */
bool trial_make_image(const struct outside *outside, enum caller caller, struct error *err)
{
    static const char *const folders[] = {"root", "root/bin", "root/usr", "root/usr/bin",
                                          "root/etc"};
    static const char *const programs[] = {"root/bin/probe", "root/usr/bin/gcc"};
    static const char *const arguments[] = {"image", "import", "hostile", "root", NULL};
    struct trial trial = {};
    bool ok = begin_scene(outside, &trial, "image", err);
    for (size_t i = 0; ok && i < COUNT_OF(folders); i++)
        ok = make_folder(trial.scene.folder, folders[i], err);
    for (size_t i = 0; ok && i < COUNT_OF(programs); i++)
        ok = probe_copy(outside->probe, trial.scene.folder, programs[i], err);
    ok = ok && run(&trial, arguments, caller, err);
    if (ok && trial.scene.status != 0)
        ok = error_set(err, ERROR_HOST, "import the hostile image: %.*s", (int)trial.scene.err.len,
                       trial.scene.err.data);
    end_scene(&trial);
    return ok;
}
