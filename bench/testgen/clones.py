"""Renamed clones: the same subjects under other names, with other constants, in another order.

A generator that was tuned to its subjects does worse on them. For each subject a clone is written
to a folder of subjects: identifiers are renamed throughout (naming.py), whole numbers from 3 on
that are compared with are one larger wherever they stand in the same function, two-way branches are
the other way round, runs of plain functions are in reverse order; faulty versions likewise. Before
constants are changed the project's own tests, renamed alike, must say of the clone what they say of
the original: names that they object to stay. What was done is in the clone's subject.json.
"""

import ast
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from . import naming, plain
from .subjects import Case

SHIFT_FROM = 3
TRIALS_MAX = 40


class Rename(ast.NodeTransformer):
    """Applies a table of names to everything that bears one, lists of names and docstrings included."""

    def __init__(self, table: dict[str, str], documentation: set[int]) -> None:
        self.table, self.documentation = table, documentation

    def _new(self, name):
        return self.table.get(name, name)

    def visit_Constant(self, node: ast.Constant):
        if id(node) in self.documentation:
            node.value = naming.WORD.sub(lambda m: self._new(m.group()), node.value)
        return node

    def visit_Assign(self, node: ast.AST):
        if naming.is_all(node):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Constant):
                    inner.value = self._new(inner.value)
        return self.generic_visit(node)

    visit_AugAssign = visit_Assign

    def generic_visit(self, node: ast.AST):
        for field in ("id", "arg", "attr", "name", "asname", "rest"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                setattr(node, field, self._new(value))
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            node.names = [self._new(name) for name in node.names]
        return super().generic_visit(node)


def _numbers(tree: ast.AST, compared: bool):
    """The whole numbers of a function; `compared`: only those that something is compared with."""
    for node in ast.walk(tree):
        inner = (
            [node.left, *node.comparators]
            if isinstance(node, ast.Compare)
            else []
            if compared
            else [node]
        )
        for each in inner:
            if (
                isinstance(each, ast.Constant)
                and type(each.value) is int
                and each.value >= SHIFT_FROM
            ):
                yield each


def _functions(tree: ast.Module):
    """Outermost functions and methods, with their names."""
    for node in tree.body:
        for each in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(each, naming.FUNCTIONS):
                yield f"{node.name}.{each.name}", each


def shifts(tree: ast.Module) -> dict[str, set[int]]:
    """Which numbers change, by function."""
    return {
        name: {n.value for n in _numbers(function, True)} for name, function in _functions(tree)
    }


def shift(tree: ast.Module, table: dict[str, set[int]]) -> int:
    """Changes them; how many places that were."""
    count = 0
    for name, function in _functions(tree):
        for node in list(_numbers(function, False)):
            if node.value in table.get(name, ()):
                node.value += 1
                count += 1
    return count


class Turn(ast.NodeTransformer):
    """`if c: a else: b` becomes `if not c: b else: a`, where both are there and it is no elif."""

    def visit_If(self, node: ast.If):
        self.generic_visit(node)
        chained = len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)
        if node.orelse and not chained:
            node.test = ast.UnaryOp(ast.Not(), node.test)
            node.body, node.orelse = node.orelse, node.body
        return node

    def visit_IfExp(self, node: ast.IfExp):
        self.generic_visit(node)
        return ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.orelse, node.body)


def _movable(node: ast.stmt) -> bool:
    """A function whose definition runs no code but constants."""
    if not isinstance(node, naming.FUNCTIONS) or node.decorator_list or node.returns:
        return False
    arguments = node.args
    every = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ]
    values = [*arguments.defaults, *(d for d in arguments.kw_defaults if d)]
    return not any(a and a.annotation for a in every) and all(
        isinstance(v, ast.Constant) for v in values
    )


def reorder(tree: ast.Module) -> None:
    """Reverses each run of movable functions whose names are all different."""
    body, run = [], []
    for node in [*tree.body, None]:
        if node is not None and _movable(node) and node.name not in {n.name for n in run}:
            run.append(node)
            continue
        body += reversed(run)
        run = [node] if node is not None and _movable(node) else []
        if node is not None and not run:
            body.append(node)
    tree.body = body


def transform(source: str, names: dict[str, str], numbers: dict[str, set[int]] | None) -> str:
    """One file's clone; without `numbers` they stay."""
    tree = ast.parse(source)
    if numbers is not None:
        shift(tree, numbers)
    tree = Rename(names, naming.documentation(tree)).visit(tree)
    tree = Turn().visit(tree)
    reorder(tree)
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _rename_only(source: str, names: dict[str, str]) -> str:
    tree = ast.parse(source)
    return (
        ast.unparse(
            ast.fix_missing_locations(Rename(names, naming.documentation(tree)).visit(tree))
        )
        + "\n"
    )


def _own_files(cases: list[Case]) -> list[Path]:
    """The package's files, without those of other packages beside it."""
    folder, tops = cases[0].source, {case.module.split(".")[0] for case in cases}
    files = [path for top in tops for path in [*(folder / top).rglob("*.py"), folder / f"{top}.py"]]
    return sorted(path for path in files if path.is_file())


def _plan(cases: list[Case]) -> dict[str, str]:
    files = _own_files(cases)
    trees = [ast.parse(path.read_text()) for path in files]
    users = [
        ast.parse(path.read_text())
        for path in sorted({path for case in cases for path in case.own})
    ]
    tops = {case.module.split(".")[0] for case in cases}
    return naming.plan(trees, users, {path.stem for path in files}, tops)


def _write(cases: list[Case], names: dict[str, str], shifted: bool, target: Path) -> None:
    """The clone's src/ and faulty/."""
    origin = cases[0].folder
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(origin / "src", target / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for path in _own_files(cases):
        source = path.read_text()
        numbers = shifts(ast.parse(source)) if shifted else None
        (target / "src" / path.relative_to(origin / "src")).write_text(
            transform(source, names, numbers)
        )
    for case in cases:
        numbers = shifts(ast.parse((case.source / case.file).read_text())) if shifted else None
        for path in case.faulty:
            there = target / path.relative_to(origin)
            there.parent.mkdir(exist_ok=True)
            there.write_text(transform(path.read_text(), names, numbers))


def _imports(case: Case, source: Path, work: Path) -> bool:
    (work / "test_import.py").write_text(f"def test_import():\n    import {case.module}\n")
    return plain.run(plain.Suite(work, ("test_import.py",)), source).status == plain.PASSED


def _same(case: Case, names: dict[str, str], target: Path) -> bool:
    """Do the module's own tests, renamed, say the same of the clone?"""
    with tempfile.TemporaryDirectory(prefix="testgen-clone-") as name:
        work = Path(name)
        if not _imports(case, target / "src", work):
            return False
        if not case.own:
            return True
        shutil.copytree(case.folder / "own", work / "own")
        for path in (work / "own").rglob("*.py"):
            path.write_text(_rename_only(path.read_text(), names))
        files = tuple(str(path.relative_to(case.folder / "own")) for path in case.own)
        before = plain.run(plain.Suite(case.folder / "own", files), case.source)
        after = plain.run(plain.Suite(work / "own", files), target / "src")
        outcomes = [sorted(r.outcomes.values()) for r in (before, after)]
        return before.status == after.status and outcomes[0] == outcomes[1]


def working(
    names: dict[str, str], works: Callable[[dict[str, str]], bool], trials: int = TRIALS_MAX
) -> dict[str, str]:
    """As many of `names` as work together, by halving what does not; {} if nothing works in time."""
    left = trials

    def grow(kept: dict, more: list) -> dict:
        nonlocal left
        if not more or left == 0:
            return kept
        left -= 1
        if works(kept | dict(more)):
            return kept | dict(more)
        if len(more) == 1:
            return kept
        middle = len(more) // 2
        return grow(grow(kept, more[:middle]), more[middle:])

    return grow({}, list(names.items()))


def clone(cases: list[Case], folder: Path) -> dict:
    """Writes the clone of one subject, all of whose modules are `cases`; what was done."""
    target = folder / f"{cases[0].subject}-clone"

    def works(names: dict[str, str]) -> bool:
        _write(cases, names, False, target)
        return all(_same(case, names, target) for case in cases)

    planned = _plan(cases)
    names = working(planned, works)
    if not names and not works({}):
        raise ValueError(f"{cases[0].subject} is another program after merely being laid out anew")
    _write(cases, names, True, target)
    with tempfile.TemporaryDirectory(prefix="testgen-clone-") as work:
        shifted = all(_imports(case, target / "src", Path(work)) for case in cases)
    if not shifted:
        _write(cases, names, False, target)
    faulty = {
        case.module: [str(p.relative_to(case.folder)) for p in case.faulty]
        for case in cases
        if case.faulty
    }
    checked = [case.module for case in cases if case.own]
    done = {"renamed": len(names), "planned": len(planned), "shifted": shifted, "checked": checked}
    about = {"modules": [case.module for case in cases], "faulty": faulty, "clone": done}
    (target / "subject.json").write_text(json.dumps(about, indent=1) + "\n")
    return done


def write_all(cases: list[Case], folder: Path, say: Callable[[str], None]) -> int:
    """Clones of all subjects that `cases` belong to; 1 if one of them cannot be cloned."""
    folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    for subject in sorted({case.subject for case in cases}):
        try:
            done = clone([case for case in cases if case.subject == subject], folder)
        except ValueError as error:
            failed = 1
            say(f"NOT CLONED {error}")
            continue
        say(
            f"{subject}: {done['renamed']} of {done['planned']} names, "
            f"numbers {'shifted' if done['shifted'] else 'kept'}, "
            f"checked by the own tests of {len(done['checked'])} modules"
        )
    return failed
