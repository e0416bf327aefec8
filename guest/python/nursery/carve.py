"""Calls of the target that the project's other files hold: its tests, its call sites, its
documentation. They are read, never run: a call counts if each of its values is a literal, or a name
that stands for one in the same function: by assignment, a loop over literals, or `parametrize`.
"""

import ast
import os
import re

FILES_MAX, FILE_MAX, ALL_MAX, ROWS_MAX, STATEMENTS_MAX = 400, 300_000, 8_000_000, 30, 8
DOCS_MAX = 40
SKIPPED = frozenset(("node_modules", "__pycache__", "build", "dist", "venv", "site-packages",
                     "testudo-report"))
FENCE = re.compile(r"^ {0,3}```+ *(?:python|py|pycon)\b[^\n]*\n(.*?)^ {0,3}```",
                   re.DOTALL | re.MULTILINE)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef)
UNKNOWN = object()
# What was generated before: with it as a seed, the same command would not write the same again.
OURS, HEAD = b", written by Testudo ", 300


def files_below(root):
    """(path, is it Python), in an order that is always the same."""
    count = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(one for one in folders if one not in SKIPPED and one[:1] != ".")
        for name in sorted(names):
            kind = name.rpartition(".")[2].lower()
            if kind in ("py", "md", "rst", "txt") and count < FILES_MAX:
                count += 1
                yield os.path.join(folder, name), kind == "py"


def texts(described, root):
    """(text, is it Python) of the files that could speak of the module."""
    module = described.module.__name__
    top, last = (re.escape(one) for one in (module.partition(".")[0], module.rpartition(".")[2]))
    names_it = re.compile((r"\b%s\b|\b(?:from\s+%s\s+import|import\s+%s\s)"
                           % (last, top, top)).encode())
    taken = documents = 0
    for path, is_python in files_below(root):
        try:
            if os.path.getsize(path) > FILE_MAX or os.path.samefile(path, described.source.path):
                continue
            with open(path, "rb") as file:
                data = file.read(FILE_MAX)
        except OSError:
            continue
        documents += not is_python
        if taken + len(data) <= ALL_MAX and (is_python or documents <= DOCS_MAX) \
                and names_it.search(data) and OURS not in data[:HEAD]:
            taken += len(data)
            yield data.decode("utf-8", "replace"), is_python


# ---- names ----------------------------------------------------------------------------------

class Names:
    """What names of a file stand for callables of the module, by its imports."""

    def __init__(self, described, tree, bare):
        self.known = described.index_by_qual
        self.module = described.module.__name__
        self.last, self.top = self.module.rpartition(".")[2], self.module.partition(".")[0]
        self.names = {name: name for name in self.known} if bare else {}
        self.prefixes = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                self.imported(node)
            elif isinstance(node, ast.ImportFrom):
                self.imported_from(node)

    def imported(self, node):
        for alias in node.names:
            if alias.name == self.module or alias.name == self.top:
                self.prefixes.add(alias.asname or alias.name)

    def imported_from(self, node):
        """From the module, or from a package of the same name that passes it on."""
        parts = (node.module or "").split(".")
        ours = parts[-1] == self.last or parts[0] == self.top or node.level
        for alias in node.names if ours else ():
            if alias.name == self.last and alias.name not in self.known:
                self.prefixes.add(alias.asname or alias.name)
            elif alias.name in self.known:
                self.names[alias.asname or alias.name] = alias.name
            elif alias.name == "*":
                self.names.update((name, name) for name in self.known if name[:1] != "_")

    def qual(self, node):
        text = dotted(node)
        if text is None:
            return None
        head, _, rest = text.partition(".")
        if head in self.names:
            return self.names[head] + ("." + rest if rest else "")
        for prefix in self.prefixes:
            if text.startswith(prefix + "."):
                return text[len(prefix) + 1:]
        return None

    def index(self, node):
        return self.known.get(self.qual(node))


def dotted(node):
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return before and before + "." + node.attr
    return None


# ---- values ---------------------------------------------------------------------------------

def value_of(node, known):
    """A literal, with names for what they are known to stand for; else UNKNOWN."""
    if isinstance(node, ast.Name):
        return known.get(node.id, UNKNOWN)
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        items = [value_of(one, known) for one in node.elts]
        kind = {ast.List: list, ast.Tuple: tuple, ast.Set: set}[type(node)]
        try:
            return UNKNOWN if any(one is UNKNOWN for one in items) else kind(items)
        except TypeError:
            return UNKNOWN
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return UNKNOWN


def rows_of(target, values):
    """[{name: value}] for `for target in values`."""
    rows = []
    for value in values if isinstance(values, (list, tuple)) else ():
        if isinstance(target, ast.Name):
            rows.append({target.id: value})
        elif isinstance(target, ast.Tuple) and isinstance(value, (list, tuple)) \
                and len(value) == len(target.elts):
            rows.append({one.id: part for one, part in zip(target.elts, value)
                         if isinstance(one, ast.Name)})
    return rows[:ROWS_MAX]


def parametrized(function):
    for one in function.decorator_list:
        if isinstance(one, ast.Call) and (dotted(one.func) or "").endswith("parametrize") \
                and len(one.args) > 1 and isinstance(one.args[1], (ast.List, ast.Tuple)):
            names = value_of(one.args[0], {})
            names = re.findall(r"\w+", names) if isinstance(names, str) else list(names) \
                if isinstance(names, (list, tuple)) else []
            target = ast.Tuple([ast.Name(str(name), ast.Store()) for name in names], ast.Store())
            cells = [case.args if isinstance(case, ast.Call) else [case]
                     for case in one.args[1].elts]
            values = [value_of(case[0] if len(case) == 1 else ast.Tuple(case, ast.Load()), {})
                      for case in cells]
            yield rows_of(target if len(names) != 1 else target.elts[0],
                          [value for value in values if value is not UNKNOWN])


# ---- programs -------------------------------------------------------------------------------

def must_raise(node):
    if isinstance(node, ast.Try):
        return bool(node.handlers)
    return any(isinstance(one.context_expr, ast.Call) and re.search(
        "raises|assertRaises", dotted(one.context_expr.func) or "") for one in node.items)


class Scope:
    """One function, or the statements of a file that stand in none, from top to bottom."""

    def __init__(self, names, kinds, emit):
        self.names, self.kinds, self.emit = names, kinds, emit
        self.known, self.objects, self.rows = {}, {}, []
        self.fails = 0           # in a block that must raise: nothing comes after such a call

    def play(self, body):
        for node in body:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 \
                    and isinstance(node.targets[0], ast.Name):
                self.assign(node.targets[0].id, node.value)
            elif isinstance(node, (ast.For, ast.AsyncFor)):
                self.rows.append(rows_of(node.target, value_of(node.iter, self.known)))
            self.calls(node)
            for name in ("body", "orelse", "finalbody"):
                inner = getattr(node, name, None)
                if isinstance(inner, list) and not isinstance(node, SCOPES + (ast.ClassDef,)):
                    self.inside(node, inner)

    def inside(self, node, body):
        fails = isinstance(node, (ast.With, ast.Try)) and must_raise(node)
        self.fails += fails
        self.play(body)
        self.fails -= fails

    def assign(self, name, node):
        self.known.pop(name, None)
        self.objects.pop(name, None)
        value = value_of(node, self.known)
        if value is not UNKNOWN:
            self.known[name] = value
            return
        made = self.program(node, self.known)
        if made is not None and len(made) == 1 and self.kinds[made[0][1]] == "constructor":
            self.objects[name] = made

    def calls(self, node):
        """Those of this statement itself, inner ones first; not those of statements inside."""
        for one in ast.iter_child_nodes(node):
            if not isinstance(one, (ast.stmt, ast.ExceptHandler)):
                self.calls(one)
        if isinstance(node, ast.Call):
            for known in [self.known] + [dict(self.known, **row) for rows in self.rows
                                         for row in rows]:
                program = self.program(node, known)
                if program is not None:
                    self.emit(program)
                    self.remember(node, program)

    def remember(self, node, program):
        """What was done to an object happens before what is done next."""
        holder = getattr(getattr(node.func, "value", None), "id", None)
        if holder in self.objects and not self.fails and len(program) < STATEMENTS_MAX:
            self.objects[holder] = program

    def program(self, node, known):
        if not isinstance(node, ast.Call) or any(one.arg is None for one in node.keywords):
            return None
        arguments = tuple(value_of(one, known) for one in node.args)
        keywords = {one.arg: value_of(one.value, known) for one in node.keywords}
        if any(one is UNKNOWN for one in (*arguments, *keywords.values())):
            return None
        index = self.names.index(node.func)
        if index is not None and self.kinds[index] != "method":
            return ((0, index, arguments, keywords, False),)
        return self.method(node.func, arguments, keywords, known)

    def method(self, function, arguments, keywords, known):
        if not isinstance(function, ast.Attribute):
            return None
        holder = function.value
        made = self.objects.get(holder.id) if isinstance(holder, ast.Name) \
            else self.program(holder, known)
        if made is None or self.kinds[made[0][1]] != "constructor":
            return None
        qual = self.names.quals[made[0][1]] + "." + function.attr
        index = self.names.known.get(qual)
        if index is None or self.kinds[index] != "method":
            return None
        return made + ((0, index, ((..., "var", 0),) + arguments, keywords, True),)


def blocks_of(text):
    """Python code in a text: fenced, or examples of an interpreter's dialogue."""
    import doctest
    for found in FENCE.finditer(text):
        if ">>>" not in found[1]:
            yield found[1]
    if ">>>" in text:
        try:
            yield "".join(one.source for one in doctest.DocTestParser().get_examples(text))
        except ValueError:
            pass


def read(described, text, bare, emit):
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    names = Names(described, tree, bare)
    if not names.names and not names.prefixes:
        return
    kinds = [one["kind"] for one in described.callables]
    names.quals = [one["qual"] for one in described.callables]
    Scope(names, kinds, emit).play(tree.body)
    for node in ast.walk(tree):
        if isinstance(node, SCOPES):
            scope = Scope(names, kinds, emit)
            scope.rows += parametrized(node)
            scope.play(node.body)


def programs(described, root, emit):
    """emit(program, origin) for each."""
    for text, is_python in texts(described, root):
        if is_python:
            read(described, text, False, lambda program: emit(program, "call site"))
            continue
        for block in blocks_of(text):
            read(described, block, True, lambda program: emit(program, "documentation"))
