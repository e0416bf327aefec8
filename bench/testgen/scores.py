"""From judgements to figures: one run, one module over its seeds, one tool over its modules.

`of_run` gives the figures of one run, shares between 0 and 1, None where there is nothing to
count. An invalid suite scores 0 in all; one with a flaky test keeps half of its score. `of_module`
takes the median over seeds, `of_tool` the mean over modules, so that a large module counts as
much as a small one.
"""

import statistics

WEIGHTS = {"branch": 0.3, "mutation": 0.35, "faults": 0.35}
SHARES = ("branch", "line", "mutation", "faults", "score")
SUMS = ("tests", "silent", "xfail", "statements", "lint", "flaky")


def share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _total(figures: dict) -> float | None:
    """The weighted score; a part that the module does not have gives its weight to the others."""
    parts = [
        (figures[name], weight) for name, weight in WEIGHTS.items() if figures[name] is not None
    ]
    if not parts:
        return None
    score = sum(value * weight for value, weight in parts) / sum(weight for _, weight in parts)
    return score / 2 if figures["flaky"] else score


def of_run(judged: dict, has: dict) -> dict:
    """`has` says what the module has: {"branches", "faults", "mutants"} as counts."""
    valid = judged["valid"]["valid"]
    coverage, mutants = judged.get("coverage", {}), judged.get("mutants", {})
    faults, reading = judged.get("faults", {}), judged.get("reading", {})

    def counted(table: dict, part: str, whole: str, there: int) -> float | None:
        if not valid:
            return 0.0 if there else None
        return (
            share(table.get(part, 0), table.get(whole, 0))
            if table.get(whole)
            else (0.0 if there and table else None)
        )

    figures = {
        "valid": valid,
        "branch": counted(coverage, "branches", "branches_of", has["branches"]),
        "line": counted(coverage, "lines", "lines_of", 1),
        "mutation": counted(mutants, "killed", "of", has["mutants"]),
        "faults": counted(faults, "found", "of", has["faults"]),
        "flaky": len(judged.get("flaky", {}).get("flips", {})),
        "tests": reading.get("tests", 0),
        "silent": reading.get("tests", 0) - reading.get("asserting", 0),
        "xfail": reading.get("xfail", 0),
        "statements": reading.get("statements", 0),
        "lint": reading.get("lint", 0),
        "seconds": judged["made"]["seconds"],
        "megabytes": judged["made"]["peak_bytes"] / (1 << 20),
        "same_bytes": judged["made"].get("same_bytes"),
        "touched": len(judged["made"]["touched"])
        + len(judged["valid"].get("result", {}).get("touched", [])),
    }
    if valid and coverage.get("lines_of") and not coverage.get("branches_of"):
        figures["branch"] = None  # the module has none: there is nothing to reach
    figures["score"] = _total(figures)
    return figures


def _middle(values: list) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def of_module(runs: list[dict]) -> dict:
    """The medians over seeds; what must never happen is counted over all of them."""
    medians = {
        name: _middle([r[name] for r in runs]) for name in (*SHARES, *SUMS, "seconds", "megabytes")
    }
    medians["flaky"] = sum(r["flaky"] for r in runs)
    medians["touched"] = sum(r["touched"] for r in runs)
    medians["valid"] = sum(r["valid"] for r in runs) / len(runs)
    same = [r["same_bytes"] for r in runs if r["same_bytes"] is not None]
    medians["same_bytes"] = sum(same) / len(same) if same else None
    return medians


def of_tool(modules: list[dict]) -> dict:
    """Means of shares, sums of counts."""

    def mean(name: str) -> float | None:
        known = [m[name] for m in modules if m[name] is not None]
        return sum(known) / len(known) if known else None

    total = {name: mean(name) for name in (*SHARES, "valid", "seconds", "megabytes", "same_bytes")}
    total |= {name: sum(m[name] or 0 for m in modules) for name in (*SUMS, "touched")}
    total["modules"] = len(modules)
    return total
