#include "testgen/seen.h"

#include "base/mem.h"

enum { SEEN_FIRST = 1 << 12, SEEN_MAX = 1 << 22 };

static uint64_t hash_name(struct str name)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < name.len; i++)
        hash = hash * 131 + (unsigned char)name.ptr[i] + 1;
    return hash;
}

static uint64_t hash_program(const struct program *program)
{
    uint64_t hash = program->count;
    for (uint32_t i = 0; i < program->count; i++) {
        const struct statement *statement = &program->statements[i];
        hash = hash * 0x9e3779b97f4a7c15 + statement->kind + 8ULL * statement->callable +
               (uint64_t)statement->var * 64 + (uint64_t)statement->limit * 4096;
        if (statement->kind == STATEMENT_LITERAL)
            hash = hash * 31 + value_hash(statement->value);
        for (uint32_t k = 0; k < statement->argument_count; k++) {
            hash = (hash ^ hash >> 31) * 0xbf58476d1ce4e5b9;
            hash +=
                value_hash(statement->arguments[k].value) + hash_name(statement->arguments[k].name);
        }
    }
    return hash | 1;
}

static void put(uint64_t *table, size_t room, uint64_t hash)
{
    size_t at = (size_t)(hash >> 8) & (room - 1);
    while (table[at] != 0)
        at = (at + 1) & (room - 1);
    table[at] = hash;
}

static bool has(const struct seen *seen, uint64_t hash)
{
    size_t at = (size_t)(hash >> 8) & (seen->room - 1);
    for (; seen->table[at] != 0; at = (at + 1) & (seen->room - 1))
        if (seen->table[at] == hash)
            return true;
    return false;
}

void seen_init(struct seen *seen)
{
    *seen = (struct seen){.table = mem_alloc(SEEN_FIRST * sizeof(uint64_t)), .room = SEEN_FIRST};
}

void seen_done(struct seen *seen)
{
    mem_free_at(&seen->table);
}

static void grow(struct seen *seen)
{
    struct seen old = *seen;
    bool forgets = old.room * 2 > SEEN_MAX;
    size_t room = forgets ? SEEN_FIRST : old.room * 2;
    *seen = (struct seen){.table = mem_alloc(room * sizeof(uint64_t)), .room = room};
    for (size_t i = 0; i < old.room && !forgets; i++)
        if (old.table[i] != 0)
            put(seen->table, room, old.table[i]);
    seen->count = forgets ? 0 : old.count;
    seen_done(&old);
}

bool seen_add(struct seen *seen, const struct program *program)
{
    uint64_t hash = hash_program(program);
    if (has(seen, hash))
        return false;
    if (seen->count * 2 >= seen->room)
        grow(seen);
    put(seen->table, seen->room, hash);
    seen->count++;
    return true;
}
