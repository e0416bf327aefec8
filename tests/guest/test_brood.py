"""Children that work through items, some of which leave the process in another state."""

import os
import signal
import sys
import unittest

from engine import NURSERY
from test_protocol import Asking

package = type(sys)("testudo_nursery")
package.__path__ = [NURSERY]
sys.modules["testudo_nursery"] = package
from testudo_nursery.brood import Brood    # noqa: E402

LEFT = []


class Job:
    """Items that are offenders leave something; those that are fatal end their child."""

    order = None

    def __init__(self, offenders=(), fatal=()):
        self.offenders, self.fatal, self.noticed = offenders, fatal, []

    def prepare(self):
        pass

    def same(self):
        return not LEFT

    def alone(self, item):
        return False

    careful = alone

    def notice(self, item):
        self.noticed.append(item)

    def lost(self, item, ended):
        return b"lost"

    def work(self, item):
        if item in self.fatal:
            os._exit(1)
        found = b"%d after %d" % (item, len(LEFT))
        if item in self.offenders:
            LEFT.append(item)
        return found


class Broods(unittest.TestCase):
    def done(self, job, count=64):
        brood = Brood(lambda order: job)
        return brood.run(list(range(count)), job), brood.births

    def test_nobody_sees_what_another_left_and_each_change_costs_one_birth(self):
        job = Job(offenders=(5, 21, 22, 63))
        records, births = self.done(job)
        self.assertEqual(records, [b"%d after 0" % item for item in range(64)])
        self.assertEqual(job.noticed, [5, 21, 22, 63])
        self.assertEqual(births, 5)      # the lot as a whole, then a child up to each change

    def test_what_is_put_back_costs_no_birth_and_is_told(self):
        job = Job(offenders=(5, 21, 22, 63))
        job.restore = lambda: not LEFT.clear()
        records, births = self.done(job)
        self.assertEqual(records, [b"%d after 0" % item for item in range(64)])
        self.assertEqual(job.noticed, [5, 21, 22, 63])
        self.assertEqual(births, 2)      # the lot as a whole, then once more with care

    def test_who_ends_a_child_is_lost_alone(self):
        job = Job(offenders=(3, 9), fatal=(4, 40))
        records, _births = self.done(job)
        self.assertEqual([item for item, one in enumerate(records) if one == b"lost"], [4, 40])
        self.assertEqual({one for item, one in enumerate(records) if item not in (4, 40)},
                         {b"%d after 0" % item for item in range(64) if item not in (4, 40)})
        self.assertEqual(job.noticed, [3, 9])


    def test_broods_keep_a_child_each_and_none_ends_another_s(self):
        job = Job()
        job.order = ("plain",)
        one, other = (Brood(lambda order: job) for _ in range(2))
        try:
            for _ in range(3):
                for brood in one, other:
                    self.assertEqual(brood.run([1, 2], job), [b"1 after 0", b"2 after 0"])
            self.assertEqual((one.births, other.births), (1, 1))
            os.kill(one.resident, signal.SIGKILL)
            os.waitpid(one.resident, 0)
            self.assertEqual(one.run([3], job), [b"3 after 0"])
            self.assertEqual((one.births, other.births), (2, 1))
        finally:
            one.dismiss()
            other.dismiss()

    def test_who_must_be_alone_leaves_nothing_to_a_child_that_waits(self):
        job = Job(offenders=(1,))
        job.order, job.alone = ("plain",), lambda item: item == 1
        brood = Brood(lambda order: job)
        try:
            self.assertEqual(brood.run([0], job), [b"0 after 0"])
            waiting = brood.resident
            self.assertEqual(brood.run([1, 2], job), [b"1 after 0", b"2 after 0"])
            self.assertEqual((brood.births, brood.resident), (2, waiting))
        finally:
            brood.dismiss()


class Ahead(Asking):
    text = '''
import os, sys
sys.path.append(os.path.join(os.path.dirname(__file__), "site-packages"))
def lazily():
    import colorsys, sibling, installed, plain
    return colorsys.ONE_THIRD
def has(name): return name in sys.modules
def to_idna(text): return text.encode("idna")
def own(): import sibling
'''
    beside = {"sibling.py": "x = 1\nfor _ in (): pass\n", "plain.py": "import re\nx = 1\n",
              "site-packages/installed.py": "x = 1\n"}

    def test_what_functions_import_from_others_is_there_before(self):
        found = [self.guest.observe(self.call("has", name))[0][0][3]
                 for name in ("colorsys", "plain", "sibling", "installed")]
        self.assertEqual(found, [True, True, False, False])

    def test_what_a_library_loads_later_changes_nothing_and_what_the_project_does_is_a_change(self):
        name = "encodings.idna"
        types = []
        for one in self.call("to_idna", "a"), self.call("own"), self.call("to_idna", "b"):
            self.run_one(one)
            found = self.run_one(self.call("has", name), self.call("has", "sibling"))
            types.append(found.digest)
        there, not_there = types[0], types[1]
        self.assertNotEqual(there, not_there)      # a new child after the project's own
        self.assertEqual(types[2], there)


if __name__ == "__main__":
    unittest.main()
