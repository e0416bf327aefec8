"""Files that nobody has a reason to touch, in a folder that generated code takes for its home.

`plant` makes the folder; `touched` names what was changed or taken away since. New files beside
them are no finding: tools may keep caches where they please.
"""

import hashlib
from pathlib import Path

NAMES = ("notes.txt", ".profile", "project/config.ini", "project/data.bin", "a", "0", "-1")


def _content(name: str) -> bytes:
    return hashlib.sha256(name.encode()).hexdigest().encode() * 20


def plant(folder: Path) -> Path:
    """Makes `folder` with the canaries in it."""
    for name in NAMES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(_content(name))
    return folder


def touched(folder: Path) -> list[str]:
    """The canaries that are no longer what they were."""

    def same(name: str) -> bool:
        path = folder / name
        return path.is_file() and not path.is_symlink() and path.read_bytes() == _content(name)

    return [name for name in NAMES if not same(name)]
