"""What a child does with an item: runs a program, observes it, doubts it, plays a mutant. Each job is
made before the child is born, and gives a record of bytes for each item (see brood.py).
"""

import gc
import marshal
import os
import struct
import sys

from . import (clockwork, effects, execute, files, mutants, observe, origins, probe, restore, state,
               suspect, view)
from .describe import resolve
from .output import Input, Output

VIEW_FUEL = 200_000
WANT_DIGEST, WANT_OPERANDS = 1, 2
dumps, hash_of = marshal.dumps, hash


class Runner:
    """What a child needs to run programs; made once, before it is born."""

    def __init__(self, described, source):
        self.described = described
        self.output, self.errors, self.input = Output(), Output(), Input("")
        self.calls = calls_of(described, described.module)
        self.executor = execute.Executor(self.calls)
        self.origins = origins.Origins(source, described.callables)
        self.observer = observe.Observer(self.origins, self.output)
        self.caches = caches_of(source.path)
        self.state = state.Fingerprint(described.module)
        self.offset, self.seed = 0.0, 20201
        self.reseeds = any("random" in one["reads"] for one in described.callables)

    def prepare(self):
        sys.stdout, sys.stderr, sys.stdin = self.output, self.errors, self.input
        clockwork.reset(self.offset)
        clockwork.seed(self.seed)

    @staticmethod
    def refuel():
        probe.begin(VIEW_FUEL, b"")

    def same(self):
        files.clear()
        if self.reseeds:
            clockwork.seed(self.seed)
        return self.state.same()

    def restore(self):
        """Puts back what was changed; is the process as it was then?"""
        return restore.put_back(self.state.kept[2]) and self.same()

    def clean(self):
        self.output.clear()
        self.input.asked = False
        files.start(self.offset != 0)
        clockwork.reset(self.offset)
        if self.reseeds:
            clockwork.seed(self.seed)
        for clear in self.caches:
            clear()

    def start(self, data, fuel, watch=b""):
        program = execute.load(data)
        self.clean()
        probe.begin(fuel, watch)
        return self.executor.run(program)


def calls_of(described, module):
    return [call_of(described, module, entry) for entry in described.callables]


def call_of(described, module, entry):
    if entry["kind"] == "library":
        return entry["_call"]
    owner = resolve(module, entry["qual"])
    if entry["kind"] in ("staticmethod", "classmethod"):
        holder = resolve(module, entry["qual"].rpartition(".")[0])
        owner = getattr(holder, entry["name"], None)
    if entry["kind"] in ("function", "staticmethod", "classmethod", "constructor"):
        return owner if callable(owner) else execute.missing
    return execute.caller(entry, owner)


def caches_of(path):
    """functools.lru_cache: what is remembered would keep a function from running."""
    import functools
    kind = functools._lru_cache_wrapper
    return [one.cache_clear for one in gc.get_objects() if type(one) is kind and
            getattr(getattr(one, "__wrapped__", None), "__code__", None) is not None
            and one.__wrapped__.__code__.co_filename == path]


def type_word(value):
    kind = type(value)
    if hasattr(kind, "__next__"):
        return "iterator"
    if hasattr(kind, "__anext__"):
        return "asynciterator"
    return view.type_text(kind)[0]


def status_of(run, is_out):
    if is_out:
        return execute.FUEL
    if run.error is None:
        return execute.DONE
    if isinstance(run.error, MemoryError):
        return execute.DIED
    if isinstance(run.error, execute.BadProgram):
        return execute.INVALID
    return execute.RAISED


INVALID_RESULT = (execute.INVALID, 0, None, 0, "NoneType", b"", (), 0, 0)


class RunJob:
    """`run`: a short result for each program."""

    def __init__(self, runner, flags, fuel, watch, stateful):
        self.runner, self.fuel, self.stateful = runner, fuel, stateful
        self.order = "run", flags, fuel, watch
        self.watch = watch if flags & WANT_OPERANDS else b""
        self.wants_digest = flags & WANT_DIGEST
        self.prepare, self.same, self.restore = runner.prepare, runner.same, runner.restore

    @staticmethod
    def alone(data):
        return False

    def careful(self, data):
        return bool(self.stateful) and not self.stateful.isdisjoint(callables_in(data))

    def notice(self, data):
        self.stateful.update(callables_in(data)[-1:])

    @staticmethod
    def lost(data, ended):
        status = execute.DIED if ended == "died" else execute.CLOCK
        return dumps((status, 0, None, 0, "NoneType", b"", (), 0, 0), 2)

    def work(self, data):
        runner = self.runner
        try:
            run = runner.start(data, self.fuel, self.watch)
        except execute.BadProgram:
            return dumps(INVALID_RESULT, 2)
        hits, operands, fuel, is_out = probe.end()
        status = status_of(run, is_out)
        error = run.error
        name = origin = None
        if error is not None:
            name, origin = type(error).__name__, runner.origins.of(run)
        digest = self.digest(run, status) if self.wants_digest and status < 2 else 0
        last = run.values[-1] if run.values else None
        return dumps((status, run.at, name, origin or 0, type_word(last), hits, operands,
                      digest, fuel), 2)

    def digest(self, run, status):
        parts = [status, run.at, shallow(run.values)]
        if run.error is not None:
            error = run.error
            parts.append((type(error).__name__, observe.message_of(error)))
        if run.changed:
            parts.append([(at, shallow(list(run.given[at]))) for at in sorted(run.changed)])
        if self.runner.output.size:
            parts.append(self.runner.output.taken())
        return hash_of(dumps(parts, 2))


def shallow(values):
    """The bytes of these values, or of their views where they are not plain data."""
    try:
        return dumps(values, 2)
    except ValueError:
        probe.begin(VIEW_FUEL, b"")
        parts = []
        for value in values:
            parts.append(type(value).__name__)
            parts.append(observe.safely(value))
        return dumps(parts, 2)


def callables_in(data):
    found = []
    try:
        for one in marshal.loads(data):
            if one[0] == execute.CALL:
                found.append(one[1])
    except (ValueError, EOFError, TypeError, IndexError):
        pass
    return found


# ---- components -----------------------------------------------------------------------------

class ObserveJob(RunJob):
    """`observe`: all components of each program."""

    def __init__(self, runner, fuel, stateful):
        super().__init__(runner, 0, fuel, b"", stateful)
        self.order, self.prepare = None, self.start

    def start(self):
        self.runner.prepare()
        self.effects = effects.watch(os.getcwd(), lambda: self.runner.input.asked)

    @staticmethod
    def lost(data, ended):
        return dumps((), 2)

    def work(self, data):
        self.effects.start()
        try:
            run = self.runner.start(data, self.fuel)
        except execute.BadProgram:
            return dumps((), 2)
        done = self.effects.taken()
        if probe.is_out():
            return dumps((), 2)
        probe.begin(VIEW_FUEL, b"")
        found = self.runner.observer.components(run)
        found += [("effect", run.at, "", text) for text in done]
        return dumps(tuple(found), 2)


class SuspectJob(RunJob):
    """`suspect`: what looks wrong about each program."""

    def __init__(self, runner, promises, fuel, stateful):
        super().__init__(runner, 0, fuel, b"", stateful)
        self.order, self.promises = None, promises

    @staticmethod
    def lost(data, ended):
        return dumps((), 2)

    def work(self, data):
        runner = self.runner
        try:
            run = runner.start(data, self.fuel)
        except execute.BadProgram:
            return dumps((), 2)
        if probe.is_out():
            return dumps((), 2)
        origin = runner.origins.of(run) if run.error is not None else 0
        probe.begin(self.fuel * 4, b"")
        found = suspect.suspicions(self.promises, run, origin, runner.executor)
        return dumps(() if probe.is_out() else found, 2)


def comparable(component):
    """Where it stands, and what an assertion could see of it: an exception's text only if the
    target wrote it."""
    kind, at, path, shown = component
    if kind == "raises":
        text, module, message, origin = shown
        shown = (text, message if origin in (origins.RAISE, origins.DOCUMENTED) else "")
    return (kind, at, path), dumps(shown, 2)


class MutantsJob:
    """`mutants`: pairs (program, mutant); which components of the program would differ."""

    ENDLESS = b"\xff"

    def __init__(self, runner, units, table, fuel, stateful, importer):
        self.runner, self.units, self.table = runner, units, table
        self.fuel, self.stateful, self.importer = fuel, stateful, importer
        self.prepare, self.same, self.restore = runner.prepare, runner.same, runner.restore
        self.known, self.order = {}, ("mutants", fuel)

    def alone(self, item):
        return self.table[item[1]].is_static

    def careful(self, item):
        return bool(self.stateful) and not self.stateful.isdisjoint(callables_in(item[0]))

    def notice(self, item):
        pass

    @staticmethod
    def lost(item, ended):
        return b"lost"

    def observed(self, data):
        """Components of this program with the code as it is now; None: it does not end."""
        try:
            run = self.runner.start(data, self.fuel)
        except execute.BadProgram:
            return []
        if probe.is_out() or isinstance(run.error, MemoryError):
            return None
        probe.begin(VIEW_FUEL, b"")
        return [comparable(one) for one in self.runner.observer.components(run)]

    def original(self, data):
        if data not in self.known:
            self.known[data] = self.observed(data)
        return self.known[data]

    def work(self, item):
        data, number = item
        before = self.original(data)
        if before is None:
            return struct.pack("<H", 0)
        mutant = self.table[number]
        if mutant.is_static:
            after = self.importer(mutant, data, self)
        else:
            with mutants.Swap(self.units.changes(mutant)):
                after = self.observed(data)
        return struct.pack("<H", len(before)) + mask_of(before, after)


def mask_of(before, after):
    """A bit for each component of the original that is not there or different."""
    count = len(before)
    bits = 0
    if after is None:
        bits = 1 << count
    else:
        found = dict(after)
        for index, (place, shown) in enumerate(before):
            if found.get(place) != shown:
                bits |= 1 << index
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")
