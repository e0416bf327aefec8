"""A copy of the project that its own tools may write to: the project itself is read-only here."""
import os
import shutil

PASSED = {".git", ".hg", "node_modules", "__pycache__", "testudo-report", ".tox", ".nox"}


def _passed(folder, names):
    return [name for name in names if name in PASSED
            or os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))]


def make(root, place):
    """Files that cannot be read are left out: nobody would have been able to test with them."""
    try:
        shutil.copytree(root, place, symlinks=True, ignore=_passed)
    except shutil.Error as error:
        return [str(one[0]) for one in error.args[0]]
    return []
