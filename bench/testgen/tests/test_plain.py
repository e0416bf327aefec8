"""plain: what counts as a valid suite."""

from testgen import plain

GOOD = "from sample import larger\n\n\ndef test_larger():\n    assert larger(2, 1) == 2\n"


def test_a_passing_suite_passes_and_its_tests_are_named(case, suite):
    result = plain.run(suite(GOOD), case.source)
    assert (result.status, result.outcomes) == (0, {"test_0::test_larger": "passed"})


def test_a_failing_test_is_seen(case, suite):
    result = plain.run(suite(GOOD.replace("== 2", "== 3")), case.source)
    assert (result.status, result.outcomes) == (1, {"test_0::test_larger": "failure"})


def test_an_empty_suite_is_not_a_passing_one(case, suite):
    assert plain.run(suite("x = 1\n"), case.source).status == plain.NO_TESTS


def test_a_suite_that_prints_a_summary_and_exits_is_not_believed(case, suite):
    result = plain.run(suite("import os\nprint('1 passed')\nos._exit(0)\n"), case.source)
    assert result.outcomes == {}


def test_a_suite_that_hangs_is_ended(case, suite):
    result = plain.run(suite("while True:\n    pass\n"), case.source, seconds=1.0)
    assert result.status is None


def test_a_harmed_canary_is_named(case, suite):
    text = (
        "import pathlib\n\n\ndef test_harm():\n    (pathlib.Path.home() / 'notes.txt').unlink()\n"
    )
    assert plain.run(suite(text), case.source).touched == ["notes.txt"]


def test_the_callers_plugins_and_settings_do_not_count(case, suite, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    (tmp_path / "pytest.ini").write_text("[pytest]\npython_functions = nothing_*\n")
    assert plain.run(suite(GOOD), case.source).outcomes == {"test_0::test_larger": "passed"}
