#include "gate/host.h"

enum { LABEL_MAX = 63 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter_or_digit(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z');
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static const char *check_label(struct str label)
{
    if (label.len == 0)
        return "a part of the name is empty";
    if (label.len > LABEL_MAX)
        return "a part of the name is too long";
    for (size_t i = 0; i < label.len; i++)
        if (!is_letter_or_digit(label.ptr[i]) && label.ptr[i] != '-')
            return "a name has letters, digits, hyphens and dots alone";
    if (label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
        return "a part of the name begins or ends with a hyphen";
    return NULL;
}

/* 127.1, 0x7f.1, 2130706433, 0177.0.0.1: what a resolver takes for an address ends in a number. */
static bool is_number(struct str label)
{
    if (label.len >= 2 && label.ptr[0] == '0' && label.ptr[1] == 'x')
        return true;
    for (size_t i = 0; i < label.len; i++)
        if (!is_digit(label.ptr[i]))
            return false;
    return true;
}

static const char *check_labels(struct str name)
{
    struct str label = {};
    while (str_take_until(&name, '.', &label)) {
        const char *why = check_label(label);
        if (why != NULL)
            return why;
    }
    return is_number(label) ? "it is an address, and only names are let through" : NULL;
}

const char *gate_host_read(struct str text, struct gate_host *ret_host)
{
    if (text.len > 0 && text.ptr[text.len - 1] == '.')
        text.len--;
    if (text.len == 0 || text.len > GATE_HOST_MAX)
        return text.len == 0 ? "there is no name" : "the name is too long";
    if (text.ptr[0] == '[')
        return "it is an address, and only names are let through";
    if (text.ptr[text.len - 1] == '.')
        return "a part of the name is empty";
    for (size_t i = 0; i < text.len; i++)
        ret_host->name[i] = small(text.ptr[i]);
    ret_host->name[text.len] = '\0';
    return check_labels(str_of(ret_host->name, text.len));
}

bool gate_host_fits(const struct gate_host *host, const char *pattern)
{
    struct str name = str_from(host->name);
    if (pattern[0] != '*')
        return str_is(name, pattern);
    return name.len > strlen(pattern + 1) && str_ends(name, pattern + 1);
}

const char *gate_pattern_check(const char *pattern)
{
    struct gate_host host;
    struct str name = str_from(pattern);
    if (str_starts(name, "*."))
        name = str_skip(name, 2);
    const char *why = gate_host_read(name, &host);
    if (why != NULL)
        return why;
    return str_is(name, host.name) ? NULL
                                   : "names stand in small letters, without a dot at the end";
}
