#include "run/verdict.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/names.h"
#include "base/text.h"

static enum verdict of_cause(enum box_cause cause)
{
    switch (cause) {
    case BOX_CAUSE_WALL_TIME:
    case BOX_CAUSE_IDLE:
        return VERDICT_WALL_TIME;
    case BOX_CAUSE_CPU_TIME:
        return VERDICT_CPU_TIME;
    case BOX_CAUSE_MEMORY:
        return VERDICT_MEMORY;
    case BOX_CAUSE_OUTPUT:
        return VERDICT_OUTPUT;
    case BOX_CAUSE_CANCELED:
        return VERDICT_CANCELED;
    case BOX_CAUSE_NONE:
    case BOX_CAUSE_COUNT:
        break;
    }
    return VERDICT_OK;
}

/* The kernel ends a process at its own limit of processor time, one second after ours: where no
 * control group counts the box, that is how the limit shows. */
static bool was_cpu_limit(const struct run_stage *stage, const struct limits *limits)
{
    return (stage->signal == SIGXCPU || stage->signal == SIGKILL) &&
           stage->end.cpu_user_ns + stage->end.cpu_system_ns >=
               limits->value[LIMIT_CPU] * INT64_C(1000000);
}

static enum verdict of_leader(const struct run_stage *stage, const struct limits *limits)
{
    if (stage->signal == 0 && stage->exit_code == 0)
        return VERDICT_OK;
    if (stage->signal == SIGSYS)
        return VERDICT_POLICY;
    if (was_cpu_limit(stage, limits))
        return VERDICT_CPU_TIME;
    if (stage->end.forks_refused > 0)
        return VERDICT_PROCESSES;
    if (stage->end.disk_full)
        return VERDICT_DISK;
    return stage->signal != 0 ? VERDICT_SIGNALED : VERDICT_FAILED;
}

void run_judge(struct run_stage *stage, const struct limits *limits)
{
    const struct box_end *end = &stage->end;
    stage->exit_code = end->leader_ended && WIFEXITED(end->status) ? WEXITSTATUS(end->status) : 0;
    stage->signal = end->leader_ended && WIFSIGNALED(end->status) ? WTERMSIG(end->status) : 0;
    if (!end->leader_ended)
        stage->signal = SIGKILL;
    stage->verdict = end->cause != BOX_CAUSE_NONE ? of_cause(end->cause) : of_leader(stage, limits);
}

/* The compiler has its profile's limits, which no flag changes. */
static void add_limit(struct buf *out, const struct limits *limits, enum limit which,
                      bool of_compiler)
{
    buf_add_text(out, " (");
    limit_write(out, which, limits->value[which]);
    if (of_compiler)
        buf_add_text(out, " of profile compile)");
    else
        buf_printf(out, "; --%s)", limit_rows[which].flag);
}

static void add_detail(struct buf *out, const struct run_stage *stage, const struct limits *limits,
                       bool of_compiler)
{
    switch (stage->verdict) {
    case VERDICT_FAILED:
        buf_printf(out,
                   stage->exit_code != 0 ? " (exit status %d)"
                                         : " (exit status %d, and nothing was made)",
                   stage->exit_code);
        break;
    case VERDICT_SIGNALED:
        buf_printf(out, " (%s)", signal_words(stage->signal));
        break;
    case VERDICT_MEMORY:
        add_limit(out, limits, LIMIT_MEMORY, of_compiler);
        break;
    case VERDICT_WALL_TIME:
        add_limit(out, limits, stage->end.cause == BOX_CAUSE_IDLE ? LIMIT_IDLE : LIMIT_WALL,
                  of_compiler);
        break;
    case VERDICT_CPU_TIME:
        add_limit(out, limits, LIMIT_CPU, of_compiler);
        break;
    case VERDICT_OUTPUT:
        add_limit(out, limits, LIMIT_OUTPUT, of_compiler);
        break;
    case VERDICT_PROCESSES:
        add_limit(out, limits, LIMIT_PROCESSES, of_compiler);
        break;
    case VERDICT_DISK:
        add_limit(out, limits, LIMIT_DISK, of_compiler);
        buf_add_text(out, " or too many files");
        add_limit(out, limits, LIMIT_INODES, of_compiler);
        break;
    case VERDICT_POLICY:
        buf_add_text(out, " (a system call of a foreign architecture)");
        break;
    case VERDICT_OK:
    case VERDICT_CANCELED:
    case VERDICT_COUNT:
        break;
    }
}

const char *run_message(const struct run_stage *stage, const struct limits *limits,
                        bool of_compiler, struct arena *arena)
{
    auto_buf struct buf text;
    buf_init(&text, 512);
    if (stage->end.cause == BOX_CAUSE_IDLE)
        buf_add_text(&text, "was silent for longer than its limit");
    else
        buf_add_text(&text, verdict_text(stage->verdict));
    add_detail(&text, stage, limits, of_compiler);
    return arena_string(arena, buf_str(&text));
}
