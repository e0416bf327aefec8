/*
 * The replayer: NAME FILE|FOLDER...
 *
 * Gives each file to the fuzz target in a process of its own, so that one crash hides no other.
 * The last line is the summary line.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/fuzz/fuzz.h"

enum { SECONDS_MAX = 20 };

static int passed, failed;

static void run_in_child(const char *path, size_t size)
{
    FILE *file = fopen(path, "re");
    /* exactly as large as the input: a read past its end is then seen by the sanitizer */
    uint8_t *data = malloc(size);
    if (file == NULL || (data == NULL && size > 0) || fread(data, 1, size, file) != size)
        exit(1);
    fclose(file);
    alarm(SECONDS_MAX);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    exit(0); /* the leak check runs at exit */
}

static void replay(const char *path, size_t size)
{
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        run_in_child(path, size);
    if (child > 0 && waitpid(child, &status, 0) == child && status == 0) {
        passed++;
        return;
    }
    failed++;
    if (WIFSIGNALED(status))
        printf("FAILED  %s: ended by signal %d (%s)\n", path, WTERMSIG(status),
               strsignal(WTERMSIG(status)));
    else
        printf("FAILED  %s: ended with status %d\n", path, WEXITSTATUS(status));
}

static void replay_path(const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        printf("FAILED  %s: %m\n", path);
        failed++;
        return;
    }
    if (!S_ISDIR(info.st_mode)) {
        replay(path, (size_t)info.st_size);
        return;
    }
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        auto_free char *inner = mem_text("%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            replay_path(inner);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        replay_path(argv[i]);
    printf("%d passed, %d failed, 0 skipped\n", passed, failed);
    return failed > 0 || passed == 0;
}
