"""The virtual environments of tools, made below the state folder from lock files with digests.

`python` gives the interpreter of one; it makes the environment first if it is not there, and
again if its lock file has changed. pip refuses whatever has another digest than the lock names.
"""

import hashlib
import shutil
import subprocess
import threading
from pathlib import Path

LOCKS = Path(__file__).with_name("locks")
SYSTEM_PYTHON = "/usr/bin/python3"
_MAKING = threading.Lock()


def _make(folder: Path, lock: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([SYSTEM_PYTHON, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin/python"), "-m", "pip", "install", "-q", "--require-hashes"]
    subprocess.run([*pip, "-r", str(lock)], check=True, stdin=subprocess.DEVNULL)


def python(name: str, state: Path) -> Path:
    """The interpreter of the environment of locks/NAME.txt."""
    lock = LOCKS / f"{name}.txt"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    folder = state / f"venv-{name}"
    mark = folder / "made-from"
    with _MAKING:
        if not mark.is_file() or mark.read_text() != digest:
            _make(folder, lock)
            mark.write_text(digest)
    return folder / "bin/python"
