"""One walk over the module under test puts in all probes of probe.py.

Places in the source stay as they are, and nothing that a program can see changes: operands are
evaluated once, in their order, in their own scope. With `quiet` only fuel is counted, which is
what mutants run with; their numbers of free variables are the same, so code can be exchanged.
"""

import ast
import re
import sys

from .copying import Copier, at, like
from .probe import OPERATORS

ENTRY, TRUE, FALSE, HANDLER = range(4)
GOALS_MAX = 60000
WORDS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
         ast.Is: "is", ast.IsNot: "isnot", ast.In: "in", ast.NotIn: "notin"}
PRAGMA = re.compile(r"#\s*pragma:\s*no\s*cover", re.IGNORECASE)


def probe(name, arguments, place):
    call = ast.Call(ast.Name("@" + name, ast.Load()),
                    [ast.Constant(one) if isinstance(one, int) else one for one in arguments], [])
    return at(call, place)


def statement(expression, place):
    return at(ast.Expr(expression), place)


def index_of(number):
    constant = ast.Constant(number)
    return constant if sys.version_info >= (3, 9) else ast.Index(constant)


def mark(goal, place):
    """`@h[goal] = 1`: no call, so it costs next to nothing."""
    target = ast.Subscript(ast.Name("@h", ast.Load()), index_of(goal), ast.Store())
    return at(ast.Assign([target], ast.Constant(1)), place)


def excluded_lines(source):
    return {number for number, line in enumerate(source.split("\n"), 1) if PRAGMA.search(line)}


def is_main_guard(test):
    return (isinstance(test, ast.Compare) and isinstance(test.left, ast.Name)
            and test.left.id == "__name__")


def is_type_checking(test):
    return getattr(test, "id", getattr(test, "attr", "")) == "TYPE_CHECKING"


def is_excluded(node, lines):
    """Code that is not for tests: it gets no goals and no mutants."""
    if isinstance(node, ast.If) and (is_main_guard(node.test) or is_type_checking(node.test)):
        return True
    return isinstance(node, (ast.stmt, ast.ExceptHandler)) and getattr(node, "lineno", 0) in lines


def is_simple(node):
    """May be evaluated twice, and nobody can tell."""
    return isinstance(node, (ast.Name, ast.Constant))


def chain_links(node):
    """`a < b < c` as [(a, <, b), (b, <, c)], if what is in the middle may be repeated."""
    operands = [node.left] + node.comparators
    if len(node.ops) > 1:
        if not all(is_simple(one) for one in operands[1:-1]):
            return None
        if any(isinstance(inner, ast.NamedExpr) for one in operands for inner in ast.walk(one)):
            return None
    return list(zip(operands, node.ops, operands[1:]))


class Goals:
    """What there is to cover, in the order of the source."""

    def __init__(self, source):
        self.lines = source.split("\n")
        self.goals = []
        self.compares = []

    def text(self, node):
        first = self.lines[node.lineno - 1].encode()
        if node.end_lineno == node.lineno:
            text = first[node.col_offset:node.end_col_offset]
        else:
            text = first[node.col_offset:] + b" ..."
        return text.decode("utf-8", "replace")[:120]

    def add(self, callable, node, kind, parent, text):
        if len(self.goals) >= GOALS_MAX:
            return -1
        self.goals.append((callable, node.lineno, kind, parent, text))
        return len(self.goals) - 1

    def add_compare(self, true, false, word):
        self.compares.append((true, false, OPERATORS.index(word)))
        return len(self.compares) - 1


class Instrumenter(Copier):
    """owners: which callable a definition belongs to, by node."""

    def __init__(self, goals, owners, excluded, quiet=False):
        self.goals, self.owners, self.excluded = goals, owners, excluded
        self.quiet = quiet
        self.silent = 0      # inside of what is excluded
        self.owner = None    # the callable whose code this is; None: the module's own
        self.parent = -1

    # ---- goals ----------------------------------------------------------------------------

    def counts(self):
        return not self.quiet and not self.silent and self.owner is not None

    def goal(self, node, kind, text=None):
        if not self.counts():
            return -1
        return self.goals.add(self.owner, node, kind, self.parent,
                              self.goals.text(node) if text is None else text)

    def sides(self, node, text=None):
        return self.goal(node, TRUE, text), self.goal(node, FALSE, text)

    def under(self, parent, visit, nodes):
        before, self.parent = self.parent, parent if parent >= 0 else self.parent
        try:
            return visit(nodes)
        finally:
            self.parent = before

    # ---- conditions -----------------------------------------------------------------------

    def condition(self, node):
        """An expression of which only the truth is used: (new expression, true, false goal)."""
        if not self.counts() or isinstance(node, ast.Constant):
            return self.visit(node), -1, -1
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner, true, false = self.condition(node.operand)
            return like(node, operand=inner), false, true
        if isinstance(node, ast.BoolOp):
            return like(node, values=[self.condition(one)[0] for one in node.values]), -1, -1
        if isinstance(node, ast.Compare):
            links = chain_links(node)
            if links is not None and len(links) > 1:
                parts = [self.link("c", node, link)[0] for link in links]
                return at(ast.BoolOp(ast.And(), parts), node), -1, -1
            if links is not None:
                return self.link("c", node, links[0])
        if isinstance(node, ast.Call):
            called = self.known_call(node)
            if called is not None:
                return called
        true, false = self.sides(node)
        number = self.goals.add_compare(true, false, "truth")
        return probe("t", [number, self.visit(node)], node), true, false

    def link(self, name, node, link):
        left, op, right = link
        word = WORDS[type(op)]
        text = self.goals.text(left) + " " + word.replace("not", " not").strip() + " " \
            + self.goals.text(right)
        text = text.replace(" notin ", " not in ").replace(" not in ", " not in ")
        true, false = self.sides(node, self.goals.text(node) if len(node.ops) == 1 else text)
        number = self.goals.add_compare(true, false, word)
        return (probe(name, [number, self.visit(left), self.visit(right)], node), true, false)

    def known_call(self, node):
        """isinstance(a, T), a.startswith(b), a.endswith(b): their operands tell what is wanted."""
        if node.keywords or any(isinstance(one, ast.Starred) for one in node.args):
            return None
        function = node.func
        if isinstance(function, ast.Name) and function.id == "isinstance" and len(node.args) == 2:
            true, false = self.sides(node)
            number = self.goals.add_compare(true, false, "isinstance")
            arguments = [number, self.visit(function)] + [self.visit(one) for one in node.args]
            return probe("i", arguments, node), true, false
        if (isinstance(function, ast.Attribute) and function.attr in ("startswith", "endswith")
                and len(node.args) == 1):
            true, false = self.sides(node)
            number = self.goals.add_compare(true, false, function.attr)
            return (probe("m", [number, self.visit(function), self.visit(node.args[0])], node),
                    true, false)
        return None

    def decision(self, node):
        """The condition of a statement: (expression, true, false goal, are these still to mark)."""
        expression, true, false = self.condition(node)
        if true >= 0 or not self.counts() or isinstance(node, ast.Constant):
            return expression, true, false, False
        true, false = self.sides(node)
        return expression, true, false, True

    def visit_Compare(self, node):
        if self.counts() and len(node.ops) == 1:
            return self.link("v", node, (node.left, node.ops[0], node.comparators[0]))[0]
        return self.copy(node)

    def visit_Call(self, node):
        called = self.known_call(node) if self.counts() else None
        return called[0] if called is not None else self.copy(node)

    def visit_UnaryOp(self, node):
        if isinstance(node.op, ast.Not) and self.counts():
            return self.condition(node)[0]
        return self.copy(node)

    def visit_BoolOp(self, node):
        if not self.counts():
            return self.copy(node)
        values = [self.value_operand(one) for one in node.values[:-1]]
        return like(node, values=values + [self.visit(node.values[-1])])

    def value_operand(self, node):
        if isinstance(node, (ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Constant)):
            return self.visit(node)
        true, false = self.sides(node)
        number = self.goals.add_compare(true, false, "truth")
        return probe("b", [number, self.visit(node)], node)

    def visit_IfExp(self, node):
        test, true, false = self.condition(node.test)
        return like(node, test=test, body=self.under(true, self.visit, node.body),
                    orelse=self.under(false, self.visit, node.orelse))

    def visit_comprehension(self, node):
        # The first condition counts: no comprehension runs for ever.
        ifs = [self.condition(one)[0] for one in node.ifs]
        return like(node, target=self.visit(node.target), iter=self.visit(node.iter),
                    ifs=[probe("f", [], node.iter)] + ifs)

    # ---- statements -----------------------------------------------------------------------

    def block(self, nodes, goal, place, head=()):
        """The statements of one side, with what marks it in front."""
        marks = [mark(goal, place)] if goal >= 0 else []
        return list(head) + marks + self.under(goal, self.many, nodes)

    def visit_If(self, node):
        if is_excluded(node, self.excluded):
            return self.silently(node)
        test, true, false, unmarked = self.decision(node.test)
        if unmarked:
            return like(node, test=test, body=self.block(node.body, true, node.body[0]),
                        orelse=self.block(node.orelse, false, (node.orelse or [node])[0]))
        return like(node, test=test, body=self.under(true, self.many, node.body),
                    orelse=self.under(false, self.many, node.orelse))

    def visit_While(self, node):
        test, true, false, unmarked = self.decision(node.test)
        head = [statement(probe("f", [], node.body[0]), node.body[0])]
        return like(node, test=test,
                    body=self.block(node.body, true if unmarked else -1, node.body[0], head),
                    orelse=self.block(node.orelse, false if unmarked else -1, node))

    def visit_For(self, node):
        text = "for %s in %s" % (self.goals.text(node.target), self.goals.text(node.iter))
        true, false = self.sides(node, text)
        head = [statement(probe("f", [], node.body[0]), node.body[0])]
        return like(node, target=self.visit(node.target), iter=self.visit(node.iter),
                    body=self.block(node.body, true, node.body[0], head),
                    orelse=self.block(node.orelse, false, node))

    visit_AsyncFor = visit_For

    def visit_Assert(self, node):
        test, true, false, unmarked = self.decision(node.test)
        message = node.msg and self.under(false, self.visit, node.msg)
        new = like(node, test=test, msg=message)
        return [new, mark(true, node)] if unmarked and true >= 0 else new

    def visit_Try(self, node):
        new = self.copy(node)
        if new.finalbody:
            guard = statement(probe("x", [-1], node.finalbody[0]), node.finalbody[0])
            new.finalbody = [guard] + new.finalbody
        return new

    visit_TryStar = visit_Try

    def visit_ExceptHandler(self, node):
        if is_excluded(node, self.excluded):
            return self.silently(node)
        text = "except " + self.goals.text(node.type) if node.type else "except"
        goal = self.goal(node, HANDLER, text)
        guard = statement(probe("x", [goal], node.body[0]), node.body[0])
        return like(node, type=node.type and self.visit(node.type),
                    body=[guard] + self.under(goal, self.many, node.body))

    def visit_Match(self, node):
        cases = [self.match_case(one) for one in node.cases]
        if not self.is_catch_all(node.cases[-1]) and self.counts():
            goal = self.goal(node, FALSE, "match " + self.goals.text(node.subject))
            if goal >= 0:
                last = ast.match_case(at(ast.MatchAs(), node), None, [mark(goal, node)])
                cases.append(last)
        return like(node, subject=self.visit(node.subject), cases=cases)

    def is_catch_all(self, case):
        return case.guard is None and self.is_irrefutable(case.pattern)

    def is_irrefutable(self, pattern):
        word = pattern.__class__.__name__
        if word == "MatchAs":
            return pattern.pattern is None or self.is_irrefutable(pattern.pattern)
        return word == "MatchOr" and any(map(self.is_irrefutable, pattern.patterns))

    def match_case(self, case):
        guard = case.guard and self.condition(case.guard)[0]
        goal = self.goal(case.pattern, TRUE, "case " + self.goals.text(case.pattern))
        return like(case, guard=guard, body=self.block(case.body, goal, case.body[0]))

    # ---- definitions ----------------------------------------------------------------------

    def silently(self, node):
        self.silent += 1
        try:
            return getattr(self, "visit_silent_" + node.__class__.__name__, self.copy)(node)
        finally:
            self.silent -= 1

    def visit_silent_ExceptHandler(self, node):
        guard = statement(probe("x", [-1], node.body[0]), node.body[0])
        return like(node, type=node.type and self.visit(node.type),
                    body=[guard] + self.many(node.body))

    def arguments(self, node):
        """Defaults are evaluated outside; annotations stay as they are."""
        return like(node, defaults=self.many(node.defaults),
                    kw_defaults=self.many(node.kw_defaults))

    def inside(self, node, visit):
        before = self.owner, self.parent, self.silent
        if self.owner is None:
            self.owner = self.owners.get(node, -1)
        self.silent += is_excluded(node, self.excluded)
        try:
            return visit()
        finally:
            self.owner, self.parent, self.silent = before

    def visit_FunctionDef(self, node):
        decorators = self.many(node.decorator_list)
        arguments = self.arguments(node.args)
        return self.inside(node, lambda: like(node, args=arguments, decorator_list=decorators,
                                              body=self.body(node)))

    visit_AsyncFunctionDef = visit_FunctionDef

    def body(self, node):
        """A docstring stays the first statement."""
        start = 1 if ast.get_docstring(node, clean=False) is not None else 0
        goal = self.goal(node, ENTRY, node.name)
        place = node.body[min(start, len(node.body) - 1)]
        head = node.body[:start] + [statement(probe("e", [goal], place), place)]
        return head + self.under(goal, self.many, node.body[start:])

    def visit_Lambda(self, node):
        arguments = self.arguments(node.args)

        def visit():
            goal = self.goal(node, ENTRY, "lambda")
            body = self.under(goal, self.visit, node.body)
            test = probe("e", [goal], node.body)
            return like(node, args=arguments,
                        body=at(ast.IfExp(test, body, ast.Constant(None)), node.body))
        return self.inside(node, visit)

    def visit_AnnAssign(self, node):
        return self.copy(node, skip=("annotation",))

    def visit_JoinedStr(self, node):
        return self.copy(node)

    def visit_ClassDef(self, node):
        return self.copy(node, skip=("type_params",))

    def visit_TypeAlias(self, node):
        return node


def instrument(tree, goals, owners, excluded, quiet=False):
    return Instrumenter(goals, owners, excluded, quiet).visit(tree)
