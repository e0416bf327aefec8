#include "gate/head.h"

#include "base/mem.h"
#include "tests/test.h"

#define END "\r\n\r\n"

TEST(a_connect_to_a_name_and_port_443_is_understood)
{
    static const char *const heads[] = {
        "CONNECT pypi.org:443 HTTP/1.1" END,
        "CONNECT PYPI.org.:443 HTTP/1.0" END,
        "CONNECT pypi.org:443 HTTP/1.1\r\nHost: pypi.org:443\r\nUser-Agent: pip/23 {\"x\": 1}" END,
        "CONNECT pypi.org:443 HTTP/1.1\r\nhost: PyPI.org\r\nContent-Length: 0" END,
    };
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        struct gate_request request;
        int status;
        const char *why = gate_head_read(str_from(heads[i]), &request, &status);
        CHECK_TEXT(why != NULL ? why : "good", "good");
        CHECK_TEXT(request.host.name, "pypi.org");
        CHECK_INT(request.port, 443);
    }
}

TEST(anything_else_is_refused_and_nothing_is_guessed)
{
    static const struct {
        struct str head;
        int status;
        const char *part;
    } rows[] = {
        {STR("GET http://pypi.org/ HTTP/1.1" END), 405, "CONNECT"},
        {STR("connect pypi.org:443 HTTP/1.1" END), 405, "CONNECT"},
        {STR("CONNECT pypi.org:80 HTTP/1.1" END), 403, "443"},
        {STR("CONNECT pypi.org:8443 HTTP/1.1" END), 403, "443"},
        {STR("CONNECT pypi.org:0443443 HTTP/1.1" END), 403, "no port"},
        {STR("CONNECT pypi.org:+443 HTTP/1.1" END), 403, "no port"},
        {STR("CONNECT pypi.org HTTP/1.1" END), 403, "no port"},
        {STR("CONNECT 127.0.0.1:443 HTTP/1.1" END), 403, "address"},
        {STR("CONNECT [::1]:443 HTTP/1.1" END), 403, "address"},
        {STR("CONNECT 0x7f.1:443 HTTP/1.1" END), 403, "address"},
        {STR("CONNECT 2130706433:443 HTTP/1.1" END), 403, "address"},
        {STR("CONNECT pypi.org@evil.com:443 HTTP/1.1" END), 403, "letters"},
        {STR("CONNECT evil.com#pypi.org:443 HTTP/1.1" END), 403, "letters"},
        {STR("CONNECT https://pypi.org:443 HTTP/1.1" END), 403, "letters"},
        {STR("CONNECT pypi.org:443  HTTP/1.1" END), 400, "HTTP/1"},
        {STR("CONNECT  pypi.org:443 HTTP/1.1" END), 400, "HTTP/1"},
        {STR("CONNECT pypi.org:443 HTTP/2" END), 400, "HTTP/1"},
        {STR("CONNECT pypi.org:443" END), 400, "no request"},
        {STR("PRI * HTTP/2.0" END), 405, "CONNECT"},
        {STR("CONNECT pypi.org:443 HTTP/1.1\r\nHost: evil.com" END), 400, "another host"},
        {STR("CONNECT pypi.org:443 HTTP/1.1\r\nHost: pypi.org:80" END), 400, "another host"},
        {STR("CONNECT pypi.org:443 HTTP/1.1\r\nHost: pypi.org\r\nHOST: evil.com" END), 400,
         "another host"},
        {STR("CONNECT pypi.org:443 HTTP/1.1\r\nHost:" END), 400, "another host"},
        {STR("CONNECT pypi.org:443 HTTP/1.1\r\nHost : evil.com" END), 400, "none"},
        {STR("CONNECT pypi.org:443 HTTP/1.1\r\n Host: evil.com" END), 400, "none"},
        {STR("CONNECT pypi.org:443 HTTP/1.1\r\nX: a\nHost: evil.com" END), 400, "none"},
        {STR("CONNECT pypi.org:443 HTTP/1.1\r\nX: a\rHost: evil.com" END), 400, "none"},
        {STR("CONNECT pypi.org:443 HTTP/1.1\r\nX: \0" END), 400, "none"},
        {STR("CONNECT pypi.org:443 HTTP/1.1\r\nbroken" END), 400, "none"},
        {STR("CONNECT pypi.org:443 HTTP/1.1\r\nContent-Length: 5" END), 400, "body"},
        {STR("CONNECT pypi.org:443 HTTP/1.1\r\nTransfer-Encoding: chunked" END), 400, "body"},
        {STR("CONNECT pypi.org:443\t HTTP/1.1" END), 403, "no port"},
        {STR("\r\n\r\n"), 400, "no request"},
        {STR("CONNECT pypi.org:443 HTTP/1.1\n\r\n\r\n"), 400, "no request"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gate_request request;
        int status = 0;
        const char *why = gate_head_read(rows[i].head, &request, &status);
        CHECK_CONTAINS(why != NULL ? why : rows[i].head.ptr, rows[i].part);
        CHECK_INT(status, rows[i].status);
    }
}

TEST(a_head_ends_with_an_empty_line)
{
    CHECK_INT(gate_head_length(STR("CONNECT a:443 HTTP/1.1\r\n")), 0);
    CHECK_INT(gate_head_length(STR("CONNECT a:443 HTTP/1.1\n\n")), 0);
    CHECK_INT(gate_head_length(STR("ab\r\n\r\ncd")), 6);
}
