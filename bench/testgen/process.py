"""Runs a stranger's command: in its own session, folder and environment, within limits.

`run` always returns; when it does, nothing of the command's session is left. What the command
printed goes to a file, of which only the end is ever read. Time is wall time; peak memory is that
of the largest single process of the command that was waited for.
"""

import dataclasses
import os
import resource
import select
import signal
import subprocess
import time
from pathlib import Path

# Set by the command itself, as nothing may run between fork and exec of a process with threads.
LIMITS = ["prlimit", f"--fsize={256 << 20}", "--core=0", "--"]
TAIL_BYTES = 4000


@dataclasses.dataclass
class Outcome:
    """How a command ended: `status` is None if time ran out, negative if a signal ended it."""

    status: int | None
    seconds: float
    peak_bytes: int
    output: Path

    def tail(self) -> str:
        """The end of what was printed, made harmless to show."""
        with open(self.output, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL_BYTES))
            text = file.read().decode("utf-8", "replace")
        return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


def environment(home: Path, **more: str) -> dict[str, str]:
    """What every command gets, whoever started the judge: nothing of the caller's own."""
    return {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    } | more


def end_session(pid: int) -> None:
    """Kills what is left of the process group that `pid` leads."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def wait(pid: int, seconds: float) -> tuple[int | None, resource.struct_rusage]:
    """Reaps `pid`, a leader of its group, after at most `seconds`: (None, ...) if it was killed."""
    handle = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        in_time = bool(poll.poll(max(0, int(seconds * 1000))))
    finally:
        os.close(handle)
    if not in_time:
        end_session(pid)
    _, status, usage = os.wait4(pid, 0)
    end_session(pid)
    return (os.waitstatus_to_exitcode(status) if in_time else None), usage


def run(
    argv: list[str], *, cwd: Path, env: dict[str, str], seconds: float, output: Path
) -> Outcome:
    """Runs `argv` for at most `seconds`; stdout and stderr go to the file `output`."""
    started = time.monotonic()
    with open(output, "wb") as sink:
        child = subprocess.Popen(
            [*LIMITS, *argv],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        status, usage = wait(child.pid, seconds)
        child.returncode = -1 if status is None else status
    return Outcome(status, time.monotonic() - started, usage.ru_maxrss * 1024, output)
