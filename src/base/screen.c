#include "base/screen.h"

#include "base/mem.h"
#include "base/utf8.h"

enum {
    ESC = 0x1b,
    BELL = 0x07,
    SHIFT_OUT = 0x0e,
    SHIFT_IN = 0x0f,
    CANCEL = 0x18,
    SUBSTITUTE = 0x1a,
};

enum {
    LOOSE_COLOURS = 1 << 0,
    LOOSE_CHARACTERS = 1 << 1,
    LOOSE_KEYPAD = 1 << 2,
    LOOSE_REGION = 1 << 3,
    LOOSE_CURSOR = 1 << 4,
    LOOSE_INSERT = 1 << 5,
};

static const struct {
    unsigned number;
    bool at_rest;
} modes[] = {

#define MODE(number, at_rest) {number, at_rest},
#include "base/screen_modes.def"
#undef MODE
};

_Static_assert(COUNT_OF(modes) <= 32, "a bit each");

/* ---- ESC [ ... ------------------------------------------------------------------------------ */

/* "?1;25h": its parts. */
struct control {
    char prefix; /* one of <=>?, or 0 */
    struct str parameters, middle;
    char last;
};

static struct control take_apart(struct str text)
{
    struct control control = {.last = text.ptr[text.len - 1]};
    text.len--;
    if (text.len > 0 && text.ptr[0] >= '<' && text.ptr[0] <= '?') {
        control.prefix = text.ptr[0];
        text = str_skip(text, 1);
    }
    size_t length = 0;
    while (length < text.len && text.ptr[length] >= '0' && text.ptr[length] <= '?')
        length++;
    control.parameters = str_of(text.ptr, length);
    control.middle = str_skip(text, length);
    return control;
}

static bool parameters_are_plain(struct str parameters)
{
    for (size_t i = 0; i < parameters.len; i++)
        if (parameters.ptr[i] > ';')
            return false;
    return true;
}

static bool read_number(struct str text, unsigned *ret_number)
{
    unsigned number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || number > 9999)
            return false;
        number = number * 10 + (unsigned)(text.ptr[i] - '0');
    }
    *ret_number = number;
    return text.len > 0;
}

static int mode_of(struct str text)
{
    unsigned number;
    if (!read_number(text, &number))
        return -1;
    for (size_t i = 0; i < COUNT_OF(modes); i++)
        if (modes[i].number == number)
            return (int)i;
    return -1;
}

/* All of them are known, or none is switched. */
static bool switch_modes(struct screen *screen, struct str parameters, bool on)
{
    uint32_t touched = 0, changed = 0;
    struct str piece;
    while (str_take_until(&parameters, ';', &piece)) {
        int mode = mode_of(piece);
        if (mode < 0)
            return false;
        touched |= UINT32_C(1) << mode;
        if (on != modes[mode].at_rest)
            changed |= UINT32_C(1) << mode;
    }
    screen->modes = (screen->modes & ~touched) | changed;
    return touched != 0;
}

/* 3 erases what was on the screen before the program came. */
static bool erases_the_past(struct str parameters)
{
    unsigned number;
    struct str piece;
    while (str_take_until(&parameters, ';', &piece))
        if (piece.len > 0 && (!read_number(piece, &number) || number > 2))
            return true;
    return false;
}

static bool plain_passes(struct screen *screen, const struct control *control)
{
    switch (control->last) {
    case 'm':
        screen->loose |= LOOSE_COLOURS;
        return true;
    case 'r':
        screen->loose |= LOOSE_REGION;
        return true;
    case 'J':
        return !erases_the_past(control->parameters);
    case 'T': /* with more parameters it follows the mouse */
        return !str_has(control->parameters, ';');
    case 's': /* with parameters these are others */
    case 'u':
        return control->parameters.len == 0;
    case 'h':
    case 'l':
        screen->loose |= str_is(control->parameters, "4") ? LOOSE_INSERT : 0;
        return str_is(control->parameters, "4");
    default:
        return str_has(STR("@ABCDEFGHIKLMPSXZ`abdef"), control->last);
    }
}

static bool control_passes(struct screen *screen, const struct control *control)
{
    if (!parameters_are_plain(control->parameters))
        return false;
    if (control->middle.len > 0) {
        bool is_cursor = str_is(control->middle, " ") && control->last == 'q';
        screen->loose |= is_cursor ? LOOSE_CURSOR : 0;
        return control->prefix == 0 &&
               (is_cursor || (str_is(control->middle, "!") && control->last == 'p'));
    }
    if (control->prefix == 0)
        return plain_passes(screen, control);
    if (control->prefix != '?')
        return false;
    if (control->last == 'h' || control->last == 'l')
        return switch_modes(screen, control->parameters, control->last == 'h');
    return control->last == 'K' || (control->last == 'J' && !erases_the_past(control->parameters));
}

/* ---- ESC ... -------------------------------------------------------------------------------- */

static bool escape_passes(struct screen *screen, struct str text)
{
    char first = text.ptr[0];
    if (text.len == 1) {
        screen->loose |= first == '=' ? LOOSE_KEYPAD : 0;
        return str_has(STR("78DEM=>"), first);
    }
    if (text.len != 2)
        return false;
    if (first == '#')
        return str_has(STR("34568"), text.ptr[1]);
    screen->loose |= LOOSE_CHARACTERS;
    return str_has(STR("()*+"), first) && str_has(STR("0AB"), text.ptr[1]);
}

/* ---- byte by byte --------------------------------------------------------------------------- */

static void hold(struct screen *screen, unsigned char byte)
{
    if (screen->held_count < sizeof screen->held)
        screen->held[screen->held_count] = (char)byte;
    screen->held_count++;
}

static void begin(struct screen *screen, enum screen_state state)
{
    screen->state = state;
    screen->held_count = 0;
}

/* What is held was judged without its ESC, and ESC [. */
static void end_sequence(struct screen *screen, struct buf *out)
{
    struct str text = str_of(screen->held, screen->held_count);
    bool passes = false;
    bool is_control = screen->state == SCREEN_CONTROL;
    if (text.len > 0 && text.len <= sizeof screen->held) {
        struct control control = take_apart(text);
        passes = is_control ? control_passes(screen, &control) : escape_passes(screen, text);
    }
    if (passes) {
        buf_add_text(out, is_control ? "\x1b[" : "\x1b");
        buf_add_str(out, text);
    }
    begin(screen, SCREEN_TEXT);
}

static void add_unreadable(struct buf *out)
{
    char bytes[UTF8_MAX];
    buf_add(out, bytes, utf8_write(UTF8_REPLACEMENT, bytes));
}

static void show_control(struct screen *screen, unsigned char byte, struct buf *out)
{
    if (byte == ESC)
        begin(screen, SCREEN_ESCAPE);
    else if (byte >= BELL && byte <= SHIFT_IN)
        buf_add_byte(out, (char)byte);
    if (byte == SHIFT_OUT)
        screen->loose |= LOOSE_CHARACTERS;
}

static size_t whole_length(unsigned char first)
{
    return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
}

static void show_text(struct screen *screen, unsigned char byte, struct buf *out);

/* A byte above ASCII, or one that shows that what is held will never be a character. */
static void show_far(struct screen *screen, unsigned char byte, struct buf *out)
{
    bool goes_on = (byte & 0xc0) == 0x80;
    if (screen->held_count > 0 && !goes_on) {
        add_unreadable(out);
        screen->held_count = 0;
        show_text(screen, byte, out);
        return;
    }
    if (screen->held_count == 0 && (goes_on || byte < 0xc2 || byte > 0xf4)) {
        add_unreadable(out);
        return;
    }
    hold(screen, byte);
    if (screen->held_count < whole_length((unsigned char)screen->held[0]))
        return;
    struct str text = str_of(screen->held, screen->held_count);
    uint32_t point;
    if (utf8_read(text, &point) == text.len && !utf8_is_active(point))
        buf_add_str(out, text);
    else
        add_unreadable(out);
    screen->held_count = 0;
}

static void show_text(struct screen *screen, unsigned char byte, struct buf *out)
{
    if (screen->held_count > 0 || byte >= 0x80)
        show_far(screen, byte, out);
    else if (byte < 0x20)
        show_control(screen, byte, out);
    else if (byte != 0x7f)
        buf_add_byte(out, (char)byte);
}

static void show_after_escape(struct screen *screen, unsigned char byte, struct buf *out)
{
    if (byte == '[')
        begin(screen, SCREEN_CONTROL);
    else if (str_has(STR("]PX^_"), (char)byte))
        begin(screen, SCREEN_STRING);
    else {
        hold(screen, byte);
        screen->state = SCREEN_ESCAPE_MIDDLE;
        if (byte >= 0x30)
            end_sequence(screen, out);
    }
}

/* Within a sequence: what does not belong there ends it, unshown, and counts for itself. */
static void show_in_sequence(struct screen *screen, unsigned char byte, struct buf *out)
{
    if (byte < 0x20 || byte >= 0x7f) {
        begin(screen, SCREEN_TEXT);
        show_text(screen, byte, out);
    } else if (screen->state == SCREEN_ESCAPE) {
        show_after_escape(screen, byte, out);
    } else {
        hold(screen, byte);
        if (byte >= (screen->state == SCREEN_CONTROL ? 0x40 : 0x30))
            end_sequence(screen, out);
    }
}

static void pass_over(struct screen *screen, unsigned char byte, struct buf *out)
{
    bool after_escape = screen->state == SCREEN_STRING_ESCAPE;
    if (byte == BELL || byte == CANCEL || byte == SUBSTITUTE || (after_escape && byte == '\\'))
        begin(screen, SCREEN_TEXT);
    else if (byte == ESC)
        screen->state = SCREEN_STRING_ESCAPE;
    else if (after_escape) {
        begin(screen, SCREEN_ESCAPE);
        show_in_sequence(screen, byte, out);
    }
}

void screen_show(struct screen *screen, struct str bytes, struct buf *out)
{
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.ptr[i];
        if (screen->state == SCREEN_TEXT)
            show_text(screen, byte, out);
        else if (screen->state == SCREEN_STRING || screen->state == SCREEN_STRING_ESCAPE)
            pass_over(screen, byte, out);
        else
            show_in_sequence(screen, byte, out);
    }
}

/* ---- afterwards ----------------------------------------------------------------------------- */

void screen_restore(struct screen *screen, struct buf *out)
{
    static const struct {
        uint32_t loose;
        const char *text;
    } rows[] = {
        /* the whole screen scrolls again; that moves the cursor, so it is kept */
        {LOOSE_REGION, "\x1b"
                       "7\x1b[r\x1b"
                       "8"},
        {LOOSE_COLOURS, "\x1b[0m"},
        {LOOSE_CHARACTERS, "\x0f\x1b(B"},
        {LOOSE_KEYPAD, "\x1b>"},
        {LOOSE_CURSOR, "\x1b[0 q"},
        {LOOSE_INSERT, "\x1b[4l"},
    };

    for (size_t i = 0; i < COUNT_OF(modes); i++)
        if ((screen->modes & UINT32_C(1) << i) != 0)
            buf_printf(out, "\x1b[?%u%c", modes[i].number, modes[i].at_rest ? 'h' : 'l');
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if ((screen->loose & rows[i].loose) != 0)
            buf_add_text(out, rows[i].text);
    *screen = (struct screen){};
}
