"""What the guest says about a module: types, values to try, examples, and doubts."""

import ast
import marshal
import os
import sys
import types
import unittest

from engine import NURSERY, var
from test_protocol import Asking

PYTHON = os.environ.get("GUEST_PYTHON")


class Described(Asking):
    text = '''
import abc
import contextlib
import enum
import re
from datetime import date, datetime
from typing import Callable, Dict, List, Optional


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...


class Square(Shape):
    def __init__(self, side: float): self.side = side
    def area(self): return self.side ** 2
    def _hidden(self): return 1


def paint(color: Color, when: Optional[date] = None): return color.name
def each(fn: Callable[[int], int], items: List[Dict[str, int]]): return [fn(i) for i in items]
def parse(text):
    if not re.match(r"\\d{2}-[ab]+$", text):
        return None
    return datetime.strptime(text, "%H-%M")
def guessed(rows, key, n):
    for row in rows:
        row.append(key.upper())
    return n + 1
def documented(thing, other):
    """Does.

    :param thing: what
    :type thing: dict
    :raises KeyError: never
    """
    return thing is other
@contextlib.contextmanager
def borrowed(thing): yield [thing]
def area_of(shape: Shape): return shape.area()
def add(a, b=1):
    """
    >>> add(1, 2)
    3
    >>> add(1)
    7
    """
    return a + b
'''

    def entry(self, qual):
        return self.guest.description["callables"][self.guest.index(qual)]

    def types(self, qual, name):
        (found,) = [one for one in self.entry(qual)["params"] if one["name"] == name]
        return [kind for kind, _weight in found["types"]]

    def test_annotations(self):
        self.assertEqual(self.types("each", "items")[0], ("list", ("dict", ("str",), ("int",))))
        self.assertEqual(self.types("each", "fn")[0], ("callable", 1))
        self.assertEqual(self.types("Square", "side")[0], ("float",))

    def test_enums_are_their_members(self):
        (kind,) = self.types("paint", "color")
        names = [self.guest.description["callables"][one[1]]["text"] for one in kind[1:]]
        self.assertEqual(names, ["subject.Color.RED", "subject.Color.BLUE"])
        made = (..., "make", kind[1][1], (), {})
        self.assertEqual(self.guest.observe(self.call("paint", made, deep=True))[0][0][3], "RED")

    def test_optional_parts_are_types_of_their_own(self):
        found = self.types("paint", "when")
        self.assertIn(("none",), found)
        self.assertIn("library", [kind[0] for kind in found])

    def test_use_and_names(self):
        self.assertEqual(self.types("guessed", "rows")[0][0], "list")
        self.assertIn(("str",), self.types("guessed", "key"))
        self.assertEqual(self.types("guessed", "n")[0], ("int",))

    def test_documentation(self):
        self.assertEqual(self.types("documented", "thing")[0][0], "dict")
        self.assertIn("KeyError", self.entry("documented")["raises"])

    def test_an_abstract_class_is_made_by_another(self):
        classes = {one["qual"]: one for one in self.guest.description["classes"]}
        self.assertTrue(classes["Shape"]["abstract"])
        self.assertEqual(classes["Shape"]["make"], [self.guest.index("Square")])
        self.assertEqual(self.entry("Shape")["why"], "abstract")

    def test_what_is_there_to_be_entered(self):
        self.assertTrue(self.entry("borrowed")["manager"])
        self.assertFalse(self.entry("borrowed")["generator"])
        self.assertFalse(self.entry("add")["manager"])
        entered = (self.call("borrowed", 3), (3, 0))
        self.assertEqual(self.guest.observe(entered)[0][-1][:4], ("value", 1, "", [3]))

    def test_private_is_no_target(self):
        self.assertEqual(self.entry("Square._hidden")["why"], "private")
        self.assertFalse(self.entry("Square._hidden")["test"])

    def test_constants_match_expressions_and_formats(self):
        found = [value for owner, value in self.guest.description["constants"]
                 if owner == self.guest.index("parse")]
        self.assertIn("77-a", found)
        self.assertIn("23-59", found)

    def test_examples_are_seeds_and_false_ones_suspicions(self):
        programs = [marshal.loads(data) for data, _origin in self.guest.description["seeds"]]
        self.assertIn(((0, self.guest.index("add"), (1, 2), {}, False),), programs)
        ((kind, index, text, code),) = self.guest.description["suspicions"]
        self.assertEqual((kind, index), ("doctest", self.guest.index("add")))
        self.assertEqual(text, "add(1) is documented to give 7, and gives 2")
        self.assertEqual(code, "add(1, 2)\nadd(1)")


class CompiledElsewhere(Asking):
    text = '''
import re as regular
CODE = regular.compile("[A-Z]{2} [0-9]{3}", regular.VERBOSE)
KINDS = {"a": regular.compile("x9{4}"), "b": None}
BYTES = regular.compile(b"y+")
def is_code(text): return CODE.match(text) is not None
def is_kind(text, kind): return KINDS[kind].match(text) is not None
def is_bytes(text): return BYTES.match(text) is not None
'''

    def constants(self, qual):
        return [value for owner, value in self.guest.description["constants"]
                if owner == self.guest.index(qual)]

    def test_an_expression_by_name_gives_texts_to_who_uses_it(self):
        self.assertIn("AA000", self.constants("is_code"))
        self.assertIn("AA00", self.constants("is_code"))
        self.assertNotIn("AA000", self.constants("is_kind"))

    def test_those_of_a_small_container_do_so_too(self):
        self.assertIn("x9999", self.constants("is_kind"))

    def test_one_of_bytes_gives_none(self):
        self.assertEqual(self.constants("is_bytes"), [])


class Abstract(Asking):
    text = '''
import abc
class Shape(abc.ABC):
    def __init__(self, scale: int = 1): self.scale = scale
    @abc.abstractmethod
    def sides(self, extra: int) -> int: ...
    @property
    @abc.abstractmethod
    def title(self) -> str: ...
    def all_sides(self): return self.scale * self.sides(2), self.title
class Bare(abc.ABC):
    @abc.abstractmethod
    def run(self): ...
    def twice(self): return [self.run(), self.run()]
class Odd(abc.ABC):
    @abc.abstractmethod
    async def run(self): ...
    def name(self): return 1
'''

    def makers(self, qual):
        description = self.guest.description
        (found,) = [one for one in description["classes"] if one["qual"] == qual]
        return [(index, description["callables"][index]["text"]) for index in found["make"]]

    def test_a_minimal_subclass_makes_what_nothing_else_makes(self):
        ((index, text),) = self.makers("Shape")
        made = (0, index, (3,), {}, False)
        (found,) = self.guest.observe([made, self.call("Shape.all_sides", var(0), deep=True)])
        self.assertEqual([one[3] for one in found if one[0] == "value"][-1], (3, "a"))
        scope = {}
        exec(self.text, scope)
        self.assertEqual(eval(text.replace("subject.", "", 1), scope)(3).all_sides(), (3, "a"))

    def test_what_the_subclass_stands_in_for_is_no_target(self):
        why = {one["qual"]: one["why"] for one in self.guest.description["callables"]}
        self.assertEqual((why["Shape.sides"], why["Shape.title"]), ("abstract", "abstract"))
        self.assertEqual((why["Shape.all_sides"], why["Bare.run"]), ("", "abstract"))

    def test_one_without_parameters_is_a_whole_value(self):
        ((index, text),) = self.makers("Bare")
        self.assertTrue(text.endswith(")()"), text)
        made = (0, index, (), {}, False)
        (found,) = self.guest.observe([made, self.call("Bare.twice", var(0), deep=True)])
        self.assertEqual([one[3] for one in found if one[0] == "value"][-1], [None, None])

    def test_what_is_not_so_simple_stays_abstract(self):
        self.assertEqual(self.makers("Odd"), [])


class StandIns(Asking):
    text = '''
class Known:
    def __init__(self, unit): self.unit = unit
    def render(self): return self.unit
def price(order): return order.quantity * 2 + len(order.title.strip())
def paid(orders): return [one.amount + 1 for one in orders if one.paid]
def length(node):
    n = 0
    while node is not None:
        n, node = n + 1, node.successor
    return n
def last(node):
    while node.successor is not None:
        node = node.successor
    return node.value
def depth(tree): return 0 if tree is None else 1 + max(depth(tree.left), depth(tree.right))
def send(user, sender): return sender.send(user.email, 1)
def shown(thing): return thing.render() + thing.unit
def upper(text): return text.upper().strip()
def hidden(thing): return thing._secret
'''

    def stand_in(self, qual, name):
        """{attribute: kinds} of what stands in for a parameter, or None."""
        entries = self.guest.description["callables"]
        (found,) = [one for one in entries[self.guest.index(qual)]["params"] if one["name"] == name]
        for kind, _weight in found["types"]:
            kind = kind[1] if kind[0] == "list" else kind
            if kind[0] == "library" and entries[kind[1]]["text"] == "types.SimpleNamespace":
                return {one["name"]: [part for part, _weight in one["types"]]
                        for one in entries[kind[1]]["params"]}
        return None

    def test_an_object_has_the_attributes_that_are_read_with_types_of_their_use(self):
        found = self.stand_in("price", "order")
        self.assertEqual(sorted(found), ["quantity", "title"])
        self.assertEqual(found["quantity"][0], ("int",))
        self.assertEqual(found["title"][0], ("str",))
        found = self.stand_in("paid", "orders")
        self.assertEqual((found["amount"][0], found["paid"][0]), (("int",), ("bool",)))
        self.assertEqual(self.stand_in("send", "sender")["send"][0], ("callable", 2))

    def test_a_chain_and_a_tree_go_on_and_end(self):
        for qual, name, attribute in (("last", "node", "successor"), ("depth", "tree", "left")):
            kinds = [one[0] for one in self.stand_in(qual, name)[attribute]]
            self.assertIn("library", kinds)
            self.assertIn("none", kinds)

    def test_a_known_class_or_type_needs_none(self):
        for qual, name in ("shown", "thing"), ("upper", "text"), ("hidden", "thing"):
            self.assertIsNone(self.stand_in(qual, name), qual)

    def test_programs_are_made_of_them(self):
        index = self.guest.index("types.SimpleNamespace")
        order = (..., "make", index, (), {"quantity": 4, "title": " ab"})
        (components,) = self.guest.observe(self.call("price", order, deep=True))
        self.assertEqual(components[0][3], 10)


class Looks(unittest.TestCase):
    def test_attributes_of_attributes_are_looked_at_within_limits(self):
        package = type(sys)("testudo_nursery")
        package.__path__ = [NURSERY]
        sys.modules["testudo_nursery"] = package
        from testudo_nursery import uses
        nodes = list(ast.walk(ast.parse("x.first.second.third")))
        for left, wanted in (1000, [("library", 1)]), (-1, []):
            static = uses.StaticUse(None)
            static.looks_left = left
            static.annotations = types.SimpleNamespace(libraries=types.SimpleNamespace(
                stand_in=lambda attributes: ("library", 1)))
            self.assertEqual(list(uses.Use(static, "x", nodes).votes), wanted)
            self.assertEqual(static.looks_left < left, bool(wanted))


if __name__ == "__main__":
    unittest.main()
