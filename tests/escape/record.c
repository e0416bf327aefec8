#include "tests/escape/record.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "sys/fd.h"

enum { ATTACKS_MAX = 1024, LAYERS_MAX = 128, TEXT_MAX = 1 << 20 };

struct control_record {
    bool seen[2]; /* with the layers, without them */
    enum outcome outcome[2];
};

static int of_ways[ATTACKS_MAX][OUTCOME_SILENT + 1];
static struct control_record of_controls[ATTACKS_MAX];
static struct control_record of_layers[LAYERS_MAX];

static const struct {
    const char *word, *probe, *without, *sentence;
} layers[] = {

#define LAYER(name, word, probe, without, sentence) {word, #probe, without, sentence},
#include "sys/layers.def"
};

void record_way(const struct attack *attack, enum outcome outcome)
{
    of_ways[attack - attacks][outcome]++;
}

static void note(struct control_record *record, bool without, enum outcome outcome)
{
    record->seen[without] = true;
    record->outcome[without] = outcome;
}

void record_control(const struct attack *attack, bool layers_off, enum outcome outcome)
{
    note(&of_controls[attack - attacks], layers_off, outcome);
}

void record_layer(const char *word, bool left_out, enum outcome outcome)
{
    for (size_t i = 0; i < COUNT_OF(layers); i++)
        if (strcmp(layers[i].word, word) == 0)
            note(&of_layers[i], left_out, outcome);
}

static const char *said(const struct control_record *record, bool without)
{
    return record->seen[without] ? outcome_word(record->outcome[without]) : "–";
}

static void add_attack(struct buf *out, int index)
{
    const struct attack *attack = &attacks[index];
    const int *count = of_ways[index];
    int tried = 0;
    for (int i = 0; i <= OUTCOME_SILENT; i++)
        tried += count[i];
    const char *note = attack_note(attack);
    bool guest = attack->control == CONTROL_GUEST && !of_controls[index].seen[1];
    buf_printf(out, "| `%s` | %s | %s | %d of %d | %s | %s | %s |\n", attack->name, attack->numbers,
               attack->sentence, count[OUTCOME_HELD], tried,
               attack->layers[0] != '\0' ? attack->layers : "–",
               guest ? "in the virtual machine" : said(&of_controls[index], true),
               note != NULL ? note : "");
}

static void add_layer(struct buf *out, size_t i)
{
    const char *by = layer_shown_by(layers[i].word);
    bool none = strcmp(layers[i].probe, "none") == 0;
    buf_printf(out, "| `%s` | %s | %s%s%s | %s | %s | %s |\n", layers[i].word, layers[i].sentence,
               none ? "" : "`",
               none ? (by != NULL ? by : "several attacks, above") : layers[i].probe,
               none ? "" : "`", said(&of_layers[i], false), said(&of_layers[i], true),
               layers[i].without[0] != '\0' ? layers[i].without : "–");
}

bool record_write(const char *path, struct error *err)
{
    auto_buf struct buf out;
    buf_init(&out, TEXT_MAX);
    buf_add_text(
        &out, "# Attacks\n\n"
              "Written by `make attacks-doc`, from a run; not by hand. `tests/escape/README.md` "
              "says how the suite works.\n\n"
              "*Held*: in how many of the ways into a box the attack came to nothing. The rest "
              "does not exist that way; the last column says why. *Without*: what came of it "
              "with all the layers left out that stop it, in namespaces that are thrown away.\n\n"
              "Ways:");
    for (int i = 0; i < way_count; i++)
        buf_printf(&out, "%s %s (%s)", i > 0 ? ";" : "", ways[i].sentence, ways[i].name);
    buf_add_text(&out,
                 ".\n\n| attack | item | what it does | held | stopped by | without | remark |\n"
                 "|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < attack_count; i++)
        add_attack(&out, i);
    buf_add_text(&out, "\n## Items answered elsewhere\n\n");
    for (int i = 0; i < item_count; i++)
        buf_printf(&out, "- %d: %s\n", items[i].number, items[i].text);
    buf_add_text(&out,
                 "\n## Layers, one by one\n\n"
                 "Each shown alone: with only *others left out* (which would answer first, or "
                 "which the kernel does not allow without it), then with it left out too.\n\n"
                 "| layer | what it is | shown by | with | without | others left out |\n"
                 "|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < COUNT_OF(layers); i++)
        add_layer(&out, i);
    auto_close int fd = fd_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0644, err);
    return fd >= 0 && !out.over && fd_write_all(fd, buf_str(&out), err);
}

bool record_is_complete(const char *path, struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, TEXT_MAX);
    if (!fd_read_file(AT_FDCWD, path, &text, err))
        return false;
    for (int i = 0; i < attack_count; i++) {
        auto_free char *start = mem_text("\n| `%s` |", attacks[i].name);
        if (strstr(text.data, start) == NULL)
            return error_set(err, ERROR_INPUT, "%s has no line for %s: make attacks-doc", path,
                             attacks[i].name);
    }
    return true;
}
