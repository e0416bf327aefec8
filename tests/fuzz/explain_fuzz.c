/*
 * Any call with any arguments, pointers into any memory of a guest, before the broker's eyes: what
 * is foretold is an errno, what is told ends, and no fd stays open. The guest is we ourselves, its
 * root a small tree with links that lead everywhere.
 */
#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sandbox/explain_private.h"
#include "sys/fd.h"
#include "sys/seccomp_private.h"
#include "sys/tree.h"
#include "tests/fuzz/fuzz.h"

enum { PAGE = 4096, ERRNO_MAX = 4095 };

static struct caller caller = {.root = -1, .proc = -1};
static char folder[] = "/tmp/testudo-fuzz-XXXXXX";
static char *memory; /* one page, and none behind it */

static void remove_all(void)
{
    struct error ignored;
    caller_close(&caller);
    (void)tree_remove(AT_FDCWD, folder, &ignored);
}

static void furnish(int root)
{
    assert(mkdirat(root, "a", 0755) == 0 && mkdirat(root, "shut", 0700) == 0);
    assert(mkdirat(root, "a/b", 0777) == 0 && symlinkat("/a/b", root, "l") == 0);
    assert(symlinkat("../../../..", root, "a/up") == 0 && symlinkat("m", root, "m") == 0);
    assert(symlinkat("/etc/passwd", root, "a/p") == 0 && mkfifoat(root, "a/f", 0600) == 0);
}

static void begin(void)
{
    if (memory != NULL)
        return;
    assert(mkdtemp(folder) != NULL && chmod(folder, 0755) == 0);
    memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert(memory != MAP_FAILED && munmap(memory + PAGE, PAGE) == 0);
    bool opened = caller_open(&caller, (uint32_t)getpid());
    assert(opened);
    fd_replace(&caller.root, open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC));
    furnish(caller.root);
    assert(fchdir(caller.root) == 0);
    caller.uid = caller.gid = 1000;
    atexit(remove_all);
}

static int next_fd(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert(fd >= 0);
    close(fd);
    return fd;
}

/* Small numbers as they are, else a place in the guest's memory. */
static uint64_t argument(uint8_t shape, uint8_t value)
{
    switch (shape % 5) {
    case 0:
        return value;
    case 1:
        return (uint64_t)AT_FDCWD;
    case 2:
        return (uint64_t)value << shape / 5 % 64;
    case 3:
        return (uintptr_t)memory + PAGE - value; /* up to the end of what is mapped */
    default:
        return (uintptr_t)memory + value;
    }
}

/* Two bytes for the call, two for each argument, and the rest is the guest's memory. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { HEAD = 2 + 2 * 6 };

    if (size < HEAD || size - HEAD > PAGE)
        return -1;
    begin();
    int before = next_fd();
    memset(memory, 0, PAGE);
    memcpy(memory, data + HEAD, size - HEAD);
    memcpy(memory + PAGE - (size - HEAD) % 200, data + HEAD, (size - HEAD) % 200);
    struct seccomp_data call = {.arch = SECCOMP_NATIVE};
    for (int i = 0; i < 6; i++)
        call.args[i] = argument(data[2 + 2 * i], data[3 + 2 * i]);
    const char *name = seccomp_calls[(data[0] | data[1] << 8) % CALL_COUNT].name;
    struct box_refusal refusal = {};
    int number = foretell_call(&caller, name, &call, &refusal);
    assert(number >= 0 && number <= ERRNO_MAX);
    assert(memchr(refusal.path, '\0', sizeof refusal.path) != NULL);
    assert(next_fd() == before);
    return 0;
}
