"""Code that does all that a candidate must not be able to do to the next one."""

import unittest

import subjects
from test_protocol import CLOCK, DIED, DONE, FUEL, RAISED, Asking


class Nasty(Asking):
    text = subjects.NASTY

    def between(self, qual, *arguments, after=None):
        """The nasty one between two innocent ones, which must not notice."""
        fine = after or self.call("fine", 1)
        alone = self.guest.run(fine)[0]
        first, nasty, last = self.guest.run(fine, self.call(qual, *arguments), fine)
        for one in (first, last):
            self.assertEqual((one.status, one.digest, one.hits),
                             (alone.status, alone.digest, alone.hits), qual)
        return nasty

    def across(self, qual, after):
        """The same with an answer between them: the child that waits must not have noticed."""
        alone = self.guest.run(after)[0]
        self.guest.run(self.call(qual))
        again = self.guest.run(after)[0]
        self.assertEqual((again.status, again.digest, again.hits),
                         (alone.status, alone.digest, alone.hits), qual)

    def test_a_child_that_waits_is_as_a_new_one(self):
        for qual in ("bump_slot", "bump_raw", "patch", "replace_tools", "handle", "at_end",
                     "fork_and_stay", "thread", "close_all", "forge", "stop", "leave", "mute"):
            self.across(qual, self.call("fine", 1))
        for qual in ("bump_slot", "bump_raw"):
            self.across(qual, self.call(qual))
            self.between(qual, after=self.call(qual))

    def test_who_stops_himself_is_ended(self):
        self.assertEqual(self.between("stop").status, CLOCK)

    def test_bombs_signals_and_tools_stay_inside(self):
        for qual in ("handle", "bomb", "spin_aside", "at_end", "replace_tools"):
            self.assertEqual(self.between(qual).status, DONE, qual)

    def test_forged_records_are_no_results(self):
        self.assertIn(self.between("forge").status, (DONE, DIED))

    def test_fuel_cannot_be_swallowed(self):
        for qual in ("swallow", "swallow_and_leave", "swallow_again"):
            self.assertEqual(self.between(qual).status, FUEL, qual)

    def test_ends_of_the_process_cost_one_candidate(self):
        for qual in ("leave", "leave_badly"):
            self.assertEqual(self.between(qual).status, DIED, qual)

    def test_sys_exit_is_an_exception(self):
        found = self.between("leave_politely")
        self.assertEqual((found.status, found.exception), (RAISED, "SystemExit"))

    def test_what_spins_in_c_is_ended_by_a_clock(self):
        self.assertEqual(self.between("spin_in_c").status, CLOCK)

    def test_memory_has_an_end(self):
        for qual in ("eat", "memory"):
            self.assertEqual(self.between(qual).status, DIED, qual)

    def test_recursion_is_an_error_or_out_of_fuel(self):
        self.assertEqual(self.between("deep", 0).exception, "RecursionError")

    def test_children_and_threads_do_not_stay(self):
        for qual in ("fork", "fork_and_stay", "thread"):
            self.assertEqual(self.between(qual).status, DONE, qual)

    def test_state_of_the_interpreter_is_put_back(self):
        for qual in ("patch", "modules", "trace", "mute", "collect", "odd"):
            self.between(qual)
        self.between("patch", after=self.call("count", [1, 2]))
        self.between("mute", after=self.call("say", "hello"))

    def test_state_of_the_process_is_put_back(self):
        self.between("chdir", after=self.call("where"))
        self.between("environ", after=self.call("environ_has"))
        self.between("default", 1, after=self.call("default", 2))
        self.between("write", "left.txt", after=self.call("exists", "left.txt"))

    def test_random_numbers_are_the_same_each_time(self):
        self.between("dice", after=self.call("dice"))

    def test_descriptors_cannot_be_used_against_us(self):
        for qual in ("close_all", "write_all"):
            self.between(qual)
        self.assertEqual(self.guest.run(self.call("fine", 1))[0].status, DONE)

    def test_output_is_bounded_and_input_is_empty(self):
        self.assertEqual(self.between("much").status, DONE)
        self.assertEqual(self.between("ask").exception, "EOFError")

    def test_effects_are_named(self):
        found = self.guest.observe(self.call("write", "/tmp/testudo-effect"),
                                   self.call("environ"), self.call("fine", 1))
        words = [[one[3] for one in components if one[0] == "effect"] for components in found]
        self.assertEqual(words, [["writes a file outside the work folder"],
                                 ["changes the environment"], []])

    def test_what_a_test_must_not_need_is_an_effect(self):
        found = self.guest.observe(self.call("by_number", 0), self.call("ask"),
                                   self.call("rest", 3), self.call("rest", 0.5))
        words = [[one[3] for one in components if one[0] == "effect"] for components in found]
        self.assertEqual(words, [["opens a descriptor by its number"], ["reads standard input"],
                                 ["waits for more than 1 second"], []])

    def test_hours_and_days_of_the_week_are_unstable(self):
        (component,) = self.guest.observe(self.call("greeting"))[0]
        self.assertEqual((component[0], component[4]), ("value", False))


if __name__ == "__main__":
    unittest.main()
