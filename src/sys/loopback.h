/* The loopback interface of the calling process's own network namespace. */
#pragma once

#include "base/error.h"

[[nodiscard]] bool loopback_up(struct error *err);
