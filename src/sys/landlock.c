#include "sys/landlock.h"

#include <errno.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Build hosts' headers lag behind running kernels, so the interface stands here. The numbers are
 * the same on all processors. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };

enum { ASK_VERSION = 1 << 0, RULE_PATH_BENEATH = 1 };

enum {
    EXECUTE = 1 << 0,
    WRITE_FILE = 1 << 1,
    READ_FILE = 1 << 2,
    READ_DIR = 1 << 3,
    ALL_OF_ABI_1 = (1 << 13) - 1,
    REFER = 1 << 13,
    TRUNCATE = 1 << 14,
    IOCTL_DEV = 1 << 15,
    FOR_READING = EXECUTE | READ_FILE | READ_DIR,
    FOR_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV,
};

enum { SCOPE_ABSTRACT_SOCKETS = 1 << 0, SCOPE_SIGNALS = 1 << 1 };

/* A box that is refused things in a loop would otherwise fill the host's log. */
enum { LOG_NOTHING_HERE = 1 << 0, LOG_NOTHING_NESTED = 1 << 2 };

struct ruleset {
    uint64_t files, network, scopes;
};

struct path_beneath {
    uint64_t allowed;
    int32_t fd;
} __attribute__((packed));

int landlock_abi(void)
{
    long abi = syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);
    return abi > 0 ? (int)abi : 0;
}

static uint64_t rights_of(int abi)
{
    return (uint64_t)(ALL_OF_ABI_1 | (abi >= 2 ? REFER : 0) | (abi >= 3 ? TRUNCATE : 0) |
                      (abi >= 5 ? IOCTL_DEV : 0));
}

static bool add_rule(int ruleset, const struct landlock_rule *rule, uint64_t known,
                     struct error *err)
{
    struct stat info;
    if (fstat(rule->fd, &info) < 0)
        return error_sys(err, "look at the file of a Landlock rule");
    uint64_t allowed = rule->access == LANDLOCK_WRITE ? known : FOR_READING;
    /* the kernel refuses rights that a single file cannot have */
    if (!S_ISDIR(info.st_mode))
        allowed &= FOR_FILES;
    struct path_beneath beneath = {allowed, rule->fd};
    if (syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, &beneath, 0) < 0)
        return error_sys(err, "add a Landlock rule");
    return true;
}

static bool enter(int ruleset, const struct landlock_rule *rules, size_t count, int abi,
                  struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (!add_rule(ruleset, &rules[i], rights_of(abi), err))
            return false;
    unsigned silence = abi >= 7 ? LOG_NOTHING_HERE | LOG_NOTHING_NESTED : 0;
    if (syscall(RESTRICT_SELF, ruleset, silence) < 0)
        return error_sys(err, "restrict this process by Landlock");
    return true;
}

bool landlock_restrict(const struct landlock_rule *rules, size_t count, int *ret_abi,
                       struct error *err)
{
    int abi = landlock_abi();
    if (abi == 0) {
        *ret_abi = 0;
        return true;
    }
    /* older kernels accept the longer struct when what they do not know is zero */
    struct ruleset wanted = {.files = rights_of(abi)};
    if (abi >= 6)
        wanted.scopes = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS;
    int ruleset = (int)syscall(CREATE_RULESET, &wanted, sizeof wanted, 0);
    if (ruleset < 0)
        return error_sys(err, "make a Landlock ruleset");
    bool entered = enter(ruleset, rules, count, abi, err);
    close(ruleset);
    if (entered)
        *ret_abi = abi;
    return entered;
}
