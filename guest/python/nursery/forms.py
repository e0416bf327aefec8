"""Views of types that a test can write as an expression, each tried out: what it makes is equal."""

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import pathlib
import sys
import uuid


def equals(made, value):
    try:
        return type(made) is type(value) and bool(made == value)
    except Exception:
        return False


def name_of(kind):
    return kind.__module__ + "." + kind.__qualname__


def enum_form(viewer, kind, value):
    if getattr(kind, str(value.name), None) is value:
        return (..., "name", name_of(kind) + "." + value.name, kind.__module__)
    return None


def make(kind, text, arguments, keywords, value):
    return (..., "make", text, kind.__module__, arguments, keywords)


def text_form(viewer, kind, value):
    text = str(value)
    return make(kind, name_of(kind), (text,), {}, value) if equals(kind(text), value) else None


def fraction_form(viewer, kind, value):
    return make(kind, name_of(kind), (value.numerator, value.denominator), {}, value)


def path_form(viewer, kind, value):
    if id(value) in viewer.known:
        return (..., "var", viewer.known[id(value)])
    name = "Path" if isinstance(value, pathlib.Path) else kind.__name__
    return (..., "make", "pathlib." + name, "pathlib", (str(value),), {})


def date_form(viewer, kind, value):
    return make(kind, "datetime.date", (value.year, value.month, value.day), {}, value)


def datetime_form(viewer, kind, value):
    parts = [value.year, value.month, value.day, value.hour, value.minute, value.second,
             value.microsecond]
    while len(parts) > 3 and parts[-1] == 0:
        parts.pop()
    return make(kind, "datetime.datetime", tuple(parts), zone_of(viewer, value), value)


def zone_of(viewer, value):
    if value.tzinfo is None:
        return {}
    return {"tzinfo": viewer.view(value.tzinfo)}


def time_form(viewer, kind, value):
    parts = [value.hour, value.minute, value.second, value.microsecond]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return make(kind, "datetime.time", tuple(parts), zone_of(viewer, value), value)


def delta_form(viewer, kind, value):
    names = ("days", "seconds", "microseconds")
    given = {name: getattr(value, name) for name in names if getattr(value, name)}
    return make(kind, "datetime.timedelta", () if given else (0,), given, value)


def timezone_form(viewer, kind, value):
    if value is datetime.timezone.utc:
        return (..., "name", "datetime.timezone.utc", "datetime")
    return make(kind, "datetime.timezone", (viewer.view(value.utcoffset(None)),), {}, value)


def deque_form(viewer, kind, value):
    items = [viewer.view(one) for one in list(value)[:200]]
    keywords = {} if value.maxlen is None else {"maxlen": value.maxlen}
    return make(kind, "collections.deque", (items,), keywords, value)


def counter_form(viewer, kind, value):
    return make(kind, "collections.Counter", (viewer.mapping(dict, dict(value)),), {}, value)


def ordered_form(viewer, kind, value):
    pairs = [(viewer.view(key), viewer.view(one)) for key, one in list(value.items())[:200]]
    return make(kind, "collections.OrderedDict", (pairs,), {}, value)


def equal_form(plain):
    """Of a type of its own, and equal to plain data."""
    def form(viewer, kind, value):
        inner = plain(value)
        if not safely_equal(value, inner):
            return None
        base = type(inner)
        view = viewer.mapping(dict, inner) if base is dict else (
            viewer.sets(base, inner) if base in (set, frozenset) else
            viewer.sequence(base, inner) if base in (list, tuple) else viewer.scalar(base, inner))
        return (..., "equal", name_of(kind), kind.__module__ if kind.__module__ != "builtins"
                else "", view)
    return form


def safely_equal(a, b):
    try:
        return bool(a == b)
    except Exception:
        return False


def named_tuple_form(viewer, kind, value):
    names = kind._fields
    return (..., "make", name_of(kind), kind.__module__, (),
            {name: viewer.view(one) for name, one in zip(names, value)})


def dataclass_form(viewer, kind, value):
    """Only where a person would write it: compared by fields, all of them given to the maker."""
    params = getattr(kind, "__dataclass_params__", None)
    if params is None or not params.eq:
        return None
    given = {}
    for field in dataclasses.fields(value):
        if field.init:
            if not field.compare:
                continue
            given[field.name] = getattr(value, field.name)
    try:
        made = kind(**given)
    except Exception:
        return None
    if not equals(made, value):
        return None
    return (..., "make", name_of(kind), kind.__module__, (),
            {name: viewer.view(one) for name, one in given.items()})


EXACT = {
    decimal.Decimal: text_form, fractions.Fraction: fraction_form, uuid.UUID: text_form,
    datetime.date: date_form, datetime.datetime: datetime_form, datetime.time: time_form,
    datetime.timedelta: delta_form, datetime.timezone: timezone_form,
    collections.deque: deque_form, collections.Counter: counter_form,
    collections.OrderedDict: ordered_form, collections.defaultdict: equal_form(dict),
}


def is_nameable(kind):
    """Can a test import it under its name? Not what a function made for itself."""
    found = sys.modules.get(kind.__module__)
    for part in kind.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is kind


def find(kind, value):
    form = EXACT.get(kind)
    if form is not None:
        return form
    if isinstance(value, enum.Enum):
        return enum_form if is_nameable(kind) else None
    if isinstance(value, pathlib.PurePath):
        return path_form
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return named_tuple_form if is_nameable(kind) else equal_form(tuple)
    if dataclasses.is_dataclass(value):
        return dataclass_form if is_nameable(kind) else None
    for base in (dict, list, tuple, set, frozenset, str, bytes, int, float):
        if isinstance(value, base):
            return equal_form(base)
    return None
