#include "testgen/oracle.h"

struct choice {
    const struct subject *subject;
    const struct program *program;
    const struct observation *observation;
    const struct judgement *judgement;
    const bool *wanted; /* by entry of the judgement: what the test should kill */
    bool *killed;
    uint32_t chosen[CHECKS_MAX];
    uint32_t count;
};

static bool differs(const struct mutant_mask *entry, uint32_t component)
{
    return guest_mask_has(entry->mask, component);
}

static uint32_t kills_added(const struct choice *choice, uint32_t component)
{
    uint32_t added = 0;
    for (uint32_t i = 0; i < choice->judgement->count; i++)
        added += choice->wanted[i] && !choice->killed[i] &&
                 differs(&choice->judgement->masks[i], component);
    return added;
}

static bool is_chosen(const struct choice *choice, uint32_t component)
{
    for (uint32_t i = 0; i < choice->count; i++)
        if (choice->chosen[i] == component)
            return true;
    return false;
}

static void add(struct choice *choice, uint32_t component)
{
    if (choice->count == CHECKS_MAX || is_chosen(choice, component))
        return;
    choice->chosen[choice->count++] = component;
    for (uint32_t i = 0; i < choice->judgement->count; i++)
        choice->killed[i] |= differs(&choice->judgement->masks[i], component);
}

/* Whoever does not end is noticed whatever is asserted. */
static void find_endless(struct choice *choice)
{
    for (uint32_t i = 0; i < choice->judgement->count; i++)
        choice->killed[i] = differs(&choice->judgement->masks[i], choice->observation->count);
}

/* Only what the chosen checks notice is claimed. */
static void take_kills(struct arena *arena, const struct choice *choice, struct trial *test)
{
    uint32_t *kills = arena_alloc(arena, (choice->judgement->count + 1) * sizeof *kills);
    test->kill_count = 0;
    for (uint32_t i = 0; i < choice->judgement->count; i++)
        if (choice->killed[i])
            kills[test->kill_count++] = choice->judgement->masks[i].mutant;
    test->kills = kills;
}

static bool can_check(const struct choice *choice, uint32_t component)
{
    return oracle_can_check(choice->program, &choice->observation->components[component]);
}

/* Says nothing but that the call came back. */
static bool is_silent(const struct component *component)
{
    return component->kind == COMPONENT_VALUE && component->view->kind == VALUE_NONE;
}

/* What happened because of the act: its result, what it raised, changed and printed. */
static bool is_outcome(const struct component *component, uint32_t act)
{
    switch (component->kind) {
    case COMPONENT_RAISES:
    case COMPONENT_STDOUT:
        return true;
    case COMPONENT_VALUE:
    case COMPONENT_ARGUMENT:
        return component->statement == act && !is_silent(component);
    case COMPONENT_ATTRIBUTE:
    case COMPONENT_EFFECT:
        break;
    }
    return false;
}

static void add_outcome(struct choice *choice)
{
    uint32_t act = program_act(choice->program);
    for (uint32_t i = 0; i < choice->observation->count; i++)
        if (can_check(choice, i) && is_outcome(&choice->observation->components[i], act))
            add(choice, i);
}

/* The attributes of what a constructor made are its result. */
static void add_made(struct choice *choice)
{
    uint32_t act = program_act(choice->program);
    const struct statement *statement = &choice->program->statements[act];
    if (statement->kind != STATEMENT_CALL ||
        choice->subject->callables[statement->callable].kind != CALLABLE_CONSTRUCTOR)
        return;
    for (uint32_t i = 0; i < choice->observation->count; i++) {
        const struct component *component = &choice->observation->components[i];
        if (component->kind == COMPONENT_ATTRIBUTE && component->statement == act &&
            can_check(choice, i))
            add(choice, i);
    }
}

/* Whatever adds most kills, until nothing adds any. */
static void add_killers(struct choice *choice)
{
    while (choice->count < CHECKS_MAX) {
        uint32_t best = 0, most = 0;
        for (uint32_t i = 0; i < choice->observation->count; i++) {
            uint32_t added = can_check(choice, i) ? kills_added(choice, i) : 0;
            if (added > most) {
                most = added;
                best = i;
            }
        }
        if (most == 0)
            return;
        add(choice, best);
    }
}

/* A test of something silent looks at what is left behind, or at least at the silence. */
static void add_any(struct choice *choice)
{
    enum { LEFT_BEHIND_MAX = 4 };

    for (uint32_t i = 0; i < choice->observation->count && choice->count < LEFT_BEHIND_MAX; i++)
        if (can_check(choice, i) && !is_silent(&choice->observation->components[i]))
            add(choice, i);
    for (uint32_t i = 0; i < choice->observation->count && choice->count == 0; i++)
        if (can_check(choice, i))
            add(choice, i);
}

/* What a maker of records makes equals an expression that looks just like the call under test; so
 * its fields are looked at one by one. */
static bool is_record_made(const struct choice *choice, const struct component *component)
{
    if (component->kind != COMPONENT_VALUE || !value_is_special(component->view, "make") ||
        component->view->count != 4 || component->view->items[3]->count == 0)
        return false;
    const struct statement *statement = &choice->program->statements[component->statement];
    return statement->kind == STATEMENT_CALL &&
           choice->subject->callables[statement->callable].kind == CALLABLE_CONSTRUCTOR;
}

static uint32_t add_fields(struct check *checks, uint32_t count, const struct component *component)
{
    const struct value *fields = component->view->items[3];
    for (size_t i = 0; i + 1 < fields->count && count < CHECKS_MAX; i += 2) {
        struct component field = {.kind = COMPONENT_ATTRIBUTE,
                                  .statement = component->statement,
                                  .path = fields->items[i]->text,
                                  .view = fields->items[i + 1]};
        checks[count++] = (struct check){.kind = field.kind,
                                         .form = oracle_form(&field),
                                         .statement = field.statement,
                                         .path = field.path,
                                         .view = field.view};
    }
    return count;
}

static void take_checks(struct arena *arena, const struct choice *choice, struct trial *test)
{
    struct check *checks = arena_alloc(arena, CHECKS_MAX * sizeof *checks);
    uint32_t count = 0;
    for (uint32_t i = 0; i < choice->observation->count && count < CHECKS_MAX; i++) {
        const struct component *component = &choice->observation->components[i];
        if (!is_chosen(choice, i))
            continue;
        if (is_record_made(choice, component)) {
            count = add_fields(checks, count, component);
            continue;
        }
        checks[count++] = (struct check){.kind = component->kind,
                                         .form = oracle_form(component),
                                         .statement = component->statement,
                                         .path = component->path,
                                         .view = component->view};
    }
    test->checks = checks;
    test->check_count = count;
}

void oracle_choose(struct arena *arena, const struct subject *subject,
                   const struct program *program, const struct observation *observation,
                   const struct judgement *judgement, const bool *wanted, struct trial *test)
{
    struct choice choice = {.subject = subject,
                            .program = program,
                            .observation = observation,
                            .judgement = judgement,
                            .wanted = wanted};
    choice.killed = arena_alloc(arena, judgement->count + 1);
    find_endless(&choice);
    add_outcome(&choice);
    add_made(&choice);
    add_killers(&choice);
    if (choice.count == 0)
        add_any(&choice);
    take_checks(arena, &choice, test);
    take_kills(arena, &choice, test);
}
