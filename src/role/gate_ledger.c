#include "role/gate_ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/buf.h"
#include "base/text.h"

struct gate_ledger *gate_ledger_new(struct error *err)
{
    void *place = mmap(NULL, sizeof(struct gate_ledger), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED)
        return error_sys_null(err, "make memory to share with the gate");
    return place;
}

void gate_ledger_free(struct gate_ledger *ledger)
{
    if (ledger != NULL)
        munmap(ledger, sizeof *ledger);
}

/* Whole records, one behind the other: what writes beside us gets another place. */
void gate_ledger_note(struct gate_ledger *ledger, const struct gate_record *record)
{
    uint32_t at = atomic_fetch_add(&ledger->log_length, (uint32_t)sizeof *record);
    if (at <= GATE_LOG_MAX - sizeof *record)
        memcpy(ledger->log + at, record, sizeof *record);
}

bool gate_ledger_next(const struct gate_ledger *ledger, uint32_t *at,
                      struct gate_record *ret_record)
{
    uint32_t length = atomic_load(&ledger->log_length);
    if (*at > GATE_LOG_MAX - sizeof *ret_record || *at + sizeof *ret_record > length)
        return false;
    memcpy(ret_record, ledger->log + *at, sizeof *ret_record);
    if ((unsigned)ret_record->outcome >= GATE_OUTCOMES)
        ret_record->outcome = GATE_FAILED;
    ret_record->to[sizeof ret_record->to - 1] = ret_record->why[sizeof ret_record->why - 1] = '\0';
    *at += (uint32_t)sizeof *ret_record;
    return true;
}

void gate_record_write(const struct gate_record *record, struct buf *out)
{
    static const char *const words[GATE_OUTCOMES] = {"failed", "refused", "capped", "allowed"};
    bool allowed = record->outcome == GATE_ALLOWED;
    buf_printf(out, "%s ", words[record->outcome]);
    text_escape(out, str_from(record->to), false);
    buf_add_text(out, allowed ? " at " : ": ");
    text_escape(out, str_from(record->why), false);
    if (allowed)
        buf_printf(out, ", %" PRId64 " bytes up, %" PRId64 " down, %" PRId64 " ms", record->up,
                   record->down, record->ms);
    buf_add_byte(out, '\n');
}
