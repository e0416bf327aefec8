"""Literals of the source and what stands next to them: the values that decisions ask for."""

import ast

CONSTANTS_MAX = 1500


def neighbours(value):
    if isinstance(value, bool) or value is None or value is ...:
        return []
    if isinstance(value, int):
        return [value, value - 1, value + 1]
    if isinstance(value, float):
        return [value, value - 0.5, value + 0.5]
    if isinstance(value, str):
        return [value] if len(value) <= 200 else []
    if isinstance(value, bytes):
        return [value] if len(value) <= 200 else []
    return []


def of(described):
    found, seen = [], set()
    owners = described.source.outline.owners

    def add(owner, value):
        key = (owner, type(value), value)
        if key not in seen and len(found) < CONSTANTS_MAX:
            seen.add(key)
            found.append((owner, value))

    def walk(node, owner):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and owner < 0:
            owner = owners.get(node, -1)
        if isinstance(node, ast.Constant):
            for value in neighbours(node.value):
                add(owner, value)
        for child in ast.iter_child_nodes(node):
            walk(child, owner)

    walk(described.source.tree, -1)
    return found
