"""The table as text: a line for each tool, then a line for each module; and the bars.

Shares are in per cent. `-` is what there is nothing of. Bars are only spoken of when both
contestants are in the table, over the modules that both have been judged on.
"""

COLUMNS = (
    ("valid", "valid", "share"),
    ("branch", "branch", "share"),
    ("line", "line", "share"),
    ("mutation", "mutants", "share"),
    ("faults", "faults", "share"),
    ("score", "score", "share"),
    ("flaky", "flaky", "count"),
    ("tests", "tests", "count"),
    ("silent", "silent", "count"),
    ("xfail", "xfail", "count"),
    ("length", "stmts", "decimal"),
    ("lint", "lint", "count"),
    ("same_bytes", "same", "share"),
    ("touched", "canary", "count"),
    ("seconds", "s", "decimal"),
    ("megabytes", "MB", "count"),
)
SHOWN = {
    "share": lambda v: f"{100 * v:.0f}",
    "count": lambda v: f"{v:.0f}",
    "decimal": lambda v: f"{v:.1f}",
}


def _cells(figures: dict) -> list[str]:
    tests = figures["tests"]
    values = figures | {"length": figures["statements"] / tests if tests else None}
    return ["-" if values[name] is None else SHOWN[kind](values[name]) for name, _, kind in COLUMNS]


def _lay(rows: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        first, *others = row
        cells = [first.ljust(widths[0])] + [
            c.rjust(w) for c, w in zip(others, widths[1:], strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def tools(totals: dict[str, dict]) -> str:
    """A line for each tool."""
    head = ["tool", "modules", *(title for _, title, _ in COLUMNS)]
    return _lay([head] + [[name, str(t["modules"]), *_cells(t)] for name, t in totals.items()])


def modules(table: dict[str, dict[str, dict]]) -> str:
    """A line for each module and tool, by module."""
    head = ["module", "tool", *(title for _, title, _ in COLUMNS)]
    rows = [[case, tool, *_cells(f)] for case, row in table.items() for tool, f in row.items()]
    return _lay([head, *rows])


def _gap_bar(name: str, us: float, them: float, points: float) -> str:
    """Ahead by `points`, or two thirds of what they leave, whichever is less."""
    wanted = min(them + points, them + (1 - them) * 2 / 3)
    verdict = "reached" if us >= wanted else "missed"
    return (
        f"{verdict:8} {name}: {100 * us:.1f}, wanted {100 * wanted:.1f} (pynguin {100 * them:.1f})"
    )


def bars(us: dict, them: dict, own: dict | None, ours_beside_own: dict | None) -> str:
    """The issue's bars on what has been judged; `own` and what we have on the same modules."""
    lines = [
        _gap_bar("branches", us["branch"] or 0, them["branch"] or 0, 0.15),
        _gap_bar("mutants", us["mutation"] or 0, them["mutation"] or 0, 0.35),
    ]

    def bar(name: str, met: bool, shown: str) -> None:
        lines.append(f"{'reached' if met else 'missed':8} {name}: {shown}")

    if own and ours_beside_own and own["mutation"] is not None:
        gap = own["mutation"] - (ours_beside_own["mutation"] or 0)
        bar("mutants within 10 points of own suites", gap <= 0.10, f"{100 * gap:.1f} points below")
    if us["faults"] is not None:
        bar(
            "faults found, at least 90",
            us["faults"] >= 0.9,
            f"{100 * us['faults']:.1f} (pynguin {100 * (them['faults'] or 0):.1f})",
        )
    bar("valid, all", us["valid"] == 1, f"{100 * us['valid']:.1f}")
    for name, title in (
        ("flaky", "flaky, none"),
        ("silent", "without assertion, none"),
        ("xfail", "xfail, none"),
        ("touched", "canaries touched, none"),
    ):
        bar(title, us[name] == 0, f"{us[name]:.0f}")
    if us["same_bytes"] is not None:
        bar("same bytes, always", us["same_bytes"] == 1, f"{100 * us['same_bytes']:.1f}")
    return "\n".join(lines) + "\n"
