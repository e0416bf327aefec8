"""Frames: a length and one marshalled value, as docs/guest-protocol.md says."""

import marshal
import struct

LIMIT = 64 << 20


class Closed(Exception):
    """The other side is gone."""


def read_exactly(sock, count):
    parts = []
    while count:
        part = sock.recv(min(count, 1 << 20))
        if not part:
            raise Closed
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_bytes(sock):
    (length,) = struct.unpack("<I", read_exactly(sock, 4))
    if length > LIMIT:
        raise Closed
    return read_exactly(sock, length)


def write_bytes(sock, data):
    sock.sendall(struct.pack("<I", len(data)) + data)


def dumps(value):
    return marshal.dumps(value, 2)


def tuple_of(parts):
    """The marshalled tuple of values that are marshalled already: version 2 has no references."""
    return b"(" + struct.pack("<i", len(parts)) + b"".join(parts)


def answer_of(word, parts):
    """The marshalled `(word, (part, ...))`."""
    return tuple_of([dumps(word), tuple_of(parts)])


def is_plain(value, depth=0):
    """Data that means the same to the engine: no specials in it, and not too deep."""
    kind = type(value)
    if kind is str:
        return value.isascii() or is_text(value)
    if kind in (int, float, bool, bytes, type(None)):
        return True
    if depth > 20:
        return False
    if kind is dict:
        return all(is_plain(one, depth + 1) for pair in value.items() for one in pair)
    return kind in (list, tuple, set, frozenset) and all(is_plain(one, depth + 1) for one in value)


def is_text(value):
    try:
        return value.encode() is not None
    except UnicodeEncodeError:
        return False
