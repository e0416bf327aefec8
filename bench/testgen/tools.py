"""The tools that make tests: each is a row in TOOLS.

A row says which version it is (a part of the cache's key) and which command makes the tests of one
module, told by a `Job`: a private copy of the source to work in, an empty folder, a budget, a seed.
After the command, `collect` gives the test files. No row tells its tool anything about a subject
but the module's name and file.
"""

import dataclasses
import hashlib
from collections.abc import Callable
from pathlib import Path

from . import venvs
from .subjects import Case

SLACK_SECONDS = 60


@dataclasses.dataclass(frozen=True)
class Setting:
    """What holds for the whole bench."""

    state: Path
    program: Path
    budget: int
    search: int
    after: int


@dataclasses.dataclass(frozen=True)
class Job:
    """One module, to be tested once."""

    case: Case
    source: Path
    output: Path
    seed: int
    setting: Setting


@dataclasses.dataclass(frozen=True)
class Tool:
    """A row. `again`: the same seed is run twice, and must give the same bytes."""

    name: str
    version: Callable[[Setting], str]
    command: Callable[[Job], list[str] | None]
    collect: Callable[[Job], list[Path]]
    seconds: Callable[[Setting], float]
    seeded: bool = True
    again: bool = False
    environment: tuple[tuple[str, str], ...] = ()


def _testudo_version(setting: Setting) -> str:
    return hashlib.sha256(setting.program.read_bytes()).hexdigest()[:16] + f"-{setting.budget}s"


def _testudo(job: Job) -> list[str]:
    return [
        str(job.setting.program),
        "test",
        "--seconds",
        str(job.setting.budget),
        "--seed",
        str(job.seed),
        "--report",
        str(job.output / "report"),
        str(job.source / job.case.file),
    ]


def _pynguin(job: Job) -> list[str]:
    python = venvs.python("pynguin", job.setting.state)
    return [
        str(python.with_name("pynguin")),
        "--project-path",
        str(job.source),
        "--module-name",
        job.case.module,
        "--output-path",
        str(job.output / "suite"),
        "--report-dir",
        str(job.output / "report"),
        "--seed",
        str(job.seed),
        "--maximum-search-time",
        str(job.setting.search),
    ]


def _import_only(job: Job) -> None:
    body = f"def test_imports():\n    import {job.case.module}  # noqa: F401\n"
    text = '"""Imports the module, and nothing else."""\n\n\n' + body
    (job.output / "test_import.py").write_text(text)


def _below(name: str) -> Callable[[Job], list[Path]]:
    return lambda job: sorted((job.output / name).rglob("test_*.py"))


def _own(job: Job) -> list[Path]:
    return list(job.case.own)


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "testudo",
            _testudo_version,
            _testudo,
            _below("report/suite"),
            lambda s: s.budget * 2 + SLACK_SECONDS,
            again=True,
        ),
        Tool(
            "pynguin",
            lambda s: f"0.46.0-{s.search}s",
            _pynguin,
            _below("suite"),
            lambda s: s.search + s.after,
            environment=(("PYNGUIN_DANGER_AWARE", "1"),),
        ),
        Tool("own", lambda _: "1", lambda _: None, _own, lambda _: 0, seeded=False),
        Tool("import", lambda _: "1", _import_only, _below("."), lambda _: 0, seeded=False),
    )
}
