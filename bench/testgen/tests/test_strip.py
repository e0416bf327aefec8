"""strip and subjects: what a tool is given."""

import ast

from testgen import strip, subjects

TEXT = '''def f(x):
    """Says more.

    >>> f(1)
    2

    Kept after.
    >>> f(2)
    3"""
    return x + 1


f.__doc__ = """
>>> f(4)
5
"""
prompt = ">>> "
'''


def test_examples_are_gone_and_everything_else_is_where_it_was():
    stripped = strip.examples(TEXT)
    assert "f(1)" not in stripped and "f(2)" not in stripped and "f(4)" not in stripped
    assert "Says more." in stripped and "Kept after." in stripped
    assert stripped.splitlines()[9] == "    return x + 1" and len(stripped.splitlines()) == len(
        TEXT.splitlines()
    )


def test_a_string_that_is_no_example_keeps_its_value():
    assert 'prompt = ">>> "' in strip.examples(TEXT)


def test_code_is_not_changed():
    def body(text: str) -> list[str]:
        return [
            ast.dump(node)
            for node in ast.walk(ast.parse(text))
            if isinstance(node, (ast.Return, ast.arguments))
        ]

    assert body(strip.examples(TEXT)) == body(TEXT)


def test_a_subject_without_a_description_is_every_module_in_it(tmp_path):
    (tmp_path / "s/src").mkdir(parents=True)
    for name in ("b.py", "a.py"):
        (tmp_path / "s/src" / name).write_text("")
    assert [case.module for case in subjects.read_all([tmp_path])] == ["a", "b"]


def test_a_description_that_promises_too_much_is_refused(case):
    import pytest

    (case.folder / "faulty/sample.py").unlink()
    with pytest.raises(FileNotFoundError):
        subjects.read(case.folder)


def test_compiled_files_are_no_part_of_a_subject(case):
    before = case.digest()
    (case.source / "__pycache__").mkdir()
    (case.source / "__pycache__/sample.cpython-311.pyc").write_bytes(b"x")
    assert case.digest() == before
    (case.source / "data.txt").write_bytes(b"x")
    assert case.digest() != before
