"""A subject: source folder, the modules to test in it, and what the judge alone knows of it.

A subject is a folder with
    src/           on the import path; all that a tool is ever given
    own/           the project's own tests, if it has any
    faulty/        other versions of single modules, each with a fault
    subject.json   {"modules": [...], "own": {module: [file, ...]}, "faulty": {module: [file, ...]}}
Without a subject.json each module directly in src/ is a module to test. A `Case` is one module.
"""

import dataclasses
import hashlib
import json
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Case:
    """One module of one subject: the unit that tools work on and that is judged."""

    subject: str
    folder: Path
    module: str
    own: tuple[Path, ...]
    faulty: tuple[Path, ...]

    @property
    def name(self) -> str:
        return (
            self.subject
            if self.subject.endswith("-" + self.module)
            else f"{self.subject}:{self.module}"
        )

    @property
    def key(self) -> str:
        """The name as a file name."""
        return self.name.replace(":", ".").replace("/", "_")

    @property
    def source(self) -> Path:
        return self.folder / "src"

    @property
    def file(self) -> Path:
        """The module's file, relative to the source folder."""
        path = Path(*self.module.split("."))
        plain = path.with_suffix(".py")
        return plain if (self.source / plain).is_file() else path / "__init__.py"

    def digest(self) -> str:
        """Changes with anything that a tool could see."""
        return tree_digest(self.source)


def tree_files(folder: Path) -> list[Path]:
    """All files below `folder`, but for compiled ones, in a fixed order."""
    found = (p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return sorted(found)


def tree_digest(folder: Path) -> str:
    """One digest of all names and contents below `folder`."""
    total = hashlib.sha256()
    for path in tree_files(folder):
        total.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def _paths(folder: Path, table: dict, module: str) -> tuple[Path, ...]:
    paths = tuple(folder / name for name in table.get(module, ()))
    for path in paths:
        if not path.is_file():
            raise FileNotFoundError(
                f"{folder.name}/subject.json names {path.name}, which is not there"
            )
    return paths


def read(folder: Path) -> list[Case]:
    """The cases of the subject in `folder`; fails if its subject.json promises what is not there."""
    described = folder / "subject.json"
    about = json.loads(described.read_text()) if described.is_file() else {}
    modules = about.get("modules") or sorted(p.stem for p in (folder / "src").glob("*.py"))
    cases = []
    for module in modules:
        own = _paths(folder, about.get("own", {}), module)
        faulty = _paths(folder, about.get("faulty", {}), module)
        case = Case(folder.name, folder, module, own, faulty)
        if not (case.source / case.file).is_file():
            raise FileNotFoundError(f"{folder.name} has no module {module}")
        cases.append(case)
    return cases


def read_all(folders: list[Path]) -> list[Case]:
    """The cases of every subject in each of `folders`, folders with few modules first."""
    subjects = [p for folder in folders for p in sorted(folder.iterdir()) if (p / "src").is_dir()]
    return [case for subject in subjects for case in read(subject)]
