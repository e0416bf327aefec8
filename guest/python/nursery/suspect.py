"""What looks wrong though every caller kept his promise: a crash on arguments that fit their
annotations, a result that does not, `==` and hashes that contradict each other, an encoder whose
decoder gives back something else.

A suspicion is (kind, text, program): what shows it, if that is more than the program asked about.
"""

import math
import re

from . import execute, frames, observe, operands, origins, view
from .fits import call_fits, fits
from .types_of import hints_of

EXPECTED = (ValueError, LookupError, ArithmeticError, OSError, EOFError, StopIteration,
            StopAsyncIteration, AssertionError, NotImplementedError, MemoryError, RecursionError,
            ImportError, Warning, execute.BadProgram)
INVERSES = {"encode": "decode", "dumps": "loads", "dump": "load", "pack": "unpack", "serialize":
            "deserialize", "serialise": "deserialise", "compress": "decompress", "encrypt":
            "decrypt", "escape": "unescape", "quote": "unquote", "marshal": "unmarshal", "format":
            "parse", "freeze": "unfreeze", "zip": "unzip", "flatten": "unflatten", "to": "from"}
TEXT_MAX = 300


def inverse_of(name):
    """`to_json`: from_json, `int_to_roman`: roman_to_int, `encode_key`: decode_key."""
    both = re.fullmatch(r"(\w+?)_to_(\w+)", name)
    if both:
        return "%s_to_%s" % (both[2], both[1])
    parts = name.split("_")
    for index, part in enumerate(parts):
        if part in INVERSES:
            return "_".join(parts[:index] + [INVERSES[part]] + parts[index + 1:])
    return None


def text_of(value):
    try:
        return repr(value)[:120]
    except Exception:
        return "a %s" % type(value).__name__


def type_name(value):
    return view.type_text(type(value))[0].rpartition(".")[2]


def annotation_text(annotation):
    return getattr(annotation, "__name__", None) if isinstance(annotation, type) \
        else str(annotation).replace("typing.", "")


class Promises:
    """What the callables of a module promise."""

    def __init__(self, described):
        self.described = described
        self.hints = {}
        self.inverses = {}
        by_qual = {one["qual"]: index for index, one in enumerate(described.callables)
                   if one["kind"] in ("function", "method", "classmethod", "staticmethod")}
        for qual, index in by_qual.items():
            holder, dot, name = qual.rpartition(".")
            other = by_qual.get(holder + dot + (inverse_of(name) or "?"))
            if other is not None:
                self.inverses[index] = other

    def hints_of(self, index):
        if index not in self.hints:
            entry = self.described.callables[index]
            self.hints[index] = {} if entry["kind"] == "library" else hints_of(entry)
        return self.hints[index]

    def call_fits(self, one, given):
        """Of a statement: certainly, as far as its values are known."""
        entry = self.described.callables[one[1]]
        arguments = given[0][1:] if entry["kind"] in ("method", "property", "setter") else given[0]
        if one[4] and not all(map(self.makes_fit, (*one[2], *one[3].values()))):
            return None
        if entry["kind"] == "library":
            return True
        return call_fits(entry, self.hints_of(one[1]), arguments, given[1])

    def makes_fit(self, value):
        """Objects that are made inside of an argument; what these are given is in the program."""
        kind = type(value)
        if kind is tuple and len(value) == 5 and value[:2] == (..., "make"):
            entry, inner = self.described.callables[value[2]], (*value[3], *value[4].values())
            if entry["kind"] == "library":
                return True
            return all(map(self.makes_fit, inner)) and call_fits(
                entry, self.hints_of(value[2]), value[3], value[4]) is True
        if kind in (list, set, frozenset) or kind is tuple and value[:1] != (...,):
            return all(map(self.makes_fit, value))
        return kind is not dict or all(map(self.makes_fit, value.values()))

    def all_fit(self, run):
        """Every call of the program, the last one included, was made as it should be."""
        for at, one in enumerate(run.program[:run.at + 1]):
            if one[0] == execute.CALL and (
                    at not in run.given or self.call_fits(one, run.given[at]) is not True):
                return False
        return True


# ---- crash and annotation -------------------------------------------------------------------

def of_crash(promises, run, origin):
    error = run.error
    if isinstance(error, EXPECTED) or not isinstance(error, Exception) \
            or origin not in (origins.OPERATION, origins.LIBRARY, origins.ARGUMENT):
        return
    one = run.program[run.at]
    if one[0] == execute.CALL and promises.all_fit(run):
        entry = promises.described.callables[one[1]]
        if entry["kind"] != "library":
            yield ("crash", "%s ends in %s, though the arguments fit their annotations: %s" % (
                entry["qual"], type(error).__name__, observe.message_of(error)), b"")


def of_annotation(promises, run):
    one = run.program[-1]
    if one[0] != execute.CALL:
        return
    entry, hints = promises.described.callables[one[1]], promises.hints_of(one[1])
    if "return" not in hints or entry["generator"] or entry["kind"] == "constructor" \
            or hasattr(entry.get("_function"), "__wrapped__"):
        return
    value = run.values[-1]
    if value is not NotImplemented and fits(value, hints["return"]) is False \
            and promises.all_fit(run):
        yield ("annotation", "%s is annotated to return %s, and returns %s" % (
            entry["qual"], annotation_text(hints["return"]), text_of(value)), b"")


# ---- equality and hashes --------------------------------------------------------------------

def has_own(value, name):
    return getattr(type(value), name, None) is not getattr(object, name)


def contradictions(value, twin):
    """`twin`: made by the same program once more."""
    name = type_name(value)
    try:
        if not value == value:
            yield "equality", "a %s is not equal to itself" % name
        same, turned = bool(value == twin), bool(twin == value)
        if same != turned:
            yield "equality", "a == b and b == a of two %s are not the same" % name
        if same == bool(value != twin):
            yield "equality", "a == b and a != b of two %s are both %s" % (name, same)
    except Exception as error:
        yield "equality", "== of two %s ends in %s" % (name, type(error).__name__)
        return
    try:
        value == object()
    except Exception as error:
        yield "equality", "a %s compared with an object of another type ends in %s" % (
            name, type(error).__name__)
    try:
        if same and hash(value) != hash(twin):
            yield "hash", "two %s are equal and their hashes differ" % name
    except TypeError:
        pass
    except Exception as error:
        yield "hash", "hash() of a %s ends in %s" % (name, type(error).__name__)


def of_equality(promises, run, again):
    for value, twin in zip(run.values, again.values):
        if type(value) is type(twin) and value is not twin \
                and id(type(value)) in promises.described.by_value and has_own(value, "__eq__"):
            for kind, text in contradictions(value, twin):
                yield kind, text, b""


# ---- round trips ----------------------------------------------------------------------------

def is_equal(a, b):
    if type(a) is float and type(b) is float:
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) or a != a and b != b
    return a == b


def of_round_trip(promises, run, executor):
    """`decode(encode(x)) == x`, for calls with one argument."""
    one = run.program[-1]
    other = promises.inverses.get(one[1]) if one[0] == execute.CALL else None
    if other is None or len(one[2]) != 1 or one[3]:
        return
    entry, back = promises.described.callables[one[1]], promises.described.callables[other]
    if (entry["kind"] == "method") != (back["kind"] in ("classmethod", "staticmethod")) \
            or promises.call_fits(one, run.given[len(run.program) - 1]) is False:
        return
    value = run.given[len(run.program) - 1][0][0]
    if operands.short(value) != operands.short(value) or entry["kind"] == "method" \
            and not has_own(value, "__eq__"):
        return
    last = (execute.CALL, other, ((..., "var", len(run.program) - 1),), {}, True)
    longer = run.program + (last,)
    found = executor.run(longer)
    text = "%s(%s(%s))" % (back["qual"], entry["qual"], text_of(value))
    if isinstance(found.error, (TypeError, AttributeError)):
        return
    if found.error is not None and isinstance(found.error, Exception):
        yield ("round trip", "%s ends in %s" % (text, type(found.error).__name__),
               frames.dumps(longer))
    elif found.error is None and type(found.values[-1]) is type(value) \
            and not is_equal(found.values[-1], value):
        yield ("round trip", "%s is %s" % (text, text_of(found.values[-1])), frames.dumps(longer))


def told(text):
    """Fit for a line of a report, and no longer than the engine takes."""
    line = "".join(char if char.isprintable() else "?" for char in text)
    return line.encode("utf-8", "replace")[:TEXT_MAX].decode("utf-8", "ignore")


def suspicions(promises, run, origin, executor):
    found = []
    if run.error is not None:
        found += of_crash(promises, run, origin)
    else:
        found += of_annotation(promises, run)
        found += of_equality(promises, run, executor.run(run.program))
        found += of_round_trip(promises, run, executor)
    return tuple((kind, told(text), program) for kind, text, program in found)
