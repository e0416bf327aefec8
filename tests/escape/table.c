/* The tables as arrays. */
#include <string.h>

#include "base/mem.h"
#include "tests/escape/escape.h"

const struct attack attacks[] = {
#define ATTACK(name, numbers, host, control, layers, sentence)                                     \
    {#name, numbers, #host, CONTROL_##control, layers, sentence},
#include "tests/escape/attacks.def"
};
const int attack_count = COUNT_OF(attacks);

static const struct {
    const char *name, *text;
} notes[] = {

#define NOTE(name, text) {#name, text},
#include "tests/escape/attacks.def"
    {"", ""},
};

const struct way ways[] = {
#define WAY(name, user, warm, sentence, ...)                                                       \
    {#name, sentence, warm, CALLER_##user, (const char *const[]){__VA_ARGS__, NULL}},
#include "tests/escape/ways.def"
};
const int way_count = COUNT_OF(ways);

static const struct {
    const char *layer, *text;
} shown[] = {

#define SHOWN(layer, text) {#layer, text},
#include "tests/escape/attacks.def"
};

const struct item items[] = {
#define ITEM(number, text) {number, text},
#include "tests/escape/attacks.def"
};
const int item_count = COUNT_OF(items);

const char *layer_shown_by(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(shown); i++)
        if (strcmp(shown[i].layer, word) == 0)
            return shown[i].text;
    return NULL;
}

const char *attack_note(const struct attack *attack)
{
    for (size_t i = 0; i < COUNT_OF(notes); i++)
        if (strcmp(notes[i].name, attack->name) == 0)
            return notes[i].text;
    return NULL;
}
