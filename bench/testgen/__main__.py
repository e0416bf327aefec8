"""python3 -m testgen: makes suites, judges them, prints the table. See README.md or --help."""

import argparse
import concurrent.futures
import fnmatch
import json
import platform
import sys
import time
from pathlib import Path

from . import clones, judge, make, mutants, prepare, scores, subjects, table
from .tools import TOOLS, Setting

STEPS = ("coverage", "mutants", "faults", "flaky", "reading")


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="testgen", description=__doc__)
    parser.add_argument(
        "--state", type=Path, required=True, help="where all is kept, and found again"
    )
    parser.add_argument("--program", type=Path, required=True, help="the testudo to be judged")
    parser.add_argument("--subjects", type=Path, action="append", default=[], metavar="DIR")
    parser.add_argument("--tools", default="testudo,pynguin,own,import")
    parser.add_argument(
        "--budget", type=int, default=30, help="seconds that testudo has for a module"
    )
    parser.add_argument("--search", type=int, default=60, help="seconds that pynguin may search")
    parser.add_argument("--after", type=int, default=840, help="seconds that it has after that")
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--only", default="*", help="modules, as comma-separated patterns")
    parser.add_argument(
        "--steps", default=",".join(STEPS), help="what to judge; validity is always"
    )
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument(
        "--no-lock", action="store_true", help="without the subjects of the lock file"
    )
    parser.add_argument(
        "--made-only", action="store_true", help="judges what is there, makes nothing"
    )
    parser.add_argument("--json", type=Path, help="where everything goes")
    parser.add_argument("--modules", action="store_true", help="prints a line for each module, too")
    parser.add_argument(
        "--freeze", action="store_true", help="draws the mutants of the lock's subjects anew"
    )
    parser.add_argument(
        "--clones", type=Path, metavar="DIR", help="writes renamed clones of the subjects to DIR"
    )
    return parser


def chosen(args: argparse.Namespace) -> list[subjects.Case]:
    """The modules to work on."""
    folders = list(args.subjects)
    if not args.no_lock:
        folders.append(prepare.prepare_all(args.state))
    patterns = args.only.split(",")
    cases = subjects.read_all(folders)
    return [c for c in cases if any(fnmatch.fnmatch(c.name, p) or p in c.name for p in patterns)]


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def work(
    args: argparse.Namespace, setting: Setting, tool: str, case: subjects.Case, seed: int
) -> dict | None:
    """One run, made and judged; None if there is none to judge."""
    if tool == "own" and not case.own:
        return None
    if args.made_only and not make.is_made(TOOLS[tool], case, seed, setting):
        return None
    started = time.monotonic()
    run = make.make(TOOLS[tool], case, seed, setting)
    judged = judge.judge(run, args.state, set(args.steps.split(",")))
    has = {"branches": 1, "mutants": len(mutants.of(case, args.state)), "faults": len(case.faulty)}
    figures = scores.of_run(judged, has)
    shown = {k: f"{100 * figures[k]:.0f}" for k in scores.SHARES if figures[k] is not None}
    say(
        f"{tool} {case.name} seed {seed}: {shown if figures['valid'] else 'invalid'}"
        f" ({time.monotonic() - started:.0f} s)"
    )
    return {"tool": tool, "case": case.name, "seed": seed, "figures": figures, "judged": judged}


def work_all(args: argparse.Namespace, setting: Setting, cases: list[subjects.Case]) -> list[dict]:
    """All runs; one that the judge itself fails on is named, and the rest goes on."""
    seeds = [int(word) for word in args.seeds.split(",")]
    jobs = [
        (tool, case, seed)
        for case in cases
        for tool in args.tools.split(",")
        for seed in (seeds if TOOLS[tool].seeded else seeds[:1])
    ]
    results = []
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        waiting = {pool.submit(work, args, setting, *job): job for job in jobs}
        for done in concurrent.futures.as_completed(waiting):
            tool, case, seed = waiting[done]
            try:
                results.append(done.result())
            except Exception as error:  # noqa: BLE001
                say(f"NOT JUDGED {tool} {case.name} seed {seed}: {type(error).__name__}: {error}")
    return [result for result in results if result]


def gather(results: list[dict]) -> dict[str, dict[str, dict]]:
    """Figures by module and tool."""
    grouped: dict[str, dict[str, list]] = {}
    for result in sorted(results, key=lambda r: (r["case"], r["tool"], r["seed"])):
        grouped.setdefault(result["case"], {}).setdefault(result["tool"], []).append(
            result["figures"]
        )
    return {
        case: {t: scores.of_module(runs) for t, runs in row.items()}
        for case, row in grouped.items()
    }


def total(rows: dict, tool: str, beside: tuple[str, ...] = ()) -> dict | None:
    """A tool's figures over the modules that `beside` have been judged on, too."""
    found = [row[tool] for row in rows.values() if tool in row and all(b in row for b in beside)]
    return scores.of_tool(found) if found else None


def report(args: argparse.Namespace, results: list[dict]) -> str:
    """What is printed."""
    rows = gather(results)
    text = table.tools({name: t for name in args.tools.split(",") if (t := total(rows, name))})
    if args.modules:
        text += "\n" + table.modules(rows)
    us, them = total(rows, "testudo", ("pynguin",)), total(rows, "pynguin", ("testudo",))
    if us and them:
        text += f"\nOn the {us['modules']} modules that both have been judged on:\n"
        text += table.bars(
            us, them, total(rows, "own", ("testudo",)), total(rows, "testudo", ("own",))
        )
    return text


def main() -> int:
    args = options().parse_args()
    args.state = args.state.resolve()
    args.state.mkdir(parents=True, exist_ok=True)
    args.subjects = [folder.resolve() for folder in args.subjects]
    cases = chosen(args)
    if not cases:
        print("no module is meant by that", file=sys.stderr)
        return 2
    if args.freeze:
        for case in cases:
            mutants.write(mutants.freeze(case, args.state), mutants.FROZEN / f"{case.key}.json")
            say(f"frozen: {case.name}")
        return 0
    if args.clones:
        return clones.write_all(cases, args.clones.resolve(), say)
    setting = Setting(args.state, args.program.resolve(), args.budget, args.search, args.after)
    results = work_all(args, setting, cases)
    text = report(args, results)
    print(text, end="")
    if args.json:
        about = {
            "seeds": args.seeds,
            "budget": args.budget,
            "search": args.search,
            "judge": judge.VERSION,
            "python": platform.python_version(),
            "host": platform.platform(),
            "date": time.strftime("%F %T"),
        }
        versions = {r["tool"]: r["judged"]["made"]["version"] for r in results}
        everything = {"about": about, "versions": versions, "table": text, "runs": results}
        args.json.write_text(json.dumps(everything, indent=1) + "\n")
    return 0 if results else 1


if __name__ == "__main__":
    sys.exit(main())
