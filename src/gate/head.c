#include "gate/head.h"

#include <strings.h>

#include "base/text.h"

enum { BAD_REQUEST = 400, FORBIDDEN = 403, NOT_THIS_WAY = 405 };

static const struct str end = {"\r\n\r\n", 4};

size_t gate_head_length(struct str bytes)
{
    const char *found = memmem(bytes.ptr, bytes.len, end.ptr, end.len);
    return found == NULL ? 0 : (size_t)(found - bytes.ptr) + end.len;
}

/* Tabs apart, no control byte may stand in a line: a lone CR or LF would be a line to others. */
static bool is_clean(struct str line)
{
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static bool take_line(struct str *rest, struct str *ret_line)
{
    const char *found = memmem(rest->ptr, rest->len, "\r\n", 2);
    if (found == NULL)
        return false;
    *ret_line = str_of(rest->ptr, (size_t)(found - rest->ptr));
    *rest = str_skip(*rest, ret_line->len + 2);
    return true;
}

/* "NAME:443", from the last colon on, so that [::1]:443 is told as what it is. */
static const char *read_target(struct str target, struct gate_request *ret)
{
    size_t colon = target.len;
    while (colon > 0 && target.ptr[colon - 1] != ':')
        colon--;
    if (colon == 0)
        return "the target has no port";
    const char *why = gate_host_read(str_of(target.ptr, colon - 1), &ret->host);
    if (why != NULL)
        return why;
    int64_t port;
    struct str text = str_skip(target, colon);
    if (text.len > 5 || !text_read_count(text, &port) || port < 1 || port > 65535)
        return "the target has no port";
    ret->port = (uint16_t)port;
    return port == 443 ? NULL : "only port 443 is let through";
}

static const char *read_first(struct str line, struct gate_request *ret, int *ret_status)
{
    struct str method = {}, target = {};
    if (!str_take_until(&line, ' ', &method) || !str_take_until(&line, ' ', &target)) {
        *ret_status = BAD_REQUEST;
        return "it is no request";
    }
    if (!str_is(method, "CONNECT")) {
        *ret_status = NOT_THIS_WAY;
        return "only https is let through, by CONNECT";
    }
    if (!str_is(line, "HTTP/1.1") && !str_is(line, "HTTP/1.0")) {
        *ret_status = BAD_REQUEST;
        return "it is no request of HTTP/1";
    }
    *ret_status = FORBIDDEN;
    return read_target(target, ret);
}

static bool name_is(struct str name, const char *word)
{
    return name.len == strlen(word) && strncasecmp(name.ptr, word, name.len) == 0;
}

/* The same host with the same port, or with none. */
static bool is_same_host(struct str value, const struct gate_request *request)
{
    struct gate_request other = {};
    if (str_has(value, ':'))
        return read_target(value, &other) == NULL && other.port == request->port &&
               strcmp(other.host.name, request->host.name) == 0;
    return gate_host_read(value, &other.host) == NULL &&
           strcmp(other.host.name, request->host.name) == 0;
}

static const char *check_field(struct str line, const struct gate_request *request)
{
    struct str name;
    if (!str_has(line, ':') || !str_take_until(&line, ':', &name) || name.len == 0 ||
        name.ptr[0] == ' ' || name.ptr[0] == '\t' || name.ptr[name.len - 1] == ' ' ||
        name.ptr[name.len - 1] == '\t')
        return "a header line is none";
    struct str value = str_trim(line);
    if (name_is(name, "host") && !is_same_host(value, request))
        return "Host names another host than the target";
    if (name_is(name, "transfer-encoding") ||
        (name_is(name, "content-length") && !str_is(value, "0")))
        return "a CONNECT has no body";
    return NULL;
}

const char *gate_head_read(struct str head, struct gate_request *ret_request, int *ret_status)
{
    struct str line;
    *ret_request = (struct gate_request){};
    *ret_status = BAD_REQUEST;
    if (!take_line(&head, &line) || !is_clean(line))
        return "it is no request";
    const char *why = read_first(line, ret_request, ret_status);
    if (why != NULL)
        return why;
    *ret_status = BAD_REQUEST;
    while (take_line(&head, &line) && line.len > 0) {
        why = is_clean(line) ? check_field(line, ret_request) : "a header line is none";
        if (why != NULL)
            return why;
    }
    return NULL;
}
