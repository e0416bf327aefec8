"""Runs pytest under coverage.py with branches, and leaves the lines of each module as JSON.

Called as `testudo_cover.py ANSWER ROOT MODULE_PATH... -- PYTEST_WORD...`. Where coverage.py is not
installed the answer says so.
"""
import json
import os
import sys


def lines_of(data, path):
    """[line, executed, branches, branches taken] of each line that can be executed."""
    _, statements, _, missing, _ = data.analysis2(path)
    branches = data._analyze(path).branch_stats()
    missing = set(missing)
    return [[line, line not in missing] + list(branches.get(line, (0, 0))) for line in statements]


def main():
    border = sys.argv.index("--")
    answer, root = sys.argv[1:3]
    paths, words = sys.argv[3:border], sys.argv[border + 1:]
    said = {"version": None, "files": {}}
    try:
        import coverage
    except ImportError:
        coverage = None
    if coverage is not None:
        import pytest
        data = coverage.Coverage(data_file=None, branch=True, config_file=False,
                                 include=[os.path.join(root, path) for path in paths])
        data.start()
        pytest.main(words)
        data.stop()
        said["version"] = coverage.__version__
        for path in paths:
            try:
                said["files"][path] = lines_of(data, os.path.join(root, path))
            except coverage.CoverageException as error:
                said.setdefault("troubles", {})[path] = str(error)[:200]
    with open(answer, "w", encoding="utf-8") as to:
        json.dump(said, to)


main()
