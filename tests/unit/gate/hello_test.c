#include "gate/hello.h"

#include "base/mem.h"
#include "tests/test.h"
#include "tests/unit/gate/hello.h"

static enum gate_hello check(const struct hello_spec *spec, const char *host, const char **ret_why)
{
    auto_buf struct buf bytes;
    buf_init(&bytes, 65536);
    hello_write(spec, &bytes);
    return gate_hello_check(buf_str(&bytes), host, ret_why);
}

TEST(a_hello_that_names_the_host_is_good)
{
    const char *why;
    CHECK_INT(check(&(struct hello_spec){.name = "pypi.org"}, "pypi.org", &why), GATE_HELLO_GOOD);
    CHECK_INT(check(&(struct hello_spec){.name = "PyPI.ORG"}, "pypi.org", &why), GATE_HELLO_GOOD);
}

TEST(a_hello_may_come_in_small_records)
{
    const char *why;
    for (size_t size = 1; size < 80; size++)
        CHECK_INT(check(&(struct hello_spec){.name = "pypi.org", .record = size}, "pypi.org", &why),
                  GATE_HELLO_GOOD);
    CHECK_INT(check(&(struct hello_spec){.name = "evil.com", .record = 1}, "pypi.org", &why),
              GATE_HELLO_BAD);
}

TEST(another_name_none_two_or_a_hidden_one_is_refused)
{
    static const struct {
        struct hello_spec spec;
        const char *part;
    } rows[] = {
        {{.name = "evil.com"}, "another host"},
        {{.name = "pypi.org.evil.com"}, "another host"},
        {{.name = "pypi.org."}, "another host"},
        {{.name = "files.pypi.org"}, "another host"},
        {{.name = NULL}, "names no host"},
        {{.name = ""}, "names no host"},
        {{.name = "pypi.org", .second_name = "evil.com"}, "more than one"},
        {{.name = "pypi.org", .second_name = "pypi.org"}, "more than one"},
        {{.name = "pypi.org", .with_ech = true}, "ECH"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *why = NULL;
        CHECK_INT(check(&rows[i].spec, "pypi.org", &why), GATE_HELLO_BAD);
        CHECK_CONTAINS(why, rows[i].part);
    }
}

TEST(a_hello_that_is_not_whole_waits_for_more)
{
    auto_buf struct buf bytes;
    const char *why;
    buf_init(&bytes, 65536);
    hello_write(&(struct hello_spec){.name = "pypi.org"}, &bytes);
    for (size_t length = 0; length < bytes.len; length++)
        CHECK_INT(gate_hello_check(str_of(bytes.data, length), "pypi.org", &why), GATE_HELLO_MORE);
    CHECK_INT(check(&(struct hello_spec){.name = "pypi.org", .ends_early = true}, "pypi.org", &why),
              GATE_HELLO_MORE);
}

TEST(what_is_no_tls_is_refused_at_once)
{
    const char *why;
    CHECK_INT(gate_hello_check(STR("GET / HTTP/1.1\r\n"), "pypi.org", &why), GATE_HELLO_BAD);
    CHECK_CONTAINS(why, "TLS");
    CHECK_INT(gate_hello_check(STR("SSH-2.0-x\r\n"), "pypi.org", &why), GATE_HELLO_BAD);
    CHECK_INT(gate_hello_check(STR("\x16\x03\x01\x00\x00"), "pypi.org", &why), GATE_HELLO_BAD);
    CHECK_INT(gate_hello_check(STR("\x16\x02\x00\x00\x04"), "pypi.org", &why), GATE_HELLO_BAD);
    CHECK_INT(gate_hello_check(STR("\x16\x03\x01\x00\x04\x02\x00\x00\x00"), "pypi.org", &why),
              GATE_HELLO_BAD);
    CHECK_INT(gate_hello_check(STR("\x16\x03\x01\x00\x04\x01\xff\xff\xff"), "pypi.org", &why),
              GATE_HELLO_BAD);
}
