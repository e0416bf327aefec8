"""forks.py: runs one suite on many versions of one file; a JSON job on stdin, JSON lines on stdout.

The job: {"arguments": pytest's, "source": folder, "file": in it, "home": folder, "module": name,
"floor": seconds, "versions": [{"start", "end", "text"}, ...]}. First comes the file as it is, which
must pass, and whose time sets the limit for the others: ten times as long, at least the floor. Then
a line for each version: {"verdict": "survived" | "failed" | "time" | "crash", "seconds"}.

pytest is loaded once; each version runs in a fork of that, which imports the suite and the subject
anew: the parent imports nothing of either, and refuses to go on if it should already have it. The
changed file is compiled each time, as no bytecode of it is ever written.
"""

import json
import os
import resource
import select
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest

MEMORY_BYTES_MAX = 4 << 30
FILE_BYTES_MAX = 64 << 20
TIMES = 10
CAP_SECONDS = 600.0
VERDICTS = {0: "survived", 1: "failed", 2: "failed", 3: "crash"}


def be_test_run(job: dict, limit: float, write_bytecode: bool) -> None:
    """In the child: becomes one run of pytest, and never returns."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    os.closerange(3, 256)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES_MAX, FILE_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (int(limit) + 1, int(limit) + 2))
    os.chdir(job["home"])
    sys.dont_write_bytecode = not write_bytecode
    sys.path.insert(0, job["source"])
    sys.argv = ["pytest", *job["arguments"]]
    status = 3
    try:
        status = int(pytest.main(["-x", *job["arguments"]]))
    finally:
        os._exit(status)


def run(job: dict, limit: float, write_bytecode: bool = False) -> tuple[str, float]:
    """One run: its verdict and its time."""
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        be_test_run(job, limit, write_bytecode)
    handle = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    in_time = bool(poll.poll(int(limit * 1000)))
    os.close(handle)
    if not in_time:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    seconds = time.monotonic() - started
    code = os.waitstatus_to_exitcode(status)
    if not in_time or code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "time", seconds
    return VERDICTS.get(code, "crash"), seconds


def forget_bytecode(path: Path) -> None:
    for compiled in (path.parent / "__pycache__").glob(path.stem + ".*.pyc"):
        compiled.unlink()


def say(**what: object) -> None:
    print(json.dumps(what), flush=True)


def main() -> None:
    job = json.load(sys.stdin)
    top = job["module"].split(".")[0]
    if top in sys.modules:
        say(error=f"{top} is already loaded in the judge")
        return
    path = Path(job["source"]) / job["file"]
    source = path.read_text()
    run(job, CAP_SECONDS, write_bytecode=True)
    forget_bytecode(path)
    verdict, base = run(job, CAP_SECONDS)
    if verdict != "survived":
        say(error=f"the suite does not pass on the original: {verdict}")
        return
    limit = max(TIMES * base, job["floor"])
    say(base=base, limit=limit)
    for version in job["versions"]:
        path.write_text(source[: version["start"]] + version["text"] + source[version["end"] :])
        verdict, seconds = run(job, limit)
        say(verdict=verdict, seconds=round(seconds, 3))
    path.write_text(source)
    shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)


if __name__ == "__main__":
    main()
