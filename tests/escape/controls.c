/*
 * Controls: without all the layers that stop it an attack must work, in surroundings that are
 * thrown away; with them it must not, in the same surroundings. And each layer alone, on and off.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/escape/controls.h"
#include "tests/escape/record.h"

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

static bool is_answered(int number)
{
    for (int i = 0; i < item_count; i++)
        if (items[i].number == number)
            return true;
    for (int i = 0; i < attack_count; i++) {
        struct str word, rest = str_from(attacks[i].numbers);
        while (str_take_until(&rest, ',', &word)) {
            int64_t found;
            if (text_read_count(str_trim(word), &found) && found == number)
                return true;
        }
    }
    return false;
}

bool controls_check_tables(struct error *err)
{
    static const struct {
        int first, last;
    } asked[] = {{1, 40}, {42, 46}, {48, 49}, {52, 52}, {54, 55}, {59, 60}, {80, 81}, {93, 95}};

    for (size_t i = 0; i < COUNT_OF(asked); i++)
        for (int number = asked[i].first; number <= asked[i].last; number++)
            if (!is_answered(number))
                return error_set(err, ERROR_INTERNAL, "item %d is not answered", number);
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

/* One trial that must come to the wanted end. */
struct look {
    const struct attack *attack;
    const char *layers_off;
    enum outcome wanted;
    const char *what;
    bool release;
};

static bool see(const struct outer_stage *stage, struct control_tally *tally,
                const struct look *look, enum outcome *ret_outcome)
{
    struct outer_report report;
    struct error err = {};
    bool ok = outer_play(stage, look->attack, way_of(look->attack), look->layers_off, look->release,
                         &report, &err);
    bool good = ok && report.outcome == look->wanted;
    *ret_outcome = ok ? report.outcome : OUTCOME_SILENT;
    tally->passed += good;
    tally->failed += !good;
    if (!good)
        printf("FAILED  control of %s, without \"%s\": %s: %s, should be %s (%s)\n",
               look->attack->name, look->layers_off, ok ? outcome_word(report.outcome) : "trouble",
               ok ? report.detail : err.text, outcome_word(look->wanted), look->what);
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
    struct look look = {attack, "", OUTCOME_HELD, "all layers in force", false};
    enum outcome outcome;
    bool held = see(stage, tally, &look, &outcome);
    record_control(attack, false, outcome);
    if (!held)
        return;
    look = (struct look){attack, attack->layers, OUTCOME_OPEN, "all its layers left out", false};
    (void)see(stage, tally, &look, &outcome);
    record_control(attack, true, outcome);
}

static void control_layer(const struct outer_stage *stage, struct control_tally *tally,
                          const struct layer_row *layer)
{
    const struct attack *attack = attack_find(layer->probe);
    if (attack == NULL || !is_played(stage, attack))
        return;
    auto_free char *off =
        mem_text("%s%s%s", layer->without, layer->without[0] != '\0' ? " " : "", layer->word);
    struct look look = {attack, layer->without, OUTCOME_HELD, layer->sentence, false};
    enum outcome outcome;
    bool held = see(stage, tally, &look, &outcome);
    record_layer(layer->word, false, outcome);
    if (!held)
        return;
    look = (struct look){attack, off, OUTCOME_OPEN, layer->sentence, false};
    (void)see(stage, tally, &look, &outcome);
    record_layer(layer->word, true, outcome);
}

/* Asked to leave out every layer there is, a release leaves out none. */
static void control_release(const struct outer_stage *stage, struct control_tally *tally)
{
    static const char *const chosen[] = {"call_ptrace", "own_users",  "no_capabilities",
                                         "terminal",    "host_files", "host_port"};
    auto_buf struct buf all;
    buf_init(&all, 8192);
    for (size_t k = 0; k < COUNT_OF(layers); k++)
        buf_printf(&all, "%s%s", k > 0 ? " " : "", layers[k].word);
    for (size_t i = 0; i < COUNT_OF(chosen); i++) {
        struct look look = {attack_find(chosen[i]), all.data, OUTCOME_HELD,
                            "a release build has no switches", true};
        enum outcome outcome;
        (void)see(stage, tally, &look, &outcome);
    }
}

/* And a test build leaves nothing out where ids are those of a real host. */
static void control_real_host(const struct outer_stage *stage, struct control_tally *tally)
{
    static struct trial trial;
    struct outside outside = *stage->host;
    struct error err = {};
    outside.layers_off = "seccomp";
    const struct attack *attack = attack_find("call_ptrace");
    bool refused = trial_play(&outside, attack, way_of(attack), &trial, &err) &&
                   trial.outcome == OUTCOME_SILENT &&
                   strstr(trial.detail, "this is a real host") != NULL;
    tally->passed += refused;
    tally->failed += !refused;
    if (!refused)
        printf("FAILED  layers can be left out on a real host: %s: %s\n",
               outcome_word(trial.outcome), trial.detail);
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
    if (only == NULL && stage->release != NULL)
        control_release(stage, tally);
    if (only == NULL && !stage->direct)
        control_real_host(stage, tally);
}
