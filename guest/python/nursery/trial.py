"""Calls what is under test with recorders, in a child: what it does to its arguments."""

import builtins
import gc
import inspect
import io
import marshal
import os
import signal
import sys
from itertools import islice

from . import files, frames, jobs, probe
from .recorder import Answers, Recorder, Trace

FUEL, TAKEN = 20_000, 6
PATIENCE, BLOCKED_MAX = 3.0, 3      # seconds; what is at work ends by its fuel long before


class Blocked(BaseException):
    """It waits for something that does not come."""


def interrupt(_signal, _frame):
    raise Blocked


really_open = io.open


def open_recorded(path, *arguments, **keywords):
    """What can be a number as well would be taken for a descriptor."""
    return really_open(os.fspath(path) if type(path) is Recorder else path, *arguments, **keywords)


class TrialJob:
    """An item is the number of a callable; a record is {parameter: trace}."""

    order = None

    def __init__(self, described):
        self.described, self.blocked = described, 0
        self.calls = jobs.calls_of(described, described.module)

    @staticmethod
    def prepare():
        files.start(False)
        builtins.open = io.open = open_recorded
        signal.signal(signal.SIGALRM, interrupt)

    @staticmethod
    def same():
        return True

    @staticmethod
    def alone(item):
        return False

    careful = alone

    @staticmethod
    def notice(item):
        pass

    @staticmethod
    def lost(item, ended):
        return frames.dumps({})

    def work(self, item):
        entry = self.described.callables[item]
        traces = {one["name"]: Trace() for one in entry["params"]}
        for mode in range(Answers.MODES if self.blocked < BLOCKED_MAX else 0):
            answers = Answers(mode, files.file_text("data.txt", "a\n"))
            probe.begin(FUEL, b"")
            try:
                signal.setitimer(signal.ITIMER_REAL, PATIENCE)
                finish(self.call(item, entry, traces, answers))
            except Blocked:
                self.blocked += 1
                break
            except BaseException:
                pass
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        return frames.dumps({name: one.plain() for name, one in traces.items()})

    def call(self, item, entry, traces, answers):
        given, named = [], {}
        if entry["kind"] in ("method", "property", "setter"):
            given.append(self.instance(entry, answers))
        for one in entry["params"]:
            if one["optional"] and (answers.mode % 2 or one["kind"] in ("varargs", "varkw")):
                continue
            recorder = Recorder(traces[one["name"]], answers)
            if one["kind"] in ("plain", "positional") and not named:
                given.append(recorder)
            else:
                named[one["name"]] = recorder
        return self.calls[item](*given, **named)

    def instance(self, entry, answers):
        """Made of recorders as well, which nobody reads."""
        maker = self.described.classes[entry["owner"]]["make"][0]
        unread = {one["name"]: Trace() for one in self.described.callables[maker]["params"]}
        return self.call(maker, self.described.callables[maker], unread, answers)


def finish(result):
    if inspect.iscoroutine(result):
        result.close()
    elif hasattr(type(result), "__next__"):
        list(islice(result, TAKEN))


def targets(described):
    return [index for index, entry in enumerate(described.callables)
            if entry["kind"] != "library" and entry["params"]]


def traces(described, brood):
    """{number of a callable: {parameter: trace as plain data}}"""
    items = targets(described)
    output = sys.stdout
    try:
        records = brood.run(items, TrialJob(described))
    finally:
        sys.stdout = output
        gc.unfreeze()     # others will look for objects of the module
    return {item: marshal.loads(record) for item, record in zip(items, records)}
