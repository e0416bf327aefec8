"""The smallest engine: starts the guest as its box does, and speaks docs/guest-protocol.md."""

import marshal
import os
import socket
import struct
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
NURSERY = os.path.join(os.path.dirname(os.path.dirname(HERE)), "guest", "python", "nursery")


class Guest:
    """`with Guest(root, module) as guest`: guest.description is the dict of `opened`."""

    def __init__(self, root, module, python=None, **options):
        self.ours, theirs = socket.socketpair()
        self.ours.settimeout(300)
        self.work = tempfile.TemporaryDirectory()
        os.set_inheritable(theirs.fileno(), True)
        self.process = subprocess.Popen(
            [python or "/usr/bin/python3", NURSERY, str(theirs.fileno())], cwd=self.work.name,
            pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()
        given = {"root": root, "module": module, "path": "", "visibility": "public", "only": [],
                 "skip": [], "fuel": 100000}
        given.update(options)
        self.opened = self.ask("open", given)
        self.description = self.opened[1] if self.opened[0] == "opened" else None

    def ask_bytes(self, data):
        self.ours.sendall(struct.pack("<I", len(data)) + data)
        (length,) = struct.unpack("<I", self.read(4))
        return marshal.loads(self.read(length))

    def read(self, count):
        parts = []
        while count:
            part = self.ours.recv(count)
            if not part:
                raise EOFError("the guest is gone")
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def ask(self, *message):
        return self.ask_bytes(marshal.dumps(message, 2))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.ours.close()
        self.process.wait(30)
        self.work.cleanup()

    # ---- shorthands -----------------------------------------------------------------------

    def index(self, qual, kind=None):
        for number, one in enumerate(self.description["callables"]):
            if one["qual"] == qual and kind in (None, one["kind"]):
                return number
        raise KeyError(qual)

    def call(self, qual, *arguments, kind=None, deep=False, **keywords):
        return (0, self.index(qual, kind), arguments, keywords, deep)

    def run(self, *programs, fuel=100000, watch=b"", flags=1):
        word, results = self.ask("run", flags, fuel, watch, tuple(map(program, programs)))
        assert word == "ran", (word, results)
        return [Result(*one) for one in results]

    def observe(self, *programs, fuel=100000):
        answer = self.ask("observe", fuel, tuple(map(program, programs)))
        assert answer[0] == "observed", answer
        return answer[1]

    def judge(self, one, numbers=None, fuel=100000):
        """{mutant: mask} of one program, for all mutants unless some are named."""
        if numbers is None:
            numbers = range(len(self.description["mutants"]))
        answer = self.ask("mutants", fuel, ((program(one), tuple(numbers)),))
        assert answer[0] == "judged", answer
        count, masks = answer[1][0]
        return count, dict(masks)


class Result:
    NAMES = ("status", "at", "exception", "origin", "type", "hits", "operands", "digest", "fuel")

    def __init__(self, *fields):
        assert len(fields) == len(self.NAMES), fields
        for name, value in zip(self.NAMES, fields):
            setattr(self, name, value)
        self.goals = list(struct.unpack("<%dH" % (len(self.hits) // 2), self.hits))

    def __repr__(self):
        return "Result(%s)" % ", ".join("%s=%r" % (n, getattr(self, n)) for n in self.NAMES)


def program(statements):
    if isinstance(statements, bytes):
        return statements
    if statements and isinstance(statements[0], int):
        statements = (statements,)
    return marshal.dumps(tuple(statements), 2)


def var(index):
    return (..., "var", index)
