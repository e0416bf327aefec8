"""Runs a suite again and again, each time in another world, and names every test that changes.

Thirty fresh processes, each with its own hash seed; by turns another order of the tests, working
folder, time zone, locale and time of day (libfaketime, if the state folder or the system has it).
A test flips if its outcome is not what it was in the plain run; a run that ends otherwise without
a test to blame flips as a whole.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import plain
from .subjects import Case

RUNS = 30
ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Pacific/Kiritimati")
CLOCKS = (
    None,
    "2024-02-29 23:59:58",
    "2025-03-30 01:59:58",
    "1999-12-31 12:00:00",
    "2038-01-20 03:00:00",
    "2026-10-25 02:30:00",
)
LIBRARY = "faketime/libfaketime.so.1"


def clock_library(state: Path) -> Path | None:
    """libfaketime of the system, or unpacked into the state folder from the system's packages."""
    kept = state / "faketime"
    for folder in (Path("/usr/lib"), kept):
        found = sorted(folder.rglob(LIBRARY))
        if found:
            return found[0]
    if kept.exists() or not shutil.which("apt-get"):
        return None
    kept.mkdir(parents=True)
    quiet = {"cwd": kept, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(["apt-get", "download", "libfaketime"], check=False, **quiet)
    for package in kept.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package.name, "."], check=False, **quiet)
    return next(iter(sorted(kept.rglob(LIBRARY))), None)


def locales() -> list[str]:
    """Locales of this machine that are unlike each other."""
    out = subprocess.run(["locale", "-a"], stdout=subprocess.PIPE, text=True, check=False)
    others = [
        name for name in out.stdout.split() if name not in ("C", "POSIX", "C.utf8", "C.UTF-8")
    ]
    return ["C.UTF-8", "C", *sorted({*others[:1], *others[-1:]})]


def world(number: int, library: Path | None, names: list[str]) -> dict[str, str]:
    """The environment of run `number`; what is the same in all is not in it."""
    env = {
        "PYTHONHASHSEED": str(number * 7919 % 4294967295),
        "TZ": ZONES[number % len(ZONES)],
        "LC_ALL": names[number % len(names)],
        "PYTHONPATH": str(Path(__file__).parent),
    }
    if number % 3:
        env["TESTGEN_ORDER"] = str(number)
    clock = CLOCKS[number % len(CLOCKS)]
    if clock and library:
        env |= {
            "LD_PRELOAD": str(library),
            "FAKETIME": "@" + clock,
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
    return env


def _told(env: dict[str, str], cwd: Path | None) -> str:
    shown = {
        k: v
        for k, v in env.items()
        if k not in ("PYTHONPATH", "LD_PRELOAD", "FAKETIME_DONT_FAKE_MONOTONIC")
    }
    return " ".join(f"{k}={v}" for k, v in shown.items()) + (f" cwd={cwd}" if cwd else "")


def _flips(result: plain.Result, expected: dict[str, str], status: int) -> list[str]:
    names = sorted(
        n for n in expected | result.outcomes if expected.get(n) != result.outcomes.get(n)
    )
    return names if names or result.status == status else [f"(the run ends with {result.status})"]


def find(
    suite: plain.Suite, case: Case, first: plain.Result, state: Path, runs: int = RUNS
) -> dict:
    """{"runs", "flips": {test: [the world it changed in, ...]}, "clock": whether time was shifted}."""
    library, names = clock_library(state), locales()
    flips: dict[str, list[str]] = {}
    limit = max(10 * first.seconds, 60.0)
    for number in range(runs):
        env = world(number, library, names)
        with tempfile.TemporaryDirectory(prefix="testgen-cwd-") as folder:
            cwd = (None, Path(folder), Path("/"))[number % 3]
            more = ("-p", Path(__file__).with_name("shuffle.py").stem)
            result = plain.run(suite, case.source, env=env, cwd=cwd, more=more, seconds=limit)
        for name in _flips(result, first.outcomes, first.status):
            flips.setdefault(name, []).append(_told(env, cwd if cwd == Path(os.sep) else None))
    return {"runs": runs, "flips": flips, "clock": library is not None}
