#include "gate/address.h"

#include "base/mem.h"
#include "tests/test.h"

static const char *refusal(const char *text)
{
    struct gate_address address;
    CHECK(gate_address_read(text, &address));
    return gate_address_refusal(&address);
}

TEST(addresses_that_lead_inside_are_refused)
{
    static const char *const rows[] = {
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.0.192",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
        "::ffff:a9fe:a9fe",
        "::127.0.0.1",
        "::ffff:0:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
        "2001:0:1::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "100::1",
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (refusal(rows[i]) == NULL)
            CHECK_TEXT(rows[i], "refused");
}

TEST(addresses_of_the_internet_are_not)
{
    static const char *const rows[] = {
        "1.1.1.1",         "9.255.255.255",  "11.0.0.0",
        "172.15.255.255",  "172.32.0.0",     "192.167.1.1",
        "100.63.255.255",  "100.128.0.0",    "169.253.255.255",
        "126.255.255.255", "128.0.0.1",      "223.255.255.255",
        "198.20.0.1",      "151.101.0.223",  "2606:4700:4700::1111",
        "2a04:4e42::223",  "::ffff:1.1.1.1", "64:ff9b::101:101",
        "2002:101:101::1",
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (refusal(rows[i]) != NULL)
            CHECK_TEXT(rows[i], "let through");
}

TEST(a_range_has_its_addresses_alone)
{
    struct gate_range range;
    struct gate_address in, out;
    CHECK(gate_range_read("10.128.0.0/9", &range));
    CHECK(gate_address_read("10.200.1.1", &in) && gate_address_read("10.127.255.255", &out));
    CHECK(gate_range_has(&range, &in) && !gate_range_has(&range, &out));
    CHECK(gate_range_read("fd12::/16", &range));
    CHECK(gate_address_read("fd12:1::1", &in) && gate_address_read("fd13::1", &out));
    CHECK(gate_range_has(&range, &in) && !gate_range_has(&range, &out));
    static const char *const bad[] = {"10.0.0.0", "10.0.0.0/33", "10.0.0/8",   "::/129",
                                      "x/8",      "10.0.0.0/",   "10.0.0.0/-1"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(!gate_range_read(bad[i], &range));
}

TEST(an_address_is_written_as_it_is_read)
{
    char text[GATE_ADDRESS_TEXT];
    static const char *const rows[] = {"1.2.3.4", "2001:db8::1", "::1"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gate_address address;
        CHECK(gate_address_read(rows[i], &address));
        gate_address_write(&address, text);
        CHECK_TEXT(text, rows[i]);
    }
}
