"""Makes the suite of one tool for one module, once: what is made is kept, and found again.

`make` gives the folder of a run: `suite/` with the test files, `made.json` with how they came to
be, `log` with what the tool printed. The key is tool, its version, subject and its digest, and
seed; a made.json that is there is complete. Runs of other keys are never touched.
"""

import dataclasses
import json
import shutil
import tempfile
from pathlib import Path

from . import canary, process
from .subjects import Case, tree_digest
from .tools import Job, Setting, Tool


@dataclasses.dataclass(frozen=True)
class Run:
    """A suite that was made, and where."""

    tool: str
    case: Case
    seed: int
    folder: Path

    @property
    def suite(self) -> Path:
        return self.folder / "suite"

    @property
    def made(self) -> dict:
        return json.loads((self.folder / "made.json").read_text())


def _key(tool: Tool, case: Case, seed: int, setting: Setting) -> str:
    return f"{tool.version(setting)}-{case.digest()[:12]}-seed{seed}"


def _copy_suite(files: list[Path], own: bool, suite: Path) -> None:
    """Own suites come with all that lies beside their files; tools' suites are their files."""
    suite.mkdir()
    if not own:
        for path in files:
            shutil.copy(path, suite / path.name)
        return
    roots = {next(parent for parent in path.parents if parent.name == "own") for path in files}
    for root in roots:
        shutil.copytree(
            root, suite, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
        )


def _once(tool: Tool, case: Case, seed: int, setting: Setting, target: Path) -> dict:
    """One run of the tool; its suite in `target`/suite. Gives what made.json says of it."""
    with tempfile.TemporaryDirectory(prefix="testgen-make-") as name:
        work = Path(name)
        source, output = work / "src", work / "out"
        shutil.copytree(case.source, source, ignore=shutil.ignore_patterns("__pycache__"))
        output.mkdir()
        home = canary.plant(work / "home")
        job = Job(case, source, output, seed, setting)
        before = tree_digest(source)
        argv = tool.command(job)
        made = {"status": 0, "seconds": 0.0, "peak_bytes": 0}
        if argv:
            env = process.environment(
                home, PYTHONPATH=str(source), PYTHONHASHSEED="0", **dict(tool.environment)
            )
            limit = tool.seconds(setting)
            out = process.run(argv, cwd=home, env=env, seconds=limit, output=target / "log")
            made = {
                "status": out.status,
                "seconds": round(out.seconds, 2),
                "peak_bytes": out.peak_bytes,
            }
            if out.status != 0:
                made["log"] = out.tail()
        made["touched"] = canary.touched(home)
        if tree_digest(source) != before:
            made["touched"].append("the subject's own source")
        files = tool.collect(job)
        made["files"] = sorted(str(f.name) for f in files)
        _copy_suite(files, tool.name == "own", target / "suite")
        if tool.name == "own":
            made["files"] = [str(f.relative_to(case.folder / "own")) for f in files]
    return made


def _folder(tool: Tool, case: Case, seed: int, setting: Setting) -> Path:
    return setting.state / "runs" / tool.name / case.key / _key(tool, case, seed, setting)


def is_made(tool: Tool, case: Case, seed: int, setting: Setting) -> bool:
    """Whether `make` would find the run."""
    return (_folder(tool, case, seed, setting) / "made.json").is_file()


def make(tool: Tool, case: Case, seed: int, setting: Setting) -> Run:
    """The run of `tool` for `case` with `seed`, made now if it was not made before."""
    folder = _folder(tool, case, seed, setting)
    run = Run(tool.name, case, seed, folder)
    if (folder / "made.json").is_file():
        return run
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = _once(tool, case, seed, setting, folder)
    if tool.again:
        second = folder / "again"
        second.mkdir()
        _once(tool, case, seed, setting, second)
        made["same_bytes"] = tree_digest(folder / "suite") == tree_digest(second / "suite")
    made |= {"tool": tool.name, "version": tool.version(setting), "case": case.name, "seed": seed}
    (folder / "made.json.part").write_text(json.dumps(made, indent=1) + "\n")
    (folder / "made.json.part").rename(folder / "made.json")
    return run
