#include "outline/names.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/mem.h"

void names_init(struct names *names, uint32_t room)
{
    *names = (struct names){.room = room, .slot_count = 16};
    while (names->slot_count < room)
        names->slot_count *= 2;
    ssize_t drawn = getrandom(&names->seed, sizeof names->seed, 0);
    assert(drawn == (ssize_t)sizeof names->seed);
    names->items = mem_alloc(((size_t)room + 1) * sizeof *names->items);
    names->slots = mem_alloc(names->slot_count * sizeof *names->slots);
    names->lasts = mem_alloc(names->slot_count * sizeof *names->lasts);
}

void names_done(struct names *names)
{
    free(names->items);
    free(names->slots);
    free(names->lasts);
    *names = (struct names){};
}

/* FNV-1a from a start that nobody knows. */
static uint32_t slot_of(const struct names *names, struct str name)
{
    uint64_t hash = names->seed;
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.ptr[i]) * UINT64_C(0x100000001b3);
    return (uint32_t)(hash ^ hash >> 32) & (names->slot_count - 1);
}

void names_add(struct names *names, struct str name, uint32_t number)
{
    assert(names->count < names->room);
    uint32_t slot = slot_of(names, name), item = ++names->count;
    names->items[item] = (struct names_item){name, number, 0};
    if (names->slots[slot] == 0)
        names->slots[slot] = item;
    else
        names->items[names->lasts[slot]].next = item;
    names->lasts[slot] = item;
}

static const struct names_item *same(const struct names *names, uint32_t item, struct str name)
{
    while (item != 0 && !str_equal(names->items[item].name, name))
        item = names->items[item].next;
    return item != 0 ? &names->items[item] : NULL;
}

const struct names_item *names_find(const struct names *names, struct str name)
{
    return same(names, names->slots[slot_of(names, name)], name);
}

const struct names_item *names_next(const struct names *names, const struct names_item *item)
{
    return same(names, item->next, item->name);
}
