/* The plain user whom root plays: without any right, and with programs that he can reach. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/flow/flow.h"

bool user_become_plain(void)
{
    return setgroups(0, NULL) == 0 && setresgid(PLAIN_USER, PLAIN_USER, PLAIN_USER) == 0 &&
           setresuid(PLAIN_USER, PLAIN_USER, PLAIN_USER) == 0 &&
           prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0; /* or our own /proc would be closed to us */
}

static bool copy_bytes(int from, int to)
{
    ssize_t copied;
    while ((copied = sendfile(to, from, NULL, 1 << 30)) > 0)
        continue;
    return copied == 0;
}

/* FILE as FOLDER/NAME, for everybody to start. Returns the new path, or NULL. */
static char *copy_program(const char *file, const char *folder)
{
    const char *slash = strrchr(file, '/');
    char *path = mem_text("%s/%s", folder, slash != NULL ? slash + 1 : file);
    int from = open(file, O_RDONLY | O_CLOEXEC);
    int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
    bool copied = from >= 0 && to >= 0 && copy_bytes(from, to) && fchmod(to, 0755) == 0;
    close(from);
    close(to);
    if (copied)
        return path;
    free(path);
    return NULL;
}

static char *make_folder(const char *inside, const char *name)
{
    char *path = mem_text("%s/%s", inside, name);
    if (mkdir(path, 0755) == 0 && chmod(path, 0755) == 0)
        return path;
    free(path);
    return NULL;
}

static bool copy_tools(const char *tools, const char *folder)
{
    auto_free char *pattern = mem_text("%s/*", tools);
    glob_t found = {0};
    bool copied = true;
    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++) {
            auto_free char *path = copy_program(found.gl_pathv[i], folder);
            copied = copied && path != NULL;
        }
    globfree(&found);
    return copied;
}

/* What stands beside a program and serves it: the same below the folder of its copy. */
static bool copy_libexec(const char *program, const char *folder)
{
    const char *slash = strrchr(program, '/');
    auto_free char *from = mem_text("%.*s/libexec", (int)(slash != NULL ? slash - program : 1),
                                    slash != NULL ? program : ".");
    if (access(from, F_OK) != 0)
        return true;
    pid_t pid = fork();
    if (pid == 0) {
        execlp("cp", "cp", "-R", "--", from, folder, (char *)NULL);
        _exit(127);
    }
    int status;
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* Names live as long as the process. */
bool user_prepare_stage(const struct stage *stage, struct stage *ret_stage)
{
    struct stage plain = *stage;
    const char *programs = make_folder(stage->folder, "programs");
    const char *faulty = make_folder(stage->folder, "faulty");
    const char *tools = make_folder(stage->folder, "tools");
    plain.folder = make_folder(stage->folder, "plain-user");
    if (programs == NULL || faulty == NULL || tools == NULL || plain.folder == NULL ||
        chown(plain.folder, PLAIN_USER, PLAIN_USER) != 0)
        return false;
    plain.program = copy_program(stage->program, programs);
    if (!copy_libexec(stage->program, programs))
        return false;
    if (stage->faults_program != NULL)
        plain.faults_program = copy_program(stage->faults_program, faulty);
    if (stage->tools != NULL && !copy_tools(stage->tools, tools))
        return false;
    plain.tools = stage->tools != NULL ? tools : NULL;
    *ret_stage = plain;
    return plain.program != NULL && (stage->faults_program == NULL || plain.faults_program != NULL);
}
