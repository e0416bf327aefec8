"""scores and the steps before them: a judged run's figures."""

import pytest

from testgen import coverage, faults, scores, table

HAS = {"branches": 1, "mutants": 10, "faults": 1}
MADE = {"seconds": 1.0, "peak_bytes": 1 << 20, "touched": [], "version": "1"}
GOOD = "from sample import larger\n\n\ndef test_larger():\n    assert larger(2, 1) == 2\n"


def judged(**more) -> dict:
    return {
        "made": MADE,
        "valid": {"valid": True, "result": {"touched": []}},
        "coverage": {"branches": 3, "branches_of": 4, "lines": 9, "lines_of": 10},
        "mutants": {"killed": 5, "of": 10},
        "faults": {"found": 1, "of": 1},
        "flaky": {"flips": {}},
        "reading": {"tests": 4, "asserting": 3, "xfail": 1, "statements": 8, "lint": 2},
    } | more


def test_shares_are_what_they_say():
    figures = scores.of_run(judged(), HAS)
    assert (figures["branch"], figures["line"], figures["mutation"], figures["faults"]) == (
        0.75,
        0.9,
        0.5,
        1.0,
    )
    assert figures["score"] == pytest.approx(0.3 * 0.75 + 0.35 * 0.5 + 0.35)
    assert (figures["silent"], figures["xfail"]) == (1, 1)


def test_an_invalid_suite_scores_nothing_whatever_else_is_known_of_it():
    figures = scores.of_run(judged(valid={"valid": False}), HAS)
    assert [figures[name] for name in scores.SHARES] == [0.0] * 5


def test_a_flaky_suite_keeps_half_of_its_score():
    steady, flaky = (
        scores.of_run(judged(flaky={"flips": f}), HAS)["score"] for f in ({}, {"test_x": ["w"]})
    )
    assert flaky == pytest.approx(steady / 2)


def test_what_a_module_does_not_have_is_not_counted():
    figures = scores.of_run(judged(faults={"found": 0, "of": 0}), HAS | {"faults": 0})
    assert figures["faults"] is None
    assert figures["score"] == pytest.approx((0.3 * 0.75 + 0.35 * 0.5) / 0.65)


def test_seeds_give_a_median_and_modules_a_mean():
    def run(killed: int) -> dict:
        return scores.of_run(judged(mutants={"killed": killed, "of": 10}), HAS)

    module = scores.of_module([run(1), run(9), run(8)])
    assert module["mutation"] == 0.8
    assert scores.of_tool([module, scores.of_module([run(4)])])["mutation"] == pytest.approx(0.6)


def test_a_tool_without_an_invalid_module_is_not_helped_by_leaving_it_out():
    whole = scores.of_module([scores.of_run(judged(), HAS)])
    broken = scores.of_module([scores.of_run({"made": MADE, "valid": {"valid": False}}, HAS)])
    assert scores.of_tool([whole, broken])["branch"] == pytest.approx(0.375)


def test_branches_are_those_of_the_module_alone(case, suite):
    found = coverage.measure(suite(GOOD), case)
    assert found == {"branches": 1, "branches_of": 4, "lines": 4, "lines_of": 8}


def test_a_fault_is_found_by_the_suite_that_sees_it_only(case, suite):
    text = GOOD + "\n\ndef test_other():\n    assert larger(1, 2) == 2\n"
    assert faults.find(suite(text), case, 1.0) == {"found": 1, "of": 1, "missed": []}


def test_a_fault_is_missed_by_a_suite_that_looks_away(case, suite):
    found = faults.find(
        suite("from sample import larger\n\n\ndef test_x():\n    larger(1, 2)\n"), case, 1.0
    )
    assert found == {"found": 0, "of": 1, "missed": ["sample.py"]}


def test_the_table_shows_every_tool_and_the_bars_what_is_missed():
    us = scores.of_tool([scores.of_module([scores.of_run(judged(), HAS)])])
    them = us | {"branch": 0.5, "mutation": 0.4}
    assert table.tools({"testudo": us}).splitlines()[1].split()[:3] == ["testudo", "1", "100"]
    said = table.bars(us, them, None, None)
    assert "reached  branches: 75.0, wanted 65.0 (pynguin 50.0)" in said
    assert "missed   mutants: 50.0, wanted 75.0 (pynguin 40.0)" in said
    assert "missed   xfail, none: 1" in said


def test_a_bar_never_asks_for_more_than_two_thirds_of_what_is_left():
    us = scores.of_tool([scores.of_module([scores.of_run(judged(), HAS)])]) | {"branch": 0.97}
    assert "reached  branches: 97.0, wanted 96.7" in table.bars(
        us, us | {"branch": 0.90}, None, None
    )


def test_a_module_without_branches_has_no_share_of_them_to_reach():
    none = {"branches": 0, "branches_of": 0, "lines": 9, "lines_of": 10}
    assert scores.of_run(judged(coverage=none), HAS)["branch"] is None
    unloaded = dict(none, lines=0, lines_of=0)
    assert scores.of_run(judged(coverage=unloaded), HAS)["branch"] == 0.0
