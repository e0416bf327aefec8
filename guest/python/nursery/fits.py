"""Does a value fit an annotation? True and False are certain; None: it cannot be said.

What a caller promises must fit for certain before anything is held against the code, and what the
code promises must fail for certain.
"""

import collections.abc
import dataclasses
import typing

DEPTH, ITEMS = 6, 30
WIDER = {float: (int, float), complex: (int, float, complex), bytes: (bytes, bytearray)}
SEQUENCES = (list, set, frozenset, collections.abc.Sequence, collections.abc.MutableSequence,
             collections.abc.Set, collections.abc.MutableSet, collections.abc.Collection,
             collections.abc.Iterable, collections.abc.Container, collections.abc.Reversible)
MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)


def both(answers):
    """All of it: False as soon as one is, None if one is not known."""
    found = True
    for one in answers:
        if one is False:
            return False
        if one is None:
            found = None
    return found


def either(answers):
    found = False
    for one in answers:
        if one is True:
            return True
        if one is None:
            found = None
    return found


def fits(value, annotation, depth=0):
    if annotation is typing.Any or annotation is object:
        return True
    if annotation is None or annotation is type(None):
        return value is None
    if depth > DEPTH or isinstance(annotation, (str, typing.ForwardRef)):
        return None
    if isinstance(annotation, typing.TypeVar):
        return fits(value, annotation.__bound__, depth + 1) if annotation.__bound__ else None
    if hasattr(annotation, "__supertype__"):
        return fits(value, annotation.__supertype__, depth + 1)
    origin = typing.get_origin(annotation)
    if origin is None:
        return of_class(value, annotation, depth)
    return of_origin(value, origin, typing.get_args(annotation), depth + 1)


def of_origin(value, origin, arguments, depth):
    if origin is typing.Union or getattr(origin, "__name__", "") == "UnionType":
        return either(fits(value, one, depth) for one in arguments)
    if origin is getattr(typing, "Literal", ()):
        return any(type(value) is type(one) and value == one for one in arguments)
    if getattr(typing, "Annotated", 0) is origin:
        return fits(value, arguments[0], depth)
    if origin is collections.abc.Callable:
        return None if callable(value) else False
    if origin is type:
        return None if isinstance(value, type) else False
    kind = of_class(value, origin, depth)
    if kind is not True:
        return kind
    return of_items(value, origin, arguments, depth)


def of_items(value, origin, arguments, depth):
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is ...:
            return both(fits(one, arguments[0], depth) for one in value[:ITEMS])
        wanted = () if arguments == ((),) else arguments
        return len(value) == len(wanted) and both(
            fits(one, kind, depth) for one, kind in zip(value, wanted))
    if origin in MAPPINGS and isinstance(value, dict) and len(arguments) == 2:
        return both(fits(one, kind, depth) for pair in list(value.items())[:ITEMS]
                    for one, kind in zip(pair, arguments))
    if origin in SEQUENCES and isinstance(value, (list, tuple, set, frozenset, dict, str)) \
            and len(arguments) == 1:
        return both(fits(one, arguments[0], depth) for one in list(value)[:ITEMS]) \
            if not isinstance(value, str) or depth < DEPTH else None
    return None


def of_class(value, kind, depth):
    if not isinstance(kind, type) or getattr(kind, "_is_protocol", False):
        return None
    try:
        if not isinstance(value, WIDER.get(kind, kind)):
            return False
    except Exception:
        return None
    if dataclasses.is_dataclass(kind):
        return both(fields_fit(value, depth + 1))
    return True


def fields_fit(value, depth):
    """A data class promises for its fields what they are annotated with."""
    try:
        hints = typing.get_type_hints(type(value))
    except Exception:
        hints = {}
    for field in dataclasses.fields(value):
        if field.name in hints and hasattr(value, field.name):
            yield True if fits(getattr(value, field.name), hints[field.name], depth) else None
        else:
            yield None


def parameters_of(entry, count):
    """The parameters of `count` positional arguments, in their order; and those by name."""
    plain = [one for one in entry.get("_parameters", ()) if one.kind in (0, 1, 2)]
    if plain and plain[-1].kind == 2:
        plain += plain[-1:] * max(0, count - len(plain))
    by_name = {one.name: one for one in entry.get("_parameters", ())}
    return plain[:count], by_name


def call_fits(entry, hints, arguments, keywords):
    """All arguments of a call of this callable; those of a method without its object."""
    plain, by_name = parameters_of(entry, len(arguments))
    if len(plain) < len(arguments) or not set(keywords) <= set(by_name):
        return None
    pairs = list(zip(arguments, plain)) + [(one, by_name[name]) for name, one in keywords.items()]
    return both(fits(value, hints[one.name]) if one.name in hints else None
                for value, one in pairs)
