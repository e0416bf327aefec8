"""Runs the project's own tests in plain pytest, in a copy of the project, and says what came of each
and what they cover.

Called as `own.py ANSWER ROOT`; standard input is {"modules": [{"path", "import"}], "names": null or
[file name...]}: with names, only test files called so are looked for. The answer:

    {"files": N, "exit": status, "why": text, "tests": [[node id, outcome, why]...], "seconds": S,
     "measured": bool, "modules": [{"lines": [[line, executed, branches, taken]...],
                                    "closed": [[line, kind]...]}...]}

`closed` are the goals that the tests reach, in the engine's words (entry, true, false, handler), as
far as lines and arcs tell: sides of a condition inside of an expression are never among them.
"""
import ast
import json
import os
import sys
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, FOLDER)

import project_copy  # noqa: E402

sys.path.remove(FOLDER)
sys.path = [path for path in sys.path if os.path.abspath(path or ".") != FOLDER]

TESTS_MAX, REASON_MAX, ID_MAX = 20000, 300, 400
ENDED_BADLY = 4     # pytest's status for options that it does not know


def is_test(name):
    return name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))


def find_tests(root, names):
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(one for one in folders
                            if one not in project_copy.PASSED and not one.startswith(".")
                            and not os.path.exists(os.path.join(folder, one, "pyvenv.cfg")))
        found += [os.path.relpath(os.path.join(folder, one), root) for one in sorted(files)
                  if (is_test(one) if names is None else one in names)]
        if names is not None:       # without a project, what is below may be anybody's
            folders[:] = [one for one in folders if one in ("test", "tests")]
    return found


def reason_of(report):
    crash = getattr(getattr(report, "longrepr", None), "reprcrash", None)
    text = crash.message if crash is not None else str(getattr(report, "longrepr", "") or "")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return ""
    return (lines[0] if crash is not None else lines[-1])[:REASON_MAX]


class Teller:
    """A plugin that takes down what came of each test."""

    def __init__(self):
        self.outcomes = {}

    def note(self, report, outcome):
        if len(self.outcomes) < TESTS_MAX:
            self.outcomes[report.nodeid[:ID_MAX]] = (outcome, reason_of(report))

    def pytest_runtest_logreport(self, report):
        known = self.outcomes.get(report.nodeid[:ID_MAX], ("",))[0]
        if hasattr(report, "wasxfail"):
            self.note(report, "skipped" if report.skipped else "passed")
        elif report.failed:
            self.note(report, "failed")
        elif report.skipped or (report.when == "call" and known != "failed"):
            self.note(report, report.outcome)

    def pytest_collectreport(self, report):
        if report.failed:
            self.note(report, "failed")


# ---- what is covered ------------------------------------------------------------------------------

def first_line(body, executable):
    """Where a body begins for coverage.py: documentation is no statement to it."""
    for node in body:
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
            if line in executable:
                return line
    return None


def closed_goals(tree, executable, missing, arcs):
    """Each line has several goals of a kind where more than a statement is decided on it; such
    lines are left to the engine, which looks closer."""
    done = executable - missing
    leaving = {}
    for start, end in arcs:
        leaving.setdefault(start, set()).add(end)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if first_line(node.body, executable) in done:
                yield node.lineno, "entry"
        elif isinstance(node, ast.ExceptHandler):
            if first_line(node.body, executable) in done:
                yield node.lineno, "handler"
        elif isinstance(node, (ast.If, ast.While, ast.For, ast.AsyncFor)):
            inside = first_line(node.body, executable)
            ends = leaving.get(node.lineno, set())
            if inside in ends and inside != node.lineno:
                yield node.lineno, "true"
            if ends - {inside}:
                yield node.lineno, "false"


def lines_of(data, path):
    _, statements, _, missing, _ = data.analysis2(path)
    missing = set(missing)
    branches = data._analyze(path).branch_stats()
    return [[line, line not in missing] + list(branches.get(line, (0, 0))) for line in statements]


def covered(data, path):
    with open(path, "rb") as source:
        tree = ast.parse(source.read())
    lines = lines_of(data, path)
    executable = {line[0] for line in lines}
    missing = {line[0] for line in lines if not line[1]}
    arcs = data.get_data().arcs(path) or []
    return {"lines": lines, "closed": sorted(set(closed_goals(tree, executable, missing, arcs)))}


def measure(data, paths, said):
    import coverage
    for path in paths:
        try:
            said["modules"].append(covered(data, path))
        except (coverage.CoverageException, SyntaxError, ValueError, OSError, AttributeError):
            said["modules"].append({"lines": [], "closed": []})
    said["measured"] = True


# ---- the run --------------------------------------------------------------------------------------

def play(said, files, paths):
    import pytest
    try:
        import coverage
        data = coverage.Coverage(data_file=None, branch=True, config_file=False, include=paths)
    except ImportError:
        data = None
    teller = Teller()
    words = ["-q", "-p", "no:cacheprovider"] + files
    begun = time.monotonic()
    if data is not None:
        data.start()
    status = pytest.main(words, plugins=[teller])
    if status == ENDED_BADLY and not teller.outcomes:   # of plugins that are not installed
        status = pytest.main(["-o", "addopts="] + words, plugins=[teller])
    if data is not None:
        data.stop()
    said["seconds"] = round(time.monotonic() - begun, 3)
    said["exit"] = int(status)
    said["tests"] = [[name] + list(what) for name, what in sorted(teller.outcomes.items())]
    if data is not None:
        measure(data, paths, said)


def main():
    answer, root = sys.argv[1:3]
    answer = os.path.abspath(answer)
    wanted = json.load(sys.stdin)
    sys.stdin = open(os.devnull, encoding="utf-8")
    said = {"files": 0, "exit": 0, "why": "", "tests": [], "seconds": 0, "measured": False,
            "modules": []}
    files = find_tests(root, wanted["names"])
    said["files"] = len(files)
    if files:
        project_copy.make(root, "project")
        os.chdir("project")
        here = os.getcwd()
        sys.argv[1:] = []
        roots = {os.path.join(here, one["import"]) if one["import"] else here
                 for one in wanted["modules"]}
        sys.path[:0] = sorted(roots) + [here]
        os.environ["PYTHONPATH"] = os.pathsep.join(sorted(roots))
        try:
            play(said, files if wanted["names"] is not None else [],
                 [os.path.join(here, one["path"]) for one in wanted["modules"]])
        except ImportError as error:
            said["why"] = "%s: %s" % (type(error).__name__, error)
    with open(answer, "w", encoding="utf-8") as to:
        json.dump(said, to)


main()
