"""How a function's body uses a name, as votes for types; and objects that stand in for what has
attributes which no known class has.
"""

import ast
import typing

from .lexicon import by_name

ANY = ("any",)
SCALARS = {int: ("int",), float: ("float",), bool: ("bool",), str: ("str",), bytes: ("bytes",),
           complex: ("complex",), type(None): ("none",), None: ("none",), object: ANY,
           bytearray: ("bytes",), typing.Any: ANY, type: ANY}
WEIGHTS = {"annotation": 20.0, "doc": 6.0, "isinstance": 4.0, "use": 2.0, "default": 4.0,
           "name": 1.5, "call": 3.0, "any": 0.5}
PER_PARAMETER = 8
STAND_IN_MAX = 10
LOOKS_MAX = 1_000_000         # at nodes, for attributes of attributes: what they may cost


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
        use.static.looks_left -= len(use.nodes)
        super().__init__(use.static, attribute, use.nodes, use.depth + 1)

    def look(self, node):
        super().look(node)
        if any(self.is_read(one) for one in asked_for_truth(node)):
            self.vote(("bool",), 1.0)

    def is_read(self, node):
        return (isinstance(node, ast.Attribute) and node.attr == self.attribute
                and self.owner.is_it(node.value))

    def is_it(self, node):
        return self.is_read(node) or isinstance(node, ast.Name) and node.id in self.aliases


def asked_for_truth(node):
    if isinstance(node, (ast.If, ast.While, ast.IfExp, ast.Assert)):
        return [node.test]
    if isinstance(node, ast.comprehension):
        return node.ifs
    if isinstance(node, ast.BoolOp):
        return node.values
    return [node.operand] if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) else []


def attributes_read(use):
    return sorted({node.attr for node in use.nodes if isinstance(node, ast.Attribute)
                   and use.is_it(node.value) and not node.attr.startswith("_")})


def stand_in(use):
    """An object that has the attributes which are read, where no known class has them all."""
    names = attributes_read(use)
    classes = use.static.attributes
    too_much = len(names) > STAND_IN_MAX or use.static.looks_left < 0
    if too_much or all(name in METHODS for name in names) \
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
        self.looks_left = LOOKS_MAX

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


