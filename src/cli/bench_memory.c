/*
 * What waiting costs. Whatever the broker keeps ready is a process of its own: the children of the
 * broker, in pid namespaces of theirs, while nothing runs. Their own pages are counted as the
 * kernel shares them out (Pss), and the page tables; what the kernel keeps for a namespace or a
 * mount it tells nobody.
 */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/bench_private.h"
#include "sys/fd.h"

enum { ANSWER_MAX = 65536 };

static bool read_about(const char *pid, const char *name, struct buf *out)
{
    char path[300];
    struct error gone;
    snprintf(path, sizeof path, "/proc/%s/%s", pid, name);
    buf_clear(out);
    return fd_read_file(AT_FDCWD, path, out, &gone);
}

/* "Pss:      372 kB" of the line that begins with the key; -1 when there is none. */
static int64_t find_kib(struct str text, const char *key)
{
    struct str line;
    int64_t kib;
    while (str_take_line(&text, &line)) {
        if (!str_take_prefix(&line, key))
            continue;
        line = str_trim(line);
        if (str_ends(line, " kB"))
            line.len -= 3;
        return text_read_count(line, &kib) ? kib * 1024 : -1;
    }
    return -1;
}

static struct str find_line(struct str status, const char *key)
{
    struct str line;
    while (str_take_line(&status, &line))
        if (str_take_prefix(&line, key))
            return str_trim(line);
    return STR("");
}

static int64_t parent_of(struct str status)
{
    int64_t parent;
    return text_read_count(find_line(status, "PPid:"), &parent) ? parent : -1;
}

/* One that has ended and was not yet waited for has no memory left. */
static bool is_alive(struct str status)
{
    return find_line(status, "VmRSS:").len > 0;
}

/* Has it a pid namespace of its own, so that it has more than one pid? Others of the broker's
 * children are a part of the broker. */
static bool is_box(struct str status)
{
    return str_has(find_line(status, "NSpid:"), '\t');
}

/* Of one process; -1: it has gone, or may not be looked at. */
static int64_t own_bytes(const char *pid, struct str status, struct buf *room)
{
    int64_t tables = find_kib(status, "VmPTE:");
    if (!read_about(pid, "smaps_rollup", room))
        return -1;
    int64_t pages = find_kib(buf_str(room), "Pss:");
    return pages < 0 ? -1 : pages + (tables > 0 ? tables : 0);
}

static bool is_number(const char *name)
{
    return name[0] >= '1' && name[0] <= '9';
}

static void look_at(struct bench *bench, const char *pid, int64_t *total, bool *all_known)
{
    auto_buf struct buf status, room;
    buf_init(&status, ANSWER_MAX);
    buf_init(&room, ANSWER_MAX);
    if (!read_about(pid, "status", &status))
        return;
    bool is_broker = strtol(pid, NULL, 10) == bench->broker.pid;
    if ((!is_broker && parent_of(buf_str(&status)) != bench->broker.pid) ||
        !is_alive(buf_str(&status)))
        return;
    int64_t bytes = own_bytes(pid, buf_str(&status), &room);
    *all_known = *all_known && bytes >= 0;
    if (bytes > 0 && !is_box(buf_str(&status))) {
        bench->memory.broker_bytes += bytes;
        return;
    }
    bench->memory.waiting++;
    *total += bytes > 0 ? bytes : 0;
}

void bench_measure_memory(struct bench *bench)
{
    int64_t total = 0;
    bool all_known = true;
    DIR *proc = opendir("/proc");
    if (proc == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;)
        if (is_number(entry->d_name))
            look_at(bench, entry->d_name, &total, &all_known);
    closedir(proc);
    struct bench_memory *memory = &bench->memory;
    memory->known = all_known && memory->broker_bytes > 0;
    memory->each_bytes = memory->waiting > 0 ? total / memory->waiting : 0;
}
