"""What the guest takes from the rest of a project: calls in tests, at call sites, in documentation."""

import marshal
import unittest

from test_protocol import Asking

MODULE = '''
class Wallet:
    def __init__(self, balance=0): self.balance = balance
    def spend(self, amount): self.balance -= amount; return self.balance
    @classmethod
    def of(cls, text): return cls(int(text))
def clamp(x, low=0, high=10): return min(max(x, low), high)
def other(x): return x
'''
TESTS = '''
import pytest, subject
from subject import Wallet, clamp as bound
from elsewhere import other

def test_literals():
    assert bound(3, high=2) == 2
    assert subject.clamp(-71) == 0
    assert other("not ours") == 1

def test_names():
    least = 17
    assert bound(99, least) == 99
    least = unknown()
    assert bound(98, least) == 98

def test_loop():
    for x, low in [(41, 42), (43, 44)]:
        assert bound(x, low)

@pytest.mark.parametrize("x, high", [(51, 52), pytest.param(53, 54, id="b")])
def test_rows(x, high):
    assert bound(x, high=high)

class TestWallet:
    def test_sequence(self):
        wallet = Wallet(61)
        wallet.spend(62)
        with pytest.raises(ValueError):
            wallet.spend(63)
        assert wallet.spend(64) == 1
        assert Wallet.of("65").spend(66) == 1
'''
GUIDE = '''
# How to

```python
from subject import clamp
clamp(81)
```

    >>> clamp(82, 83)
    83
'''


class Carved(Asking):
    text = MODULE
    beside = {"tests/test_subject.py": TESTS, "docs/guide.md": GUIDE,
              "node_modules/x.py": "import subject\nsubject.clamp(91)\n",
              "out/suite/test_subject.py": "# Tests of subject, written by Testudo 1 (seed 1).\n"
              "import subject\nsubject.clamp(94)\n",
              "broken.py": "import subject\nsubject.clamp(92\n",
              "far.py": "import subject\nsubject.clamp(x=93)\n"}

    def programs(self):
        described = self.guest.description
        return [([(described["callables"][one[1]]["qual"], one[2], one[3])
                  for one in marshal.loads(data)], origin) for data, origin in described["seeds"]]

    def calls_of(self, qual):
        """The arguments of programs that are one call of it."""
        return [program[0][1:] for program, _origin in self.programs()
                if len(program) == 1 and program[0][0] == qual]

    def test_literals_by_any_name_of_the_module(self):
        calls = self.calls_of("clamp")
        self.assertIn(((3,), {"high": 2}), calls)
        self.assertIn(((-71,), {}), calls)
        self.assertEqual(self.calls_of("other"), [])

    def test_a_name_stands_for_the_literal_that_it_was_given_last(self):
        calls = self.calls_of("clamp")
        self.assertIn(((99, 17), {}), calls)
        self.assertNotIn(((98, 17), {}), calls)

    def test_rows_of_loops_and_of_parametrize(self):
        calls = self.calls_of("clamp")
        for wanted in ((41, 42), {}), ((43, 44), {}), ((51,), {"high": 52}), ((53,), {"high": 54}):
            self.assertIn(wanted, calls)

    def test_what_was_done_to_an_object_comes_before_what_is_done_next(self):
        amounts = [[one[1][-1] for one in program[1:]] for program, _origin in self.programs()
                   if program[0] == ("Wallet", (61,), {})]
        self.assertEqual(amounts, [[], [62], [62, 63], [62, 64]])

    def test_a_class_method_is_called_as_it_stands(self):
        self.assertIn((("65",), {}), self.calls_of("Wallet.of"))

    def test_documentation_and_the_rest_of_the_project(self):
        found = {(program[0][1:], origin) for program, origin in [
            ([(qual, args, tuple(kw.items())) for qual, args, kw in program], origin)
            for program, origin in self.programs()]}
        self.assertIn((((81,), ()), "documentation"), found)
        self.assertIn((((82, 83), ()), "documentation"), found)
        self.assertIn((((), (("x", 93),)), "call site"), found)

    def test_what_is_not_the_projects_own_or_was_generated_is_left_out(self):
        numbers = {value for args, _keywords in self.calls_of("clamp") for value in args}
        self.assertFalse(numbers & {91, 92, 94}, numbers)


if __name__ == "__main__":
    unittest.main()
