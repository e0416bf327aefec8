"""Descriptors, setters, class and static methods, abstract classes, named tuples, overloads."""

import abc
import collections
import functools
import typing


class Positive:
    """A descriptor that takes positive numbers only."""

    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner=None):
        return self if instance is None else getattr(instance, self.name, 1)

    def __set__(self, instance, value):
        if value <= 0:
            raise ValueError("must be positive")
        setattr(instance, self.name, value)


class Box:
    width = Positive()

    def __init__(self, width: int = 1):
        self.width = width
        self._label = ""

    @property
    def label(self) -> str:
        return self._label or "unnamed"

    @label.setter
    def label(self, text: str):
        if len(text) > 5:
            raise ValueError("too long")
        self._label = text

    @classmethod
    def square(cls, side: int) -> "Box":
        return cls(side * side)

    @staticmethod
    def is_size(text: str) -> bool:
        return text.isdigit() and int(text) > 0

    @functools.cached_property
    def area(self) -> int:
        return self.width * 2 if self.width > 3 else 0


class Shape(abc.ABC):
    def __init__(self, scale: int = 1):
        self.scale = scale

    @abc.abstractmethod
    def sides(self) -> int: ...

    def describe(self) -> str:
        if self.scale > 1:
            return "large"
        return "small"


class Point(typing.NamedTuple):
    x: int
    y: int = 0

    def moved(self, dx: int) -> "Point":
        return self._replace(x=self.x + dx)


Pair = collections.namedtuple("Pair", "first second")


def swap(pair: Pair) -> Pair:
    if pair.first == pair.second:
        return pair
    return Pair(pair.second, pair.first)


@typing.overload
def double(value: int) -> int: ...
@typing.overload
def double(value: str) -> str: ...
def double(value):
    if isinstance(value, str):
        return value + value
    return value * 2


def logged(prefix: str):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return prefix, function(*args, **kwargs)
        return wrapper
    return decorate


@logged("sum")
def add(a: int, b: int = 1) -> int:
    if a > 10:
        return a
    return a + b


def counter(step: int = 1):
    count = 0

    def advance():
        nonlocal count
        count += step
        return count
    return advance
