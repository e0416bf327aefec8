"""mutants and forks: which versions of a module a suite kills."""

from testgen import mutants

SUITE = """from sample import larger


def test_larger():
    assert larger(2, 1) == 2
    assert larger(1, 2) == 2
"""


def version(case, old: str, new: str) -> dict:
    source = (case.source / case.file).read_text()
    start = source.index(old)
    return {"start": start, "end": start + len(old), "text": new}


def verdicts(case, suite, *versions):
    said, first = mutants.verdicts(suite, case, list(versions))
    return [line["verdict"] for line in said], first


def test_a_fault_that_a_test_sees_is_killed_and_one_that_none_sees_survives(case, suite):
    seen, unseen = version(case, "a > b", "a < b"), version(case, "n > 0", "n > 1")
    same = version(case, "a > b", "a >= b")
    said, first = verdicts(case, suite(SUITE), seen, unseen, same, seen)
    assert said == ["failed", "survived", "survived", "failed"]
    assert first["limit"] >= mutants.FLOOR_SECONDS


def test_a_version_that_never_ends_is_killed_by_time(case, suite, monkeypatch):
    monkeypatch.setattr(mutants, "FLOOR_SECONDS", 0.5)
    said, _ = verdicts(
        case, suite(SUITE), version(case, "if a > b:", "while a > b:\n        pass\n    if a > b:")
    )
    assert said == ["time"]


def test_a_version_that_takes_the_process_down_is_killed(case, suite):
    said, _ = verdicts(
        case, suite(SUITE), version(case, "return a", "import os; os.kill(os.getpid(), 11)")
    )
    assert said == ["crash"]


def test_a_version_that_does_not_load_is_killed_though_a_good_one_was_loaded_before(case, suite):
    said, _ = verdicts(
        case,
        suite(SUITE),
        version(case, "n > 0", "n > 1"),
        version(case, "def larger", "def smaller"),
    )
    assert said == ["survived", "failed"]


def test_versions_of_equal_length_are_told_apart(case, suite):
    said, _ = verdicts(
        case, suite(SUITE), *[version(case, "a > b", f"a {sign} b") for sign in "<><"]
    )
    assert said == ["failed", "survived", "failed"]


def test_a_suite_that_fails_on_the_original_gets_no_verdicts(case, suite):
    said, first = verdicts(
        case, suite(SUITE.replace("== 2", "== 5")), version(case, "a > b", "a < b")
    )
    assert said == [] and "does not pass" in first["error"]


def test_a_suite_that_asserts_nothing_kills_nothing(case, suite):
    text = "from sample import larger\n\n\ndef test_larger():\n    larger(2, 1)\n"
    said, _ = verdicts(case, suite(text), version(case, "a > b", "a < b"))
    assert said == ["survived"]


def test_what_is_frozen_is_read_back_as_it_was(tmp_path):
    import json

    frozen = {
        "tool": "x 1",
        "source": "abc",
        "mutants": [{"line": 1, "start": 0, "end": 1, "text": '"\n'}, {"line": 2}],
    }
    mutants.write(frozen, tmp_path / "deep" / "m.json")
    assert json.loads((tmp_path / "deep/m.json").read_text()) == frozen


def test_every_frozen_list_in_the_tree_is_whole_and_no_longer_than_the_cap():
    import json

    lists = [json.loads(path.read_text()) for path in sorted(mutants.FROZEN.glob("*.json"))]
    assert lists
    for frozen in lists:
        spans = {(m["start"], m["end"], m["text"]) for m in frozen["mutants"]}
        assert 0 < len(frozen["mutants"]) <= mutants.PER_MODULE
        assert len(spans) == len(frozen["mutants"])
