"""The probes that instrumented code calls.

An instrumented module finds them among the builtins under names that no source can spell (`@e`),
so neither its globals nor the names of its author are touched. `hits` is written by the code
itself: `@h[goal] = 1`.

They are Python, which is fast enough: what a real module's candidates cost is elsewhere
(docs/guest-protocol.md has the figures).

    begin(fuel, watch)  a candidate starts; watch is a bitmap of compares whose operands are kept
    end()               (hits as 16-bit numbers, operands, fuel used, did it run out)
"""

import operator
from array import array


class OutOfFuel(BaseException):
    """No code under test may catch it: handlers have a probe that raises it again."""


OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "is", "isnot", "in", "notin", "truth",
             "isinstance", "startswith", "endswith")
APPLY = (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge,
         operator.is_, operator.is_not, lambda a, b: a in b, lambda a, b: a not in b)
KEPT_OF_EACH = 4

hits = bytearray()
true_goals = []
false_goals = []
applies = []
watched = b""
kept = {}
left = used = 0
out = False


def keep(compare, truth, a, b):
    """Replaced by whoever wants operands; called for watched compares only."""
    return None


def setup(goal_count, compares, keeper):
    """compares: (goal of true, goal of false, index of the operator) of each."""
    global keep, hits
    hits[:] = bytes(goal_count)
    true_goals[:] = [one[0] for one in compares]
    false_goals[:] = [one[1] for one in compares]
    applies[:] = [APPLY[one[2]] if one[2] < len(APPLY) else None for one in compares]
    keep = keeper
    return hits


def begin(fuel, watch):
    global left, used, out, watched
    hits[:] = bytes(len(hits))
    kept.clear()
    left = used = fuel
    out = False
    watched = watch


def end():
    found = array("H")
    at = hits.find(1)
    while at >= 0:
        found.append(at)
        at = hits.find(1, at + 1)
    operands = tuple(entry for entries in kept.values() for entry in entries)
    return found.tobytes(), operands, used - left, out


def is_out():
    return out


def burn():
    global left, out
    left -= 1
    if left < 0:
        out = True
        raise OutOfFuel
    return True


def enter(goal):
    if goal >= 0:
        hits[goal] = 1
    return burn()


def handle(goal):
    if out:
        raise OutOfFuel
    if goal >= 0:
        hits[goal] = 1


def note(compare, truth, a, b):
    goal = true_goals[compare] if truth else false_goals[compare]
    if goal >= 0:
        hits[goal] = 1
    if compare >> 3 < len(watched) and watched[compare >> 3] >> (compare & 7) & 1:
        entries = kept.setdefault(compare, [])
        if len(entries) < KEPT_OF_EACH:
            entry = keep(compare, truth, a, b)
            if entry is not None:
                entries.append(entry)


def truth(compare, value):
    """A condition: only its truth is used, which is asked for once."""
    result = True if value else False
    note(compare, result, value, None)
    return result


def compare(index, a, b):
    """A comparison as a condition."""
    result = True if applies[index](a, b) else False
    note(index, result, a, b)
    return result


def value(index, a, b):
    """A comparison whose result is used as it is."""
    result = applies[index](a, b)
    if result is True or result is False:
        note(index, result, a, b)
    return result


def operand(index, value):
    """The operand of `and` and `or` as a value: its truth is asked only where nobody can notice."""
    kind = type(value)
    if kind.__flags__ & 1 << 9 == 0 or not (hasattr(kind, "__bool__") or hasattr(kind, "__len__")):
        note(index, True if value else False, value, None)
    return value


def isinstance_call(index, function, a, b):
    result = function(a, b)
    if result is True or result is False:
        note(index, result, a, b)
    return result


def method_call(index, method, b):
    result = method(b)
    if result is True or result is False:
        note(index, result, getattr(method, "__self__", None), b)
    return result


def names():
    return {"@h": hits, "@f": burn, "@e": enter, "@x": handle, "@t": truth, "@c": compare,
            "@v": value, "@b": operand, "@i": isinstance_call, "@m": method_call}
