"""Judges a suite that a tool made: each step apart, each result kept, none taken from the tool.

`judge` gives everything about a run as one dict; steps that were judged before are read back. A
suite that is missing, or does not pass in plain pytest on the original, is invalid: it is given no
branch, no line, no mutant and no fault. Only of the projects' own suites are failing tests left
out first, and counted: what fails there is for want of the project's own environment.
"""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

from . import coverage, faults, flaky, mutants, plain, reading, venvs
from .make import Run

VERSION = 1


def _kept(run: Run, step: str, compute: Callable[[], dict]) -> dict:
    path = run.folder / f"judged-{VERSION}" / f"{step}.json"
    if path.is_file():
        return json.loads(path.read_text())
    result = compute()
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(result, indent=1) + "\n")
    part.rename(path)
    return result


def _failing(result: plain.Result, suite: plain.Suite) -> tuple[str, ...]:
    """pytest's names for the tests that failed, to leave out."""
    names = []
    for name, outcome in result.outcomes.items():
        if outcome in ("failure", "error"):
            place, test = name.split("::", 1)
            for file in suite.files:
                dotted = file.removesuffix(".py").replace("/", ".")
                if place == dotted or place.startswith(dotted + "."):
                    inner = place.removeprefix(dotted).strip(".").replace(".", "::")
                    names.append("::".join(filter(None, (file, inner, test))))
    return tuple(sorted(names))


def _validate(run: Run, suite: plain.Suite) -> dict:
    """Passes on the original? With the time and the outcomes that later steps compare with."""
    if not suite.files:
        return {"valid": False, "why": "no suite", "left_out": []}
    result, left_out = plain.run(suite, run.case.source), ()
    if run.tool == "own" and result.status == plain.FAILED:
        left_out = _failing(result, suite)
        result = plain.run(dataclasses.replace(suite, deselect=left_out), run.case.source)
    ran = any(outcome == "passed" for outcome in result.outcomes.values())
    valid = result.status == plain.PASSED and (ran or bool(result.outcomes))
    said = {"valid": valid, "left_out": list(left_out), "result": dataclasses.asdict(result)}
    return said if valid else said | {"why": f"pytest ends with {result.status}"}


def judge(run: Run, state: Path, steps: set[str]) -> dict:
    """All that is known of a run; `steps`: coverage, mutants, faults, flaky, reading, or some of them."""
    made = run.made
    plainly = plain.Suite(run.suite, tuple(made["files"]))
    judged = {"made": made, "valid": _kept(run, "valid", lambda: _validate(run, plainly))}
    files = [run.suite / name for name in made["files"]]
    if "reading" in steps:
        ruff = venvs.python("judge", state).with_name("ruff")
        judged["reading"] = _kept(run, "reading", lambda: reading.read(files, ruff))
    if not judged["valid"]["valid"]:
        return judged
    first = plain.Result(**judged["valid"]["result"])
    suite = dataclasses.replace(plainly, deselect=tuple(judged["valid"]["left_out"]))
    doing: dict[str, Callable[[], dict]] = {
        "coverage": lambda: coverage.measure(suite, run.case),
        "mutants": lambda: mutants.score(suite, run.case, state),
        "faults": lambda: faults.find(suite, run.case, first.seconds),
        "flaky": lambda: flaky.find(suite, run.case, first, state),
    }
    for step, compute in doing.items():
        if step in steps:
            # Another list of mutants is another question.
            name = f"mutants-{mutants.list_digest(run.case, state)}" if step == "mutants" else step
            judged[step] = _kept(run, name, compute)
    return judged
