"""What recorders find out about arguments, and the classes that come of it."""

import sys
import unittest

from engine import NURSERY, var
from test_protocol import Asking


class StandIns(Asking):
    beside = {"places.py": '''
class Place:
    def __init__(self, city, roads=()):
        self.city, self.roads = city, roads
''', "loud.py": '''
raise SystemExit("importing this is not for readers")


class Shop:
    def __init__(self): self.tills = self.clerks = None
'''}
    text = '''
from collections import deque


def reachable(startnode, goalnode):
    waiting, seen = deque([startnode]), {startnode}
    while waiting:
        node = waiting.popleft()
        if node is goalnode:
            return True
        waiting.extend(one for one in node.successors if one not in seen)
        seen.update(node.successors)
    return False


def furthest(node):
    while node.following is not None and hash(node):
        node = node.following
    return node


def ways(places):
    found = {}
    for place in list(places):
        found.setdefault(place, place.roads)
    return found


def open_shop(shop):
    waiting = [shop]
    return waiting.pop().tills, hash(shop)


def plain(text, number):
    return text.upper() * number


def annotated(node: int): return hash(node)
def bad(node): raise SystemExit(node.what)
def endless(node):
    while True:
        try:
            node.field
        except BaseException:
            pass
'''

    def types(self, qual, name):
        entry = self.guest.description["callables"][self.guest.index(qual)]
        (found,) = [one for one in entry["params"] if one["name"] == name]
        return [kind for kind, _weight in found["types"]]

    def maker(self, index):
        """What makes this class, and {parameter: types}."""
        description = self.guest.description
        entry = description["callables"][description["classes"][index]["make"][0]]
        return entry, {one["name"]: [kind for kind, _weight in one["types"]]
                       for one in entry["params"]}

    def test_an_argument_that_goes_through_a_queue_has_what_is_read_of_it(self):
        kind = self.types("reachable", "startnode")[0]
        self.assertEqual(kind[0], "class")
        entry, params = self.maker(kind[1])
        self.assertEqual(params["successors"][0], ("list", kind))
        self.assertIn("class Node:", entry["define"])
        self.assertEqual(entry["returns"], kind)

    def test_what_is_only_compared_may_be_of_the_same_class(self):
        self.assertEqual(self.types("reachable", "goalnode")[0],
                         self.types("reachable", "startnode")[0])

    def test_a_chain_may_end(self):
        kind = self.types("furthest", "node")[0]
        _entry, params = self.maker(kind[1])
        self.assertEqual(params["following"][0], ("union", kind, ("none",)))

    def test_a_class_of_another_module_of_the_project_is_preferred(self):
        kind = self.types("ways", "places")[0]
        self.assertEqual(kind[0], "list")
        entry, params = self.maker(kind[1][1])
        self.assertEqual((entry["text"], entry["import"], entry["define"]),
                         ("Place", "places", ""))
        self.assertEqual(sorted(params), ["city", "roads"])

    def test_a_module_that_does_more_than_define_is_not_imported(self):
        entry, _params = self.maker(self.types("open_shop", "shop")[0][1])
        self.assertIn("class Shop:", entry["define"])

    def test_what_has_a_type_needs_none(self):
        for qual, name in ("plain", "text"), ("plain", "number"), ("annotated", "node"):
            self.assertNotIn("class", [kind[0] for kind in self.types(qual, name)])

    def test_objects_can_be_shared_and_are_told_by_their_variables(self):
        kind = self.types("reachable", "startnode")[0]
        make = self.guest.description["classes"][kind[1]]["make"][0]
        goal = (0, make, (), {"successors": []}, False)
        start = (0, make, (), {"successors": [var(0)]}, True)
        index = self.guest.index("reachable")
        (found,) = self.guest.observe([goal, start, (0, index, (var(1), var(0)), {}, True)])
        self.assertIn(("value", 2, "", True), [one[:4] for one in found])
        self.assertIn(("attribute", 1, "successors", [var(0)]), [one[:4] for one in found])

    def test_a_result_that_is_an_argument_is_that_variable(self):
        kind = self.types("furthest", "node")[0]
        make = self.guest.description["classes"][kind[1]]["make"][0]
        last = (0, make, (), {"following": None}, False)
        first = (0, make, (), {"following": var(0)}, True)
        index = self.guest.index("furthest")
        (found,) = self.guest.observe([last, first, (0, index, (var(1),), {}, True)])
        self.assertIn(("value", 2, "", var(0)), [one[:4] for one in found])


class Asked(Asking):
    """What is found only by asking more of the source, or of what comes back."""

    text = '''
import json
from collections import defaultdict

SEEN = defaultdict(list)


class Figure:
    def __init__(self, function): self.function = function
    def __get__(self, instance, owner): return self.function(instance) if instance else self


class Row:
    def __init__(self, items): self.items = items
    largest = Figure(lambda self: max(self.items))


def merged(*rows, **options):
    key = options.get("key")
    return sorted((one for row in rows for one in row), key=lambda one: key(one))


def first(items):
    if iter(items) is items:
        return next(items)
    return items[0]


def adder(number):
    def add(other):
        return number + other
    return add


def wait(thing):
    import queue
    return queue.Queue().get(), thing.what


def remember(name):
    SEEN[name].append(name)
    return len(SEEN)


def load(path):
    with open(path) as file:
        return json.load(file)["size"]


def counted(number):
    from collections import namedtuple
    return namedtuple("Counted", "number")(number)


def save(path, text: str):
    with open(path, "w") as file:
        file.write(text)
'''

    def entry(self, qual, kind=None):
        return self.guest.description["callables"][self.guest.index(qual, kind)]

    def test_an_attribute_that_an_object_gives_is_a_property(self):
        self.assertEqual((self.entry("Row.largest")["kind"], self.entry("Row.largest")["test"]),
                         ("property", True))
        (found,) = self.guest.observe([(0, self.guest.index("Row"), ([3, 5],), {}, False),
                                       (0, self.guest.index("Row.largest"), (var(0),), {}, True)])
        self.assertIn(("value", 1, "", 5), [one[:4] for one in found])

    def test_names_that_are_asked_of_options_are_parameters(self):
        (key,) = [one for one in self.entry("merged")["params"] if one["name"] == "key"]
        self.assertEqual((key["kind"], key["optional"]), ("keyword", True))
        self.assertEqual(key["types"][0][0], ("callable", 1))

    def test_who_asks_whether_it_is_an_iterator_is_given_one(self):
        (items,) = self.entry("first")["params"]
        found = [self.guest.description["callables"][kind[1]]["text"]
                 for kind, _weight in items["types"] if kind[0] == "library"]
        self.assertEqual(found, ["iter"])

    def test_a_function_that_comes_back_can_be_called(self):
        invoke = self.guest.index("Function.__call__")
        (found,) = self.guest.observe([(0, self.guest.index("adder"), (2,), {}, False),
                                       (0, invoke, (var(0), 3), {}, True)])
        self.assertIn(("value", 1, "", 5), [one[:4] for one in found])

    def test_who_waits_for_ever_costs_the_others_nothing(self):
        self.assertEqual(self.entry("wait")["test"], True)
        self.assertEqual(self.entry("save")["params"][0]["types"][0][0][0], "class")

    def test_state_that_was_put_back_is_as_new_for_the_next(self):
        results = self.guest.run(*[self.call("remember", name) for name in ("a", "b", "c") * 20])
        self.assertEqual(len({one.digest for one in results}), 1)

    def test_what_a_function_made_for_itself_is_told_without_its_name(self):
        (found,) = self.guest.observe([self.call("counted", 3)])
        self.assertEqual((found[0][3][:2], found[0][3][4]), ((..., "equal"), (3,)))

    def path(self, name):
        kind = self.entry(name)["params"][0]["types"][0][0]
        return self.guest.description["classes"][kind[1]]["make"][0]

    def test_what_is_opened_is_a_file_with_what_the_module_parses(self):
        make = self.path("load")
        params = {one["name"]: one["types"] for one in
                  self.guest.description["callables"][make]["params"]}
        (content, _weight) = params["content"][0]
        self.assertIn('{"key": 1, "size": 2}', content[1])
        (found,) = self.guest.observe([
            (0, make, (), {"name": "data.txt", "content": '{"size": 1}'}, False),
            (0, self.guest.index("load"), (var(0),), {}, True)])
        self.assertIn(("value", 1, "", 1), [one[:4] for one in found])

    def test_what_was_written_is_looked_at_and_gone_before_the_next(self):
        make, save = self.path("save"), self.guest.index("save")
        first = [(0, make, (), {"name": "a.txt", "content": "old"}, False),
                 (0, save, (var(0), "new"), {}, True)]
        for _ in range(2):
            (found,) = self.guest.observe(first)
            self.assertIn(("attribute", 0, "read_text", "new"), [one[:4] for one in found])
            self.assertEqual([one for one in found if one[0] == "effect"], [])


class PutBack(unittest.TestCase):
    """Each kind of thing that holds state, changed and put back."""

    def test_containers_classes_and_functions_are_as_they_were(self):
        package = type(sys)("testudo_nursery")
        package.__path__ = [NURSERY]
        sys.modules.setdefault("testudo_nursery", package)
        from testudo_nursery import restore, state
        class Table(dict): pass
        class Kept: count = 1
        def function(value=3): return value
        things = [[1, [2]], {"a": 1}, {1, 2}, Table(b=2), Kept, function, [object()]]
        readers = [state.plain_items, state.mapping_items, tuple, state.instance_items,
                   state.type_items, state.function_items, tuple]
        held = [(read, thing, read(thing)) for read, thing in zip(readers, things)]
        things[0][1].append(5)
        things[1].update(a=2, c=3)
        things[2].clear()
        things[3].update(b=None)
        Kept.count, Kept.more = 2, 3
        function.__defaults__ = (4,)
        things[6].append(1)
        self.assertEqual([state.is_held(*one) for one in held], [False] * 7)
        self.assertTrue(restore.put_back(held))
        self.assertEqual([state.is_held(*one) for one in held], [True] * 7)
        self.assertEqual((Kept.count, hasattr(Kept, "more"), function()), (1, False, 3))

    def test_what_cannot_be_put_back_is_said(self):
        from testudo_nursery import restore, state
        thing = (bytearray(b"a"), [])
        held = [(state.instance_items, thing[0], state.instance_items(thing[0]))]
        thing[0][:] = b"b"
        self.assertFalse(restore.put_back(held))


if __name__ == "__main__":
    unittest.main()
