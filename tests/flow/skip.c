/* What a scenario can need, one row each; a scenario whose need is not met is skipped. */
#include <elf.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/flow/flow.h"

static bool is_root(const struct scene *scene, const char *argument)
{
    (void)scene, (void)argument;
    return geteuid() == 0;
}

static bool is_plain_user(const struct scene *scene, const char *argument)
{
    (void)scene, (void)argument;
    return geteuid() != 0;
}

static bool has_program(const struct scene *scene, const char *name)
{
    struct str folder, path = str_from(scene_env(scene, "PATH"));
    char file[4096];
    while (str_take_until(&path, ':', &folder)) {
        snprintf(file, sizeof file, "%.*s/%s", (int)folder.len, folder.ptr, name);
        if (access(file, X_OK) == 0)
            return true;
    }
    return false;
}

static bool has_file(const struct scene *scene, const char *path)
{
    (void)scene;
    return access(path, R_OK) == 0;
}

static bool has_faults(const struct scene *scene, const char *argument)
{
    (void)argument;
    return scene->stage->faults_program != NULL;
}

/* A cgroup hierarchy of either version that offers the controller and lets us make groups. */
static bool has_controller(const struct scene *scene, const char *controller)
{
    if (scene->stage->limits)
        return true;
    char path[256], line[1024] = "";
    snprintf(path, sizeof path, "/sys/fs/cgroup/%s", controller);
    if (access(path, W_OK) == 0)
        return true;
    auto_buf struct buf wanted;
    buf_init(&wanted, sizeof path);
    buf_printf(&wanted, " %s ", controller);
    FILE *file = fopen("/sys/fs/cgroup/cgroup.controllers", "re");
    if (file == NULL)
        return false;
    bool read = fgets(line + 1, (int)sizeof line - 2, file) != NULL;
    fclose(file);
    line[0] = line[1] != '\0' ? ' ' : '\0';
    if (strchr(line, '\n') != NULL)
        *strchr(line, '\n') = ' ';
    return read && strstr(line, wanted.data) != NULL && access("/sys/fs/cgroup", W_OK) == 0;
}

/* What is bounded by time as well as by number shows its number on a real processor only. */
static bool has_native_speed(const struct scene *scene, const char *argument)
{
    (void)scene, (void)argument;
    char line[1024];
    bool emulated = false;
    FILE *file = fopen("/proc/cpuinfo", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        emulated = emulated || strstr(line, "QEMU Virtual CPU") != NULL;
    if (file != NULL)
        fclose(file);
    return !emulated;
}

/* Version 2 with all controllers in it, and no other beside it. */
static bool has_cgroup_v2(const struct scene *scene, const char *argument)
{
    (void)argument;
    return access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0 &&
           has_controller(scene, "memory");
}

static bool has_user_namespaces(const struct scene *scene, const char *argument)
{
    (void)scene, (void)argument;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && setresuid(54321, 54321, 54321) != 0)
            _exit(1);
        _exit(unshare(CLONE_NEWUSER) != 0);
    }
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* Without a loader, which would listen to LD_PRELOAD before the program does anything. */
static bool is_static_program(const struct scene *scene, const char *argument)
{
    (void)argument;
    Elf64_Ehdr head = {};
    Elf64_Phdr part = {};
    FILE *file = fopen(scene->program, "re");
    bool ok = file != NULL && fread(&head, sizeof head, 1, file) == 1;
    bool has_loader = false;
    for (int i = 0; ok && i < head.e_phnum; i++) {
        ok = fseek(file, (long)(head.e_phoff + (size_t)i * sizeof part), SEEK_SET) == 0 &&
             fread(&part, sizeof part, 1, file) == 1;
        has_loader |= part.p_type == PT_INTERP;
    }
    if (file != NULL)
        fclose(file);
    return ok && !has_loader;
}

/* It lies beside the program, wherever that is. */
static bool has_reader(const struct scene *scene, const char *argument)
{
    (void)argument;
    const char *slash = strrchr(scene->program, '/');
    auto_free char *reader =
        mem_text("%.*s/libexec/testudo-reader", slash != NULL ? (int)(slash - scene->program) : 1,
                 slash != NULL ? scene->program : ".");
    return access(reader, X_OK) == 0;
}

static const struct need {
    const char *name;
    bool (*met)(const struct scene *scene, const char *argument);
    const char *argument; /* NULL: the scenario says it */
    const char *reason;
} needs[] = {
    {"root", is_root, "", "needs root"},
    {"plain-user", is_plain_user, "", "needs a plain user, not root"},
    {"program", has_program, NULL, "needs the program"},
    {"file", has_file, NULL, "needs to read"},
    {"faults", has_faults, "", "needs a program with fault injection"},
    {"memory-limit", has_controller, "memory", "needs a memory cgroup"},
    {"processes-limit", has_controller, "pids", "needs a pids cgroup"},
    {"cpu-limit", has_controller, "cpu", "needs a cpu cgroup"},
    {"cgroup-v2", has_cgroup_v2, "", "needs cgroup v2, all controllers in it, and root"},
    {"native-speed", has_native_speed, "", "needs a processor that is not emulated"},
    {"reader", has_reader, "", "needs the reader of sources: make reader"},
    {"static-program", is_static_program, "",
     "needs a program without a loader, not a sanitized one"},
    {"user-namespaces", has_user_namespaces, "", "needs user namespaces for plain users"},
};

bool need_met(const struct scene *scene, struct words words, struct error *err)
{
    const char *name = words.count > 0 ? words.list[0].text : "";
    for (size_t i = 0; i < COUNT_OF(needs); i++) {
        if (strcmp(needs[i].name, name) != 0)
            continue;
        bool asks = needs[i].argument == NULL;
        if (words.count != (asks ? 2 : 1))
            return error_set(err, ERROR_INPUT, "needs %s: wrong number of words", name);
        const char *argument = asks ? words.list[1].text : needs[i].argument;
        if (needs[i].met(scene, argument))
            return true;
        return error_set(err, ERROR_HOST, "%s%s%s", needs[i].reason, asks ? " " : "",
                         asks ? argument : "");
    }
    return error_set(err, ERROR_INPUT, "needs what? \"%s\" is unknown", name);
}
