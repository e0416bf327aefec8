"""Is the process as it was? What a candidate can leave behind for the next one."""

import _thread
import builtins
import marshal
import os
import sys
from collections import deque
from operator import is_
from types import FunctionType, MemberDescriptorType, MethodType, ModuleType

from .load import is_of_library

DEPTH = 5
NODES = 20000
SECRETIVE = frozenset(("itertools", "collections", "_random", "random", "_io"))
NOT_STATE = frozenset(("__builtins__", "__warningregistry__", "__loader__", "__spec__"))
PLAIN = frozenset((int, float, str, bytes, bool, type(None), complex))


class Fingerprint:
    """Of all that can be reached from the module's globals, by content; addresses do not count,
    but whether it is still the same object does, where content cannot be looked into.

    keep()  takes the state as it is, for `same` to compare with
    same()  most often nothing has changed at all: then every container still holds the very
            objects that it held, which is found out in a fraction of a walk's time
    """

    def __init__(self, module):
        self.module = module
        self.nodes = NODES
        self.held = self.kept = self.modules = None

    def keep(self):
        self.held = held = []
        self.modules = frozenset(sys.modules)
        around, graph = surroundings(self.modules), self.graph()
        self.held, self.kept = None, (around, graph, held)

    def same(self):
        around, graph, held = self.kept
        return surroundings(self.modules) == around and (all(is_held(*one) for one in held)
                                             or self.graph() == graph)

    def graph(self):
        self.nodes, self.above = NODES, set()
        return hash(repr(self.of(vars(self.module), 0)))

    def note(self, read, value):
        if self.held is not None:
            self.held.append((read, value, read(value)))

    def note_plain(self, kind, value):
        """The objects of a flat container are compared faster than its bytes are made."""
        held = READERS.get(kind, tuple)(value)
        if not all(type(one) in PLAIN for one in held):
            self.note(plain_items, value)
        elif kind in READERS:      # others cannot change
            self.note(READERS[kind], value)

    def of(self, value, depth):
        kind = type(value)
        if kind in PLAIN:
            return value
        self.nodes -= 1
        if self.nodes < 0 or depth > DEPTH or id(value) in self.above:
            return id(kind)
        self.above.add(id(value))
        try:
            return self.inner(kind, value, depth + 1)
        finally:
            self.above.discard(id(value))

    def inner(self, kind, value, depth):
        if kind in (list, tuple, dict, set, frozenset):
            try:
                plain = marshal.dumps(value, 2)
            except ValueError:
                if kind in READERS:
                    self.note(READERS[kind], value)
                return self.container(kind, value, depth)
            self.note_plain(kind, value)
            return plain
        if isinstance(value, ModuleType):
            return id(value) if depth > 1 else self.of(vars(value), depth)
        if isinstance(value, FunctionType):
            return self.function(value, depth)
        if isinstance(value, type):
            return self.type(value, depth)
        if isinstance(value, MethodType):
            return id(value.__func__)
        return self.instance(value, depth)

    def container(self, kind, value, depth):
        if kind is dict:
            return self.mapping(value, depth)
        items = [self.of(one, depth) for one in value]
        return sorted(map(repr, items)) if kind in (set, frozenset) else items

    def mapping(self, value, depth):
        return [(self.of(key, depth), self.of(one, depth)) for key, one in list(value.items())
                if key not in NOT_STATE]

    def is_ours(self, value):
        return getattr(value, "__module__", None) == self.module.__name__

    def function(self, value, depth):
        if not self.is_ours(value):
            return id(value)
        self.note(function_items, value)
        cells = []
        for cell in value.__closure__ or ():
            try:
                cells.append(self.of(cell.cell_contents, depth))
            except ValueError:
                pass
        return [id(value), self.of(value.__defaults__, depth), self.of(value.__kwdefaults__, depth),
                self.of(value.__dict__, depth), cells]

    def type(self, value, depth):
        if not self.is_ours(value):
            return id(value)
        self.note(type_items, value)
        return [id(value)] + [(name, self.of(one, depth)) for name, one in vars(value).items()
                              if not name.startswith("__") and not name.startswith("_abc_")]

    def instance(self, value, depth):
        parts, kind = [id(value)], type(value)
        self.note(instance_items, value)
        if kind.__module__ in SECRETIVE or kind is bytearray:
            parts.append(by_protocol(value))
        try:
            parts.append(self.of(object.__getattribute__(value, "__dict__"), depth))
        except (AttributeError, TypeError):
            pass
        parts += [(name, self.of(one, depth)) for name, one in slots_of(value)]
        for base in (dict, list, set, tuple):
            if isinstance(value, base):
                parts.append(self.container(base, base.copy(value) if base is not tuple
                                            else tuple(value), depth))
        return parts


def changed_modules(known):
    """Those that are gone, and new ones of the project; what libraries load later is their affair."""
    if len(sys.modules) == len(known):
        return ()
    new = sorted(one for one in set(sys.modules) - known
                 if not is_of_library(getattr(sys.modules[one], "__spec__", None)))
    return tuple(sorted(known - set(sys.modules)) + new)


def surroundings(modules):
    return hash(repr((
        sorted(os.environ.items()), cwd(), changed_modules(modules), sys.getrecursionlimit(),
        _thread._count(), sys.path[:], id(sys.stdout), id(sys.stdin), id(sys.stderr),
        id(sys.gettrace()), len(sys.meta_path), random_state(), id(builtins.open),
        len(vars(builtins)), listing())))


def slots_of(value):
    """What an instance keeps beside its dict."""
    found = []
    for base in type(value).__mro__:
        for name, slot in vars(base).items() if "__slots__" in vars(base) else ():
            if type(slot) is MemberDescriptorType:
                try:
                    found.append((name, slot.__get__(value)))
                except AttributeError:
                    pass
    return found


# ---- the objects that a container holds, as a tuple -----------------------------------------

def is_held(read, value, before):
    return is_same_tuple(read(value), before)


def is_same_tuple(now, before):
    return len(now) == len(before) and (all(map(is_, now, before)) or all(
        a is b or type(a) in (str, bytes) and a == b for a, b in zip(now, before)))


def plain_items(value):
    """All that is in it, at any depth."""
    try:
        return (marshal.dumps(value, 2),)
    except ValueError:
        return (None,)


def mapping_items(value):
    return (*value, *value.values())


def type_items(value):
    return mapping_items(vars(value))


def function_items(value):
    items = [value.__defaults__, value.__kwdefaults__]
    for cell in value.__closure__ or ():
        try:
            items.append(cell.cell_contents)
        except ValueError:
            items.append(None)
    return items


def instance_items(value):
    kind = type(value)
    items = [one for _name, one in slots_of(value)]
    if kind.__module__ in SECRETIVE or kind is bytearray:
        items.append(by_protocol(value))
    for base, read in READERS.items():
        if isinstance(value, base):
            items += read(base.copy(value))
    return items


READERS = {dict: mapping_items, list: tuple, set: tuple}


def by_protocol(value):
    """Of types that keep their state to themselves; none of these calls changes it."""
    if type(value) is bytearray:
        return bytes(value)
    if isinstance(value, dict):          # its items are looked at, and that is all there is
        return None
    if isinstance(value, deque):         # its iterator would be another one each time
        return repr((value.maxlen, tuple(value)))
    for name in ("getstate", "getvalue", "__reduce__"):
        try:
            return repr(getattr(value, name)())
        except Exception:
            pass
    return None


def cwd():
    try:
        return os.getcwd()
    except OSError:
        return None


def listing():
    """The work folder's files: what one candidate writes another would find."""
    try:
        return sorted((entry.name, entry.stat(follow_symlinks=False).st_size,
                       entry.stat(follow_symlinks=False).st_mtime_ns)
                      for entry in os.scandir("."))
    except OSError:
        return None


def random_state():
    random = sys.modules.get("random")
    return hash(random.getstate()) if random is not None else None
