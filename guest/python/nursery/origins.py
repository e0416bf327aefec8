"""How did an exception come about? Decides whether it is behaviour to test or a wrong call."""

import ast

from .observe import frames_of

NONE, RAISE, DOCUMENTED, OPERATION, LIBRARY, CALL, ARGUMENT = range(7)


def raise_lines(tree):
    """Lines of `raise` and `assert`: the names of what they may raise; None: anything."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):
            names = raised_names(node)
        elif isinstance(node, ast.Assert):
            names = {"AssertionError"}
        else:
            continue
        for line in range(node.lineno, node.end_lineno + 1):
            found[line] = names
    return found


def raised_names(node):
    made = node.exc
    if isinstance(made, ast.Call):
        made = made.func
    name = getattr(made, "attr", getattr(made, "id", None))
    return {name} if name and name[:1].isupper() else None


def names_by_line(tree):
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.setdefault(node.lineno, set()).add(node.id)
    return found


class Origins:
    def __init__(self, source, callables):
        self.path = source.path
        self.raises = raise_lines(source.tree)
        self.names = names_by_line(source.tree)
        self.callables = callables

    def of(self, run):
        error = run.error
        found = frames_of(error)
        ours = [one for one in found if one[0].f_code.co_filename == self.path]
        if not ours:
            if found:
                return LIBRARY
            return CALL if isinstance(error, TypeError) else LIBRARY
        frame, line, _last = ours[-1]
        inner = ours[-1] is found[-1]
        if inner and line in self.raises:
            names = self.raises[line]
            if names is None or type(error).__name__ in names:
                return RAISE
        if self.is_documented(run, error):
            return DOCUMENTED
        if isinstance(error, (TypeError, AttributeError)) and self.is_of_argument(run, frame, line):
            return ARGUMENT
        return OPERATION if inner else LIBRARY

    def is_documented(self, run, error):
        one = run.program[run.at] if run.at < len(run.program) else None
        if not one or one[0] != 0 or one[1] >= len(self.callables):
            return False
        return type(error).__name__ in self.callables[one[1]].get("documented", ())

    def is_of_argument(self, run, frame, line):
        """Does the line use an argument just as it was given?"""
        given = run.given.get(run.at)
        if given is None:
            return False
        passed = {id(value) for value in given[0]} | {id(value) for value in given[1].values()}
        try:
            local = frame.f_locals
        except Exception:
            return False
        return any(id(local[name]) in passed for name in self.names.get(line, ()) if name in local)
