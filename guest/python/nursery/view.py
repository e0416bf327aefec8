"""Values as the protocol shows them: plain data, and specials for what plain data cannot say."""

import marshal
import sys
from types import BuiltinFunctionType, FunctionType, ModuleType

from . import forms

DEPTH = 8
ITEMS = 200
TEXT = 4000
PLAIN = frozenset((int, float, str, bytes, bool, type(None)))


def type_text(kind):
    """How a test would write this type, and what to import for it."""
    module, name = kind.__module__, kind.__qualname__
    if module == "builtins":
        return name, ""
    return module + "." + name, module


def order(view):
    try:
        return marshal.dumps(view, 2)
    except ValueError:
        return b""


class Viewer:
    """One walk over one value. `known`: {id: number} of the objects that are variables."""

    def __init__(self, attributes=True, depth=DEPTH, known=()):
        self.above = []
        self.attributes, self.depth, self.known = attributes, depth, known

    def view(self, value):
        kind = type(value)
        if kind in PLAIN:
            return self.scalar(kind, value)
        if any(value is one for one in self.above):
            return (..., "again")
        if len(self.above) >= self.depth:
            return (..., "opaque", type_text(kind)[0])
        self.above.append(value)
        try:
            return self.inner(kind, value)
        finally:
            self.above.pop()

    def scalar(self, kind, value):
        if kind is str or kind is bytes:
            if kind is str and not value.isascii():
                try:
                    value.encode()
                except UnicodeEncodeError:
                    return (..., "opaque", "str")
            if len(value) > TEXT:
                return (..., "long", kind.__name__, len(value), value[:20], value[-20:])
        if kind is int and value.bit_length() > 4000:
            return (..., "opaque", "int")
        return value

    def inner(self, kind, value):
        maker = BY_TYPE.get(kind)
        if maker is not None:
            return maker(self, kind, value)
        if kind is complex:
            return (..., "make", "complex", "", (value.real, value.imag), {})
        if kind is bytearray:
            return (..., "make", "bytearray", "", (bytes(value),), {})
        if kind is range:
            return (..., "make", "range", "", (value.start, value.stop, value.step), {})
        if isinstance(value, (type, FunctionType, BuiltinFunctionType)):
            return self.named(value)
        if isinstance(value, ModuleType):
            return (..., "opaque", "module")
        return by_kind(self, kind, value)

    def named(self, value):
        module = getattr(value, "__module__", None)
        if isinstance(module, str) and is_nameable_object(value, module):
            return ((..., "name") + type_text_of(value, module))
        return (..., "opaque", type_text(type(value))[0])

    def sequence(self, kind, value):
        if len(value) > ITEMS:
            return (..., "long", kind.__name__, len(value), self.view(value[0]),
                    self.view(value[-1]))
        return kind(self.view(one) for one in value)

    def sets(self, kind, value):
        if len(value) > ITEMS:
            return (..., "opaque", kind.__name__)
        return (..., kind.__name__) + tuple(sorted((self.view(one) for one in value), key=order))

    def mapping(self, kind, value):
        if len(value) > ITEMS:
            return (..., "opaque", "dict")
        items = [(self.view(key), self.view(one)) for key, one in value.items()]
        try:
            return dict(items)
        except TypeError:    # a key that has no plain form of its own
            return (..., "opaque", "dict")


def is_nameable_object(value, module):
    found = sys.modules.get(module)
    for part in getattr(value, "__qualname__", "?").split("."):
        found = getattr(found, part, None)
    return found is value


def type_text_of(value, module):
    name = value.__qualname__
    return (name, "") if module == "builtins" else (module + "." + name, module)


BY_TYPE = {list: Viewer.sequence, tuple: Viewer.sequence, set: Viewer.sets,
           frozenset: Viewer.sets, dict: Viewer.mapping}


def attributes_of(value):
    """What a test may look at: public attributes and, if they have values, slots."""
    found = {}
    try:
        found.update(object.__getattribute__(value, "__dict__"))
    except (AttributeError, TypeError):
        pass
    for base in type(value).__mro__:
        slots = base.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            try:
                found.setdefault(name, object.__getattribute__(value, name))
            except AttributeError:
                pass
    return found


def public(attributes):
    return sorted((name, value) for name, value in attributes.items()
                  if isinstance(name, str) and not name.startswith("_"))


def object_view(viewer, kind, value):
    if id(value) in viewer.known:
        return (..., "var", viewer.known[id(value)])
    text = type_text(kind)[0]
    if not viewer.attributes or kind.__module__ in ("contextlib", "functools"):
        return (..., "opaque", text)
    pairs = tuple((name, viewer.view(one)) for name, one in public(attributes_of(value))[:30])
    return (..., "object", text, pairs) if pairs else (..., "opaque", text)


def by_kind(viewer, kind, value):
    form = forms.find(kind, value)
    if form is not None:
        found = form(viewer, kind, value)
        if found is not None:
            return found
    return object_view(viewer, kind, value)


def view(value, **options):
    return Viewer(**options).view(value)
