"""Every message of docs/guest-protocol.md, asked of a real guest about a small module."""

import os
import tempfile
import unittest

import subjects
from engine import Guest, var

DONE, RAISED, FUEL, DIED, CLOCK, INVALID = range(6)
PYTHON = os.environ.get("GUEST_PYTHON")


class Asking(unittest.TestCase):
    text = subjects.WALLET
    beside = {}          # other files of the project, by their paths

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        subjects.write(cls.folder.name, subject=cls.text)
        for path, text in cls.beside.items():
            full = os.path.join(cls.folder.name, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w") as file:
                file.write(text)
        cls.guest = Guest(cls.folder.name, "subject", PYTHON)
        assert cls.guest.description is not None, cls.guest.opened
        cls.call = staticmethod(cls.guest.call)

    @classmethod
    def tearDownClass(cls):
        cls.guest.__exit__()
        cls.folder.cleanup()

    def run_one(self, *statements, **options):
        return self.guest.run(list(statements), **options)[0]


class Opened(Asking):
    def test_callables_are_those_of_the_source_in_order(self):
        found = [one["qual"] for one in self.guest.description["callables"]
                 if one["kind"] != "library"]
        self.assertEqual(found.pop(), "Function.__call__")  # of a result that is a function
        self.assertEqual(found, ["Wallet", "Wallet.spend", "Wallet.rich", "clamp", "total",
                                 "adopt", "stateful", "fib", "now", "later", "shout", "any_order",
                                 "limited"])

    def test_annotations_are_types_and_defaults_are_values(self):
        one = self.guest.description["callables"][self.guest.index("clamp")]
        self.assertEqual([p["types"][0][0] for p in one["params"]], [("int",)] * 3)
        self.assertEqual([p.get("default") for p in one["params"]], [None, 0, 10])

    def test_goals_point_back_to_goals_before_them(self):
        goals = self.guest.description["goals"]
        self.assertTrue(goals)
        for number, (_callable, _line, kind, parent, _text) in enumerate(goals):
            self.assertLess(parent, number)
            self.assertIn(kind, range(4))

    def test_every_compare_has_goals_that_exist(self):
        count = len(self.guest.description["goals"])
        for true, false, _operator in self.guest.description["compares"]:
            self.assertTrue(-1 <= true < count and -1 <= false < count)


class Run(Asking):
    def test_different_sides_are_different_goals(self):
        low, high, inside = self.guest.run(*(self.call("clamp", x) for x in (-5, 50, 5)))
        self.assertEqual({one.status for one in (low, high, inside)}, {DONE})
        self.assertEqual(len({one.hits for one in (low, high, inside)}), 3)

    def test_equal_behaviour_has_equal_digests_in_other_children(self):
        first = self.run_one(self.call("clamp", -5))
        second = self.run_one(self.call("clamp", -7))
        third = self.run_one(self.call("clamp", 7))
        self.assertEqual(first.digest, second.digest)
        self.assertNotEqual(first.digest, third.digest)

    def test_a_changed_argument_changes_the_digest(self):
        one = self.run_one(self.call("total", [2]))
        other = self.run_one(self.call("total", [1, 2]))
        self.assertNotEqual(one.digest, other.digest)

    def test_origins(self):
        wanted = [(self.call("Wallet", -3), "ValueError", 1),
                  (self.call("clamp", "x"), "TypeError", 6),
                  (self.call("clamp"), "TypeError", 5)]
        for statement, name, origin in wanted:
            found = self.run_one(statement)
            self.assertEqual((found.exception, found.origin), (name, origin))

    def test_state_does_not_pass_to_the_next_candidate(self):
        found = self.guest.run(*[self.call("stateful", x) for x in range(20)])
        self.assertEqual(len({one.digest for one in found}), 1)

    def test_a_cached_function_runs_every_time(self):
        one, two = self.guest.run(self.call("fib", 9), self.call("fib", 9))
        self.assertEqual(one.hits, two.hits)
        self.assertGreater(one.fuel, 5)

    def test_operands_of_watched_compares_only(self):
        found = self.run_one(self.call("clamp", 3), watch=b"\xff" * 8, flags=3)
        self.assertTrue(any((a, b) == (3, 0) for _, _, a, b in found.operands))
        self.assertEqual(self.run_one(self.call("clamp", 3), watch=b"", flags=3).operands, ())

    def test_sequences_and_properties(self):
        found = self.run_one(self.call("Wallet", 300),
                             self.call("Wallet.spend", var(0), 100, deep=True),
                             self.call("Wallet.rich", var(0), deep=True))
        self.assertEqual((found.status, found.at, found.type), (DONE, 2, "bool"))

    def test_a_sleeping_coroutine_takes_no_time(self):
        found = self.run_one(self.call("later", 5))
        self.assertEqual((found.status, found.type), (DONE, "int"))

    def test_bad_programs_are_said_to_be_bad(self):
        for data in (b"", b"garbage", b"(\0\0\0\0"):
            self.assertEqual(self.guest.run(data)[0].status, INVALID)
        self.assertNotEqual(self.run_one((0, self.guest.index("clamp"), (var(7),), {}, True)).status,
                            DONE)


class Observe(Asking):
    def test_values_arguments_attributes_output_and_exceptions(self):
        wanted = [
            ([self.call("clamp", 5)], ("value", 0, "", 5, True)),
            ([self.call("total", [2, 3])], ("argument", 0, "0", [2, 3, 2], True)),
            ([self.call("Wallet", 4)], ("attribute", 0, "balance", 4, True)),
            ([self.call("shout", "hey")], ("stdout", 0, "", "HEY\n", True)),
            ([self.call("Wallet", -1)],
             ("raises", 0, "", ("ValueError", "", "negative: -1", 1), True))]
        for statements, component in wanted:
            self.assertIn(component, self.guest.observe(statements)[0])

    def test_an_argument_that_comes_to_hold_an_object_is_seen(self):
        found = self.guest.observe(self.call("adopt", [2]))[0]
        self.assertIn(("value", 0, "", 2, True), found)
        (changed,) = [one for one in found if one[0] == "argument"]
        self.assertEqual(changed[3][1][1], "object")

    def test_the_clock_is_unstable(self):
        (component,) = self.guest.observe(self.call("now"))[0]
        self.assertEqual((component[0], component[4]), ("value", False))

    def test_the_order_of_a_set_is_unstable(self):
        (component,) = self.guest.observe(self.call("any_order"))[0]
        self.assertEqual((component[0], component[4]), ("value", False))


class Mutants(Asking):
    def numbers(self, qual, operator):
        index = self.guest.index(qual)
        return [number for number, one in enumerate(self.guest.description["mutants"])
                if one[0] == index and one[2] == operator]

    def test_boundaries_tell_mutants_apart(self):
        numbers = [number for number in self.numbers("clamp", "return")]
        _count, at_low = self.guest.judge(self.call("clamp", -1), numbers)
        self.assertEqual([bool(at_low[number]) for number in numbers], [True, False, False])

    def test_a_mutant_that_does_not_end_has_the_bit_past_the_last(self):
        count, masks = self.guest.judge(self.call("fib", 5), self.numbers("fib", "constant"),
                                        fuel=5000)
        self.assertEqual(count, 1)
        self.assertTrue(all(masks.values()))

    def test_static_mutants_act_by_a_new_import(self):
        statics = [number for number, one in enumerate(self.guest.description["mutants"])
                   if one[5] and one[3] == "10" and one[4] == "11"]
        _count, masks = self.guest.judge(self.call("limited", 50), statics)
        self.assertEqual(sorted(masks.values()), [b"", b"\x01"], "the default and the constant")

    def test_what_runs_at_import_compares_as_ever(self):
        self.assertEqual(self.guest.observe(self.call("limited", 50))[0][0][3], 10)

    def test_originals_run_as_before_afterwards(self):
        before = self.run_one(self.call("clamp", 3)).digest
        self.guest.judge(self.call("clamp", 3))
        self.assertEqual(self.run_one(self.call("clamp", 3)).digest, before)


class Refusals(unittest.TestCase):
    def refused(self, text, name="subject"):
        with tempfile.TemporaryDirectory() as folder:
            subjects.write(folder, subject=text)
            with Guest(folder, name, PYTHON) as guest:
                return guest.opened

    def test_each_way_not_to_import_has_its_word(self):
        wanted = [("import no_such_module_at_all\n", "missing"), ("def f(:\n", "syntax"),
                  ("import sys\nsys.exit(2)\n", "exit"), ("1 / 0\n", "import"),
                  ("import os\nos._exit(1)\n", "crash"), ("import os\nos.abort()\n", "crash")]
        for text, word in wanted:
            found = self.refused(text)
            self.assertEqual(found[:2], ("failed", word), (text, found))

    def test_what_is_missing_is_named(self):
        self.assertEqual(self.refused("import no_such_module_at_all\n")[2],
                         "no_such_module_at_all")

    def test_an_import_that_never_ends(self):
        self.assertEqual(self.refused("while True: pass\n")[:2], ("failed", "clock"))

    def test_nothing_is_open_before_open(self):
        self.assertEqual(self.refused("", "no.such")[:2], ("failed", "missing"))


if __name__ == "__main__":
    unittest.main()
