"""Each kind of code that Python has, by the modules of tests/testgen/subjects."""

import os
import unittest

from engine import HERE, Guest, var

SUBJECTS = os.path.join(os.path.dirname(HERE), "testgen", "subjects")
PYTHON = os.environ.get("GUEST_PYTHON")
DONE, RAISED, FUEL = 0, 1, 2
RAISE = 1                # the origin of what the target raises itself


class Kinds:
    @classmethod
    def setUpClass(cls):
        cls.guest = Guest(SUBJECTS, cls.module, PYTHON)
        assert cls.guest.description is not None, cls.guest.opened
        cls.call = staticmethod(cls.guest.call)

    @classmethod
    def tearDownClass(cls):
        cls.guest.__exit__()

    def end(self, *statements):
        (found,) = self.guest.run(list(statements))
        return found.status, found.exception, found.origin

    def components(self, kind, *statements):
        (found,) = self.guest.observe(list(statements))
        return [(one[3], one[4]) for one in found if one[0] == kind]

    def last(self, *statements):
        """The last value, and that it is the same in a second process."""
        shown, stable = self.components("value", *statements)[-1]
        self.assertTrue(stable, shown)
        return shown

    def on(self, maker, qual, *arguments, kind=None):
        return (maker, self.call(qual, var(0), *arguments, kind=kind, deep=True))


class Shapes(Kinds, unittest.TestCase):
    module = "shapes"

    def test_a_descriptor_refuses_and_a_property_reads(self):
        self.assertEqual(self.end(self.call("Box", -1)), (RAISED, "ValueError", RAISE))
        self.assertEqual(self.last(*self.on(self.call("Box", 5), "Box.area")), 10)
        self.assertEqual(self.last(*self.on(self.call("Box", 2), "Box.label", kind="property")),
                         "unnamed")

    def test_what_properties_and_descriptors_give_can_be_seen_on_an_object(self):
        (found,) = self.guest.observe(self.call("Box", 5))
        self.assertEqual([one[2:4] for one in found if one[0] == "attribute"],
                         [("label", "unnamed"), ("width", 5)])

    def test_a_setter_sets_and_refuses(self):
        set_it = self.on(self.call("Box"), "Box.label", "abc", kind="setter")
        read = self.call("Box.label", var(0), kind="property", deep=True)
        self.assertEqual(self.last(*set_it, read), "abc")
        set_it = self.on(self.call("Box"), "Box.label", "too long", kind="setter")
        self.assertEqual(self.end(*set_it), (RAISED, "ValueError", RAISE))

    def test_class_and_static_methods(self):
        self.assertEqual(self.last(*self.on(self.call("Box.square", 3), "Box.area")), 18)
        self.assertIs(self.last(self.call("Box.is_size", "12")), True)

    def test_an_abstract_class_without_any_other_is_made(self):
        (shape,) = [one for one in self.guest.description["classes"] if one["qual"] == "Shape"]
        made = (0, shape["make"][0], (2,), {}, False)
        self.assertEqual(self.last(*self.on(made, "Shape.describe")), "large")

    def test_named_tuples_and_overloads(self):
        shown = self.last(*self.on(self.call("Point", 1), "Point.moved", 4))
        self.assertEqual((shown[2], shown[5]), ("shapes.Point", {"x": 5, "y": 0}))
        quals = [one["qual"] for one in self.guest.description["callables"]]
        self.assertEqual(quals.count("double"), 1)
        self.assertEqual(self.last(self.call("double", "ab")), "abab")

    def test_what_is_wrapped_has_the_parameters_of_what_is_in_it(self):
        entry = self.guest.description["callables"][self.guest.index("add")]
        self.assertEqual([one["name"] for one in entry["params"]], ["a", "b"])
        self.assertEqual(self.last(self.call("add", 1)), ("sum", 2))

    def test_a_closure_is_of_the_type_function(self):
        (found,) = self.guest.run(self.call("counter", 2))
        self.assertEqual((found.status, found.type), (DONE, "function"))


class Streams(Kinds, unittest.TestCase):
    module = "streams"

    def test_generators_of_both_sorts_are_drained(self):
        self.assertEqual(self.last(self.call("count_up", 6), (2, 0, 10)), [0, 2, 4])
        self.assertEqual(self.last(self.call("windows", [1, 2, 3], 2), (2, 0, 10)),
                         [[1, 2], [2, 3]])

    def test_coroutines_are_awaited(self):
        self.assertEqual(self.last(self.call("total", 6)), 6)

    def test_managers_of_both_sorts_are_entered(self):
        add = self.call("Ledger.add", var(1), "x", deep=True)
        self.assertEqual(self.last(self.call("Ledger", "n"), (3, 0), add), 1)
        send = self.call("Line.send", var(0), "x", deep=True)
        self.assertEqual(self.last(self.call("Line"), (3, 0), send), "local:x")
        self.assertEqual(self.end(self.call("Line"), send), (RAISED, "RuntimeError", RAISE))
        self.assertEqual(self.last(self.call("labelled", "a"), (3, 0)), ["a"])


class Outside(Kinds, unittest.TestCase):
    module = "outside"

    def effects(self, *statements):
        return [text for text, _stable in self.components("effect", *statements)]

    def test_state_of_the_module_does_not_go_on_to_the_next_program(self):
        for _ in range(3):
            self.assertEqual(self.last(self.call("remember", "a"), self.call("remember", "a")), 2)

    def test_what_depends_on_time_or_chance_is_not_stable(self):
        ((_value, stable),) = self.components("value", self.call("greeting"))
        self.assertFalse(stable)
        values = [self.components("value", self.call("roll", 1 << 40))[0][1] for _ in range(2)]
        self.assertEqual(values, [False, False])

    def test_nobody_waits(self):
        self.assertIs(self.last(self.call("wait", 900)), True)
        self.assertEqual(self.effects(self.call("wait", 900)), ["waits for more than 1 second"])

    def test_files_of_one_program_are_not_there_for_the_next(self):
        path = (..., "make", self.guest.index("pathlib.Path"), ("made.txt",), {})
        self.assertEqual(self.last(self.call("save", path, "four", deep=True)), 4)
        self.assertEqual(self.last(self.call("size_of", path, deep=True)), "missing")

    def test_input_and_the_network_are_told(self):
        self.assertEqual(self.effects(self.call("read_numbers")), ["reads standard input"])
        self.assertIn("looks up a host name", self.effects(self.call("fetch", "localhost")))

    def test_the_environment_is_not_the_callers(self):
        self.assertEqual(self.last(self.call("mode")), "plain")

    def test_what_never_ends_runs_out_of_fuel(self):
        self.assertEqual(self.end(self.call("collatz", 0))[0], FUEL)


class StandIns(Kinds, unittest.TestCase):
    module = "stand_ins"

    def stand_in(self, qual):
        description = self.guest.description
        (one,) = description["callables"][self.guest.index(qual)]["params"][:1]
        (index,) = [kind[1] for kind, _weight in one["types"] if kind[0] == "library"]
        return index

    def test_objects_with_the_attributes_that_are_read(self):
        order = (..., "make", self.stand_in("price"), (), {"quantity": 20, "unit": 3})
        self.assertEqual(self.last(self.call("price", order, deep=True)), 54)
        node = None
        for _ in range(3):
            node = (..., "make", self.stand_in("length"), (), {"successor": node})
        self.assertEqual(self.last(self.call("length", node, deep=True)), 3)


if __name__ == "__main__":
    unittest.main()
