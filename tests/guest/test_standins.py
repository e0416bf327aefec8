"""What recorders find out about arguments, and the classes that come of it."""

import unittest

from engine import var
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


if __name__ == "__main__":
    unittest.main()
