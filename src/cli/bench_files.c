/* The programs of works that are files: written into a folder of the bench's own, where the bare
 * command finds them; a box gets copies. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/bench_private.h"
#include "model/runtime.h"
#include "sys/fd.h"
#include "sys/tree.h"

static const struct {
    const char *name, *text;
} files[] = {
    {"test_bench.py", "def test_adds():\n    assert 2 + 2 == 4\n\n"
                      "def test_joins():\n    assert 'a' + 'b' == 'ab'\n\n"
                      "def test_counts():\n    assert len('abc') == 3\n"},
    {"hello.js", "console.log('hello');\n"},
    {"Hello.java", "public class Hello {\n"
                   "    public static void main(String[] words) {\n"
                   "        System.out.println(\"hello\");\n"
                   "    }\n"
                   "}\n"},
    {"Tests.java", "import static org.junit.Assert.assertEquals;\n"
                   "import org.junit.Test;\n"
                   "public class Tests {\n"
                   "    @Test public void adds() { assertEquals(4, 2 + 2); }\n"
                   "    @Test public void joins() { assertEquals(\"ab\", \"a\" + \"b\"); }\n"
                   "    @Test public void counts() { assertEquals(3, \"abc\".length()); }\n"
                   "}\n"},
};

static bool write_files(int folder, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        auto_close int fd = fd_open(folder, files[i].name, O_WRONLY | O_CREAT | O_EXCL, 0644, err);
        if (fd < 0 || !fd_write_all(fd, str_from(files[i].text), err))
            return false;
    }
    return true;
}

/* Where it fails, there is no class, and the work is left out. */
static void compile(const struct bench *bench, const char *compiler, const char *source)
{
    const char *const argv[] = {compiler, "-cp", RUNTIME_JUNIT_PATH, source, NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;
    posix_spawn_file_actions_init(&actions);
    for (int fd = 0; fd < 3; fd++)
        posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_addchdir_np(&actions, bench->folder);
    int number = posix_spawn(&pid, compiler, &actions, NULL, (char *const *)(uintptr_t)argv,
                             (char *const *)(uintptr_t)box_clean_env);
    posix_spawn_file_actions_destroy(&actions);
    while (number == 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

bool bench_make_files(struct bench *bench, const char *java, struct error *err)
{
    const char *parent = getenv("TMPDIR");
    char *path = mem_text("%s/testudo-bench-%d-%" PRIx64, parent != NULL ? parent : "/tmp",
                          getpid(), (uint64_t)clock_now_ns());
    if (mkdir(path, 0700) < 0) {
        error_sys(err, "make the folder %s", path);
        free(path);
        return false;
    }
    bench->folder = path;
    auto_close int folder = fd_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0, err);
    if (folder < 0 || !write_files(folder, err))
        return false;
    if (java == NULL)
        return true;
    auto_free char *compiler = mem_text("%sc", java); /* they lie beside each other */
    compile(bench, compiler, "Hello.java");
    compile(bench, compiler, "Tests.java");
    return true;
}

void bench_remove_files(struct bench *bench)
{
    struct error unheard; /* what stays is a few bytes in a folder for temporary files */
    if (bench->folder != NULL)
        (void)tree_remove(AT_FDCWD, bench->folder, &unheard);
    free(bench->folder);
    bench->folder = NULL;
}
