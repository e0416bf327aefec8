"""Whether a suite notices a fault: made on the correct version of a module, run on a faulty one.

It does if pytest fails, crashes or takes more than ten times as long as on the correct version.
"""

import shutil
import tempfile
from pathlib import Path

from . import plain
from .subjects import Case

TIMES = 10
FLOOR_SECONDS = 5.0


def find(suite: plain.Suite, case: Case, seconds: float) -> dict:
    """{"found", "of", "missed"}; `seconds` is what the suite takes on the correct version."""
    missed = []
    for faulty in case.faulty:
        with tempfile.TemporaryDirectory(prefix="testgen-fault-") as name:
            source = Path(name) / "src"
            shutil.copytree(case.source, source, ignore=shutil.ignore_patterns("__pycache__"))
            shutil.copy(faulty, source / case.file)
            result = plain.run(suite, source, seconds=max(TIMES * seconds, FLOOR_SECONDS))
            if result.status in (plain.PASSED, plain.NO_TESTS):
                missed.append(faulty.name)
    return {"found": len(case.faulty) - len(missed), "of": len(case.faulty), "missed": missed}
