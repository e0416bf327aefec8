"""Exchanges the code of functions for that of a mutant, and back.

A mutant is compiled alone: its unit (an outermost function) in the classes that it stands in, and
nothing else of the module. Functions that exist already, the unit itself and what it made while
the module was imported, get the code object that stands at the same place in the new tree. So
code without the mutant costs nothing, and code with it no more than the original's.
"""

import ast
import gc
from types import CodeType, FunctionType

from .copying import like, replaced


def inner_codes(code):
    return [one for one in code.co_consts if isinstance(one, CodeType)]


def code_tree(code, found=None):
    """All code objects below, in order; comprehensions and lambdas too."""
    found = [] if found is None else found
    found.append(code)
    for one in inner_codes(code):
        code_tree(one, found)
    return found


def key_of(code):
    return code.co_name, code.co_firstlineno


def pairs(old, new):
    """Which new code stands where the old one stood: by name and line, then by order."""
    waiting = {}
    for code in code_tree(new):
        waiting.setdefault(key_of(code), []).append(code)
    for code in code_tree(old):
        found = waiting.get(key_of(code))
        if found:
            yield code, found.pop(0)


def functions_of(path):
    """Live functions by their code."""
    found = {}
    for one in gc.get_objects():
        if type(one) is FunctionType and one.__code__.co_filename == path:
            found.setdefault(one.__code__, []).append(one)
    return found


class Units:
    """unit: the node of an outermost function or of the statement that holds a lambda."""

    def __init__(self, source):
        self.source = source
        self.live = functions_of(source.path)
        self.codes = {}
        for code in code_tree(source.code):
            self.codes.setdefault(key_of(code), []).append(code)
        self.made = {}

    def skeleton(self, path, unit):
        """The unit within its classes only; `path`: those classes, outermost first."""
        for one in reversed(path):
            unit = like(one, body=[unit], bases=[], keywords=[], decorator_list=[])
        return ast.Module([unit], [])

    def changes(self, mutant):
        """[(function, its new code)] for a mutant; compiled once."""
        found = self.made.get(mutant.number)
        if found is None:
            found = self.made[mutant.number] = self.make(mutant)
        return found

    def make(self, mutant):
        new = self.unit_code(mutant, replaced(mutant.unit, mutant.old, mutant.new))
        if new is None:
            return []
        found = []
        for old in self.codes.get(key_of(new), ()):
            for before, after in pairs(old, new):
                for function in self.live.get(before, ()):
                    if before.co_freevars == after.co_freevars:
                        found.append((function, after))
        return found

    def unit_code(self, mutant, unit):
        try:
            code = self.source.quiet(self.skeleton(mutant.path, unit))
        except (SyntaxError, ValueError):
            return None
        for _ in mutant.path:
            code = inner_codes(code)[0]
        name = mutant.unit.name
        return next((one for one in code_tree(code)[1:] if one.co_name == name), None)


class Swap:
    """The mutant acts while this is entered."""

    def __init__(self, changes):
        self.changes = [(function, code, function.__code__) for function, code in changes]

    def __enter__(self):
        for function, code, _before in self.changes:
            function.__code__ = code

    def __exit__(self, *error):
        for function, _code, before in self.changes:
            function.__code__ = before
