"""What a reader finds in a suite: tests, assertions that can fail, xfails, length, lint.

A test asserts if it, or a function of the same file that it calls, has an `assert` of something
that is not a constant, a unittest assertion, or `raises`/`warns`; it asserts a value if it has one
of the first two. Statements are counted without the test's own docstring.
"""

import ast
import json
import subprocess
from pathlib import Path

RAISING = {
    "raises",
    "warns",
    "deprecated_call",
    "assertRaises",
    "assertRaisesRegex",
    "assertWarns",
    "fail",
}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _called(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Call):
        return None
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)


def asserts(function: ast.AST) -> tuple[bool, bool]:
    """(of any kind, of a value)"""
    kinds, value = False, False
    for node in ast.walk(function):
        name = _called(node) or ""
        if isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant):
            value = True
        elif name in RAISING:
            kinds = True
        elif name.startswith(("assert_", "assert")) and name != "assert":
            value = True
    return kinds or value, value


def _is_xfail(function: ast.AST) -> bool:
    marks = any("xfail" in ast.unparse(mark) for mark in function.decorator_list)
    return marks or any(_called(node) == "xfail" for node in ast.walk(function))


def _statements(function: ast.AST) -> int:
    count = sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
    return count - (ast.get_docstring(function) is not None)


def _tests(tree: ast.Module):
    for node in tree.body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        yield from (n for n in inner if isinstance(n, FUNCTIONS) and n.name.startswith("test"))


def read_file(source: str) -> list[dict]:
    """One entry for each test: {"name", "asserts", "value", "xfail", "statements"}."""
    tree = ast.parse(source)
    helpers = {n.name: asserts(n) for n in ast.walk(tree) if isinstance(n, FUNCTIONS)}
    entries = []
    for test in _tests(tree):
        found = [asserts(test)]
        found += [helpers[name] for node in ast.walk(test) if (name := _called(node)) in helpers]
        entries.append(
            {
                "name": test.name,
                "asserts": any(f[0] for f in found),
                "value": any(f[1] for f in found),
                "xfail": _is_xfail(test),
                "statements": _statements(test),
            }
        )
    return entries


def _lint(ruff: Path, files: list[Path]) -> int:
    """What ruff finds with its defaults."""
    argv = [
        str(ruff),
        "check",
        "--isolated",
        "--no-cache",
        "--output-format",
        "json",
        *map(str, files),
    ]
    return len(json.loads(subprocess.run(argv, stdout=subprocess.PIPE, check=False).stdout or "[]"))


def read(files: list[Path], ruff: Path | None) -> dict:
    """Sums over all files of a suite; one that does not parse has no tests, and is counted."""
    entries, broken = [], 0
    for path in files:
        try:
            entries += read_file(path.read_text())
        except (SyntaxError, ValueError):
            broken += 1
    return {
        "tests": len(entries),
        "broken": broken,
        "asserting": sum(e["asserts"] for e in entries),
        "value": sum(e["value"] for e in entries),
        "xfail": sum(e["xfail"] for e in entries),
        "statements": sum(e["statements"] for e in entries),
        "silent": [e["name"] for e in entries if not e["asserts"]][:20],
        "lint": _lint(ruff, files) if ruff and files else 0,
    }
