/*
 * The first thing that a client of TLS says, as far as the gate must understand it: the name of the
 * host that it wants. Nothing is decrypted. A hello without a name, with two, or with one that is
 * encrypted (ECH) is refused: then nobody but the other side would know where this leads.
 */
#pragma once

#include "base/str.h"

enum { GATE_HELLO_MAX = 65536 };

enum gate_hello { GATE_HELLO_MORE, GATE_HELLO_GOOD, GATE_HELLO_BAD };

/* Is it whole, and does it name `host`? *ret_why says what is wrong with a bad one. */
enum gate_hello gate_hello_check(struct str bytes, const char *host, const char **ret_why);
