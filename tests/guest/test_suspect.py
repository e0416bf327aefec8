"""What the guest holds against a module, and what it must not."""

import unittest

from engine import program, var
from test_protocol import Asking


class Suspect(Asking):
    text = '''
import dataclasses
from typing import Dict, List, Optional

def head(items: List[int]) -> int: return items[0].real + len(None) if items else 0
def lookup(table: Dict[str, int], key: str) -> int: return table.get(key)
def found(table: Dict[str, int], key: str) -> Optional[int]: return table.get(key)
def half(n: float) -> float: return n // 2
def read(path: str) -> str: return open(path).read()
def refuse(n: int) -> int: raise TypeError("never")
def loose(x): return len(x)
def encode(text: str) -> str: return text.strip().replace("a", "b")
def decode(text: str) -> str: return text.replace("b", "a")
def int_to_roman(n: int) -> str: return "I" * n
def roman_to_int(text: str) -> int: return len(text)

@dataclasses.dataclass
class Sale:
    amount: int
    def tax(self) -> int: return self.amount.bit_length()

class Point:
    def __init__(self, x: int): self.x = x
    def __eq__(self, other): return self.x == other.x
    def __hash__(self): return id(self)

class Fine:
    def __init__(self, x: int): self.x = x
    def __eq__(self, other): return isinstance(other, Fine) and self.x == other.x
    def __hash__(self): return hash(self.x)
'''

    def about(self, *statements):
        answer = self.guest.ask("suspect", 100000, (program(list(statements)),))
        self.assertEqual(answer[0], "suspected", answer)
        return answer[1][0]

    def kinds(self, *statements):
        return sorted(kind for kind, _text, _program in self.about(*statements))

    def test_a_crash_counts_only_if_every_argument_fits(self):
        self.assertEqual(self.kinds(self.call("head", [1])), ["crash"])
        self.assertEqual(self.kinds(self.call("head", ["x"])), [])
        self.assertEqual(self.kinds(self.call("head", 3)), [])
        self.assertEqual(self.kinds(self.call("loose", 3)), [])
        self.assertEqual(self.kinds(self.call("read", "missing")), [])
        self.assertEqual(self.kinds(self.call("refuse", 1)), [])

    def test_objects_that_were_made_wrongly_are_no_evidence(self):
        self.assertEqual(self.kinds(self.call("Sale", "x"),
                                    self.call("Sale.tax", var(0), deep=True)), [])
        self.assertEqual(self.kinds(self.call("Sale", 3),
                                    self.call("Sale.tax", var(0), deep=True)), [])

    def test_results_against_their_annotation(self):
        self.assertEqual(self.kinds(self.call("lookup", {"a": 1}, "b")), ["annotation"])
        self.assertEqual(self.kinds(self.call("lookup", {"a": 1}, "a")), [])
        self.assertEqual(self.kinds(self.call("lookup", {"a": "x"}, "a")), [])
        self.assertEqual(self.kinds(self.call("found", {"a": 1}, "b")), [])
        self.assertEqual(self.kinds(self.call("half", 3)), [])

    def test_equality_and_hashes(self):
        self.assertEqual(self.kinds(self.call("Point", 1)), ["equality", "hash"])
        self.assertEqual(self.kinds(self.call("Fine", 1)), [])

    def test_round_trips(self):
        ((kind, text, longer),) = self.about(self.call("encode", " a"))
        self.assertEqual((kind, text), ("round trip", "decode(encode(' a')) is 'a'"))
        (result,) = self.guest.run(longer)
        self.assertEqual((result.status, result.at), (0, 1))
        self.assertEqual(self.kinds(self.call("encode", "a")), [])
        self.assertEqual(self.kinds(self.call("int_to_roman", 4)), [])
        self.assertEqual(self.kinds(self.call("int_to_roman", -1)), ["round trip"])

    def test_what_ends_badly_says_nothing(self):
        self.assertEqual(self.guest.ask("suspect", 100000, (b"garbage",))[1], ((),))


if __name__ == "__main__":
    unittest.main()
