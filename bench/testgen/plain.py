"""Plain pytest on a suite, in a fresh process: what a developer's own run would say.

`run` gives the exit status, the outcome of every test and the time. No plugin, no configuration
and no cache is in play but pytest's own and what the suite brings along; the working folder is an
empty one. The suite's tests are told apart by class and name, as a JUnit report has them.
"""

import dataclasses
import tempfile
import xml.etree.ElementTree
from pathlib import Path

from . import canary, process

PYTHON = "/usr/bin/python3"
LIMIT_SECONDS = 300.0
PASSED, FAILED, NO_TESTS = 0, 1, 5


@dataclasses.dataclass
class Result:
    """`status` is pytest's own, None if the time ran out; `touched` are canaries that were harmed."""

    status: int | None
    outcomes: dict[str, str]
    seconds: float
    peak_bytes: int
    touched: list[str]
    tail: str


def _outcome(case: xml.etree.ElementTree.Element) -> str:
    kinds = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
    return kinds[0] if kinds else "passed"


def read_junit(path: Path) -> dict[str, str]:
    """Outcomes by test; none if there is no whole report, as after a crash."""
    try:
        root = xml.etree.ElementTree.parse(path).getroot()
    except (OSError, xml.etree.ElementTree.ParseError):
        return {}
    return {
        f"{case.get('classname')}::{case.get('name')}": _outcome(case)
        for case in root.iter("testcase")
    }


def arguments(suite: Path, files: list[str], deselect: list[str]) -> list[str]:
    """What pytest is called with, after its own name."""
    chosen = [str(suite / name) for name in files]
    left_out = [word for name in deselect for word in ("--deselect", name)]
    return [
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
        "--rootdir",
        str(suite),
        *left_out,
        *chosen,
    ]


@dataclasses.dataclass(frozen=True)
class Suite:
    """A suite on disk: the files that pytest is given, and what of them it is not to run."""

    folder: Path
    files: tuple[str, ...]
    deselect: tuple[str, ...] = ()

    def arguments(self) -> list[str]:
        return arguments(self.folder, list(self.files), list(self.deselect))


def run(
    suite: Suite,
    source: Path,
    *,
    seconds: float = LIMIT_SECONDS,
    before: tuple[str, ...] = ("-m", "pytest"),
    more: tuple[str, ...] = (),
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
) -> Result:
    """One run of `suite` with `source` on the import path; `before` and `more` surround its arguments."""
    with tempfile.TemporaryDirectory(prefix="testgen-plain-") as name:
        work = Path(name)
        home = canary.plant(work / "home")
        report = work / "junit.xml"
        path = f"{source}:{env['PYTHONPATH']}" if env and "PYTHONPATH" in env else str(source)
        told = process.environment(home) | (env or {}) | {"PYTHONPATH": path}
        argv = [PYTHON, *before, *suite.arguments(), f"--junitxml={report}", *more]
        out = process.run(argv, cwd=cwd or home, env=told, seconds=seconds, output=work / "log")
        touched = canary.touched(home)
        return Result(
            out.status, read_junit(report), out.seconds, out.peak_bytes, touched, out.tail()
        )
