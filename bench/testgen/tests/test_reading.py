"""reading: tests, assertions that can fail, xfails, length."""

import pytest

from testgen import reading

HEAD = "import pytest\nfrom sample import larger\n\n\n"


def only(body: str) -> dict:
    (entry,) = reading.read_file(HEAD + body)
    return entry


@pytest.mark.parametrize(
    ("body", "asserts", "value"),
    [
        ("def test_x():\n    larger(1, 2)\n", False, False),
        ("def test_x():\n    assert True\n", False, False),
        ("def test_x():\n    assert larger(1, 2) == 2\n", True, True),
        ("def test_x():\n    with pytest.raises(TypeError):\n        larger(1)\n", True, False),
        (
            "class TestX:\n    def test_x(self):\n        self.assertEqual(larger(1, 2), 2)\n",
            True,
            True,
        ),
        (
            "def check(x):\n    assert x == 2\n\n\ndef test_x():\n    check(larger(1, 2))\n",
            True,
            True,
        ),
        ("async def test_x():\n    larger(1, 2)\n", False, False),
    ],
)
def test_only_what_can_fail_is_an_assertion(body, asserts, value):
    entry = only(body)
    assert (entry["asserts"], entry["value"]) == (asserts, value)


def test_xfail_is_seen_as_a_mark_and_as_a_call():
    assert only("@pytest.mark.xfail(strict=True)\ndef test_x():\n    larger(1)\n")["xfail"]
    assert only("def test_x():\n    pytest.xfail('no')\n")["xfail"]
    assert not only("def test_x():\n    larger(1, 2)\n")["xfail"]


def test_statements_are_counted_without_the_docstring():
    assert (
        only('def test_x():\n    """Says."""\n    a = 1\n    with a:\n        larger(a, 2)\n')[
            "statements"
        ]
        == 3
    )


def test_a_whole_suite_is_summed_and_its_silent_tests_named(tmp_path):
    (tmp_path / "test_a.py").write_text(
        HEAD
        + "def test_silent():\n    larger(1, 2)\n\n\ndef test_loud():\n    assert larger(1, 2)\n"
    )
    (tmp_path / "test_b.py").write_text("def broken(:\n")
    found = reading.read(sorted(tmp_path.iterdir()), None)
    assert (found["tests"], found["asserting"], found["broken"], found["silent"]) == (
        2,
        1,
        1,
        ["test_silent"],
    )
