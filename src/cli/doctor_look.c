#include "cli/doctor_look.h"

#include "base/mem.h"
#include "base/text.h"

const char doctor_look_script[] =
    "while read -r key value; do echo \"status.$key $value\"; done </proc/self/status\n"
    "read -r inside outside count </proc/self/uid_map; echo \"outside $outside\"\n"
    "set -- /proc/[0-9]*; echo \"processes $#\"\n"
    "read -r name </proc/sys/kernel/hostname; echo \"host_name $name\"\n"
    "while IFS=: read -r id controllers path; do echo \"group $path\"; done </proc/self/cgroup\n"
    "while read -r a b c root point options rest; do echo \"mount $options $point\"; done "
    "</proc/self/mountinfo\n"
    "while IFS=: read -r name rest; do echo \"interface $name\"; done </proc/net/dev\n"
    "while read -r line; do echo \"shm $line\"; done </proc/sysvipc/shm\n"
    "for f in su sudo mount umount passwd newgrp chsh chfn gpasswd pkexec fusermount3; do\n"
    "[ -u /usr/bin/$f ] && echo \"setuid /usr/bin/$f\"; done\n"
    "for f in /etc/pam.d /etc/security /etc/shadow; do [ -e $f ] && echo \"secret $f\"; done\n"
    "for f in /home /root /boot /mnt /media /srv /var/lib /sys/kernel; do\n"
    "[ -e $f ] && echo \"seen $f\"; done\n"
    "for f in / /usr/ /etc/ /proc/sys/kernel/hostname; do\n"
    "{ echo x >${f}testudo-doctor; } 2>/dev/null && echo \"written $f\"; done\n"
    "echo end\n";

/* ---- what was printed ----------------------------------------------------------------------- */

static bool next_value(struct str *rest, const char *key, struct str *ret_value)
{
    for (struct str line, word; str_take_line(rest, &line);) {
        if (!str_take_until(&line, ' ', &word) || !str_is(word, key))
            continue;
        *ret_value = str_trim(line);
        return true;
    }
    return false;
}

static struct str value_of(struct str printed, const char *key)
{
    struct str value;
    return next_value(&printed, key, &value) ? value : STR("nothing");
}

static const char *tell(struct arena *arena, const char *what, struct str value)
{
    auto_buf struct buf shown;
    buf_init(&shown, 200);
    text_escape(&shown, value, false);
    return arena_text(arena, "the box printed %s '%s'", what, shown.data != NULL ? shown.data : "");
}

static const char *expect(struct arena *arena, struct str printed, const char *key,
                          const char *want)
{
    struct str value = value_of(printed, key);
    return str_is(value, want) ? NULL : tell(arena, key, value);
}

/* No line may have this key. */
static const char *expect_none(struct arena *arena, struct str printed, const char *key)
{
    struct str value;
    return next_value(&printed, key, &value) ? tell(arena, key, value) : NULL;
}

/* ---- the judges, one for each guarantee that can be looked at -------------------------------- */

static const char *judge_users(struct str printed, const struct isolation *isolation,
                               struct arena *arena)
{
    static const char *const ids[] = {"status.Uid:", "status.Gid:"};
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        const char *wrong = expect(arena, printed, ids[i], "1000\t1000\t1000\t1000");
        if (wrong != NULL)
            return wrong;
    }
    if (isolation->mode != MODE_ROOT)
        return NULL;
    struct str outside = value_of(printed, "outside");
    if (str_is(outside, "0") || str_is(outside, "nothing"))
        return tell(arena, "as its user outside", outside);
    return expect(arena, printed, "status.Groups:", "");
}

/* Init and the shell itself. */
static const char *judge_processes(struct str printed, const struct isolation *isolation,
                                   struct arena *arena)
{
    (void)isolation;
    return expect(arena, printed, "processes", "2");
}

static bool has_option(struct str options, const char *wanted)
{
    for (struct str option; str_take_until(&options, ',', &option);)
        if (str_is(option, wanted))
            return true;
    return false;
}

static const char *judge_files(struct str printed, const struct isolation *isolation,
                               struct arena *arena)
{
    (void)isolation;
    const char *seen = expect_none(arena, printed, "seen");
    const char *written = expect_none(arena, printed, "written");
    if (seen != NULL || written != NULL)
        return seen != NULL ? seen : written;
    int count = 0;
    for (struct str rest = printed, mount, options; next_value(&rest, "mount", &mount); count++) {
        struct str whole = mount;
        if (!str_take_until(&mount, ' ', &options) || !has_option(options, "nosuid"))
            return tell(arena, "a mount", whole);
    }
    return count > 0 ? NULL : "the box printed no mounts";
}

static const char *judge_image(struct str printed, const struct isolation *isolation,
                               struct arena *arena)
{
    (void)isolation;
    const char *setuid = expect_none(arena, printed, "setuid");
    return setuid != NULL ? setuid : expect_none(arena, printed, "secret");
}

static const char *judge_network(struct str printed, const struct isolation *isolation,
                                 struct arena *arena)
{
    (void)isolation;
    int count = 0;
    for (struct str rest = printed, name; next_value(&rest, "interface", &name); count++)
        if (!str_is(name, "lo") && !str_has(name, '|'))
            return tell(arena, "an interface", name);
    return count > 0 ? NULL : "the box printed no interfaces";
}

/* One line is the heading. */
static const char *judge_ipc(struct str printed, const struct isolation *isolation,
                             struct arena *arena)
{
    (void)isolation;
    struct str line;
    if (!next_value(&printed, "shm", &line))
        return "the box printed no shared memory table";
    return next_value(&printed, "shm", &line) ? tell(arena, "shared memory", line) : NULL;
}

static const char *judge_host_name(struct str printed, const struct isolation *isolation,
                                   struct arena *arena)
{
    (void)isolation;
    for (struct str rest = printed, path; next_value(&rest, "group", &path);)
        if (!str_is(path, "/"))
            return tell(arena, "a control group", path);
    return expect(arena, printed, "host_name", "box");
}

static const char *judge_capabilities(struct str printed, const struct isolation *isolation,
                                      struct arena *arena)
{
    static const char *const sets[] = {
        "status.CapInh:", "status.CapPrm:", "status.CapEff:", "status.CapBnd:", "status.CapAmb:"};
    (void)isolation;
    for (size_t i = 0; i < COUNT_OF(sets); i++) {
        const char *wrong = expect(arena, printed, sets[i], "0000000000000000");
        if (wrong != NULL)
            return wrong;
    }
    return expect(arena, printed, "status.NoNewPrivs:", "1");
}

static const char *judge_system_calls(struct str printed, const struct isolation *isolation,
                                      struct arena *arena)
{
    (void)isolation;
    return expect(arena, printed, "status.Seccomp:", "2");
}

void doctor_judge_look(struct str printed, const struct isolation *isolation, struct arena *arena,
                       struct doctor_proof proofs[GUARANTEE_COUNT])
{
    static const struct {
        enum guarantee which;
        const char *(*judge)(struct str printed, const struct isolation *isolation,
                             struct arena *arena);
    } judges[] = {
        {GUARANTEE_USERS, judge_users},
        {GUARANTEE_PROCESS_TREE, judge_processes},
        {GUARANTEE_FILES, judge_files},
        {GUARANTEE_IMAGE, judge_image},
        {GUARANTEE_NETWORK, judge_network},
        {GUARANTEE_IPC, judge_ipc},
        {GUARANTEE_HOST_NAME, judge_host_name},
        {GUARANTEE_CAPABILITIES, judge_capabilities},
        {GUARANTEE_SYSTEM_CALLS, judge_system_calls},
    };

    bool whole = str_ends(str_trim(printed), "end");
    for (size_t i = 0; i < COUNT_OF(judges); i++) {
        enum guarantee which = judges[i].which;
        /* a bound image shows setuid files, and its level says so already */
        if (which == GUARANTEE_IMAGE && isolation->state[which].level != GUARANTEE_ENFORCED)
            continue;
        proofs[which].tested = true;
        proofs[which].broken = whole ? judges[i].judge(printed, isolation, arena)
                                     : "the box did not print what it sees to the end";
    }
}
