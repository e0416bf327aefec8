/*
 * The nouns of model/box.h as bytes, and back. Reading is bounds-checked and complete: bytes left
 * over are as wrong as bytes missing. What was read is well-formed, not yet sensible: the broker
 * asks box_spec_check next.
 */
#pragma once

#include "base/arena.h"
#include "wire/wire.h"

/* Also lists the spec's fds in the order in which they travel; returns how many. */
int wire_put_spec(struct buf *out, const struct box_spec *spec, int ret_fds[MESSAGE_FDS_MAX]);

/* Strings go into the arena. The message's fds are lent to the spec. */
[[nodiscard]] bool wire_get_spec(const struct wire_message *message, struct arena *arena,
                                 struct box_spec *ret_spec, struct error *err);

void wire_put_cause(struct buf *out, enum box_cause cause);
[[nodiscard]] bool wire_get_cause(struct str bytes, enum box_cause *ret_cause, struct error *err);

void wire_put_isolation(struct buf *out, const struct isolation *isolation);
[[nodiscard]] bool wire_get_isolation(struct str bytes, struct isolation *ret_isolation,
                                      struct error *err);

void wire_put_end(struct buf *out, const struct box_end *end);
[[nodiscard]] bool wire_get_end(struct str bytes, struct box_end *ret_end, struct error *err);

void wire_put_refusal(struct buf *out, const struct box_refusal *refusal);
[[nodiscard]] bool wire_get_refusal(struct str bytes, struct box_refusal *ret_refusal,
                                    struct error *err);

void wire_put_error(struct buf *out, const struct error *error);
[[nodiscard]] bool wire_get_error(struct str bytes, struct error *ret_error, struct error *err);

void wire_put_want(struct buf *out, enum warm kind, int count);
[[nodiscard]] bool wire_get_want(struct str bytes, enum warm *ret_kind, int *ret_count,
                                 struct error *err);
