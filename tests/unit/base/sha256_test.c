#include "base/sha256.h"

#include "base/mem.h"
#include "tests/test.h"

/* The examples of FIPS 180 and of NIST's short message vectors (SHA256ShortMsg). */
static const struct {
    struct str message;
    const char *digest;
} vectors[] = {
    {STR(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {STR("\xd3"), "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"},
    {STR("\x11\xaf"), "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98"},
    {STR("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {STR("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
         "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
     "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
};

TEST(sha256_agrees_with_the_nist_vectors)
{
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        char hex[SHA256_HEX];
        sha256_hex(vectors[i].message, hex);
        CHECK_TEXT(hex, vectors[i].digest);
    }
}

TEST(sha256_of_a_million_letters_in_uneven_pieces)
{
    static char letters[1000];
    memset(letters, 'a', sizeof letters);
    struct sha256 sha;
    sha256_init(&sha);
    size_t left = 1000000;
    for (size_t piece = 1; left > 0; piece = piece * 7 % 991 + 1) {
        size_t length = piece < left ? piece : left;
        sha256_add(&sha, letters, length);
        left -= length;
    }
    unsigned char digest[SHA256_BYTES];
    char hex[SHA256_HEX];
    sha256_done(&sha, digest);
    sha256_digest_hex(digest, hex);
    CHECK_TEXT(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(sha256_does_not_depend_on_where_the_bytes_are_cut)
{
    char bytes[200];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 37);
    for (size_t length = 0; length <= sizeof bytes; length++) {
        char whole[SHA256_HEX], pieces[SHA256_HEX];
        sha256_hex(str_of(bytes, length), whole);
        for (size_t cut = 0; cut <= length; cut++) {
            struct sha256 sha;
            unsigned char digest[SHA256_BYTES];
            sha256_init(&sha);
            sha256_add(&sha, bytes, cut);
            sha256_add(&sha, NULL, 0);
            sha256_add(&sha, bytes + cut, length - cut);
            sha256_done(&sha, digest);
            sha256_digest_hex(digest, pieces);
            CHECK_TEXT(pieces, whole);
        }
    }
}

/* Lengths at which the padding needs one block more: digests of "a" repeated, by sha256sum. */
TEST(sha256_pads_messages_around_the_end_of_a_block)
{
    static const struct {
        size_t length;
        const char *digest;
    } edges[] = {
        {55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
        {56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"},
        {57, "f13b2d724659eb3bf47f2dd6af1accc87b81f09f59f2b75e5c0bed6589dfe8c6"},
        {63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"},
        {64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
        {65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"},
        {119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"},
        {120, "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c"},
        {128, "6836cf13bac400e9105071cd6af47084dfacad4e5e302c94bfed24e013afb73e"},
    };

    char letters[128];
    memset(letters, 'a', sizeof letters);
    for (size_t i = 0; i < COUNT_OF(edges); i++) {
        char hex[SHA256_HEX];
        sha256_hex(str_of(letters, edges[i].length), hex);
        CHECK_TEXT(hex, edges[i].digest);
    }
}
