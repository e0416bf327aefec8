"""Planted subjects and suites for the tests of the judge, and the summary line of a suite of checks."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from testgen import plain, subjects

SOURCE = '''"""A subject."""


def larger(a, b):
    """
    >>> larger(1, 2)
    2
    """
    if a > b:
        return a
    return b


def unused(n):
    while n > 0:
        n -= 1
    return n
'''


@pytest.fixture
def case(tmp_path):
    """A subject with one module, `sample`, and a faulty version of it."""
    folder = tmp_path / "subject"
    (folder / "src").mkdir(parents=True)
    (folder / "faulty").mkdir()
    (folder / "src/sample.py").write_text(SOURCE)
    (folder / "faulty/sample.py").write_text(SOURCE.replace("a > b", "a < b"))
    about = {"modules": ["sample"], "faulty": {"sample": ["faulty/sample.py"]}}
    (folder / "subject.json").write_text(json.dumps(about))
    return subjects.read(folder)[0]


@pytest.fixture
def suite(tmp_path):
    """suite(text, ...): a suite of one file for each text."""

    def write(*texts: str) -> plain.Suite:
        folder = tmp_path / "suite"
        folder.mkdir()
        names = tuple(f"test_{number}.py" for number in range(len(texts)))
        for name, text in zip(names, texts, strict=True):
            (folder / name).write_text(text)
        return plain.Suite(folder, names)

    return write


def pytest_terminal_summary(terminalreporter):
    """The line by which the whole check counts."""
    stats = terminalreporter.stats
    failed = len(stats.get("failed", [])) + len(stats.get("error", []))
    counts = len(stats.get("passed", [])), failed, len(stats.get("skipped", []))
    terminalreporter.write_line("{} passed, {} failed, {} skipped".format(*counts))
