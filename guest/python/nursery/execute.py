"""Runs one program of the protocol: statements, each of which makes the next variable."""

import marshal
import sys
from itertools import islice

CALL, LITERAL, DRAIN, ENTER = range(4)
DONE, RAISED, FUEL, DIED, CLOCK, INVALID = range(6)


class BadProgram(Exception):
    """Sent by a faulty engine; nothing of the target has a part in it."""


def missing(*arguments, **keywords):
    raise BadProgram("no such callable")


def caller(entry, owner):
    """What a statement calls for this callable: taken from the module as it is at this moment."""
    kind, name = entry["kind"], entry["name"]
    if kind == "property":
        return lambda self: getattr(self, name)
    if kind == "setter":
        return lambda self, value: setattr(self, name, value)
    if kind == "method":
        def method(self, *arguments, **keywords):
            return getattr(self, name)(*arguments, **keywords)
        return method
    return owner


class Run:
    """A program that has run: what it made, how it ended and where."""

    __slots__ = ("values", "at", "error", "given", "changed", "entered", "program")

    def __init__(self):
        self.values, self.given, self.changed, self.entered = [], {}, {}, []
        self.error, self.at, self.program = None, 0, ()


MUTABLE = (list, dict, set)


def is_mutable(value):
    return type(value) in MUTABLE or type(value) is tuple and any(map(is_mutable, value))


def snapshot(values):
    try:
        return marshal.dumps(values, 2)
    except ValueError:
        return None


class Executor:
    def __init__(self, calls):
        self.calls = calls
        self.loop = None

    # ---- values ---------------------------------------------------------------------------

    def deep(self, value, values):
        kind = type(value)
        if kind is tuple:
            if len(value) > 1 and value[0] is ...:
                return self.special(value, values)
            return tuple([self.deep(one, values) for one in value])
        if kind is list:
            return [self.deep(one, values) for one in value]
        if kind is dict:
            return {self.deep(key, values): self.deep(one, values) for key, one in value.items()}
        if kind is set or kind is frozenset:
            return kind([self.deep(one, values) for one in value])
        return value

    def special(self, value, values):
        if value[1] == "var":
            return values[value[2]]
        if value[1] == "make":
            arguments = [self.deep(one, values) for one in value[3]]
            keywords = {name: self.deep(one, values) for name, one in value[4].items()}
            return self.await_it(self.calls[value[2]](*arguments, **keywords))
        raise BadProgram(value[1])

    # ---- statements -----------------------------------------------------------------------

    def run(self, program, note_arguments=True):
        """Never raises anything of the target's; run.error has it."""
        run = Run()
        run.program = program
        values = run.values
        try:
            for at, one in enumerate(program):
                run.at = at
                kind = one[0]
                if kind == CALL:
                    values.append(self.call(run, at, one, note_arguments))
                elif kind == LITERAL:
                    values.append(self.deep(one[1], values) if one[2] else one[1])
                elif kind == DRAIN:
                    values.append(self.drain(values[one[1]], one[2]))
                else:
                    values.append(self.enter(run, values[one[1]]))
        except BaseException as error:
            run.error = error
        while run.entered:
            self.leave(run)
        return run

    def call(self, run, at, one, note):
        arguments, keywords = one[2], one[3]
        if one[4]:
            arguments = [self.deep(value, run.values) for value in arguments]
            keywords = {name: self.deep(value, run.values) for name, value in keywords.items()}
        run.given[at] = arguments, keywords
        watched = note and (any(map(is_mutable, arguments))
                            or keywords and any(map(is_mutable, keywords.values())))
        before = snapshot((arguments, keywords)) if watched else None
        try:
            result = self.calls[one[1]](*arguments, **keywords)
            if hasattr(type(result), "__await__"):
                result = self.await_it(result)
            return result
        finally:
            if before is not None and snapshot((arguments, keywords)) != before:
                run.changed[at] = marshal.loads(before)

    def drain(self, value, count):
        if hasattr(type(value), "__anext__"):
            return self.await_it(self.drain_async(value, count))
        return list(islice(value, count))

    @staticmethod
    async def drain_async(value, count):
        items = []
        while len(items) < count:
            try:
                items.append(await value.__anext__())
            except StopAsyncIteration:
                break
        return items

    def enter(self, run, manager):
        kind = type(manager)
        if hasattr(kind, "__aenter__") and not hasattr(kind, "__enter__"):
            value = self.await_it(kind.__aenter__(manager))
            run.entered.append(lambda *error: self.await_it(kind.__aexit__(manager, *error)))
        else:
            value = kind.__enter__(manager)
            run.entered.append(lambda *error: kind.__exit__(manager, *error))
        return value

    def leave(self, run):
        leave = run.entered.pop()
        error = run.error
        try:
            if error is None:
                leave(None, None, None)
            elif leave(type(error), error, error.__traceback__):
                run.error = None
        except BaseException as error:
            run.error = error

    # ---- coroutines -----------------------------------------------------------------------

    def await_it(self, value):
        if not hasattr(type(value), "__await__"):
            return value
        from . import looping
        return looping.run(value)


def load(data):
    try:
        program = marshal.loads(data)
    except (ValueError, EOFError, TypeError):
        raise BadProgram("not marshalled")
    if type(program) is not tuple or not program:
        raise BadProgram("not a program")
    return program


def stdout():
    return sys.stdout
