"""What may be passed for a parameter, as weighted types: from its annotation, its default, the
documentation, its name, and how the body uses it. A guess has a small weight; all are summed.
"""

import ast
import collections.abc
import enum
import inspect
import re
import typing

from .lexicon import by_name
from .uses import ANY, SCALARS, WEIGHTS, Votes

GENERIC = {list: "list", set: "set", frozenset: "frozenset", collections.abc.Sequence: "list",
           collections.abc.MutableSequence: "list", collections.abc.Iterable: "list",
           collections.abc.Collection: "list", collections.abc.Iterator: "iter",
           collections.abc.Generator: "iter", collections.abc.Set: "set",
           collections.abc.MutableSet: "set", collections.abc.Container: "list",
           collections.abc.Reversible: "list"}
MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
DEPTH = 5


# ---- annotations ----------------------------------------------------------------------------

class Annotations:
    """A type of Python as a type of the protocol; None where it says nothing."""

    def __init__(self, described, libraries):
        self.described, self.libraries = described, libraries

    def of(self, annotation, depth=0):
        if depth > DEPTH:
            return ANY
        if isinstance(annotation, str):
            annotation = self.evaluated(annotation)
            if annotation is None:
                return None
        try:
            if annotation in SCALARS:
                return SCALARS[annotation]
        except TypeError:
            return None
        if isinstance(annotation, typing.ForwardRef):
            return self.of(annotation.__forward_arg__, depth + 1)
        if isinstance(annotation, typing.TypeVar):
            return self.of_variable(annotation, depth)
        if hasattr(annotation, "__supertype__"):     # NewType
            return self.of(annotation.__supertype__, depth + 1)
        origin = typing.get_origin(annotation) or annotation
        return self.of_origin(origin, typing.get_args(annotation), depth)

    def evaluated(self, text):
        try:
            return eval(text, dict(vars(typing)), vars(self.described.module))
        except Exception:
            return None

    def of_variable(self, variable, depth):
        if variable.__bound__ is not None:
            return self.of(variable.__bound__, depth + 1)
        if variable.__constraints__:
            return self.union(variable.__constraints__, depth)
        return ANY

    def union(self, parts, depth):
        found = [one for one in (self.of(part, depth + 1) for part in parts) if one]
        return ("union",) + tuple(dict.fromkeys(found)) if found else None

    def item(self, arguments, index, depth):
        if len(arguments) <= index:
            return ANY
        return self.of(arguments[index], depth + 1) or ANY

    def of_origin(self, origin, arguments, depth):
        if origin is typing.Union or type(origin).__name__ == "UnionType" \
                or getattr(origin, "__name__", "") == "UnionType":
            return self.union(arguments, depth)
        if origin is getattr(typing, "Literal", ()):
            return ("literal",) + tuple(arguments)
        if origin is typing.ClassVar or getattr(typing, "Final", 0) is origin \
                or getattr(typing, "Annotated", 0) is origin:
            return self.item(arguments, 0, depth)
        if origin is collections.abc.Callable:
            count = len(arguments[0]) if arguments and isinstance(arguments[0], list) else 1
            return ("callable", count)
        if origin is tuple:
            if len(arguments) == 2 and arguments[1] is ...:
                return ("tuples", self.item(arguments, 0, depth))
            if arguments:
                return ("tuple",) + tuple(self.of(one, depth + 1) or ANY for one in arguments)
            return ("tuples", ANY)
        if origin in MAPPINGS:
            return ("dict", self.item(arguments, 0, depth), self.item(arguments, 1, depth))
        try:
            if GENERIC.get(origin) == "iter":
                return self.libraries.iterator(self.item(arguments, 0, depth))
            if origin in GENERIC:
                return (GENERIC[origin], self.item(arguments, 0, depth))
        except TypeError:
            return None
        return self.of_class(origin)

    def of_class(self, kind):
        index = self.described.by_value.get(id(kind))
        if index is not None:
            return self.described.type_of_class(index)
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return self.libraries.type_of(kind)
        if isinstance(kind, type):
            return self.libraries.type_of(kind)
        return None


# ---- documentation --------------------------------------------------------------------------

WORDS = (
    (r"\b(?:list|sequence|iterable|array|collection)s?\s+(?:of\s+)?(?:str|strings)\b",
     ("list", ("str",))),
    (r"\b(?:list|sequence|iterable|array|collection)s?\s+(?:of\s+)?(?:int|integers|numbers)\b",
     ("list", ("int",))),
    (r"\b(?:list|sequence|iterable|array|collection)\b", ("list", ANY)),
    (r"\b(?:dict|dictionary|mapping)\b", ("dict", ("str",), ANY)),
    (r"\btuple\b", ("tuples", ANY)), (r"\bset\b", ("set", ANY)),
    (r"\b(?:str|string|text)\b", ("str",)), (r"\b(?:bool|boolean)\b", ("bool",)),
    (r"\b(?:int|integer)\b", ("int",)), (r"\b(?:float|number)\b", ("float",)),
    (r"\bbytes\b", ("bytes",)), (r"\b(?:callable|function|callback)\b", ("callable", 1)),
    (r"\bNone\b", ("none",)))


def types_in(text):
    return [kind for pattern, kind in WORDS if re.search(pattern, text, re.IGNORECASE)]


def documented_types(doc, name):
    """`:type x: int`, `:param int x:`, `x (int): …`, `x : int`."""
    escaped = re.escape(name)
    for pattern in (r":type\s+%s\s*:\s*(.+)" % escaped, r":param\s+([\w\[\], .]+?)\s+%s\s*:" % escaped,
                    r"^\s*\**%s\s*\(([^)]*)\)\s*(?::|--)" % escaped,
                    r"^\s*%s\s*:\s*([A-Za-z].*)$" % escaped):
        found = re.search(pattern, doc, re.MULTILINE)
        if found:
            return types_in(found.group(1))
    found = re.search(r":param\s+%s\s*:\s*(.+)" % escaped, doc)
    return types_in(found.group(1))[:1] if found else []


# ---- all together ---------------------------------------------------------------------------

def type_of_value(value, depth=0):
    """Of a default or a literal at a call."""
    if type(value) in SCALARS:
        return SCALARS[type(value)]
    if depth < 3 and type(value) in (list, set, frozenset):
        inner = {type_of_value(one, depth + 1) for one in list(value)[:20]}
        return (type(value).__name__, inner.pop() if len(inner) == 1 else ANY)
    if depth < 3 and type(value) is tuple:
        return ("tuple",) + tuple(type_of_value(one, depth + 1) for one in value[:8]) \
            if value else ("tuples", ANY)
    if type(value) is dict:
        keys = {type_of_value(one, depth + 1) for one in list(value)[:20]}
        return ("dict", keys.pop() if len(keys) == 1 else ("str",), ANY)
    return None


def call_literals(described):
    """Literals that the module itself passes: {function: {index or name: [value]}}."""
    found = {}
    for node in ast.walk(described.source.tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", None))
        for index, one in list(enumerate(node.args)) + [(k.arg, k.value) for k in node.keywords]:
            try:
                value = ast.literal_eval(one)
            except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
                continue
            found.setdefault(name, {}).setdefault(index, []).append(value)
    return found


def fill(described, entry):
    """Types of an entry's parameters, and what it returns."""
    definition, node = entry["_definition"], entry["_definition"].node
    body = body_of(definition)
    doc = (ast.get_docstring(node) or "") + "\n" + (ast.get_docstring(body) or ""
                                                     if body is not node else "")
    hints = hints_of(entry)
    called = described.literals.get(entry["name"], {})
    for index, (given, one) in enumerate(zip(entry["params"], entry.get("_parameters", ()))):
        votes = Votes()
        annotation = hints.get(one.name, one.annotation)
        annotated = None
        if annotation is not inspect.Parameter.empty:
            annotated = described.annotations.of(annotation)
        if annotated is not None and annotated != ANY:
            votes.add(annotated, WEIGHTS["annotation"])
            specialise(described, votes, body, one.name)
        else:
            given["annotated"] = False
            guess(described, votes, one, body, doc)
            for value in called.get(index, []) + called.get(one.name, []):
                votes.add(type_of_value(value), WEIGHTS["call"])
            if any(kind[0] in ("list", "iter") for kind in votes.votes) and takes_items(body):
                votes.add(described.libraries.iterator(ANY), WEIGHTS["any"])
            votes.add(ANY, WEIGHTS["any"] if votes.votes else 1.0)
        given["types"] = votes.ranked()
    entry["returns"] = returned(described, entry, hints)


def of_keyword(described, body, name, alias):
    votes = Votes()
    for kind, weight in described.static.votes(body, alias or name).items():
        votes.add(kind, weight)
    for number, kind in enumerate(by_name(name)):
        votes.add(kind, WEIGHTS["name"] / (number + 1))
    votes.add(ANY, WEIGHTS["any"] if votes.votes else 1.0)
    return votes.ranked()


def takes_items(body):
    """Would it notice whether it is given an iterator or what can be iterated?"""
    return any(isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("iter", "next")
               for node in ast.walk(body))


def arities(types):
    """How many arguments the functions take that are wanted somewhere in these types."""
    for kind in types:
        if isinstance(kind, tuple):
            if kind[:1] == ("callable",):
                yield min(kind[1] if len(kind) > 1 else 1, 3)
            elif kind[:1] != ("literal",):
                yield from arities(kind[1:])


def specialise(described, votes, body, name):
    """An annotation `list` says less than how the body uses its items."""
    for kind in list(votes.votes):
        if len(kind) > 1 and kind[1] == ANY and kind[0] in ("list", "dict", "set", "tuples"):
            for other, weight in described.static.votes(body, name).items():
                if other[0] == kind[0] and other != kind:
                    votes.add(other, weight)


def guess(described, votes, parameter, body, doc):
    if parameter.default is not parameter.empty:
        votes.add(type_of_value(parameter.default), WEIGHTS["default"])
    for kind in documented_types(doc, parameter.name):
        votes.add(kind, WEIGHTS["doc"])
    for kind, weight in described.static.votes(body, parameter.name).items():
        votes.add(kind, weight)
    for number, kind in enumerate(by_name(parameter.name)):
        votes.add(kind, WEIGHTS["name"] / (number + 1))
    for definition in described.outline.classes:
        if definition.name.lower() == parameter.name.replace("_", "").lower():
            votes.add(described.type_of_class(definition.index), WEIGHTS["name"] * 2)


def body_of(definition):
    """Where the parameters of a constructor are used."""
    if definition.kind == "constructor":
        return definition.makes.methods.get("__init__") \
            or definition.makes.methods.get("__new__") or definition.node
    return definition.node


def hints_of(entry):
    function = entry["_function"]
    if entry["kind"] == "constructor":
        function = getattr(function, "__init__", None)
    try:
        return typing.get_type_hints(function)
    except Exception:
        return {}


def returned(described, entry, hints):
    if entry["kind"] == "constructor":
        return ("class", entry["owner"])
    found = described.annotations.of(hints["return"]) if "return" in hints else None
    return found or made_in(described, entry["_definition"].node)


def made_in(described, node):
    """`return Wallet(…)` or `return cls(…)`: an instance of a class of the module."""
    for one in ast.walk(node):
        if isinstance(one, ast.Return) and isinstance(one.value, ast.Call):
            name = getattr(one.value.func, "id", None)
            for definition in described.outline.classes:
                if definition.name == name:
                    return ("class", definition.index)
    return None
