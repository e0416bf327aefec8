#include "base/base64.h"

#include "base/mem.h"
#include "tests/test.h"

static const struct {
    const char *bytes, *text;
} vectors[] = {
    /* RFC 4648, section 10 */
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xef\xff", "++//"},
};

TEST(base64_agrees_with_the_vectors_of_its_rfc)
{
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        auto_buf struct buf text, bytes;
        buf_init(&text, 100);
        buf_init(&bytes, 100);
        base64_write(&text, str_from(vectors[i].bytes));
        CHECK(str_is(buf_str(&text), vectors[i].text));
        CHECK(base64_read(&bytes, str_from(vectors[i].text)));
        CHECK(str_is(buf_str(&bytes), vectors[i].bytes));
    }
}

TEST(base64_gives_every_byte_back)
{
    char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    for (size_t length = 0; length <= sizeof all; length++) {
        auto_buf struct buf text, bytes;
        buf_init(&text, 400);
        buf_init(&bytes, 256);
        base64_write(&text, str_of(all + 256 - length, length));
        CHECK_INT(text.len, (length + 2) / 3 * 4);
        CHECK(base64_read(&bytes, buf_str(&text)));
        CHECK(str_equal(buf_str(&bytes), str_of(all + 256 - length, length)));
    }
}

TEST(base64_refuses_all_other_texts)
{
    static const char *const bad[] = {
        "Z",    "Zg",      "Zg=",  "Zg===", "====",     "Z===",     "=Zg=", "Zm=v", "Zm9\n",
        " Zm9", "Zm9v\n",  "Zm9-", "Zm9_",  "Zg==Zg==", "Zm8=Zg==", "Zh==", /* bits beyond the byte
                                                                             */
        "Zm9=", "Z\xffg=",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        auto_buf struct buf bytes;
        buf_init(&bytes, 100);
        CHECK(!base64_read(&bytes, str_from(bad[i])));
    }
}

TEST(base64_stops_at_the_maximum_of_its_buf)
{
    auto_buf struct buf out;
    buf_init(&out, 6);
    base64_write(&out, STR("foobar"));
    CHECK(out.over);
    CHECK_TEXT(out.data, "Zm9vYm");
    auto_buf struct buf bytes;
    buf_init(&bytes, 4);
    CHECK(base64_read(&bytes, STR("Zm9vYmFy")));
    CHECK(bytes.over);
}
