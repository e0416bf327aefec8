"""Makers of instances that are no part of the module: of its standard library types, of enums and
classes that it imported. Only those that somebody asks for become callables of the protocol.
"""

import collections
import datetime
import decimal
import enum
import fractions
import io
import pathlib
import re
import sys
import types
import uuid

INT, FLOAT, STR, ANY = ("int",), ("float",), ("str",), ("any",)


def parameter(name, kind, default=None, optional=False):
    entry = {"name": name, "kind": "plain", "optional": optional, "annotated": True,
             "types": [(kind, 10.0)]}
    if default is not None:
        entry["default"] = default
    return entry


def between(low, *others):
    return ("literal", low) + others


YEAR = between(2024, 2023, 2000, 1970, 1999, 2038)
MONTH = between(1, 2, 12, 6)
DAY = between(1, 28, 15, 27)
MAKERS = {
    datetime.date: [parameter("year", YEAR), parameter("month", MONTH), parameter("day", DAY)],
    datetime.datetime: [parameter("year", YEAR), parameter("month", MONTH), parameter("day", DAY),
                        parameter("hour", between(0, 12, 23), 0, True),
                        parameter("minute", between(0, 30, 59), 0, True)],
    datetime.time: [parameter("hour", between(0, 12, 23)), parameter("minute", between(0, 30, 59))],
    datetime.timedelta: [parameter("days", INT), parameter("seconds", INT, 0, True)],
    decimal.Decimal: [parameter("value", ("literal", "0", "1", "-1", "1.5", "0.1", "100.25",
                                          "-2.75", "NaN", "Infinity"))],
    fractions.Fraction: [parameter("numerator", INT), parameter("denominator", between(1, 2, 3,
                                                                                         7))],
    uuid.UUID: [parameter("hex", ("literal", "12345678-1234-5678-1234-567812345678",
                                  "00000000-0000-0000-0000-000000000000"))],
    io.StringIO: [parameter("initial_value", STR)],
    io.BytesIO: [parameter("initial_bytes", ("bytes",))],
    pathlib.Path: [parameter("path", ("literal", "a.txt", "a/b.tar.gz", ".", "missing", "b"))],
    pathlib.PurePath: [parameter("path", ("literal", "a.txt", "a/b.tar.gz", ".", "/a/b"))],
    collections.deque: [parameter("iterable", ("list", ANY), [], True)],
    collections.Counter: [parameter("iterable", ("union", ("list", STR), STR), [], True)],
    collections.OrderedDict: [parameter("items", ("list", ("tuple", STR, INT)), [], True)],
    collections.defaultdict: [],
    re.Pattern: [parameter("pattern", ("literal", "a", "[a-z]+", "\\d+", "^(a)(b)?$"))],
}
CALLBACKS = {
    0: ("lambda: 1", "lambda: None", "list"),
    1: ("lambda x: x", "lambda x: True", "lambda x: False", "lambda x: x == 1", "lambda x: [x]",
        "str", "len", "lambda x: x > 1", "lambda x: 1 // 0"),
    2: ("lambda x, y: x", "lambda x, y: x + y", "lambda x, y: x < y", "lambda x, y: y",
        "lambda x, y: 0", "max"),
    3: ("lambda x, y, z: x", "lambda x, y, z: [x, y, z]"),
}
TEXTS = {re.Pattern: ("re.compile", "re", re.compile)}
STREAMS = {"TextIO": io.StringIO, "IO": io.StringIO, "BinaryIO": io.BytesIO,
           "TextIOBase": io.StringIO, "TextIOWrapper": io.StringIO, "IOBase": io.StringIO,
           "RawIOBase": io.BytesIO, "BufferedReader": io.BytesIO, "PathLike": pathlib.Path,
           "Number": int}


class Libraries:
    """Appends to described.callables what types need."""

    def __init__(self, described):
        self.described = described
        self.indexes = {}

    def type_of(self, kind):
        """None where nothing is known to make it."""
        kind = STREAMS.get(kind.__name__, kind)
        if kind is int:
            return INT
        if kind in self.indexes:
            return self.indexes[kind]
        if issubclass(kind, enum.Enum):
            return self.remember(kind, self.members(kind))
        if kind in MAKERS:
            return self.remember(kind, ("library", self.add(kind, MAKERS[kind])))
        return self.remember(kind, self.foreign(kind))

    def remember(self, kind, found):
        self.indexes[kind] = found
        return found

    def add(self, kind, params, text=None, call=None):
        described = self.described
        module, name = kind.__module__, kind.__qualname__
        default = (module + "." + name, module, kind)
        if module == "_io":
            default = ("io." + name, "io", kind)
        elif module.startswith("pathlib."):
            default = ("pathlib." + name, "pathlib", kind)
        text, imported, call = (text, module, call) if text else TEXTS.get(kind, default)
        described.callables.append({
            "name": name, "qual": text, "kind": "library", "owner": -1, "line": 0, "end": 0,
            "public": True, "test": False, "async": False, "generator": False, "params": params,
            "returns": None, "raises": [], "documented": [], "text": text, "import": imported,
            "reads": [], "why": "of a library", "_call": call})
        return len(described.callables) - 1

    def stand_in(self, attributes):
        """A namespace with these attributes: [(name, types)]."""
        key = repr(attributes)
        if key not in self.indexes:
            params = [{"name": name, "kind": "keyword", "optional": False, "annotated": False,
                       "types": kinds} for name, kinds in attributes]
            self.remember(key, ("library", self.add(types.SimpleNamespace, params)))
        return self.indexes[key]

    def iterator(self, item):
        """Over a list of these."""
        key = "iterator " + repr(item)
        if key not in self.indexes:
            index = self.add(list, [dict(parameter("items", ("list", item)), kind="positional")],
                             "iter", iter)
            self.described.callables[index]["import"] = ""
            self.remember(key, ("library", index))
        return self.indexes[key]

    def value(self, text, imported, value, returns=None):
        """No call: an expression that stands for this value."""
        index = self.add(type(value), [], text, lambda: value)
        self.described.callables[index].update(
            {"name": text.rpartition(".")[2], "import": imported, "returns": returns})
        return ("library", index)

    def members(self, kind):
        """An enum's members: each an expression of its own."""
        if not importable(kind):
            return None
        found = [self.value("%s.%s.%s" % (kind.__module__, kind.__qualname__, one.name),
                            kind.__module__, one) for one in list(kind)[:12]]
        return ("union",) + tuple(found) if found else None

    def add_callbacks(self, arities):
        """What may be passed for a function: one row of CALLBACKS for each number of arguments."""
        for count in sorted(arities):
            for text in CALLBACKS.get(count, ()):
                self.value(text, "", eval(compile(text, "<callback>", "eval"), {}),
                           ("callable", count))

    def foreign(self, kind):
        """A class of another module that can be made from values of annotated, plain types."""
        import inspect
        if not importable(kind) or getattr(kind, "__abstractmethods__", None):
            return None
        if issubclass(kind, tuple) and isinstance(getattr(kind, "_fields", None), tuple):
            return ("library", self.add(kind, [parameter(name, ANY) for name in kind._fields[:8]]))
        try:
            parameters = list(inspect.signature(kind).parameters.values())
        except (ValueError, TypeError):
            return None
        params = []
        for one in parameters[:8]:
            if one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
                continue
            found = self.described.annotations.of(one.annotation, 3) \
                if one.annotation is not one.empty else None
            if found is None and one.default is one.empty:
                return None
            if found is not None:
                params.append(dict(parameter(one.name, found), optional=one.default is not one.empty,
                                   kind="keyword" if one.kind == one.KEYWORD_ONLY else "plain"))
        return ("library", self.add(kind, params))


def importable(kind):
    found = sys.modules.get(kind.__module__)
    for part in kind.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is kind and kind.__module__ != "builtins" \
        and not kind.__qualname__.startswith("_")
