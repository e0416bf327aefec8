"""The process that has imported the module under test: describes it, and bears children that run
programs in it. Its own modules were loaded before the target's first line ran.
"""

import gc
import io
import marshal
import os
import struct
import sys

from . import clockwork, effects, execute, frames, load, mutants, observe, origins, probe, seeds, state, suspect, view
from .brood import Brood
from .describe import Described, resolve
from .mutate import mutants_of
from .operands import short
from .output import Input, Output

IMPORT_FUEL = 30_000_000
VIEW_FUEL = 200_000
WANT_DIGEST, WANT_OPERANDS = 1, 2
dumps, hash_of = marshal.dumps, hash


class Failed(Exception):
    def __init__(self, kind, text):
        super().__init__(text)
        self.kind, self.text = kind, text


# ---- one program, one record ----------------------------------------------------------------

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
        if self.reseeds:
            clockwork.seed(self.seed)
        return self.state.same()

    def clean(self):
        self.output.clear()
        self.input.asked = False
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
        self.prepare, self.same = runner.prepare, runner.same

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
        self.prepare, self.same = runner.prepare, runner.same
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


# ---- the nursery ----------------------------------------------------------------------------

class Nursery:
    def __init__(self, sock):
        self.sock = sock
        self.stateful = set()
        # What mutated code does to a child is not for candidates to meet.
        self.brood, self.judges = (Brood(self.revive, close_in_child=[sock.fileno()])
                                   for _ in range(2))
        self.runner = self.units = None

    def serve(self):
        while True:
            try:
                data = frames.read_bytes(self.sock)
            except frames.Closed:
                self.brood.dismiss()
                self.judges.dismiss()
                return
            try:
                answer = self.answer(marshal.loads(data))
            except Failed as failed:
                answer = frames.dumps(("failed", failed.kind, failed.text[:4000]))
            except Exception as error:    # the target may have done anything to what we rely on
                text = "the guest cannot go on: " + observe.text_of(error)
                answer = frames.dumps(("failed", "crash", text[:4000]))
            frames.write_bytes(self.sock, answer)

    def answer(self, message):
        word = message[0]
        if word == "open":
            return self.open(message[1])
        if self.runner is None:
            raise Failed("protocol", "nothing is open")
        handler = {"run": self.run, "mutants": self.mutants, "observe": self.observe,
                   "suspect": self.suspect}.get(word)
        if handler is None:
            raise Failed("protocol", "no such word: %r" % (word,))
        return handler(*message[1:])

    # ---- open -----------------------------------------------------------------------------

    def open(self, options):
        self.finder = load.Finder(options["module"], self.set_probes)
        self.fuel = options.get("fuel", 100000)
        load.install(probe)
        clockwork.install()
        module = self.import_target(options)
        source = self.finder.source
        if source is None:
            raise Failed("import", "%s has no Python source" % options["module"])
        self.source = source
        load.import_ahead(source.tree)
        self.described = Described(module, source, options)
        if "asyncio" in sys.modules or any(one["async"] for one in self.described.callables):
            from . import looping    # now: what a child imports would look like changed state
            looping.run(looping.nothing())
        only_observes = options.get("only_observes", False)      # a second opinion's
        self.table = [] if only_observes else mutants_of(source)[0]
        self.runner = Runner(self.described, source)
        self.units = mutants.Units(source)
        self.runner.prepare()
        self.runner.state.keep()
        if only_observes:
            return frames.dumps(("opened", {}))
        found = seeds.of(self.described)
        suspicions = seeds.suspicions(self.described, self.runner, self.brood)
        self.runner.state.keep()
        return frames.dumps(("opened", self.described.text(suspicions, self.table, found)))

    @staticmethod
    def set_probes(source):
        probe.setup(len(source.goals.goals), source.goals.compares, view_operands)
        probe.begin(IMPORT_FUEL, b"")

    def import_target(self, options):
        sys.stdout, sys.stderr, sys.stdin = Output(), Output(), io.StringIO("")
        clockwork.seed()
        sys.modules.pop(self.finder.name, None)    # one of the library's that has this name too
        try:
            return load.import_module(self.finder, options["root"])
        except ModuleNotFoundError as error:
            raise Failed("missing", error.name or str(error))
        except SyntaxError as error:
            raise Failed("syntax", observe.text_of(error))
        except probe.OutOfFuel:
            raise Failed("clock", "importing it does not end")
        except SystemExit as error:
            raise Failed("exit", "importing it exits with %r" % (error.code,))
        except BaseException as error:
            raise Failed("import", observe.text_of(error))

    # ---- what the engine asks -------------------------------------------------------------

    def revive(self, order):
        """The job that a parent of this child has described."""
        if order[0] == "mutants":
            return self.mutants_job(order[1])
        return RunJob(self.runner, *order[1:], self.stateful)

    def mutants_job(self, fuel):
        return MutantsJob(self.runner, self.units, self.table, fuel, self.stateful,
                          self.import_static)

    def run(self, flags, fuel, watch, programs):
        job = RunJob(self.runner, flags, fuel, watch, self.stateful)
        return frames.answer_of("ran", self.brood.run(list(programs), job))

    def observe(self, fuel, programs, again=False):
        """Without `stable`, which the matron finds out: `again` is with another clock and other
        random numbers, and has no effects to tell."""
        self.runner.offset, self.runner.seed = (clockwork.LATER, 7) if again else (0.0, 20201)
        self.runner.prepare()
        kept = self.runner.state.kept
        self.runner.state.keep()
        try:
            job = ObserveJob(self.runner, fuel, self.stateful)
            return frames.answer_of("observed", self.brood.run(list(programs), job))
        finally:
            self.runner.offset, self.runner.seed = 0.0, 20201
            self.runner.state.kept = kept

    def suspect(self, fuel, programs):
        job = SuspectJob(self.runner, suspect.Promises(self.described), fuel, self.stateful)
        return frames.answer_of("suspected", self.brood.run(list(programs), job))

    def mutants(self, fuel, requests):
        items = [(data, number) for data, numbers in requests for number in numbers
                 if number < len(self.table)]
        for _data, number in items:
            if not self.table[number].is_static:
                self.units.changes(self.table[number])
        records = iter(self.judges.run(items, self.mutants_job(fuel)))
        return frames.dumps(("judged", tuple(self.entry(one, records) for one in requests)))

    def entry(self, request, records):
        _data, numbers = request
        count, masks = 0, []
        for number in numbers:
            if number >= len(self.table):
                continue
            record = next(records)
            if record == b"lost":
                masks.append((number, None))
                continue
            (count,) = struct.unpack_from("<H", record)
            masks.append((number, record[2:]))
        endless = 1 << count
        lost = endless.to_bytes((endless.bit_length() + 7) // 8, "little")
        return count, tuple((number, lost if mask is None else mask) for number, mask in masks)

    def import_static(self, mutant, data, job):
        """In a child of its own: the module again, with the mutant in it."""
        from .copying import replaced
        try:
            self.finder.code = self.source.quiet(replaced(self.source.tree, mutant.old,
                                                          mutant.new))
            sys.modules.pop(self.finder.name, None)
            probe.begin(IMPORT_FUEL, b"")
            module = load.importlib.import_module(self.finder.name)
        except BaseException:
            return None
        self.runner.executor.calls = calls_of(self.described, module)
        return job.observed(data)


def view_operands(compare, truth, a, b):
    return (compare, truth, short(a), short(b))
