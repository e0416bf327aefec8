"""What could be wrong in a module: small changes of its tree, by a table of operators.

Every mutant is a node of the tree and what stands there instead; nothing is compiled here. Those
outside of functions act when the module is imported (`static`).
"""

import ast

from .copying import at, like
from .transform import is_excluded

MUTANTS_MAX = 2000
TEXT_MAX = 80

COMPARES = {
    ast.Lt: (ast.LtE, ast.GtE, ast.NotEq), ast.LtE: (ast.Lt, ast.Gt, ast.Eq),
    ast.Gt: (ast.GtE, ast.LtE, ast.NotEq), ast.GtE: (ast.Gt, ast.Lt, ast.Eq),
    ast.Eq: (ast.NotEq, ast.LtE, ast.GtE), ast.NotEq: (ast.Eq, ast.Lt, ast.Gt),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,)}
ARITHMETIC = {
    ast.Add: (ast.Sub, ast.Mult), ast.Sub: (ast.Add, ast.Mult), ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult, ast.FloorDiv), ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv, ast.Mult), ast.Pow: (ast.Mult,), ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,), ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,),
    ast.BitXor: (ast.BitAnd,), ast.MatMult: (ast.Mult,)}
METHODS = {
    "lower": "upper", "upper": "lower", "lstrip": "rstrip", "rstrip": "lstrip",
    "strip": "lstrip", "find": "rfind", "rfind": "find", "index": "rindex", "rindex": "index",
    "split": "rsplit", "rsplit": "split", "partition": "rpartition",
    "rpartition": "partition", "startswith": "endswith", "endswith": "startswith",
    "ljust": "rjust", "rjust": "ljust", "append": "extend", "extend": "append",
    "keys": "values", "values": "keys", "add": "discard", "union": "intersection",
    "intersection": "union", "isupper": "islower", "islower": "isupper"}
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list",
             "reversed": "list", "floor": "ceil", "ceil": "floor", "range": "list",
             "isinstance": None}
LOGGERS = ("logging", "logger", "log", "_logger", "_log", "LOGGER", "LOG", "warnings")


class Mutant:
    __slots__ = ("number", "callable", "line", "operator", "before", "after", "path", "unit",
                 "old", "new")

    def __init__(self, **fields):
        for name, value in fields.items():
            setattr(self, name, value)

    @property
    def is_static(self):
        return self.unit is None


def constant(value, place):
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0:
        return at(ast.UnaryOp(ast.USub(), ast.Constant(-value)), place)
    return at(ast.Constant(value), place)


# ---- operators: what may stand in the place of a node ---------------------------------------

def of_compare(node):
    for index, op in enumerate(node.ops):
        for other in COMPARES[type(op)]:
            ops = node.ops[:index] + [other()] + node.ops[index + 1:]
            yield "compare", like(node, ops=ops)


def of_binary(node):
    for other in ARITHMETIC[type(node.op)]:
        yield "arithmetic", like(node, op=other())


def of_assignment(node):
    """`x += 1`: another operator, and without what was before."""
    for other in ARITHMETIC[type(node.op)]:
        yield "arithmetic", like(node, op=other())
    yield "assign", at(ast.Assign([node.target], node.value), node)


def of_boolean(node):
    yield "logic", like(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for index in range(len(node.values)):
        rest = node.values[:index] + node.values[index + 1:]
        yield "logic", like(node, values=rest) if len(rest) > 1 else rest[0]


def of_unary(node):
    if not (isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant)):
        yield "unary", node.operand
    else:
        yield "constant", node.operand


def of_constant(node):
    value = node.value
    if value is True or value is False:
        yield "constant", constant(not value, node)
    elif isinstance(value, int):
        yield "constant", constant(value + 1, node)
        yield "constant", constant(value - 1, node)
    elif isinstance(value, float):
        yield "constant", constant(value + 1.0, node)
        yield "constant", constant(value * 0.5 if value else -1.0, node)
    elif isinstance(value, str):
        yield "constant", constant("XX" + value + "XX" if value else "XX", node)
        if value:
            yield "constant", constant("", node)
    elif isinstance(value, bytes):
        yield "constant", constant(b"XX" + value if value else b"XX", node)


def of_if(node):
    yield "negate", like(node, test=at(ast.UnaryOp(ast.Not(), node.test), node.test))


def of_while(node):
    yield from of_if(node)
    yield "loop", like(node, body=node.body + [at(ast.Break(), node.body[-1])])


def of_for(node):
    empty = at(ast.Tuple([], ast.Load()), node.iter)
    yield "loop", like(node, iter=empty)
    yield "loop", like(node, body=node.body + [at(ast.Break(), node.body[-1])])


def of_return(node):
    value = node.value
    if value is None or isinstance(value, ast.Constant) and value.value is None:
        return
    yield "return", like(node, value=at(ast.Constant(None), value))


def of_assign(node):
    if not isinstance(node.value, ast.Constant):
        yield "assign", like(node, value=at(ast.Constant(None), node.value))
    elif node.value.value is None:
        yield "assign", like(node, value=at(ast.Constant(""), node.value))


def of_statement(node):
    yield "remove", at(ast.Pass(), node)


def of_expression(node):
    if isinstance(node.value, (ast.Call, ast.Await, ast.Yield, ast.YieldFrom)):
        yield from of_statement(node)


def of_break(node):
    yield "jump", at(ast.Continue(), node)


def of_continue(node):
    yield "jump", at(ast.Break(), node)


def of_handler(node):
    """The error goes on, or is of another class."""
    if not (len(node.body) == 1 and isinstance(node.body[0], ast.Raise)):
        yield "handler", like(node, body=[at(ast.Raise(), node.body[0])])


def of_slice(node):
    for name in ("lower", "upper", "step"):
        if getattr(node, name) is not None:
            yield "slice", like(node, **{name: None})


def of_call(node):
    arguments = node.args
    if len(arguments) > 1 and not any(isinstance(one, ast.Starred) for one in arguments[:2]):
        yield "swap", like(node, args=[arguments[1], arguments[0]] + arguments[2:])
    for index, one in enumerate(arguments):
        if not isinstance(one, (ast.Starred, ast.Constant)):
            rest = [at(ast.Constant(None), one)]
            yield "argument", like(node, args=arguments[:index] + rest + arguments[index + 1:])
    for index in range(len(node.keywords)):
        yield "argument", like(node, keywords=node.keywords[:index] + node.keywords[index + 1:])
    yield from of_name_called(node)


def of_name_called(node):
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in METHODS:
        yield "method", like(node, func=like(function, attr=METHODS[function.attr]))
    elif isinstance(function, ast.Name) and FUNCTIONS.get(function.id):
        yield "method", like(node, func=like(function, id=FUNCTIONS[function.id]))


def of_choice(node):
    yield "negate", like(node, body=node.orelse, orelse=node.body)


def of_comprehension(node):
    for index, one in enumerate(node.ifs):
        rest = node.ifs[:index] + node.ifs[index + 1:]
        yield "negate", like(node, ifs=rest)
        negated = at(ast.UnaryOp(ast.Not(), one), one)
        yield "negate", like(node, ifs=node.ifs[:index] + [negated] + node.ifs[index + 1:])


def of_yield(node):
    if node.value is not None and not isinstance(node.value, ast.Constant):
        yield "return", like(node, value=at(ast.Constant(None), node.value))


OPERATORS = {
    ast.Compare: of_compare, ast.BinOp: of_binary, ast.AugAssign: of_assignment,
    ast.BoolOp: of_boolean, ast.UnaryOp: of_unary, ast.Constant: of_constant, ast.If: of_if,
    ast.While: of_while, ast.For: of_for, ast.Return: of_return, ast.Assign: of_assign,
    ast.Raise: of_statement, ast.Expr: of_expression, ast.Delete: of_statement,
    ast.Assert: of_statement, ast.Break: of_break, ast.Continue: of_continue,
    ast.ExceptHandler: of_handler, ast.Slice: of_slice, ast.Call: of_call,
    ast.IfExp: of_choice, ast.comprehension: of_comprehension, ast.Yield: of_yield}


# ---- the walk -------------------------------------------------------------------------------

def is_logging(node):
    """`logger.debug(…)`, `warnings.warn(…)`: what they say is nobody's behaviour."""
    call = node.value if isinstance(node, ast.Expr) else None
    function = call.func if isinstance(call, ast.Call) else None
    while isinstance(function, ast.Attribute):
        function = function.value
        if isinstance(function, ast.Attribute) and function.attr in LOGGERS:
            return True
    return (isinstance(function, ast.Name) and function.id in LOGGERS
            and isinstance(call.func, ast.Attribute))


def is_all(node):
    targets = getattr(node, "targets", [getattr(node, "target", None)])
    return isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)) and any(
        isinstance(one, ast.Name) and one.id in ("__all__", "__slots__", "__version__",
                                                 "__author__") for one in targets)


def is_docstring(node):
    return (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, (str, type(...))))


def text_of(node, lines):
    if hasattr(ast, "unparse"):
        try:
            return short(ast.unparse(node))
        except Exception:
            pass
    if isinstance(node, ast.Constant):
        return short(repr(node.value))
    return short(lines[getattr(node, "lineno", 1) - 1].strip())


def short(text):
    text = " ".join(text.split())
    return text if len(text) <= TEXT_MAX else text[:TEXT_MAX - 3] + "..."


class Walk:
    def __init__(self, source):
        self.source, self.lines = source, source.text.split("\n")
        self.found = []
        self.path, self.unit, self.owner = [], None, -1

    def visit(self, node):
        if is_excluded(node, self.source.excluded) or is_logging(node) or is_all(node) \
                or is_docstring(node) or isinstance(node, (ast.Import, ast.ImportFrom)):
            return
        self.mutate(node)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.function(node)
        elif isinstance(node, ast.ClassDef):
            self.class_body(node)
        elif isinstance(node, ast.JoinedStr):
            self.many(one for one in node.values)
        elif isinstance(node, ast.FormattedValue):
            self.visit(node.value)
        elif isinstance(node, ast.AnnAssign):
            self.many([node.value] if node.value else [])
        elif node.__class__.__name__ == "match_case":
            self.many([node.guard] if node.guard else [])
            self.many(node.body)
        else:
            self.many(ast.iter_child_nodes(node))

    def many(self, nodes):
        for node in nodes:
            self.visit(node)

    def function(self, node):
        outer = self.unit is None
        self.many(node.decorator_list)
        self.many(node.args.defaults + [one for one in node.args.kw_defaults if one])
        if outer:
            self.unit, self.owner = node, self.source.outline.owners.get(node, -1)
        self.many(node.body)
        if outer:
            self.unit, self.owner = None, -1

    def class_body(self, node):
        outer = self.unit is None
        if outer:
            self.path.append(node)
        self.many(node.body)
        if outer:
            self.path.pop()

    def mutate(self, node):
        operators = OPERATORS.get(type(node))
        if operators is None:
            return
        for operator, new in operators(node):
            self.found.append(self.mutant(node, operator, new))

    def mutant(self, node, operator, new):
        line = getattr(node, "lineno", None)
        if line is None:
            line = getattr(getattr(node, "target", None) or getattr(node, "lower", None)
                           or getattr(node, "upper", None), "lineno", 0)
        before, after = self.texts(node, new)
        return Mutant(number=len(self.found), callable=self.owner, line=line, operator=operator,
                      before=before, after=after, path=list(self.path), unit=self.unit,
                      old=node, new=new)

    def texts(self, node, new):
        """Of a statement with a body, only what differs."""
        if isinstance(node, (ast.If, ast.While)) and isinstance(new, type(node)) \
                and new.test is not node.test:
            return text_of(node.test, self.lines), text_of(new.test, self.lines)
        if isinstance(node, (ast.For, ast.While)):
            header = short(self.lines[node.lineno - 1].strip())
            once = len(new.body) > len(node.body)
            return header, "at most one round" if once else "no round"
        if isinstance(node, ast.ExceptHandler):
            return short(self.lines[node.lineno - 1].strip()), "raise"
        return text_of(node, self.lines), text_of(new, self.lines)


def thinned(found):
    """No more than MUTANTS_MAX, taken evenly from the whole module."""
    if len(found) <= MUTANTS_MAX:
        return found
    kept = [found[index * len(found) // MUTANTS_MAX] for index in range(MUTANTS_MAX)]
    for number, one in enumerate(kept):
        one.number = number
    return kept


def mutants_of(source):
    """The mutants, and how many there would be without a limit."""
    walk = Walk(source)
    walk.many(source.tree.body)
    return thinned(walk.found), len(walk.found)
