/*
 * The runner: flow [--program FILE] [--faults FILE] [--tools FOLDER] [--only PART] [--as WHOM]
 *                  [--limits] [--slower N] FILE|FOLDER...
 *
 * Plays all scenarios of the files, and of the *.flow files in the folders, one after another.
 * Without --program the variable TESTUDO says which program is meant. Root can play them as a plain
 * user, or as both side by side; whoever is a plain user plays them once as himself.
 * --limits: a plain user was given control groups, so what needs limits is not skipped.
 * --slower: how many times the scenarios' limits, for a machine that is as slow.
 */
#include "tests/flow/flow.h"

#include <errno.h>
#include <ftw.h>
#include <getopt.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

struct tally {
    int of[3]; /* by flow_verdict */
    const char *only;
};

static _Noreturn void give_up(const char *what, const char *name)
{
    fprintf(stderr, "flow: %s %s: %s\n", what, name, strerror(errno));
    exit(2);
}

static void read_text(const char *path, struct buf *into)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        give_up("read", path);
    char block[65536];
    size_t length;
    while ((length = fread(block, 1, sizeof block, file)) > 0)
        buf_add(into, block, length);
    fclose(file);
}

static bool is_wanted(const struct stage *stage, const struct scenario *scenario, const char *only)
{
    if (scenario->once && stage->again)
        return false;
    return strstr(scenario->file, only) != NULL ||
           memmem(scenario->sentence.ptr, scenario->sentence.len, only, strlen(only)) != NULL;
}

/* A file that cannot be understood is a failure, not a reason to stop. */
static void play_file(const struct stage *stage, const char *path, struct tally *tally)
{
    auto_arena struct arena arena;
    auto_buf struct buf text;
    struct flow_file file;
    struct error err = {0};
    arena_init(&arena, (size_t)64 << 20);
    buf_init(&text, 1 << 20);
    read_text(path, &text);
    if (!flow_parse(&arena, path, buf_str(&text), &file, &err)) {
        printf("FAILED  %s\n", err.text);
        tally->of[FLOW_FAILED]++;
        return;
    }
    for (int i = 0; i < file.count; i++)
        if (is_wanted(stage, &file.scenarios[i], tally->only)) {
            tally->of[flow_play(stage, &file.scenarios[i])]++;
            fflush(stdout);
        }
}

static void play_path(const struct stage *stage, const char *path, struct tally *tally)
{
    struct stat info;
    if (stat(path, &info) != 0)
        give_up("find", path);
    if (!S_ISDIR(info.st_mode)) {
        play_file(stage, path, tally);
        return;
    }
    auto_free char *pattern = mem_text("%s/*.flow", path);
    glob_t found = {0};
    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            play_file(stage, found.gl_pathv[i], tally);
    globfree(&found);
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info, (void)type, (void)where;
    remove(path);
    return 0;
}

static char *full_path(const char *program)
{
    char *path = realpath(program, NULL);
    if (path == NULL)
        give_up("find the program", program);
    return path;
}

static void play_all(const struct stage *stage, char **paths, struct tally *tally)
{
    int64_t started = clock_now_ns();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (; *paths != NULL; paths++)
        play_path(stage, *paths, tally);
    printf("flows took %.2f s\n", clock_ms(clock_now_ns() - started) / 1000);
}

static void print_tally(const char *before, const struct tally *tally)
{
    printf("%s%d passed, %d failed, %d skipped\n", before, tally->of[FLOW_PASSED],
           tally->of[FLOW_FAILED], tally->of[FLOW_SKIPPED]);
}

enum whom { AS_ONESELF, AS_PLAIN_USER, AS_BOTH };

static bool read_whom(const char *word, enum whom *ret_whom)
{
    bool both = strcmp(word, "both") == 0;
    if (!both && strcmp(word, "plain-user") != 0)
        return false;
    *ret_whom = geteuid() != 0 ? AS_ONESELF : both ? AS_BOTH : AS_PLAIN_USER;
    return true;
}

/* All scenarios by one user, in a process of its own: what it leaves is told from others' by that,
 * and nobody comes back from being a plain user. */
struct pass {
    const char *name; /* printed before the tally */
    pid_t child;
    struct tally *tally; /* shared with the child */
    int said; /* a file that keeps what it prints until its end; -1: it is heard at once */
};

static void begin_pass(struct pass *pass, const struct stage *stage, bool plain, char **paths,
                       const char *only)
{
    pass->tally =
        mmap(NULL, sizeof *pass->tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (pass->tally == MAP_FAILED)
        give_up("share the tally of", pass->name);
    *pass->tally = (struct tally){.only = only};
    fflush(NULL);
    pass->child = fork();
    if (pass->child < 0)
        give_up("fork", pass->name);
    if (pass->child > 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (pass->said >= 0 &&
        (dup2(pass->said, STDOUT_FILENO) < 0 || dup2(pass->said, STDERR_FILENO) < 0))
        give_up("keep what is said by", pass->name);
    if (plain && !user_become_plain())
        give_up("become", "a plain user");
    play_all(stage, paths, pass->tally);
    exit(0);
}

static void print_kept(int file)
{
    char block[65536];
    ssize_t got;
    for (off_t at = 0; (got = pread(file, block, sizeof block, at)) > 0; at += got)
        fwrite(block, 1, (size_t)got, stdout);
    close(file);
}

static void end_pass(struct pass *pass, struct tally *total)
{
    int status = 0;
    if (waitpid(pass->child, &status, 0) != pass->child || status != 0)
        pass->tally->of[FLOW_FAILED]++; /* it has said why */
    if (pass->said >= 0)
        print_kept(pass->said);
    print_tally(pass->name, pass->tally);
    for (size_t i = 0; i < COUNT_OF(total->of); i++)
        total->of[i] += pass->tally->of[i];
    munmap(pass->tally, sizeof *pass->tally);
}

static void play_as_plain_user(const struct stage *stage, char **paths, struct tally *total)
{
    struct stage plain;
    struct pass pass = {.name = "as a plain user: ", .said = -1};
    if (!user_prepare_stage(stage, &plain))
        give_up("make a plain user's folder in", stage->folder);
    begin_pass(&pass, &plain, true, paths, total->only);
    end_pass(&pass, total);
}

/* Side by side: a scenario waits more than it works. */
static void play_as_both(const struct stage *stage, char **paths, struct tally *total)
{
    struct stage plain;
    struct pass of_root = {.name = "as root: ", .said = -1};
    struct pass of_plain = {.name = "as a plain user: ",
                            .said = memfd_create("flow-output", MFD_CLOEXEC)};
    if (of_plain.said < 0 || !user_prepare_stage(stage, &plain))
        give_up("make a plain user's folder in", stage->folder);
    plain.again = true;
    begin_pass(&of_root, stage, false, paths, total->only);
    begin_pass(&of_plain, &plain, true, paths, total->only);
    end_pass(&of_root, total);
    end_pass(&of_plain, total);
}

static void play_as(enum whom whom, const struct stage *stage, char **paths, struct tally *tally)
{
    if (whom == AS_ONESELF)
        play_all(stage, paths, tally);
    else if (whom == AS_PLAIN_USER)
        play_as_plain_user(stage, paths, tally);
    else
        play_as_both(stage, paths, tally);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"program", required_argument, NULL, 'p'}, {"faults", required_argument, NULL, 'f'},
        {"tools", required_argument, NULL, 't'},   {"as", required_argument, NULL, 'a'},
        {"only", required_argument, NULL, 'o'},    {"limits", no_argument, NULL, 'l'},
        {"slower", required_argument, NULL, 's'},  {NULL, 0, NULL, 0}};
    const char *program = getenv("TESTUDO"), *faults = NULL, *tools = NULL;
    struct tally tally = {.only = ""};
    enum whom whom = AS_ONESELF;
    bool limits = false;
    int slower = 1;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'p')
            program = optarg;
        else if (option == 'f')
            faults = optarg;
        else if (option == 't')
            tools = optarg;
        else if (option == 'o')
            tally.only = optarg;
        else if (option == 'l')
            limits = true;
        else if (option == 's' && (slower = (int)strtol(optarg, NULL, 10)) > 0)
            continue;
        else if (option != 'a' || !read_whom(optarg, &whom))
            return 2;
    }
    if (program == NULL || optind == argc) {
        fprintf(stderr, "usage: %s --program FILE [--faults FILE] [--only PART] PATH...\n",
                argv[0]);
        return 2;
    }
    auto_free char *program_path = full_path(program);
    auto_free char *faults_path = faults != NULL ? full_path(faults) : NULL;
    auto_free char *tools_path = tools != NULL ? full_path(tools) : NULL;
    auto_free char *source = full_path(".");
    char folder[] = "/tmp/testudo-flow-XXXXXX";
    if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0)
        give_up("make folder", folder);
    struct stage stage = {program_path, faults_path, tools_path, source,
                          folder,       limits,      false,      slower};
    play_as(whom, &stage, argv + optind, &tally);
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    print_tally("", &tally);
    return tally.of[FLOW_FAILED] > 0 || tally.of[FLOW_PASSED] == 0;
}
