"""make and judge: a planted tool's suites, from the command to the figures."""

import sys

import pytest

from testgen import canary, judge, make, mutants, tools, venvs

GOOD = "from sample import larger\n\n\ndef test_larger():\n    assert larger(2, 1) == 2\n"


@pytest.fixture
def setting(tmp_path):
    return tools.Setting(tmp_path / "state", tmp_path / "none", 1, 1, 1)


def tool(code: str, **more) -> tools.Tool:
    """A tool that is a Python program, told where its source and its output are."""

    def command(job: tools.Job) -> list[str]:
        return [sys.executable, "-c", code, str(job.output), str(job.source)]

    return tools.Tool("planted", lambda _: "1", command, tools._below("."), lambda _: 20.0, **more)


def writes(text: str) -> str:
    return f"import sys\nopen(sys.argv[1] + '/test_a.py', 'w').write({text!r})\n"


def test_what_a_tool_writes_is_its_suite_and_is_made_once(case, setting):
    run = make.make(tool(writes(GOOD)), case, 1, setting)
    assert run.made["files"] == ["test_a.py"] and (run.suite / "test_a.py").read_text() == GOOD
    again = make.make(tool("raise SystemExit(1)"), case, 1, setting)
    assert again.folder == run.folder and again.made == run.made


def test_another_seed_or_another_source_is_another_run(case, setting):
    folders = {make.make(tool(writes(GOOD)), case, seed, setting).folder for seed in (1, 2)}
    (case.source / "sample.py").write_text("x = 1\n")
    folders.add(make.make(tool(writes(GOOD)), case, 1, setting).folder)
    assert len(folders) == 3


def test_a_tool_that_writes_other_bytes_the_second_time_is_found_out(case, setting):
    steady = make.make(tool(writes(GOOD), again=True), case, 1, setting)
    unsteady = make.make(
        tool(
            writes(GOOD).replace("'w')", "'w')")
            + "import time\nopen(sys.argv[1] + '/test_b.py', 'w').write(str(time.time_ns()))\n",
            again=True,
        ),
        case,
        2,
        setting,
    )
    assert (steady.made["same_bytes"], unsteady.made["same_bytes"]) == (True, False)


def test_a_tool_that_touches_what_is_not_its_own_is_named(case, setting):
    code = "import os, sys\nopen(os.environ['HOME'] + '/0', 'a').write('x')\nopen(sys.argv[2] + '/sample.py', 'a').write('#')\n"
    made = make.make(tool(code), case, 1, setting).made
    assert made["touched"] == ["0", "the subject's own source"]
    assert (case.source / "sample.py").read_text()[-1] != "#"


def test_a_tool_that_never_ends_is_ended(case, setting):
    import dataclasses

    endless = dataclasses.replace(tool("while True: pass"), seconds=lambda _: 0.5)
    assert make.make(endless, case, 1, setting).made["status"] is None


def test_every_canary_counts(tmp_path):
    home = canary.plant(tmp_path / "home")
    assert canary.touched(home) == []
    for name in canary.NAMES:
        (home / name).write_bytes(b"other")
    assert canary.touched(home) == list(canary.NAMES)


@pytest.mark.parametrize(
    ("text", "valid"),
    [(GOOD, True), (GOOD.replace("== 2", "== 3"), False), ("x = 1\n", False), ("def (", False)],
)
def test_only_a_suite_that_passes_is_judged_further(case, setting, text, valid, monkeypatch):
    monkeypatch.setattr(mutants, "of", lambda *_: [])
    monkeypatch.setattr(venvs, "python", lambda *_: None)
    run = make.make(tool(writes(text)), case, 1, setting)
    judged = judge.judge(run, setting.state, {"coverage", "faults"})
    assert judged["valid"]["valid"] is valid
    assert ("coverage" in judged, "faults" in judged) == (valid, valid)


def test_a_suite_that_was_never_made_is_invalid(case, setting):
    run = make.make(tool("pass"), case, 1, setting)
    assert judge.judge(run, setting.state, set())["valid"]["valid"] is False


def test_only_own_suites_may_leave_out_failing_tests(case, setting):
    both = GOOD + "\n\ndef test_fails():\n    assert larger(2, 1) == 1\n"
    made = make.make(tool(writes(both)), case, 1, setting)
    own = make.Run("own", case, 1, made.folder)
    assert judge.judge(made, setting.state, set())["valid"]["valid"] is False
    for path in (made.folder / f"judged-{judge.VERSION}").iterdir():
        path.unlink()
    valid = judge.judge(own, setting.state, set())["valid"]
    assert valid["valid"] is True and valid["left_out"] == ["test_a.py::test_fails"]
