"""flaky: a suite whose tests depend on the world is found, and the test is named."""

import pytest

from testgen import flaky, plain

STEADY = "def test_steady():\n    assert 1 + 1 == 2\n\n\n"
ORDER = """seen = []


def test_first():
    seen.append(1)


def test_second():
    assert seen == [1]


def test_third():
    assert seen == [1]
"""
PLANTED = {
    "hash seed": "def test_flips():\n    assert list({'a', 'b', 'c', 'd'}) == EXPECTED\n",
    "clock": "import time\n\n\ndef test_flips():\n    assert time.localtime().tm_year > 2020\n",
    "zone": "import time\n\n\ndef test_flips():\n    assert time.timezone == 0\n",
    "folder": "import os\n\n\ndef test_flips():\n    assert os.getcwd().endswith('home')\n",
}


def flips(case, suite, runs: int) -> dict:
    first = plain.run(suite, case.source, env={"PYTHONHASHSEED": "0", "TZ": "UTC"})
    return flaky.find(suite, case, first, case.folder, runs)


@pytest.fixture(autouse=True)
def no_download(monkeypatch):
    monkeypatch.setattr(flaky.shutil, "which", lambda name: None)


@pytest.mark.parametrize("kind", sorted(PLANTED))
def test_a_planted_dependence_is_named(case, suite, kind):
    if kind == "clock" and not flaky.clock_library(case.folder):
        pytest.skip("libfaketime is not here")
    # Four hash seeds in a row that all give the order of seed 0 are as good as impossible.
    text = STEADY + PLANTED[kind].replace("EXPECTED", repr(_order_of_seed_0()))
    assert list(flips(case, suite(text), 6)["flips"]) == ["test_0::test_flips"]


def _order_of_seed_0() -> list[str]:
    import subprocess

    argv = [plain.PYTHON, "-c", "print(*{'a', 'b', 'c', 'd'})"]
    return subprocess.check_output(argv, env={"PYTHONHASHSEED": "0"}, text=True).split()


def test_tests_that_need_each_other_are_named(case, suite):
    found = flips(case, suite(ORDER), 6)["flips"]
    assert found and set(found) <= {"test_0::test_second", "test_0::test_third"}


def test_a_steady_suite_has_no_flips(case, suite):
    found = flips(case, suite(STEADY), 4)
    assert found["flips"] == {} and found["runs"] == 4
