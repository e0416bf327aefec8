"""The process that has imported the module under test: describes it, and bears children that run
programs in it. Its own modules were loaded before the target's first line ran.
"""

import io
import marshal
import struct
import sys

from . import clockwork, frames, load, mutants, observe, probe, seeds, standins, suspect
from .brood import Brood
from .describe import Described
from .jobs import MutantsJob, ObserveJob, RunJob, Runner, SuspectJob, calls_of
from .mutate import mutants_of
from .operands import short
from .output import Output

IMPORT_FUEL = 30_000_000


class Failed(Exception):
    def __init__(self, kind, text):
        super().__init__(text)
        self.kind, self.text = kind, text


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
        standins.StandIns(self.described, self.brood).add()
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
