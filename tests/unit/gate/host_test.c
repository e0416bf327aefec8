#include "gate/host.h"

#include "base/mem.h"
#include "tests/test.h"

static void check_good(const char *text, const char *name)
{
    struct gate_host host;
    const char *why = gate_host_read(str_from(text), &host);
    CHECK_TEXT(why != NULL ? why : "good", "good");
    CHECK_TEXT(host.name, name);
}

static void check_bad(struct str text, const char *part)
{
    struct gate_host host;
    const char *why = gate_host_read(text, &host);
    CHECK(why != NULL);
    CHECK_CONTAINS(why, part);
}

TEST(a_name_is_compared_in_small_letters_and_without_its_last_dot)
{
    check_good("pypi.org", "pypi.org");
    check_good("PyPI.Org.", "pypi.org");
    check_good("a-b.xn--bcher-kva.example", "a-b.xn--bcher-kva.example");
    check_good("1.2.3.example", "1.2.3.example");
    check_good("localhost", "localhost");
}

TEST(no_spelling_of_an_address_is_a_name)
{
    static const char *const addresses[] = {
        "127.0.0.1",  "127.1",        "2130706433", "0x7f000001", "0x7f.0.0.1",
        "0177.0.0.1", "017700000001", "127.0.0.1.", "[::1]",      "[::ffff:127.0.0.1]",
        "1.2.3.4.5",  "0X7F.1",
    };
    for (size_t i = 0; i < COUNT_OF(addresses); i++)
        check_bad(str_from(addresses[i]), "address");
}

TEST(what_is_no_plain_name_is_refused)
{
    static const char *const texts[] = {
        "evil.com#pypi.org",
        "pypi.org@evil.com",
        "pypi.org/evil",
        "pypi.org\\evil.com",
        "pypi..org",
        ".pypi.org",
        "pypi.org..",
        "-pypi.org",
        "pypi-.org",
        "pypi_org.x",
        ("b\xc3\xbc" /* a name in two parts, or the escape would go on */
         "cher.example"),
        "pypi.org:443",
        "pypi.org%00",
        "pypi org",
        "*.pypi.org",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        check_bad(str_from(texts[i]), "name");
    check_bad(STR(""), "no name");
    check_bad(STR("."), "no name");
    check_bad(STR("pypi.org\0.evil.com"), "letters");
    char longest[300];
    memset(longest, 'a', sizeof longest);
    check_bad(str_of(longest, 254), "too long");
    check_bad(str_of(longest, 64), "too long");
}

static bool fits(const char *name, const char *pattern)
{
    struct gate_host host;
    return gate_host_read(str_from(name), &host) == NULL && gate_host_fits(&host, pattern);
}

TEST(a_pattern_fits_its_own_names_alone)
{
    CHECK(fits("pypi.org", "pypi.org"));
    CHECK(fits("a.example.com", "*.example.com") && fits("a.b.example.com", "*.example.com"));
    CHECK(!fits("example.com", "*.example.com"));
    CHECK(!fits("notexample.com", "*.example.com"));
    CHECK(!fits("pypi.org.evil.com", "pypi.org"));
    CHECK(!fits("evilpypi.org", "pypi.org"));
    CHECK(!fits("files.pypi.org", "pypi.org"));
}

TEST(a_pattern_is_written_as_it_is_compared)
{
    CHECK(gate_pattern_check("*.example.com") == NULL && gate_pattern_check("pypi.org") == NULL);
    static const char *const bad[] = {"*",        "*.",        "*.*.x.org", "a.*.org",
                                      "PyPI.org", "pypi.org.", "10.0.0.1",  "*.1"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(gate_pattern_check(bad[i]) != NULL);
}
