import pytest

from prices import clamp, discount, grade, is_leap, runs


@pytest.mark.parametrize(
    ("x", "expected"), [(-1, 0), (0, 0), (5, 5), (7, 8), (10, 10), (11, 10)]
)
def test_clamp(x, expected):
    assert clamp(x) == expected


def test_clamp_bounds():
    assert clamp(3, 4, 9) == 4
    assert clamp(30, 4, 9) == 9
    assert clamp(4, 4, 4) == 4
    with pytest.raises(ValueError):
        clamp(1, 2, 1)


@pytest.mark.parametrize(
    ("price", "percent", "expected"), [(100, 0, 100), (100, 100, 0), (99, 50, 49), (10, 10, 9)]
)
def test_discount(price, percent, expected):
    assert discount(price, percent) == expected


def test_discount_of_members():
    assert discount(100, 50, True) == 45
    assert discount(20, 0, True) == 20
    with pytest.raises(ValueError):
        discount(1, -1)
    with pytest.raises(ValueError):
        discount(1, 101)


@pytest.mark.parametrize(
    ("points", "expected"), [(100, "A"), (90, "A"), (89, "B"), (75, "B"), (60, "C"), (59, "F")]
)
def test_grade(points, expected):
    assert grade(points) == expected


def test_runs():
    assert runs("") == []
    assert runs("aab") == [("a", 2), ("b", 1)]


def test_is_leap():
    assert is_leap(2000) is True
    assert is_leap(1900) is False
    assert is_leap(2024) is True
    assert is_leap(2023) is False
