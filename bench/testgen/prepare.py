"""Makes subject folders from the packages of subjects.lock: fetched by pip, checked, stripped.

`prepare` is done once per lock entry and state folder; a folder that is there is complete. What
is fetched must have the digest in the lock, or it is refused. Nothing of it is ever executed here,
but for what pip runs itself to see what an sdist is.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

from . import strip

LOCK = Path(__file__).with_name("subjects.lock")
TEST_FOLDERS = {"test", "tests", "testing"}


def read_lock(path: Path = LOCK) -> dict:
    """The lock's tables `subject` and `dependency`."""
    return tomllib.loads(path.read_text())


def fetch(entry: dict, downloads: Path) -> Path:
    """The archive of a lock entry, whose digest has been checked."""
    archive = downloads / entry["file"]
    if not archive.is_file():
        wheel = entry["file"].endswith(".whl")
        kind = ["--only-binary", ":all:"] if wheel else ["--no-binary", entry["name"]]
        wanted = f"{entry['name']}=={entry['version']}"
        argv = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", *kind]
        subprocess.run([*argv, "-d", str(downloads), wanted], check=True, stdin=subprocess.DEVNULL)
    if hashlib.sha256(archive.read_bytes()).hexdigest() != entry["sha256"]:
        archive.unlink()
        raise ValueError(f"{entry['file']} is not what the lock names")
    return archive


def unpack(archive: Path, target: Path) -> Path:
    """Unpacks a wheel or an sdist; the folder that holds its packages."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as file:
            file.extractall(target)
        return target
    with tarfile.open(archive) as file:
        file.extractall(target, filter="data") if hasattr(
            tarfile, "data_filter"
        ) else file.extractall(target)
    (root,) = target.iterdir()
    return root


def _add_package(package: Path, source: Path) -> None:
    """Copies a package, without tests and examples."""
    shutil.copytree(
        package, source / package.name, ignore=lambda _, names: TEST_FOLDERS & set(names)
    )
    for path in (source / package.name).rglob("*.py"):
        path.write_text(strip.examples(path.read_text()))


def _add_own(entry: dict, root: Path, target: Path) -> dict[str, list[str]]:
    """Copies the folders of the project's own tests; its files by module, as subject.json has them."""
    named: dict[str, list[str]] = {}
    for module, files in entry.get("own", {}).items():
        named[module] = ["own/" + name for name in files]
        for name in files:
            folder = target / "own" / Path(name).parent
            if not folder.exists():
                shutil.copytree(root / Path(name).parent, folder)
    return named


def prepare(entry: dict, dependencies: list[dict], state: Path) -> Path:
    """The subject folder of a lock entry, made if it is not there yet."""
    target = state / "subjects" / entry["name"]
    if target.is_dir():
        return target
    downloads = state / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    work = state / "subjects" / f".{entry['name']}.making"
    shutil.rmtree(work, ignore_errors=True)
    (work / "made" / "src").mkdir(parents=True)
    root = unpack(fetch(entry, downloads), work / "archive")
    for package in entry["packages"]:
        _add_package(root / package, work / "made" / "src")
    for other in dependencies:
        if entry["name"] in other["needed_by"]:
            there = unpack(fetch(other, downloads), work / other["name"])
            for package in other["packages"]:
                shutil.copytree(there / package, work / "made" / "src" / package)
    about = {
        "modules": entry["modules"],
        "own": _add_own(entry, root, work / "made"),
        "version": entry["version"],
    }
    (work / "made" / "subject.json").write_text(json.dumps(about, indent=1) + "\n")
    (work / "made").rename(target)
    shutil.rmtree(work)
    return target


def prepare_all(state: Path) -> Path:
    """All subjects of the lock; the folder that holds them."""
    lock = read_lock()
    for entry in lock["subject"]:
        prepare(entry, lock.get("dependency", []), state)
    return state / "subjects"
