/*
 * What the gate reads of strangers: the head of a request, a TLS hello, a name server's answer. The
 * first byte says which. What is let through must be what it says.
 */
#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "gate/dns.h"
#include "gate/head.h"
#include "gate/hello.h"
#include "tests/fuzz/fuzz.h"

static void read_head(struct str text)
{
    struct gate_request request;
    int status = 0;
    size_t length = gate_head_length(text);
    if (length == 0)
        return;
    assert(length <= text.len);
    const char *why = gate_head_read(str_of(text.ptr, length), &request, &status);
    assert(why == NULL || status >= 400);
    if (why != NULL)
        return;
    struct gate_host again;
    assert(request.port == 443 && strlen(request.host.name) > 0);
    assert(gate_host_read(str_from(request.host.name), &again) == NULL);
    assert(strcmp(again.name, request.host.name) == 0);
    assert(strspn(again.name, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(again.name));
}

/* A good hello holds the name as it stands, and no beginning of it was good already. */
static void read_hello(struct str bytes)
{
    static const char host[] = "pypi.org";
    const char *why = NULL;
    enum gate_hello state = gate_hello_check(bytes, host, &why);
    assert((state == GATE_HELLO_BAD) == (why != NULL));
    if (state == GATE_HELLO_GOOD)
        assert(gate_hello_check(bytes, "evil.com", &why) == GATE_HELLO_BAD);
}

static void read_answer(struct str packet)
{
    static const struct gate_host host = {"pypi.org"};
    struct dns_answer answer;
    uint16_t id =
        packet.len < 2
            ? 0
            : (uint16_t)((unsigned char)packet.ptr[0] << 8 | (unsigned char)packet.ptr[1]);
    for (int i = 0; i < 2; i++)
        if (dns_read(packet, id, &host, i == 0 ? DNS_ADDRESS_4 : DNS_ADDRESS_6, &answer))
            assert(answer.count >= 0 && answer.count <= DNS_ADDRESSES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 70000)
        return -1;
    struct str rest = str_of(data + 1, size - 1);
    void (*const readers[])(struct str) = {read_head, read_hello, read_answer};
    readers[data[0] % COUNT_OF(readers)](rest);
    return 0;
}
