"""Frozen mutants, and how many of them a suite kills.

A module's mutants are drawn once (cosmic.py), by a seed that is the module's name, and kept as
data: those of the lock's subjects in mutants/ beside this file, others in the state folder. They
are tied to the source by its digest. One that merely importing the module kills is left out when
frozen: any suite at all would have it. `score` runs a suite on each of them (forks.py).
"""

import hashlib
import json
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from . import plain, process, venvs
from .subjects import Case

FROZEN = Path(__file__).with_name("mutants")
SCRIPTS = Path(__file__).parent
PER_MODULE = 100
FLOOR_SECONDS = 3.0
WHOLE_SECONDS = 3600.0
_FREEZING = threading.Lock()


def _digest(case: Case) -> str:
    return hashlib.sha256((case.source / case.file).read_text().encode()).hexdigest()


def _draw(case: Case, state: Path) -> dict:
    argv = [
        str(venvs.python("judge", state)),
        str(SCRIPTS / "cosmic.py"),
        str(case.source / case.file),
    ]
    out = subprocess.run(
        [*argv, case.module, str(PER_MODULE * 3 // 2)], check=True, stdout=subprocess.PIPE
    )
    return json.loads(out.stdout)


def verdicts(suite: plain.Suite, case: Case, versions: list[dict]) -> tuple[list[dict], dict]:
    """What `suite` says of each version of the module, and of the original: {"base"} or {"error"}."""
    with tempfile.TemporaryDirectory(prefix="testgen-forks-") as name:
        work = Path(name)
        for part, origin in (("src", case.source), ("suite", suite.folder)):
            shutil.copytree(origin, work / part, ignore=shutil.ignore_patterns("__pycache__"))
        (work / "home").mkdir()
        moved = plain.Suite(work / "suite", suite.files, suite.deselect)
        job = {
            "arguments": moved.arguments(),
            "source": str(work / "src"),
            "file": str(case.file),
            "home": str(work / "home"),
            "module": case.module,
            "floor": FLOOR_SECONDS,
            "versions": versions,
        }
        env = process.environment(work / "home", PYTHONHASHSEED="0")
        out = subprocess.run(
            [plain.PYTHON, str(SCRIPTS / "forks.py")],
            input=json.dumps(job),
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            check=True,
            timeout=WHOLE_SECONDS,
            start_new_session=True,
        )
        first, *lines = [json.loads(line) for line in out.stdout.splitlines()]
        if "error" not in first and len(lines) != len(versions):
            first = {"error": f"{len(lines)} verdicts on {len(versions)} versions"}
        return lines, first


def freeze(case: Case, state: Path) -> dict:
    """Draws the mutants of a module."""
    drawn = _draw(case, state)
    with tempfile.TemporaryDirectory(prefix="testgen-freeze-") as name:
        (Path(name) / "test_import.py").write_text(
            f"def test_import():\n    import {case.module}\n"
        )
        floor = plain.Suite(Path(name), ("test_import.py",))
        said, first = verdicts(floor, case, drawn["mutants"])
    if "error" in first:
        raise ValueError(f"{case.name}: {first['error']}")
    kept = [
        m for m, line in zip(drawn["mutants"], said, strict=True) if line["verdict"] == "survived"
    ]
    return drawn | {"module": case.module, "mutants": kept[:PER_MODULE]}


def write(frozen: dict, path: Path) -> None:
    """One mutant a line, so that a change of the list can be read."""
    head = {key: value for key, value in frozen.items() if key != "mutants"}
    lines = ",\n".join("  " + json.dumps(mutant) for mutant in frozen["mutants"])
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(head, indent=1)[:-2] + ',\n "mutants": [\n' + lines + "\n ]\n}\n"
    part = path.with_suffix(".part")
    part.write_text(text)
    part.rename(path)


def of(case: Case, state: Path) -> list[dict]:
    """The frozen mutants of a module, frozen now if nobody did yet."""
    digest = _digest(case)
    kept = state / "mutants" / f"{case.key}-{digest[:12]}.json"
    with _FREEZING:
        for path in (FROZEN / f"{case.key}.json", kept):
            if path.is_file():
                frozen = json.loads(path.read_text())
                if frozen["source"] == digest:
                    return frozen["mutants"]
        frozen = freeze(case, state)
        write(frozen, kept)
    return frozen["mutants"]


def list_digest(case: Case, state: Path) -> str:
    """Names the frozen list of a module."""
    return hashlib.sha256(json.dumps(of(case, state)).encode()).hexdigest()[:12]


def score(suite: plain.Suite, case: Case, state: Path) -> dict:
    """{"killed", "of", "by_time", "survivors"}: how many of the frozen mutants the suite kills."""
    frozen = of(case, state)
    said, first = verdicts(suite, case, frozen)
    if "error" in first:
        return {"killed": 0, "of": len(frozen), "error": first["error"]}
    killed = [line["verdict"] for line in said if line["verdict"] != "survived"]
    lines = [
        m["line"] for m, line in zip(frozen, said, strict=True) if line["verdict"] == "survived"
    ]
    seconds = round(sum(line["seconds"] for line in said), 1)
    return {
        "killed": len(killed),
        "of": len(frozen),
        "by_time": killed.count("time"),
        "survivors": lines,
        "seconds": seconds,
        "base": round(first["base"], 3),
    }
