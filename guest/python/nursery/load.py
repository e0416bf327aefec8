"""Imports the module under test from its instrumented tree; everything else as it is."""

import ast
import builtins
import hashlib
import importlib
import importlib.util
import os
import sys
from importlib.machinery import SourceFileLoader

from . import transform
from .outline import Outline

LIBRARY = os.path.dirname(os.__file__) + "/"


class Source:
    """The module's text and what the transform found in it."""

    def __init__(self, path, data):
        self.path, self.data = path, data
        self.digest = hashlib.sha256(data).hexdigest()
        self.text = importlib.util.decode_source(data)
        self.tree = ast.parse(data, path)
        self.flags = future_flags(self.tree)
        self.outline = Outline(self.tree)
        self.goals = transform.Goals(self.text)
        self.excluded = transform.excluded_lines(self.text)
        self.code = compile_tree(self, transform.instrument(
            self.tree, self.goals, self.outline.owners, self.excluded))

    def quiet(self, tree):
        """With fuel only: of a part of the tree, or of a mutated one."""
        return compile_tree(self, transform.instrument(
            tree, self.goals, self.outline.owners, self.excluded, quiet=True))


def future_flags(tree):
    import __future__
    flags = 0
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for alias in node.names:
                flags |= getattr(__future__, alias.name).compiler_flag
    return flags


def compile_tree(source, tree):
    return compile(tree, source.path, "exec", flags=source.flags, dont_inherit=True)


class Loader(SourceFileLoader):
    """Gives the code it was made with; the file is the real one, so inspect finds the source."""

    def __init__(self, name, path, code):
        super().__init__(name, path)
        self.code = code

    def get_code(self, fullname):
        return self.code


class Finder:
    """First on sys.meta_path, for one name."""

    def __init__(self, name, ready=lambda source: None):
        """ready is called before the first line of the module runs."""
        self.name, self.source, self.code, self.ready = name, None, None, ready

    def find_spec(self, name, path=None, target=None):
        if name != self.name:
            return None
        for other in sys.meta_path:
            if other is not self and hasattr(other, "find_spec"):
                spec = other.find_spec(name, path, target)
                if spec is not None:
                    return self.instrumented(spec)
        return None

    def instrumented(self, spec):
        if not isinstance(spec.loader, SourceFileLoader) or not spec.origin:
            return spec
        if self.source is None:
            with open(spec.origin, "rb") as file:
                self.source = Source(spec.origin, file.read())
            self.ready(self.source)
        spec.loader = Loader(spec.name, spec.origin, self.code or self.source.code)
        return spec


def import_module(finder, root):
    if root not in sys.path:
        sys.path.insert(0, root)
    if finder not in sys.meta_path:
        sys.meta_path.insert(0, finder)
    return importlib.import_module(finder.name)


def imported_later(tree):
    """Modules that functions import when they are called."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for one in ast.walk(node):
                if isinstance(one, ast.Import):
                    yield from (alias.name for alias in one.names)
                elif isinstance(one, ast.ImportFrom) and not one.level and one.module:
                    yield one.module
                elif isinstance(one, ast.Call) and one.args and getattr(
                        one.func, "attr", getattr(one.func, "id", "")) in IMPORTERS:
                    name = getattr(one.args[0], "value", None)
                    if type(name) is str:
                        yield name


IMPORTERS = ("import_module", "__import__")
HARMLESS = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Assign,
            ast.AnnAssign)
FILE_MAX = 1_000_000


def is_harmless(tree):
    """Does importing it define things, and no more?"""
    return all(isinstance(one, HARMLESS) or isinstance(one, ast.Expr)
               and isinstance(one.value, ast.Constant) for one in tree.body)


def only_defines(spec):
    """A module of the project whose import nobody could notice."""
    if not isinstance(getattr(spec, "loader", None), SourceFileLoader) or is_installed(spec):
        return False
    try:
        with open(spec.origin, "rb") as file:
            tree = ast.parse(file.read(FILE_MAX))
    except (OSError, SyntaxError, ValueError):
        return False
    return is_harmless(tree) and all(is_known(name) for name in imported_at_once(tree))


def imported_at_once(tree):
    for one in tree.body:
        if isinstance(one, ast.Import):
            yield from (alias.name for alias in one.names)
        elif isinstance(one, ast.ImportFrom):
            yield "." if one.level else one.module


def is_known(name):
    """Is it there already, or of the interpreter's library?"""
    if name in sys.modules:
        return True
    spec = None if name == "." else top_of(name)
    return spec is not None and is_of_library(spec) and not is_installed(spec)


def is_installed(spec):
    origin = getattr(spec, "origin", None) or ""
    return "/site-packages/" in origin or "/dist-packages/" in origin


def is_of_library(spec):
    """Of the interpreter's library, or installed: whose import is nobody's behaviour."""
    origin = getattr(spec, "origin", None) or ""
    return origin in ("built-in", "frozen") or origin.startswith(LIBRARY) or is_installed(spec)


def top_of(name):
    try:
        return importlib.util.find_spec(name.partition(".")[0])
    except (ImportError, ValueError, AttributeError):
        return None


def import_ahead(tree):
    """Now: the first candidate that calls such a function would seem to change the process. What is
    installed may start threads or end the interpreter, and stays the candidates' own affair; what the
    project has is imported if it only defines things."""
    for name in sorted(set(imported_later(tree)) - set(sys.modules)):
        spec = top_of(name)
        if is_of_library(spec) and not is_installed(spec) or "." not in name and only_defines(spec):
            try:
                importlib.import_module(name)
            except BaseException:    # then it is the function's own affair
                pass


def install(probe):
    for name, function in probe.names().items():
        setattr(builtins, name, function)
