"""cosmic.py FILE SEED COUNT: a draw of the mutants that cosmic-ray makes of FILE, as JSON.

Runs in the environment of locks/judge.txt, which has cosmic-ray. All places are known to the draw:
it takes one mutant of each place in a shuffled order, then a second of each, and so on, so that an
operator with eleven variants at a place does not crowd out the others. Left out is what no test
can tell or any import does: annotations, `if __name__ == "__main__"`, `if TYPE_CHECKING`, mutants
that parse to the same program or do not parse. A mutant is a replacement in the text:
{"operator", "occurrence", "line", "start", "end", "text"}, offsets in characters.
"""

import ast
import hashlib
import json
import random
import sys
from importlib.metadata import version
from pathlib import Path

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code


def operators():
    """The operators that need no arguments."""
    for name in sorted(cosmic_ray.plugins.operator_names()):
        kind = cosmic_ray.plugins.get_operator(name)
        if not kind.arguments() and not name.endswith("NoOp"):
            yield name, kind()


def unjudged(tree: ast.Module) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The spans that no mutant is taken from."""
    spans = []
    for node in ast.walk(tree):
        inner = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        if isinstance(node, ast.If) and any(
            w in ast.unparse(node.test) for w in ("__name__", "TYPE_CHECKING")
        ):
            inner += node.body
        spans += [((n.lineno, n.col_offset), (n.end_lineno, n.end_col_offset)) for n in inner if n]
    return spans


def places(source: str):
    """All mutants as (operator, occurrence, place), by place."""
    spans = unjudged(ast.parse(source))
    nodes = list(ast_nodes(get_ast(source)))
    found: dict[tuple, list] = {}
    for name, operator in operators():
        positions = (position for node in nodes for position in operator.mutation_positions(node))
        for occurrence, (start, end) in enumerate(positions):
            if not any(low <= start and end <= high for low, high in spans):
                found.setdefault((start, end), []).append((name, operator, occurrence))
    return found


def order(found: dict, seed: str) -> list:
    """The mutants in the order of the draw."""
    draw = random.Random(seed)
    groups = [found[place] for place in sorted(found)]
    for group in groups:
        draw.shuffle(group)
    draw.shuffle(groups)
    rounds = max(map(len, groups), default=0)
    return [group[turn] for turn in range(rounds) for group in groups if turn < len(group)]


def replacement(source: str, mutated: str) -> tuple[int, int, str]:
    """The shortest stretch of `source` that differs, and what stands there in `mutated`."""
    start = 0
    while start < min(len(source), len(mutated)) and source[start] == mutated[start]:
        start += 1
    tail = 0
    while tail < min(len(source), len(mutated)) - start and source[-1 - tail] == mutated[-1 - tail]:
        tail += 1
    return start, len(source) - tail, mutated[start : len(mutated) - tail]


def is_other_program(source_tree: str, mutated: str) -> bool:
    try:
        return ast.dump(ast.parse(mutated)) != source_tree
    except (SyntaxError, ValueError):
        return False


def main() -> None:
    path, seed, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    source = path.read_text()
    tree = ast.dump(ast.parse(source))
    drawn = order(places(source), seed)
    mutants: list[dict] = []
    for name, operator, occurrence in drawn:
        if len(mutants) == count:
            break
        mutated = mutate_code(source, operator, occurrence)
        if mutated is None or not is_other_program(tree, mutated):
            continue
        start, end, text = replacement(source, mutated)
        where = {"line": source.count("\n", 0, start) + 1, "start": start, "end": end, "text": text}
        mutants.append({"operator": name, "occurrence": occurrence} | where)
    digest = hashlib.sha256(source.encode()).hexdigest()
    about = {
        "tool": f"cosmic-ray {version('cosmic_ray')}",
        "seed": seed,
        "source": digest,
        "places": len(drawn),
    }
    json.dump(about | {"mutants": mutants}, sys.stdout)


if __name__ == "__main__":
    main()
