/*
 * What waiting costs. Whatever the broker keeps ready is a process of its own: the children of the
 * broker, in pid namespaces of theirs, while nothing runs; of a box that is its init and what init
 * has borne. Their pages are counted as the kernel shares them out (Pss), so that each bears its
 * part of the mother that it is a copy of; page tables; and what its control group has of the
 * kernel. What the kernel keeps for a network or a mount namespace it tells nobody.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/bench_private.h"
#include "sys/fd.h"

enum { ANSWER_MAX = 65536 };

static bool read_about(int64_t pid, const char *name, struct buf *out)
{
    char path[300];
    struct error gone;
    snprintf(path, sizeof path, "/proc/%" PRId64 "/%s", pid, name);
    buf_clear(out);
    return fd_read_file(AT_FDCWD, path, out, &gone);
}

/* What follows the key in its line; nothing when there is none. */
static struct str find_line(struct str text, const char *key)
{
    struct str line;
    while (str_take_line(&text, &line))
        if (str_take_prefix(&line, key))
            return str_trim(line);
    return STR("");
}

/* "Pss:      372 kB"; -1 when there is no such line. */
static int64_t find_kib(struct str text, const char *key)
{
    struct str line = find_line(text, key);
    int64_t kib;
    if (str_ends(line, " kB"))
        line.len -= 3;
    return text_read_count(line, &kib) ? kib * 1024 : -1;
}

/* ---- one process ---------------------------------------------------------------------------- */

/* One that has ended and was not yet waited for has no memory left. */
static bool is_alive(struct str status)
{
    return find_line(status, "VmRSS:").len > 0;
}

/* Has it a pid namespace of its own, so that it has more than one pid? Others of the broker's
 * children are mothers. */
static bool is_box(struct str status)
{
    return str_has(find_line(status, "NSpid:"), '\t');
}

/* -1: it has gone, or may not be looked at. */
static int64_t own_bytes(int64_t pid, struct str status)
{
    auto_buf struct buf room;
    buf_init(&room, ANSWER_MAX);
    int64_t tables = find_kib(status, "VmPTE:");
    if (!read_about(pid, "smaps_rollup", &room))
        return -1;
    int64_t pages = find_kib(buf_str(&room), "Pss:");
    return pages < 0 ? -1 : pages + (tables > 0 ? tables : 0);
}

/* ---- one box -------------------------------------------------------------------------------- */

static bool read_group(const char *tree, struct str path, const char *name, struct buf *out)
{
    char whole[600];
    struct error not_there;
    snprintf(whole, sizeof whole, "/sys/fs/cgroup%s%.*s/%s", tree, (int)path.len, path.ptr, name);
    buf_clear(out);
    return fd_read_file(AT_FDCWD, whole, out, &not_there);
}

/* "4:memory:/testudo/box-..." of v1, "0::/testudo/box-..." of v2. */
static int64_t kernel_bytes(int64_t pid)
{
    auto_buf struct buf groups, room;
    int64_t bytes;
    struct str line, name;
    buf_init(&groups, ANSWER_MAX);
    buf_init(&room, ANSWER_MAX);
    if (!read_about(pid, "cgroup", &groups))
        return -1;
    for (struct str rest = buf_str(&groups); str_take_line(&rest, &line);) {
        if (!str_take_until(&line, ':', &name) || !str_take_until(&line, ':', &name))
            continue;
        if (str_is(name, "memory") &&
            read_group("/memory", line, "memory.kmem.usage_in_bytes", &room))
            return text_read_count(str_trim(buf_str(&room)), &bytes) ? bytes : -1;
        if (name.len == 0 && read_group("", line, "memory.stat", &room) &&
            text_read_count(find_line(buf_str(&room), "kernel "), &bytes))
            return bytes;
    }
    return -1;
}

static bool take_child(struct str *children, int64_t *ret_pid)
{
    struct str word;
    return str_take_until(children, ' ', &word) && text_read_count(str_trim(word), ret_pid);
}

static bool read_children(int64_t pid, struct buf *out)
{
    char name[64];
    snprintf(name, sizeof name, "task/%" PRId64 "/children", pid);
    return read_about(pid, name, out);
}

/* A waiting command's occupant still has the name of its mother; one that has started, its own. */
static struct bench_waiting *kind_of(struct bench_memory *memory, struct str name)
{
    if (str_starts(name, "testudo-"))
        return &memory->commands;
    if (str_starts(name, "java"))
        return &memory->javas;
    return str_starts(name, "python") ? &memory->pythons : &memory->nodes;
}

/* Init, and whom it has borne. False: it cannot be known. */
static bool add_box(struct bench_memory *memory, int64_t init, struct str init_status)
{
    auto_buf struct buf children, status;
    struct bench_waiting box = {.count = 1, .page_bytes = own_bytes(init, init_status)};
    buf_init(&children, ANSWER_MAX);
    buf_init(&status, ANSWER_MAX);
    bool known = box.page_bytes >= 0 && read_children(init, &children);
    struct bench_waiting *sum = &memory->nodes;
    int64_t pid;
    for (struct str rest = buf_str(&children); known && take_child(&rest, &pid);) {
        int64_t bytes = read_about(pid, "status", &status) ? own_bytes(pid, buf_str(&status)) : -1;
        known = bytes >= 0;
        box.page_bytes += bytes;
        sum = kind_of(memory, find_line(buf_str(&status), "Name:"));
    }
    box.kernel_bytes = kernel_bytes(init);
    sum->count += box.count;
    sum->page_bytes += box.page_bytes;
    sum->kernel_bytes += box.kernel_bytes > 0 ? box.kernel_bytes : 0;
    memory->kernel_is_known = memory->kernel_is_known && box.kernel_bytes >= 0;
    return known;
}

static bool add_child(struct bench_memory *memory, int64_t pid)
{
    auto_buf struct buf status;
    buf_init(&status, ANSWER_MAX);
    if (!read_about(pid, "status", &status) || !is_alive(buf_str(&status)))
        return true;
    if (is_box(buf_str(&status)))
        return add_box(memory, pid, buf_str(&status));
    int64_t bytes = own_bytes(pid, buf_str(&status));
    memory->mothers.count++;
    memory->mothers.page_bytes += bytes;
    return bytes >= 0;
}

bool bench_look_at_memory(const struct bench *bench, struct bench_memory *ret_memory)
{
    auto_buf struct buf text;
    struct bench_memory memory = {.kernel_is_known = true};
    int64_t pid, broker = bench->broker.pid;
    buf_init(&text, ANSWER_MAX);
    if (!read_about(broker, "status", &text))
        return false;
    memory.broker_bytes = find_kib(buf_str(&text), "VmRSS:");
    memory.known = memory.broker_bytes > 0 && read_children(broker, &text);
    for (struct str rest = buf_str(&text); memory.known && take_child(&rest, &pid);)
        memory.known = add_child(&memory, pid);
    *ret_memory = memory;
    return memory.known;
}
