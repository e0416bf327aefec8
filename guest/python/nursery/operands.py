"""Operands of a comparison, short and plain, for the search to learn from."""

from .view import type_text

TEXT, ITEMS = 200, 32
SCALARS = frozenset((int, float, str, bytes, bool, type(None)))


def short(value, depth=0):
    kind = type(value)
    if kind in SCALARS:
        if kind in (str, bytes):
            if kind is str and not value.isascii():
                value = value.encode("utf-8", "replace").decode()
            return value[:TEXT]
        if kind is int and value.bit_length() > 256:
            return (..., "opaque", "int")
        return value
    if isinstance(value, type):
        text, module = type_text(value)
        return (..., "name", text, module)
    if depth < 2:
        if kind in (list, tuple, set, frozenset):
            items = [short(one, depth + 1) for one in list(value)[:ITEMS]]
            return items if kind in (list, set, frozenset) else tuple(items)
        if kind is dict:
            return [short(one, depth + 1) for one in list(value)[:ITEMS]]
    return (..., "opaque", type_text(kind)[0])
