/* The digest of a tree: of every path below it, its kind, whether it can be executed, and its bytes
 * or the link's text. Times and owners do not count. */
#pragma once

#include "base/error.h"
#include "base/sha256.h"

[[nodiscard]] bool tree_digest(int folder, char ret_hex[SHA256_HEX], struct error *err);
