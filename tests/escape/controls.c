/*
 * Controls: without all the layers that stop it an attack must work, in surroundings that are
 * thrown away; with them it must not, in the same surroundings. And each layer alone, on and off.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/escape/controls.h"

static const struct layer_row {
    const char *word, *probe, *without, *sentence;
} layers[] = {

#define LAYER(name, word, probe, without, sentence) {word, #probe, without, sentence},
#include "sys/layers.def"
};

static const struct attack *attack_find(const char *name)
{
    for (int i = 0; i < attack_count; i++)
        if (strcmp(attacks[i].name, name) == 0)
            return &attacks[i];
    return NULL;
}

static const struct way *way_of(const struct attack *attack)
{
    const char *name = attack->control == CONTROL_PLAIN ? "user" : "root";
    for (int i = 0; i < way_count; i++)
        if (strcmp(ways[i].name, name) == 0)
            return &ways[i];
    return NULL;
}

static bool has_layer(struct str words, const char *wanted)
{
    struct str word;
    while (str_take_until(&words, ' ', &word))
        if (str_is(word, wanted))
            return true;
    return false;
}

bool controls_check_tables(struct error *err)
{
    for (int i = 0; i < attack_count; i++) {
        struct str word, rest = str_from(attacks[i].layers);
        while (str_take_until(&rest, ' ', &word)) {
            bool known = false;
            for (size_t k = 0; k < COUNT_OF(layers); k++)
                known = known || str_is(word, layers[k].word);
            if (!known)
                return error_set(err, ERROR_INTERNAL, "%s: there is no layer %.*s", attacks[i].name,
                                 (int)word.len, word.ptr);
        }
    }
    for (size_t k = 0; k < COUNT_OF(layers); k++) {
        bool none = strcmp(layers[k].probe, "none") == 0;
        if (!none && attack_find(layers[k].probe) == NULL)
            return error_set(err, ERROR_INTERNAL, "layer %s: there is no attack %s", layers[k].word,
                             layers[k].probe);
        bool named = !none || layer_shown_by(layers[k].word) != NULL;
        for (int i = 0; i < attack_count && !named; i++)
            named = has_layer(str_from(attacks[i].layers), layers[k].word);
        if (!named)
            return error_set(err, ERROR_INTERNAL, "layer %s: nothing shows it", layers[k].word);
    }
    return true;
}

static bool see(const struct outer_stage *stage, struct control_tally *tally,
                const struct attack *attack, const char *layers_off, enum outcome wanted,
                const char *what)
{
    struct outer_report report;
    struct error err = {};
    bool ok = outer_play(stage, attack, way_of(attack), layers_off, &report, &err);
    bool good = ok && report.outcome == wanted;
    tally->passed += good;
    tally->failed += !good;
    if (!good)
        printf("FAILED  control of %s, without \"%s\": %s%s%s, should be %s (%s)\n", attack->name,
               layers_off, ok ? outcome_word(report.outcome) : "trouble", ": ",
               ok ? report.detail : err.text, outcome_word(wanted), what);
    fflush(stdout);
    return good;
}

static bool is_played(const struct outer_stage *stage, const struct attack *attack)
{
    if (attack->control == CONTROL_NEVER)
        return false;
    return stage->direct || attack->control != CONTROL_GUEST;
}

static void skip(struct control_tally *tally, const struct attack *attack)
{
    tally->skipped++;
    const char *note = attack_note(attack);
    printf("skipped control of %s: %s\n", attack->name,
           attack->control == CONTROL_NEVER ? (note != NULL ? note : "it has none")
                                            : "only in a virtual machine");
}

/* The on-run comes first: a control that is open anyway would show nothing. */
static void control_attack(const struct outer_stage *stage, struct control_tally *tally,
                           const struct attack *attack)
{
    if (!is_played(stage, attack)) {
        skip(tally, attack);
        return;
    }
    if (see(stage, tally, attack, "", OUTCOME_HELD, "all layers in force"))
        (void)see(stage, tally, attack, attack->layers, OUTCOME_OPEN, "all its layers left out");
}

static void control_layer(const struct outer_stage *stage, struct control_tally *tally,
                          const struct layer_row *layer)
{
    const struct attack *attack = attack_find(layer->probe);
    if (attack == NULL || !is_played(stage, attack))
        return;
    auto_free char *off =
        mem_text("%s%s%s", layer->without, layer->without[0] != '\0' ? " " : "", layer->word);
    bool same = strcmp(off, attack->layers) == 0 && layer->without[0] == '\0';
    if (!same && see(stage, tally, attack, layer->without, OUTCOME_HELD, layer->sentence))
        (void)see(stage, tally, attack, off, OUTCOME_OPEN, layer->sentence);
}

void controls_play(const struct outer_stage *stage, const char *only, struct control_tally *tally)
{
    for (int i = 0; i < attack_count; i++)
        if (only == NULL || strstr(attacks[i].name, only) != NULL)
            control_attack(stage, tally, &attacks[i]);
    for (size_t k = 0; k < COUNT_OF(layers); k++)
        if (only == NULL || strstr(layers[k].word, only) != NULL ||
            strstr(layers[k].probe, only) != NULL)
            control_layer(stage, tally, &layers[k]);
}
