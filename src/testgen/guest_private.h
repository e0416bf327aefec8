/* How a guest's answers are read: each of them a value that a stranger made. */
#pragma once

#include "testgen/guest.h"

enum { GUEST_FRAME_MAX = 64 << 20 };

[[nodiscard]] bool guest_read_trace(const struct subject *subject, struct arena *arena,
                                    const struct value *value, struct trace *ret,
                                    struct error *err);
[[nodiscard]] bool guest_read_judgement(struct arena *arena, const struct value *value,
                                        const struct mutant_request *request, struct judgement *ret,
                                        struct error *err);
[[nodiscard]] bool guest_read_observation(struct arena *arena, const struct value *value,
                                          struct observation *ret, struct error *err);
[[nodiscard]] bool guest_read_doubts(const struct subject *subject, struct arena *arena,
                                     const struct value *value, struct doubts *ret,
                                     struct error *err);
