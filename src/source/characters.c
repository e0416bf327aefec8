#include "source/characters.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static const struct character_text texts[CHARACTER_RULE_COUNT] = {
    [CHARACTER_DIRECTION] =
        {
            .what = {.rule = "hidden-direction",
                     .message = "a hidden character turns the direction of writing: what is shown "
                                "is not what is run",
                     .severity = SEVERITY_HIGH,
                     .confidence = SEVERITY_HIGH,
                     .cwe = 1007},
            .why = "Editors and reviews show the characters between two such marks in another "
                   "order than they are run in: a comment can look like code, and code like one.",
            .fix = "Take the marks out; where a text needs them, write them as escapes.",
        },
    [CHARACTER_HIDDEN] =
        {
            .what = {.rule = "hidden-character",
                     .message = "a character that shows nothing: what is run has more than can be "
                                "seen",
                     .severity = SEVERITY_MEDIUM,
                     .confidence = SEVERITY_MEDIUM,
                     .cwe = 1007},
            .why = "Two names that look the same can differ by it, and a text can carry what "
                   "nobody sees.",
            .fix = "Take it out; where a text needs it, write it as an escape.",
        },
    [CHARACTER_MIXED] =
        {
            .what = {.rule = "mixed-alphabets",
                     .message = "a word in which a letter of another alphabet looks like a Latin "
                                "one: it is another word",
                     .severity = SEVERITY_MEDIUM,
                     .confidence = SEVERITY_MEDIUM,
                     .cwe = 1007},
            .why = "A function or variable of that name is another one than it seems to be.",
            .fix = "Write the word in one alphabet.",
        },
};

const char *character_rule_id(enum character_rule rule)
{
    return texts[rule].what.rule;
}

const struct character_text *character_rule_text(enum character_rule rule)
{
    return &texts[rule];
}

/* ---- characters ------------------------------------------------------------------------------ */

/* Embeddings, overrides and isolates; marks of single letters are everyday in some languages. */
static bool turns_writing(uint32_t point)
{
    return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

/* Fillers and blanks without width. Joiners are left out: emoji and some scripts need them; a byte
 * order mark is none at the start. */
static bool shows_nothing(uint32_t point, size_t at)
{
    return point == 0x3164 || point == 0xffa0 || point == 0x115f || point == 0x1160 ||
           point == 0x200b || point == 0x2060 || point == 0x180e || point == 0x00ad ||
           (point == 0xfeff && at > 0) || (point >= 0xe0000 && point <= 0xe007f);
}

/* Cyrillic and Greek letters that look like a Latin one. */
static bool looks_latin(uint32_t point)
{
    static const uint16_t points[] = {
        0x0430, 0x0435, 0x043e, 0x0440, 0x0441, 0x0443, 0x0445, 0x0456, 0x0458, 0x0455, 0x04bb,
        0x0501, 0x051b, 0x0410, 0x0412, 0x0415, 0x041a, 0x041c, 0x041d, 0x041e, 0x0420, 0x0421,
        0x0422, 0x0425, 0x0406, 0x0408, 0x0405, 0x03bf, 0x0391, 0x0392, 0x0395, 0x0396, 0x0397,
        0x0399, 0x039a, 0x039c, 0x039d, 0x039f, 0x03a1, 0x03a4, 0x03a5, 0x03a7,
    };
    for (size_t i = 0; i < COUNT_OF(points); i++)
        if (points[i] == point)
            return true;
    return false;
}

static bool is_ascii_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word_byte(char c)
{
    return is_ascii_letter(c) || c == '_' || (c >= '0' && c <= '9');
}

/* ---- words ----------------------------------------------------------------------------------- */

struct word {
    size_t start;
    bool latin, strange, other; /* has such letters; other: of its own alphabet, beyond doubt */
};

/* A word of Latin letters in which the others only look so: раypal, but neither привет nor Δx. */
static bool is_mixed(const struct word *word)
{
    return word->latin && word->strange && !word->other;
}

/* ---- telling --------------------------------------------------------------------------------- */

struct finder {
    struct source_findings *findings;
    uint32_t off;
    size_t told[CHARACTER_RULE_COUNT]; /* where the last one ended, or 0 */
};

/* A line that hides something does so with several characters, and is told of once. */
static bool is_told(struct finder *f, enum character_rule rule, size_t start, size_t end)
{
    size_t last = f->told[rule];
    f->told[rule] = end;
    return last > 0 && rule != CHARACTER_MIXED &&
           memchr(f->findings->text->bytes.ptr + last, '\n', start - last) == NULL;
}

static void tell(struct finder *f, enum character_rule rule, size_t start, size_t end)
{
    struct finding one = texts[rule].what;
    if ((f->off & 1u << rule) == 0 && !is_told(f, rule, start, end))
        source_findings_add(f->findings, &one, (uint32_t)start, (uint32_t)end);
}

static void meet(struct finder *f, struct word *word, uint32_t point, size_t at, size_t length)
{
    if (turns_writing(point))
        tell(f, CHARACTER_DIRECTION, at, at + length);
    else if (shows_nothing(point, at))
        tell(f, CHARACTER_HIDDEN, at, at + length);
    bool foreign = point >= 0x370 && point <= 0x52f;
    word->strange = word->strange || looks_latin(point);
    word->other = word->other || (foreign && !looks_latin(point));
}

/* Most sources have no byte of that kind at all. */
static bool is_ascii(struct str bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if ((unsigned char)bytes.ptr[i] >= 0x80)
            return false;
    return true;
}

void source_characters_find(struct source_findings *findings, uint32_t off)
{
    struct finder f = {.findings = findings, .off = off};
    struct str bytes = findings->text->bytes;
    struct word word = {};
    size_t length;
    if (is_ascii(bytes))
        return;
    for (size_t at = 0; at <= bytes.len; at += length) {
        char c = at < bytes.len ? bytes.ptr[at] : ' ';
        uint32_t point = 0;
        length = (unsigned char)c >= 0x80 ? utf8_read(str_skip(bytes, at), &point) : 0;
        if (length > 0)
            meet(&f, &word, point, at, length);
        word.latin = word.latin || is_ascii_letter(c);
        bool in_word = is_word_byte(c) || (point >= 0x370 && point <= 0x52f);
        if (!in_word && is_mixed(&word))
            tell(&f, CHARACTER_MIXED, word.start, at);
        length = length > 0 ? length : 1;
        if (!in_word)
            word = (struct word){.start = at + length};
    }
}
