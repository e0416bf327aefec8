"""Trees that are never changed: whoever wants another one gets a copy of what differs."""

import ast


def like(node, **fields):
    """A copy of this node with other fields, at the same place in the source."""
    new = node.__class__.__new__(node.__class__)
    new.__dict__.update(node.__dict__)
    new.__dict__.update(fields)
    return new


def at(new, old):
    """Gives a new node, and the new ones in it, the place of an old one."""
    new = ast.copy_location(new, old)
    for child in ast.iter_child_nodes(new):
        if not hasattr(child, "lineno") and "lineno" in child._attributes:
            at(child, old)
        elif "lineno" not in child._attributes:
            ast.fix_missing_locations(child)
    return new


def replaced(node, old, new):
    """The tree with `new` (a node, or a list of statements) in the place of `old`."""
    if node is old:
        return new
    changes = {}
    for name, field in ast.iter_fields(node):
        if isinstance(field, list):
            items, changed = [], False
            for item in field:
                copy = replaced(item, old, new) if isinstance(item, ast.AST) else item
                changed = changed or copy is not item
                items.extend(copy if isinstance(copy, list) else [copy])
            if changed:
                changes[name] = items
        elif isinstance(field, ast.AST):
            copy = replaced(field, old, new)
            if copy is not field:
                changes[name] = copy
    return like(node, **changes) if changes else node


class Copier:
    """Visits a tree and gives a new one; a visitor for a class of nodes is named as in ast."""

    def visit(self, node):
        return getattr(self, "visit_" + node.__class__.__name__, self.copy)(node)

    def copy(self, node, skip=()):
        changes = {}
        for name, field in ast.iter_fields(node):
            if name in skip:
                continue
            if isinstance(field, list):
                changes[name] = self.many(field)
            elif isinstance(field, ast.AST):
                changes[name] = self.visit(field)
        return like(node, **changes)

    def many(self, nodes):
        items = []
        for node in nodes:
            new = self.visit(node) if isinstance(node, ast.AST) else node
            items.extend(new if isinstance(new, list) else [new])
        return items
