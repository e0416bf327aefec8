#include "gate/dns.h"

#include "tests/test.h"

static const struct gate_host host = {"pypi.org"};

/* The question as it was asked, then what a row says. */
static void answer(struct buf *out, uint16_t id, const char *flags, int count, struct str records)
{
    auto_buf struct buf asked;
    buf_init(&asked, DNS_PACKET_MAX);
    dns_ask(&asked, id, &host, DNS_ADDRESS_4);
    buf_add(out, asked.data, 2);
    buf_add(out, flags, 2);
    buf_add(out, asked.data + 4, 2);
    buf_add_byte(out, 0);
    buf_add_byte(out, (char)count);
    buf_add(out, asked.data + 8, asked.len - 8);
    buf_add_str(out, records);
}

static bool read(const char *flags, int count, struct str records, struct dns_answer *ret)
{
    auto_buf struct buf packet;
    buf_init(&packet, DNS_PACKET_MAX);
    answer(&packet, 0x1234, flags, count, records);
    return dns_read(buf_str(&packet), 0x1234, &host, DNS_ADDRESS_4, ret);
}

#define GOOD "\x81\x80"
#define A_RECORD "\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x01\x02\x03\x04"

TEST(addresses_of_the_name_are_read)
{
    struct dns_answer found;
    CHECK(read(GOOD, 2, STR(A_RECORD A_RECORD), &found));
    CHECK_INT(found.count, 2);
    CHECK(gate_address_is_4(&found.addresses[0]) && found.addresses[0].bytes[15] == 4);
}

TEST(an_alias_is_followed_and_other_names_are_not)
{
    struct dns_answer found;
#define ALIAS "\xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x05\x01x\x01y\0"
#define OF_ALIAS "\x01x\x01y\0\0\x01\0\x01\0\0\0\x3c\0\x04\x05\x06\x07\x08"
#define OF_OTHER                                                                                   \
    "\x04"                                                                                         \
    "evil\0\0\x01\0\x01\0\0\0\x3c\0\x04\x05\x06\x07\x08"
    CHECK(read(GOOD, 2, STR(ALIAS OF_ALIAS), &found));
    CHECK_INT(found.count, 1);
    CHECK(read(GOOD, 1, STR(OF_OTHER), &found));
    CHECK_INT(found.count, 0);
}

TEST(no_such_name_is_an_answer_and_trouble_is_none)
{
    struct dns_answer found;
    CHECK(read("\x81\x83", 0, STR(""), &found) && found.no_such_name);
    CHECK(!read("\x81\x82", 0, STR(""), &found));
    CHECK(!read("\x01\x00", 1, STR(A_RECORD), &found)); /* a question */
    CHECK(!read("\x83\x80", 1, STR(A_RECORD), &found)); /* cut */
}

TEST(answers_to_others_and_broken_ones_do_not_count)
{
    struct dns_answer found;
    struct gate_host other = {"other.org"};
    auto_buf struct buf packet;
    buf_init(&packet, DNS_PACKET_MAX);
    answer(&packet, 7, GOOD, 1, STR(A_RECORD));
    struct str whole = buf_str(&packet);
    CHECK(dns_read(whole, 7, &host, DNS_ADDRESS_4, &found));
    CHECK(!dns_read(whole, 8, &host, DNS_ADDRESS_4, &found));
    CHECK(!dns_read(whole, 7, &other, DNS_ADDRESS_4, &found));
    CHECK(!dns_read(whole, 7, &host, DNS_ADDRESS_6, &found));
    for (size_t length = 0; length < whole.len; length++)
        CHECK(!dns_read(str_of(whole.ptr, length), 7, &host, DNS_ADDRESS_4, &found));
    CHECK(!read(GOOD, 1, STR("\xc0\x1a\0\x01\0\x01\0\0\0\x3c\0\x04\x01\x02\x03\x04"), &found));
}
