"""How fast candidates and mutants are judged, one core each: ours, mutmut, cosmic-ray.

The same module and the same suite for all, in turn, ROUNDS times; medians. Of ours the guest is
asked as the engine asks it: every mutant of a function is played against every call that the suite
makes of it, and nothing is left out when one has told them apart. The others run their own mutants
against the suite as they do for anybody; what they have not finished in SECONDS is not counted.
Ours runs without a box here: it is the guest's speed, not that of a whole `testudo test`.
"""

import argparse
import collections
import json
import marshal
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

from testgen import process, venvs

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent.parent / "tests/guest"))
from engine import Guest, program  # noqa: E402

CANDIDATES, BATCH, FUEL = 20000, 256, 4000
CONFIG = """[cosmic-ray]
module-path = "prices.py"
timeout = 10.0
excluded-modules = []
test-command = "/usr/bin/python3 -m pytest -q -x -p no:cacheprovider tests"
[cosmic-ray.distributor]
name = "local"
"""


def executions(root: Path) -> dict[str, float]:
    """Candidates a second of a pure function of ten lines, all different."""
    with Guest(str(root), "prices") as guest:
        programs = [program(guest.call("clamp", n, n % 7, 40)) for n in range(CANDIDATES)]
        guest.run(*programs[:BATCH], fuel=FUEL)
        begin = time.perf_counter()
        for at in range(0, CANDIDATES, BATCH):
            guest.run(*programs[at : at + BATCH], fuel=FUEL)
        return {"executions": CANDIDATES / (time.perf_counter() - begin)}


def ours(root: Path) -> dict[str, float]:
    """Mutants a second against all calls that the suite makes of the mutated function."""
    with Guest(str(root), "prices") as guest:
        calls = collections.defaultdict(list)
        for data, _origin in guest.description["seeds"]:
            calls[marshal.loads(data)[-1][1]].append(data)
        mutants = collections.defaultdict(list)
        for number, one in enumerate(guest.description["mutants"]):
            if one[0] in calls and not one[5]:
                mutants[one[0]].append(number)
        asked = tuple(
            (data, tuple(mutants[index])) for index in sorted(calls) for data in calls[index]
        )
        begin = time.perf_counter()
        word, entries = guest.ask("mutants", FUEL, asked)
        seconds = time.perf_counter() - begin
        assert word == "judged", entries
        killed = {number for _count, masks in entries for number, mask in masks if any(mask)}
        count = sum(map(len, mutants.values()))
        return {"mutants": count / seconds, "runs": sum(len(n) for _, n in asked) / seconds} | {
            "killed": 100 * len(killed) / count
        }


def copied(root: Path, folder: str) -> Path:
    return Path(shutil.copytree(root, Path(folder) / "work"))


def others_run(command: list[str], work: Path, seconds: float) -> tuple[float, str]:
    """The wall time of a command, and the end of what it said."""
    env = process.environment(work) | {"PYTHONPATH": str(work)}
    del env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
    output = work.parent / "said"
    found = process.run(command, cwd=work, env=env, seconds=seconds, output=output)
    return found.seconds, found.tail()


def mutmut(root: Path, state: Path, seconds: float) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        work = copied(root, folder)
        (work / "setup.cfg").write_text(
            "[mutmut]\npaths_to_mutate=prices.py\nsource_paths=prices.py\ntests_dir=tests/\n"
        )
        python = str(venvs.python("speed", state))
        took, said = others_run(
            [python, "-m", "mutmut", "run", "--max-children", "1"], work, seconds
        )
        codes: list = []
        for path in (work / "mutants").glob("*.meta"):
            codes += json.loads(path.read_text())["exit_code_by_key"].values()
        codes = [one for one in codes if one is not None]
        if not codes:
            raise SystemExit(f"mutmut judged nothing:\n{said}")
        return {
            "mutants": len(codes) / took,
            "killed": 100 * sum(one != 0 for one in codes) / len(codes),
        }


def cosmic_ray(root: Path, state: Path, seconds: float) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        work = copied(root, folder)
        (work / "config.toml").write_text(CONFIG)
        tool = str(venvs.python("judge", state).parent / "cosmic-ray")
        others_run([tool, "init", "config.toml", "session.sqlite"], work, 60)
        took, said = others_run([tool, "exec", "config.toml", "session.sqlite"], work, seconds)
        with sqlite3.connect(work / "session.sqlite") as session:
            found = [row[0] for row in session.execute("select test_outcome from work_results")]
        if not found:
            raise SystemExit(f"cosmic-ray judged nothing:\n{said}")
        killed = sum("KILLED" in str(one).upper() for one in found)
        return {"mutants": len(found) / took, "killed": 100 * killed / len(found)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    state = given.state.resolve()
    state.mkdir(parents=True, exist_ok=True)
    tools = {
        "testudo": lambda root: executions(root) | ours(root),
        "mutmut": lambda root: mutmut(root, state, given.seconds),
        "cosmic-ray": lambda root: cosmic_ray(root, state, given.seconds),
    }
    found: dict[str, list] = {name: [] for name in tools}
    for _round in range(given.rounds):
        for name, measure in tools.items():
            found[name].append(measure(HERE / "subject"))
    show(found)


def median(rounds: list[dict[str, float]], word: str) -> float:
    return statistics.median(one[word] for one in rounds)


def show(found: dict[str, list]) -> None:
    us = median(found["testudo"], "mutants")
    print(f"{len(found['testudo'])} rounds, in turn; load {os.getloadavg()[0]:.1f}; medians")
    print(f"executions  {median(found['testudo'], 'executions'):.0f} /s (bar: 20000)")
    print(f"mutant runs {median(found['testudo'], 'runs'):.0f} /s")
    for name, rounds in found.items():
        rate = median(rounds, "mutants")
        ratio = f", ours is {us / rate:.0f} times that" if name != "testudo" else " (bar: 100)"
        print(f"{name:11} {rate:.1f} mutants/s, {median(rounds, 'killed'):.0f} % killed{ratio}")


if __name__ == "__main__":
    main()
