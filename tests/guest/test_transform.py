"""Instrumented code does what it did before: the same calls with and without probes, in this
interpreter. GUEST_PYTHON names another one, which runs this file again."""

import ast
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = os.environ.get("GUEST_PYTHON")
if PYTHON and os.path.realpath(PYTHON) != os.path.realpath(sys.executable):
    os.execv(PYTHON, [PYTHON] + sys.argv)

PACKAGE = type(sys)("testudo_nursery")
PACKAGE.__path__ = [os.path.join(os.path.dirname(os.path.dirname(HERE)), "guest", "python",
                                 "nursery")]
sys.modules["testudo_nursery"] = PACKAGE

from testudo_nursery import load, mutate, probe, transform  # noqa: E402
from testudo_nursery.mutants import Swap, Units  # noqa: E402

EXAMPLES = {
    "chained": ("def f(a, b, c): return a < b < c, not a <= b <= c, (1 if a < b < c else 2)",
                [(1, 2, 3), (3, 2, 1), (1, 3, 2)]),
    "short circuit": ("def f(a, b):\n    log = []\n    def t(x):\n        log.append(x)\n"
                      "        return x\n    r = t(a) and t(b) or t(3)\n    return r, log",
                      [(0, 1), (1, 0), (1, 2), ([], {})]),
    "truth once": ("class T:\n    n = 0\n    def __bool__(self):\n        T.n += 1\n"
                   "        return True\ndef f():\n    T.n = 0\n    t = T()\n    if t: pass\n"
                   "    x = t and 1\n    y = 1 if t else 2\n    z = not t\n    assert t\n"
                   "    return T.n, x, y, z", [()]),
    "rich compare": ("class V:\n    def __eq__(self, o): return [1, o]\n"
                     "def f(x):\n    return V() == x, (V() == 1 and 5)", [(3,)]),
    "super": ("class A:\n    def g(self): return 1\nclass B(A):\n"
              "    def g(self): return super().g() + (1 if self else 0)\n"
              "    def __len__(self): return 3\ndef f(): return B().g(), __class__ if 0 else 1",
              [()]),
    "mangled": ("class A:\n    __x = 3\n    def g(self, y): return self.__x > y or self.__x\n"
                "def f(y): return A().g(y)", [(1,), (5,)]),
    "walrus": ("def f(xs):\n    if (n := len(xs)) > 2 and n < 9: return n\n"
               "    return [y for x in xs if (y := x * 2) > 2], n", [([1, 2],), ([1] * 5,)]),
    "comprehension": ("def f(n):\n    return ([i for i in range(n) if i % 2 if i > 2], "
                      "{i: j for i in range(n) for j in range(i) if j}, "
                      "sum(i for i in range(n) if not i % 3))", [(0,), (9,)]),
    "loops": ("def f(xs):\n    out = []\n    for x in xs:\n        if x == 3: break\n"
              "        if x == 2: continue\n        out.append(x)\n    else:\n"
              "        out.append('else')\n    while out and out[-1] == 1: out.pop()\n"
              "    else: out.append('done')\n    return out", [([1, 2],), ([1, 3],), ([],)]),
    "exceptions": ("def f(x):\n    try:\n        return 1 // x\n    except ZeroDivisionError as e:\n"
                   "        return str(e)\n    except TypeError:\n        raise ValueError(x)\n"
                   "    else: return 5\n    finally: x = 0", [(0,), (1,), ("a",)]),
    "generators": ("def g(n):\n    for i in range(n):\n        if i > 1: got = yield i\n"
                   "        else: yield from (i, i)\ndef f(n): return list(g(n))", [(0,), (5,)]),
    "closures": ("def outer(k):\n    total = 0\n    def add(x):\n        nonlocal total\n"
                 "        if x > k: total += x\n        return total\n    return add\n"
                 "def f(xs):\n    a = outer(2)\n    return [a(x) for x in xs], "
                 "a.__code__.co_freevars", [([1, 3, 5],)]),
    "names": ("def f(x):\n    y = x > 1\n    return sorted(locals()), [n for n in globals() if "
              "n.startswith('@')]", [(1,)]),
    "docstrings": ("def f():\n    'text'\n    return f.__doc__, f.__name__, f.__annotations__",
                   [()]),
    "lambda": ("def f(x): return (lambda a, b=x > 1, *c, **d: a > b or c or d)(x, 3)",
               [(1,), (5,)]),
    "star": ("def f(*a, k=1, **kw): return a if a else kw or k\n", [(), (1, 2)]),
    "strings": ("def f(x): return f'{x!r:>{5 if x else 6}} {x and 1}' if x != 2 else f'{x=}'",
                [(0,), (1,), (2,)]),
    "delete": ("def f(x):\n    y = [x, 2]\n    del y[0 if x > 1 else 1]\n    return y",
               [(1,), (2,)]),
    "async": ("import asyncio\nasync def g(n):\n    async def a():\n        for i in range(n):\n"
              "            yield i\n    return [i async for i in a() if i > 0 and i != 2]\n"
              "def f(n): return asyncio.run(g(n))", [(4,)]),
    "isinstance": ("def f(x): return isinstance(x, (int, str)) and not isinstance(x, bool)",
                   [(1,), (True,), ("a",), (None,)]),
    "methods": ("def f(x): return x.startswith('a'), 1 if x.endswith(('b', 'c')) else 0",
                [("ab",), ("x",)]),
    "exec": ("def f(x):\n    scope = {'x': x}\n    exec('y = x > 1 and x', scope)\n"
             "    return scope['y'], eval('x < 2')", [(1,), (3,)]),
}


def outcome(function, arguments):
    try:
        return "value", repr(function(*arguments))
    except Exception as error:
        return "error", repr(error)


def plain(text):
    scope = {"__name__": "example"}
    exec(compile(text, "<example>", "exec"), scope)
    return scope["f"]


class Same(unittest.TestCase):
    def setUp(self):
        load.install(probe)

    def source(self, text):
        source = load.Source("<example>", text.encode())
        probe.setup(len(source.goals.goals), source.goals.compares, lambda *operands: operands)
        probe.begin(1 << 40, b"\xff" * 100)
        return source

    def check(self, text, code, calls):
        scope = {"__name__": "example"}
        exec(code, scope)
        for arguments in calls:
            self.assertEqual(outcome(scope["f"], arguments), outcome(plain(text), arguments),
                             (text, arguments))

    def test_instrumented(self):
        for text, calls in EXAMPLES.values():
            self.check(text, self.source(text).code, calls)

    def test_with_fuel_only(self):
        for text, calls in EXAMPLES.values():
            source = self.source(text)
            self.check(text, source.quiet(source.tree), calls)

    def test_lines_of_code_stay(self):
        for text, _calls in EXAMPLES.values():
            lines = set(range(1, text.count("\n") + 2))
            for node in ast.walk(transform.instrument(
                    ast.parse(text), transform.Goals(text), {}, set())):
                if "lineno" in node._attributes:
                    self.assertIn(node.lineno, lines)

    def test_every_mutant_compiles(self):
        for text, _calls in EXAMPLES.values():
            source = self.source(text)
            exec(source.code, {"__name__": "example"})
            found, _cut = mutate.mutants_of(source)
            units = Units(source)
            for one in found:
                if not one.is_static:
                    self.assertIsNotNone(units.unit_code(
                        one, mutate_unit(one)), (text, one.before, one.after))

    def test_a_mutant_acts_while_it_is_swapped_in_and_not_after(self):
        source = self.source("def f(a, b):\n    return a + b")
        scope = {"__name__": "example"}
        exec(source.code, scope)
        found, _cut = mutate.mutants_of(source)
        (minus,) = [one for one in found if one.after == "a - b" or one.operator == "arithmetic"
                    and type(one.new.op) is ast.Sub]
        with Swap(Units(source).changes(minus)):
            self.assertEqual(scope["f"](5, 3), 2)
        self.assertEqual(scope["f"](5, 3), 8)


def mutate_unit(one):
    from testudo_nursery.copying import replaced
    return replaced(one.unit, one.old, one.new)


class Goals(unittest.TestCase):
    def found(self, text):
        source = load.Source("<example>", text.encode())
        return [(line, kind) for _callable, line, kind, _parent, _text in source.goals.goals]

    def test_decisions_of_each_statement(self):
        self.assertEqual(self.found("def f(x):\n    if x:\n        return 1\n    return 2"),
                         [(1, 0), (2, 1), (2, 2)])
        self.assertEqual(self.found("def f(x):\n    for y in x:\n        pass"),
                         [(1, 0), (2, 1), (2, 2)])
        self.assertEqual(self.found("def f(x):\n    try:\n        x()\n    except E:\n        pass"),
                         [(1, 0), (4, 3)])

    def test_what_is_not_for_tests_has_no_goals(self):
        for text in ("if __name__ == '__main__':\n    def f(x): return x > 1",
                     "def f(x):  # pragma: no cover\n    return x > 1",
                     "if TYPE_CHECKING:\n    def f(x): return x > 1", "x = 1 if y else 2"):
            source = load.Source("<example>", text.encode())
            self.assertEqual(source.goals.goals, [], text)

    def test_excluded_code_has_no_mutants(self):
        source = load.Source("<example>", b"def f(x):\n    'doc'\n    if x:  # pragma: no cover\n"
                                          b"        return x + 1\n    log.info('x' + 'y')\n")
        self.assertEqual(mutate.mutants_of(source)[0], [])


if __name__ == "__main__":
    unittest.main()
