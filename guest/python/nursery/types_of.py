"""What may be passed for a parameter, as weighted types: from its annotation, its default, the
documentation, its name, and how the body uses it. A guess has a small weight; all are summed.
"""

import ast
import collections.abc
import enum
import inspect
import re
import typing

from .libraries import Libraries
from .lexicon import by_name

ANY = ("any",)
SCALARS = {int: ("int",), float: ("float",), bool: ("bool",), str: ("str",), bytes: ("bytes",),
           complex: ("complex",), type(None): ("none",), None: ("none",), object: ANY,
           bytearray: ("bytes",), typing.Any: ANY, type: ANY}
GENERIC = {list: "list", set: "set", frozenset: "frozenset", collections.abc.Sequence: "list",
           collections.abc.MutableSequence: "list", collections.abc.Iterable: "list",
           collections.abc.Collection: "list", collections.abc.Iterator: "iter",
           collections.abc.Generator: "iter", collections.abc.Set: "set",
           collections.abc.MutableSet: "set", collections.abc.Container: "list",
           collections.abc.Reversible: "list"}
MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
DEPTH = 5
WEIGHTS = {"annotation": 20.0, "doc": 6.0, "isinstance": 4.0, "use": 2.0, "default": 4.0,
           "name": 1.5, "call": 3.0, "any": 0.5}
PER_PARAMETER = 8
STAND_IN_MAX = 10


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


# ---- how the body uses it -------------------------------------------------------------------

STR_METHODS = frozenset(name for name in dir(str) if not name.startswith("_"))
METHODS = {}
for _kind, _type in ((list, ("list", ANY)), (dict, ("dict", ANY, ANY)), (set, ("set", ANY)),
                     (str, ("str",)), (bytes, ("bytes",)), (int, ("int",)), (float, ("float",))):
    for _name in dir(_kind):
        if not _name.startswith("_"):
            METHODS.setdefault(_name, []).append(_type)
NUMBERS = (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
BITS = (ast.LShift, ast.RShift, ast.BitAnd, ast.BitOr, ast.BitXor)
TAKERS = {"range": ("int",), "len": ("list", ANY), "sum": ("list", ("int",)), "chr": ("int",),
          "ord": ("str",), "abs": ("int",), "sorted": ("list", ("int",)), "reversed":
          ("list", ANY), "enumerate": ("list", ANY), "min": ("list", ("int",)), "max":
          ("list", ("int",)), "int": ("str",), "float": ("float",), "round": ("float",),
          "set": ("list", ANY), "list": ("list", ANY), "tuple": ("list", ANY), "iter":
          ("list", ANY), "next": ("iter", ANY), "zip": ("list", ANY), "any": ("list", ANY),
          "all": ("list", ANY), "hex": ("int",), "bin": ("int",), "oct": ("int",),
          "sqrt": ("float",), "floor": ("float",), "ceil": ("float",), "log": ("float",),
          "sin": ("float",), "cos": ("float",), "radians": ("float",), "gcd": ("int",),
          "factorial": ("int",), "callable": ("callable", 1), "isnan": ("float",),
          "chain": ("list", ("list", ANY)), "islice": ("list", ANY), "dict":
          ("dict", ("str",), ANY), "heapify": ("list", ("int",)), "Decimal": ("str",)}
TEXT_TAKERS = frozenset(("match", "search", "findall", "fullmatch", "finditer", "sub", "subn"))


class Use:
    """How one name is used in these nodes: votes for types."""

    def __init__(self, static, name, nodes, depth=0):
        self.static, self.name, self.depth = static, name, depth
        self.votes = {}
        self.nodes = nodes
        for node in nodes:
            self.look(node)
        if depth < 3:
            self.vote(stand_in(self), WEIGHTS["isinstance"])

    def is_it(self, node):
        return isinstance(node, ast.Name) and node.id == self.name

    def vote(self, kind, weight=WEIGHTS["use"]):
        if kind is not None:
            self.votes[kind] = self.votes.get(kind, 0.0) + weight

    def look(self, node):
        handler = getattr(self, "look_" + node.__class__.__name__, None)
        if handler is not None:
            handler(node)

    def element(self, target):
        """The type of what a loop over it gives, by how the loop's variable is used."""
        if self.depth > 2:
            return ANY
        if isinstance(target, ast.Tuple):
            return ("tuple",) + tuple(self.element(one) for one in target.elts[:6])
        if not isinstance(target, ast.Name):
            return ANY
        return Use(self.static, target.id, self.nodes, self.depth + 1).best()

    def best(self):
        if not self.votes:
            named = by_name(self.name)
            return named[0] if named else ANY
        return max(self.votes.items(), key=lambda pair: pair[1])[0]

    def look_For(self, node):
        if self.is_it(node.iter):
            self.vote(("list", self.element(node.target)))
        elif isinstance(node.iter, ast.Call):
            name = getattr(node.iter.func, "id", "")
            if name == "enumerate" and node.iter.args and self.is_it(node.iter.args[0]) \
                    and isinstance(node.target, ast.Tuple) and len(node.target.elts) == 2:
                self.vote(("list", self.element(node.target.elts[1])))
            self.items_loop(node)

    look_AsyncFor = look_For
    look_comprehension = look_For

    def items_loop(self, node):
        function = node.iter.func
        if isinstance(function, ast.Attribute) and self.is_it(function.value) \
                and function.attr == "items" and isinstance(node.target, ast.Tuple) \
                and len(node.target.elts) == 2:
            key, value = node.target.elts
            self.vote(("dict", self.element(key), self.element(value)))

    def look_Attribute(self, node):
        if not self.is_it(node.value):
            return
        classes = self.static.attributes.get(node.attr, ())
        for index in classes:
            self.vote(self.static.described.type_of_class(index), WEIGHTS["use"] / len(classes))
        found = METHODS.get(node.attr, ())
        for kind in found:
            self.vote(kind, WEIGHTS["use"] / len(found) * (2 if len(found) == 1 else 1))

    def look_Subscript(self, node):
        if not self.is_it(node.value):
            return
        index = getattr(node.slice, "value", node.slice) if node.slice.__class__.__name__ == \
            "Index" else node.slice
        if isinstance(index, ast.Constant) and isinstance(index.value, str):
            self.vote(("dict", ("str",), ANY))
        elif isinstance(index, ast.Slice):
            self.vote(("str",), 0.7)
            self.vote(("list", ANY))
        elif isinstance(index, (ast.Constant, ast.UnaryOp, ast.BinOp)):
            self.vote(("list", self.subscripted(node)))
            self.vote(("str",), 0.5)
        else:
            self.vote(("list", self.subscripted(node)), 1.2)
            self.vote(("dict", ("str",), ANY), 0.6)

    def subscripted(self, node):
        """`x[i][j]`: a list of lists; `x[i] < x[j]`: of numbers."""
        for other in self.nodes:
            if isinstance(other, ast.Subscript) and isinstance(other.value, ast.Subscript) \
                    and self.is_it(other.value.value):
                return ("list", ("int",))
            if isinstance(other, (ast.BinOp, ast.Compare)):
                for one in ast.iter_child_nodes(other):
                    if isinstance(one, ast.Subscript) and self.is_it(one.value):
                        return ("int",)
        return ANY

    def look_BinOp(self, node):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if self.is_it(one):
                self.operand(node.op, other, one is node.left)

    def operand(self, op, other, is_left):
        if isinstance(op, ast.Mod) and not is_left and isinstance(other, ast.Constant) \
                and isinstance(other.value, str):
            self.vote(("str",))
        elif isinstance(op, BITS):
            self.vote(("int",))
        elif isinstance(other, (ast.List, ast.ListComp)):
            self.vote(("list", ANY))
        elif isinstance(other, ast.JoinedStr):
            self.vote(("str",))
        elif isinstance(other, ast.Constant) and isinstance(other.value, (str, bytes, int, float)):
            kind = SCALARS[type(other.value)]
            self.vote(kind if not isinstance(op, ast.Mult) or kind != ("str",) else ("int",))
        elif isinstance(op, NUMBERS):
            self.vote(("int",), 1.0)
            self.vote(("float",), 0.6 if not isinstance(op, ast.Div) else 1.0)
        else:
            self.vote(("int",), 0.6)
            self.vote(("str",), 0.2)

    def look_AugAssign(self, node):
        if self.is_it(node.target):
            self.operand(node.op, node.value, True)
        elif self.is_it(node.value):
            self.operand(node.op, node.target, False)

    def look_UnaryOp(self, node):
        if self.is_it(node.operand) and isinstance(node.op, (ast.USub, ast.UAdd, ast.Invert)):
            self.vote(("int",))

    def look_Compare(self, node):
        operands = [node.left] + node.comparators
        if not any(self.is_it(one) for one in operands):
            return
        for op, left, right in zip(node.ops, operands, operands[1:]):
            other = right if self.is_it(left) else left if self.is_it(right) else None
            if other is None:
                continue
            if isinstance(op, (ast.In, ast.NotIn)):
                self.member(left, right)
            elif isinstance(other, ast.Constant):
                self.compared(op, other.value)
            elif isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
                self.vote(("int",), 1.0)

    def member(self, left, right):
        if self.is_it(right):
            if isinstance(left, ast.Constant) and isinstance(left.value, str):
                self.vote(("str",), 1.5)
            self.vote(("list", ANY), 1.0)
            self.vote(("dict", ("str",), ANY), 0.7)
        elif isinstance(right, (ast.Tuple, ast.List, ast.Set)):
            for one in right.elts[:3]:
                if isinstance(one, ast.Constant):
                    self.vote(SCALARS.get(type(one.value)), 1.0)
        elif isinstance(right, ast.Constant) and isinstance(right.value, str):
            self.vote(("str",))

    def compared(self, op, value):
        if value is None:
            self.vote(("none",), 1.0)
        elif type(value) in SCALARS:
            weight = 1.0 if isinstance(op, (ast.Is, ast.IsNot)) else WEIGHTS["use"]
            self.vote(SCALARS[type(value)], weight)

    def look_Call(self, node):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if self.is_it(node.func):
            self.vote(("callable", len(node.args)), 4.0)
        for index, one in enumerate(node.args):
            if self.is_it(one):
                self.argument(node, name, index)
        if name == "isinstance" and len(node.args) == 2 and self.is_it(node.args[0]):
            self.instance(node.args[1])

    def argument(self, node, name, index):
        if name in ("map", "filter", "reduce") and index == 0:
            self.vote(("callable", 2 if name == "reduce" else 1), 4.0)
        elif name in ("map", "filter") and index == 1:
            self.vote(("list", ANY))
        elif name == "join" and isinstance(node.func, ast.Attribute):
            self.vote(("list", ("str",)), 3.0)
        elif name in TEXT_TAKERS and isinstance(node.func, ast.Attribute):
            self.vote(("str",))
        elif name == "open" and index == 0:
            self.vote(("str",))
        elif name in TAKERS and index == 0:
            self.vote(TAKERS[name], 1.0 if name in ("len", "int", "float") else 1.6)
            if name == "len":
                self.vote(("str",), 0.7)
        else:
            self.static.passed_on(self, node, index)

    def instance(self, node):
        for one in node.elts if isinstance(node, ast.Tuple) else [node]:
            try:
                kind = eval(compile(ast.Expression(one), "?", "eval"),
                            dict(vars(self.static.described.module)))
            except Exception:
                continue
            for part in kind if isinstance(kind, tuple) else (kind,):
                self.vote(self.static.annotations.of(part), WEIGHTS["isinstance"])


class AttributeUse(Use):
    """How an attribute of a name is used, and the names that it is assigned to."""

    def __init__(self, use, attribute):
        self.owner, self.attribute = use, attribute
        self.aliases = {target.id for node in use.nodes if isinstance(node, ast.Assign)
                        and self.is_read(node.value) for target in node.targets
                        if isinstance(target, ast.Name)}
        super().__init__(use.static, attribute, use.nodes, use.depth + 1)

    def is_read(self, node):
        return (isinstance(node, ast.Attribute) and node.attr == self.attribute
                and self.owner.is_it(node.value))

    def is_it(self, node):
        return self.is_read(node) or isinstance(node, ast.Name) and node.id in self.aliases


def attributes_read(use):
    return sorted({node.attr for node in use.nodes if isinstance(node, ast.Attribute)
                   and use.is_it(node.value) and not node.attr.startswith("_")})


def stand_in(use):
    """An object that has the attributes which are read, where no known class has them all."""
    names = attributes_read(use)
    classes = use.static.attributes
    if all(name in METHODS for name in names) or len(names) > STAND_IN_MAX \
            or set.intersection(*(set(classes.get(name, ())) for name in names)):
        return None
    params = []
    for name in names:
        votes = Votes()
        for kind, weight in AttributeUse(use, name).votes.items():
            votes.add(kind, weight)
        for number, kind in enumerate(by_name(name)):
            votes.add(kind, WEIGHTS["name"] / (number + 1))
        votes.add(ANY, WEIGHTS["any"] if votes.votes else 1.0)
        params.append((name, votes.ranked()))
    return use.static.annotations.libraries.stand_in(params)


class StaticUse:
    """What the whole module says about names of attributes, and who passes what to whom."""

    def __init__(self, described):
        self.described = described
        self.attributes = {}
        self.annotations = None
        self.busy = set()
        self.nodes = {}

    def prepare(self, annotations):
        self.annotations = annotations
        for definition in self.described.outline.classes:
            for name in attribute_names(definition.node):
                self.attributes.setdefault(name, []).append(definition.index)

    def nodes_of(self, node):
        if node not in self.nodes:
            self.nodes[node] = list(ast.walk(node))
        return self.nodes[node]

    def votes(self, node, name):
        if (node, name) in self.busy:
            return {}
        self.busy.add((node, name))
        try:
            return Use(self, name, self.nodes_of(node)).votes
        finally:
            self.busy.discard((node, name))

    def passed_on(self, use, call, index):
        """`g(x)`: what g's own parameter is used for."""
        name = getattr(call.func, "id", None)
        if name is None and isinstance(call.func, ast.Attribute) \
                and getattr(call.func.value, "id", "") in ("self", "cls"):
            name, index = call.func.attr, index + 1
        for definition in self.described.outline.definitions:
            if definition.name == name and definition.kind != "constructor":
                parameters = definition.node.args.args
                if index < len(parameters) and len(self.busy) < 4:
                    found = self.passed_to(use, definition.node, parameters[index].arg)
                    for kind, weight in found.items():
                        use.vote(kind, weight / 2)
                return


    def passed_to(self, use, node, name):
        """A part of a tree is passed on to the function that was given the tree."""
        if (node, name) in self.busy and isinstance(use, AttributeUse) and use.depth < 3:
            return Use(self, name, self.nodes_of(node), use.depth).votes
        return self.votes(node, name)


def attribute_names(node):
    """What instances of a class have: methods, class variables, `self.x = …`."""
    names = set()
    for one in node.body:
        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names.add(one.name)
            for inner in ast.walk(one):
                if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store) \
                        and getattr(inner.value, "id", "") == "self":
                    names.add(inner.attr)
        elif isinstance(one, ast.AnnAssign):
            names.add(getattr(one.target, "id", ""))
        elif isinstance(one, ast.Assign):
            names.update(getattr(target, "id", "") for target in one.targets)
    return {name for name in names if name and not name.startswith("__")}


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


class Votes:
    def __init__(self):
        self.votes = {}

    def add(self, kind, weight):
        if kind is None:
            return
        if kind[0] == "union" and any(one[0] != "library" for one in kind[1:]):
            for one in kind[1:]:
                self.add(one, weight / (1 if len(kind) < 4 else 2))
        else:
            self.votes[kind] = self.votes.get(kind, 0.0) + weight

    def ranked(self):
        found = sorted(self.votes.items(), key=lambda pair: (-pair[1], repr(pair[0])))
        return [(kind, round(weight, 3)) for kind, weight in found[:PER_PARAMETER]]


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
            votes.add(ANY, WEIGHTS["any"] if votes.votes else 1.0)
        given["types"] = votes.ranked()
    entry["returns"] = returned(described, entry, hints)


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
