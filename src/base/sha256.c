#include "base/sha256.h"

#include <string.h>

/* The first 32 bits of the fractions of the cube roots of the first 64 primes. */
static const uint32_t round_constants[SHA256_BLOCK] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

void sha256_init(struct sha256 *sha)
{
    /* ... and of the square roots of the first 8 */
    static const uint32_t first[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };
    *sha = (struct sha256){};
    memcpy(sha->state, first, sizeof first);
}

static inline uint32_t rotate(uint32_t word, int count)
{
    return word >> count | word << (32 - count);
}

static uint32_t read_word(const unsigned char *bytes)
{
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap32(word) : word;
}

static void expand(uint32_t words[SHA256_BLOCK], const unsigned char *block)
{
    for (int i = 0; i < 16; i++)
        words[i] = read_word(block + i * 4);
    for (int i = 16; i < SHA256_BLOCK; i++) {
        uint32_t near = words[i - 2], far = words[i - 15];
        uint32_t sigma1 = rotate(near, 17) ^ rotate(near, 19) ^ near >> 10;
        uint32_t sigma0 = rotate(far, 7) ^ rotate(far, 18) ^ far >> 3;
        words[i] = sigma1 + words[i - 7] + sigma0 + words[i - 16];
    }
}

/* One of the 64 rounds; the letters are the standard's. The caller turns them on by one. */
#define ROUND(a, b, c, d, e, f, g, h, i)                                                           \
    do {                                                                                           \
        uint32_t sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);                              \
        uint32_t sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);                              \
        uint32_t step = h + sum1 + (g ^ (e & (f ^ g))) + round_constants[i] + words[i];            \
        d += step;                                                                                 \
        h = step + sum0 + ((a & b) | (c & (a | b)));                                               \
    } while (0)

static void add_block(uint32_t state[8], const unsigned char *block)
{
    uint32_t words[SHA256_BLOCK];
    expand(words, block);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < SHA256_BLOCK; i += 8) {
        ROUND(a, b, c, d, e, f, g, h, i);
        ROUND(h, a, b, c, d, e, f, g, i + 1);
        ROUND(g, h, a, b, c, d, e, f, i + 2);
        ROUND(f, g, h, a, b, c, d, e, i + 3);
        ROUND(e, f, g, h, a, b, c, d, i + 4);
        ROUND(d, e, f, g, h, a, b, c, i + 5);
        ROUND(c, d, e, f, g, h, a, b, i + 6);
        ROUND(b, c, d, e, f, g, h, a, i + 7);
    }
    const uint32_t after[8] = {a, b, c, d, e, f, g, h};
    for (int i = 0; i < 8; i++)
        state[i] += after[i];
}

void sha256_add(struct sha256 *sha, const void *bytes, size_t length)
{
    const unsigned char *next = bytes;
    size_t waiting = sha->length % SHA256_BLOCK;
    sha->length += length;
    while (waiting + length >= SHA256_BLOCK) {
        size_t taken = SHA256_BLOCK - waiting;
        if (waiting > 0)
            memcpy(sha->block + waiting, next, taken);
        add_block(sha->state, waiting > 0 ? sha->block : next);
        next += taken;
        length -= taken;
        waiting = 0;
    }
    if (length > 0)
        memcpy(sha->block + waiting, next, length);
}

void sha256_done(struct sha256 *sha, unsigned char ret_digest[SHA256_BYTES])
{
    static const unsigned char padding[SHA256_BLOCK] = {0x80};
    uint64_t bits = sha->length * 8;
    size_t waiting = sha->length % SHA256_BLOCK;
    unsigned char tail[8];
    for (int i = 0; i < 8; i++)
        tail[i] = (unsigned char)(bits >> (56 - 8 * i));
    /* the length fills the last eight bytes of a block */
    sha256_add(sha, padding, (waiting < 56 ? 56 : 120) - waiting);
    sha256_add(sha, tail, sizeof tail);
    for (int i = 0; i < SHA256_BYTES; i++)
        ret_digest[i] = (unsigned char)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
}

void sha256_digest_hex(const unsigned char digest[SHA256_BYTES], char ret_hex[SHA256_HEX])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < SHA256_BYTES; i++) {
        ret_hex[2 * i] = digits[digest[i] >> 4];
        ret_hex[2 * i + 1] = digits[digest[i] & 15];
    }
    ret_hex[SHA256_HEX - 1] = '\0';
}

void sha256_hex(struct str bytes, char ret_hex[SHA256_HEX])
{
    struct sha256 sha;
    unsigned char digest[SHA256_BYTES];
    sha256_init(&sha);
    sha256_add(&sha, bytes.ptr, bytes.len);
    sha256_done(&sha, digest);
    sha256_digest_hex(digest, ret_hex);
}
