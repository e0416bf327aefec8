"""clones: another text, the same program but for its numbers."""

import ast
import json

import pytest

from testgen import clones, naming, subjects

SOURCE = '''"""Counts words."""

import re

__all__ = ["count_words", "Counter"]
LIMIT = 10


def count_words(line, *, longest=5):
    """Counts the words of line that are at most longest long."""
    def fits(word):
        if len(word) > longest:
            return False
        else:
            return True
    found = [word for word in re.split("[ ,]", line) if fits(word)]
    return len(found) if len(found) < 10 else LIMIT


def last_word(line):
    return line.split()[-1]


class Counter:
    """Keeps a total."""

    def __init__(self, start=0):
        self.total = start

    def add_line(self, line):
        self.total += count_words(line=line)
        return self.total
'''
OWN = """from words import Counter, count_words, last_word


def test_counter():
    counter = Counter(start=1)
    assert counter.add_line("a b longest_of_all") == 3
    assert count_words("aa bbb", longest=2) == 1 and last_word("a b") == "b"
    assert count_words(" ".join("abcdefghijklm")) == 10
"""


@pytest.fixture
def words(tmp_path):
    folder = tmp_path / "origin" / "words"
    for name, text in (
        ("src/words.py", SOURCE),
        ("own/test_words.py", OWN),
        ("faulty/words.py", SOURCE.replace("< 10", "<= 10")),
    ):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text)
    about = {
        "modules": ["words"],
        "own": {"words": ["own/test_words.py"]},
        "faulty": {"words": ["faulty/words.py"]},
    }
    (folder / "subject.json").write_text(json.dumps(about))
    return subjects.read(folder)


def test_a_clone_bears_none_of_the_names_and_is_a_subject(words, tmp_path):
    done = clones.clone(words, tmp_path)
    (case,) = subjects.read(tmp_path / "words-clone")
    text = (case.source / "words.py").read_text()
    assert (
        done["renamed"] == done["planned"] >= 8 and done["shifted"] and done["checked"] == ["words"]
    )
    for name in (
        "count_words",
        "last_word",
        "Counter",
        "longest",
        "found",
        "add_line",
        "total",
        "LIMIT",
    ):
        assert name not in text
    assert "re.split" in text and "__init__" in text and "self" in text
    assert case.faulty and case.faulty[0].read_text() != text


def test_numbers_change_together_in_one_function_and_nowhere_else():
    tree = ast.parse(
        "def f(x):\n    if x > 10:\n        return 10\n    return 7\n\n\ndef g(x):\n    return 10\n"
    )
    assert clones.shift(tree, clones.shifts(tree)) == 2
    assert ast.unparse(tree).split() == [
        "def",
        "f(x):",
        "if",
        "x",
        ">",
        "11:",
        "return",
        "11",
        "return",
        "7",
        "def",
        "g(x):",
        "return",
        "10",
    ]


def test_names_and_layout_alone_leave_the_program_as_it_is(words, tmp_path):
    names = clones._plan(words)
    clones._write(words, names, False, tmp_path / "c")
    assert clones._same(words[0], names, tmp_path / "c")
    (tmp_path / "c/src/words.py").write_text(
        (tmp_path / "c/src/words.py").read_text().replace("+=", "-=")
    )
    assert not clones._same(words[0], names, tmp_path / "c")


def test_branches_are_turned_and_functions_reversed():
    text = clones.transform(
        "def a(x):\n    if x:\n        return 1\n    else:\n        return 2\n\n\ndef b():\n    return 3\n",
        {},
        None,
    )
    assert text.index("def b") < text.index("def a") and "if not x" in text


def test_a_function_that_others_need_at_once_is_not_moved():
    source = (
        "def a():\n    return 1\n\n\n@a\ndef b():\n    return 2\n\n\ndef c(x=a()):\n    return x\n"
    )
    tree = ast.parse(source)
    clones.reorder(tree)
    assert [node.name for node in tree.body] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("import json\n\n\ndef loads(x):\n    return json.loads(x)\n", "loads"),
        ("def f(reverse):\n    return sorted([], reverse=reverse)\n", "reverse"),
        ("def f(o, name):\n    return getattr(o, 'name')\n", "name"),
        ("def f(count):\n    return locals()['c' + 'ount']\n", "count"),
        ("class A:\n    def append(self, x):\n        return [].append(x)\n", "append"),
    ],
)
def test_what_somebody_else_might_mean_keeps_its_name(source, kept):
    assert kept not in naming.plan([ast.parse(source)], [], {"m"}, {"m"})


def test_names_that_do_not_work_are_found_by_halving():
    names = {str(n): str(n) for n in range(40)}
    good = clones.working(names, lambda some: "13" not in some and "14" not in some)
    assert set(names) - set(good) == {"13", "14"}


def test_a_new_name_is_of_the_same_kind_and_always_the_same():
    assert (
        naming.new_name("_MAX_SIZE").startswith("_") and naming.new_name("_MAX_SIZE")[1:].isupper()
    )
    assert naming.new_name("Counter")[0].isupper() and naming.new_name("x").islower()
    assert naming.new_name("word") == naming.new_name("word") != naming.new_name("words")
