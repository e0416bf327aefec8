"""Takes the examples out of documentation, so that no tool can read its expected values there.

`examples` replaces each doctest's prompt and output lines by empty lines: the code and its line
numbers stay as they are, the rest of the text too.
"""

import ast


def _documentation(tree: ast.Module):
    """Docstrings, and other strings of several lines: some are made a docstring by assignment."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if any(line.strip().startswith(">>>") for line in node.value.splitlines()):
                yield node


def _without_examples(lines: list[str]) -> list[str]:
    """`lines` are one string's; its last one holds the closing quotes and keeps them."""
    kept, inside = [], False
    for number, line in enumerate(lines):
        text = line.strip()
        if text.startswith(">>>") or (number == 0 and ">>>" in text):
            inside = True
        elif inside and not text:
            inside = False
        last = number == len(lines) - 1
        if not inside:
            kept.append(line)
        elif number == 0:
            kept.append(line[: line.index(">>>")] + ("\n" if line.endswith("\n") else ""))
        elif last:
            quotes = text[-3:] if text[-3:] in ('"""', "'''") else text[-1:]
            kept.append(line[: len(line) - len(line.lstrip())] + quotes)
        else:
            kept.append("\n")
    return kept


def examples(source: str) -> str:
    """`source` without doctests; the same program, documentation aside."""
    tree = ast.parse(source)
    lines = source.splitlines(keepends=True)
    for node in _documentation(tree):
        first, last = node.lineno - 1, node.end_lineno - 1
        if first == last or not any(">>>" in line for line in lines[first : last + 1]):
            continue
        encoded = lines[last].encode()
        body, rest = (
            encoded[: node.end_col_offset].decode(),
            encoded[node.end_col_offset :].decode(),
        )
        block = _without_examples(lines[first:last] + [body])
        block[-1] += rest
        lines[first : last + 1] = block
    stripped = "".join(lines)
    ast.parse(stripped)
    return stripped
