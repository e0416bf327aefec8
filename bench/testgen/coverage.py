"""Branches and lines of one module that a suite runs, as coverage.py counts them.

Run in a fresh process on the module as it is. A module without branches has no branch score; one
that the suite never loads has 0 of what a run that does nothing but import it would find.
"""

import json
import subprocess
import tempfile
from pathlib import Path

from . import plain, process
from .subjects import Case


def _summary(case: Case, data: Path) -> dict | None:
    """coverage.py's summary of the module's file, if it has seen it."""
    argv = [plain.PYTHON, "-m", "coverage", "json", "-q", f"--data-file={data}", "-o", "-"]
    out = subprocess.run(
        argv, env=process.environment(data.parent), stdout=subprocess.PIPE, cwd=data.parent
    )
    if out.returncode != 0:
        return None
    files = json.loads(out.stdout)["files"]
    wanted = str(case.source / case.file)
    return next(
        (
            entry["summary"]
            for path, entry in files.items()
            if str(Path(data.parent, path).resolve()) == wanted
        ),
        None,
    )


def measure(suite: plain.Suite, case: Case) -> dict:
    """{"branches", "branches_of", "lines", "lines_of"}; all 0 if the module was not loaded."""
    with tempfile.TemporaryDirectory(prefix="testgen-coverage-") as name:
        data = Path(name) / "data"
        before = (
            "-m",
            "coverage",
            "run",
            "--branch",
            f"--data-file={data}",
            f"--include={case.source / case.file}",
            "-m",
            "pytest",
        )
        plain.run(suite, case.source, before=before, seconds=plain.LIMIT_SECONDS * 2)
        found = _summary(case, data) or {}
    return {
        "branches": found.get("covered_branches", 0),
        "branches_of": found.get("num_branches", 0),
        "lines": found.get("covered_lines", 0),
        "lines_of": found.get("num_statements", 0),
    }
