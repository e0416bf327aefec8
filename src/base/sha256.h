/*
 * SHA-256 (FIPS 180-4) over bytes that come in pieces: sha256_init, any number of sha256_add, then
 * sha256_done once, which gives the digest and leaves nothing to release.
 */
#pragma once

#include "base/str.h"
#include <stdint.h>

enum { SHA256_BYTES = 32, SHA256_BLOCK = 64, SHA256_HEX = 2 * SHA256_BYTES + 1 };

struct sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far; those past the last whole block wait in `block` */
    unsigned char block[SHA256_BLOCK];
};

void sha256_init(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *bytes, size_t length);
void sha256_done(struct sha256 *sha, unsigned char ret_digest[SHA256_BYTES]);

/* In one call, as 64 small hexadecimal digits and a NUL. */
void sha256_hex(struct str bytes, char ret_hex[SHA256_HEX]);
void sha256_digest_hex(const unsigned char digest[SHA256_BYTES], char ret_hex[SHA256_HEX]);
