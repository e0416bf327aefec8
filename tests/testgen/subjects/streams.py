"""Async generators, generators that take values, and context managers of each sort."""

import contextlib


async def count_up(stop: int):
    for n in range(stop):
        if n % 2 == 0:
            yield n


async def total(stop: int) -> int:
    found = 0
    async for n in count_up(stop):
        found += n
    return found


def windows(items: list, size: int = 2):
    if size < 1:
        raise ValueError("size must be positive")
    for start in range(len(items) - size + 1):
        yield items[start:start + size]


class Ledger:
    """Counts what is done while it is entered."""

    def __init__(self, name: str):
        self.name = name
        self.is_open = False
        self.entries = []

    def __enter__(self):
        self.is_open = True
        return self

    def __exit__(self, kind, error, trace):
        self.is_open = False
        return kind is KeyError

    def add(self, entry: str) -> int:
        if not self.is_open:
            raise RuntimeError("not open")
        self.entries.append(entry)
        return len(self.entries)


class Line:
    def __init__(self, host: str = "local"):
        self.host = host
        self.up = False

    async def __aenter__(self):
        self.up = True
        return self

    async def __aexit__(self, kind, error, trace):
        self.up = False

    async def send(self, text: str) -> str:
        if not self.up:
            raise RuntimeError("down")
        return self.host + ":" + text


@contextlib.contextmanager
def labelled(label: str):
    if not label:
        raise ValueError("no label")
    yield [label]
