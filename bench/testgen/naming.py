"""Which names of a package can be changed without changing what it does, and to what.

A `plan` is a table from old to new names for a whole package. A name is left alone if somebody
outside might mean the same: builtins, keywords, what is imported, attributes of builtin types and
of imported modules, keywords of foreign calls, words in strings. New names mean nothing, keep the
old one's underscores and case, and are always the same for the same name.
"""

import ast
import builtins
import hashlib
import importlib
import keyword
import re

WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
BUILTIN_TYPES = (
    str,
    bytes,
    list,
    dict,
    set,
    frozenset,
    tuple,
    int,
    float,
    complex,
    object,
    type,
    Exception,
    property,
    memoryview,
    bytearray,
    type(lambda: 0),
    type(i for i in ()),
    type(re.compile("")),
    type(re.match("", "")),
)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
DYNAMIC = {"locals", "vars", "exec", "eval", "globals"}


def is_all(node: ast.AST) -> bool:
    """`__all__ = ...` or `__slots__ = ...`: strings that are names."""
    targets = (
        node.targets
        if isinstance(node, ast.Assign)
        else [node.target]
        if isinstance(node, ast.AugAssign)
        else []
    )
    return any(isinstance(t, ast.Name) and t.id in ("__all__", "__slots__") for t in targets)


def documentation(tree: ast.AST) -> set[int]:
    """The identities of the strings that are nothing but text: docstrings, and others by themselves."""
    statements = (node for node in ast.walk(tree) if isinstance(node, ast.Expr))
    return {
        id(s.value)
        for s in statements
        if isinstance(s.value, ast.Constant) and isinstance(s.value.value, str)
    }


def defined(tree: ast.AST) -> set[str]:
    """Names that the file itself gives to something."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, DEFINITIONS):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
    return names


def _members(module: str) -> set[str]:
    """What a module of somebody else's has, and its classes have."""
    try:
        loaded = importlib.import_module(module)
    except Exception:  # noqa: BLE001
        return set()
    names = set(dir(loaded))
    for name in dir(loaded):
        value = getattr(loaded, name, None)
        if isinstance(value, type):
            names |= set(dir(value))
    return names


def _imports(tree: ast.AST, package: set[str]) -> tuple[set[str], set[str]]:
    """(foreign modules, names that imports bind or mean)"""
    modules, names = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {a.name for a in node.names if a.name.split(".")[0] not in package}
            names |= {word for a in node.names for word in (a.asname or a.name).split(".")}
        elif isinstance(node, ast.ImportFrom):
            names |= set((node.module or "").split("."))
            if node.level == 0 and node.module.split(".")[0] not in package:
                modules.add(node.module)
                names |= {word for a in node.names for word in (a.name, a.asname) if word}
    return modules, names


def _foreign_keywords(tree: ast.AST, own: set[str]) -> set[str]:
    """Keywords of calls to what the package does not define."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            callee = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            if callee not in own:
                names |= {k.arg for k in node.keywords if k.arg}
    return names


def _words_in_strings(tree: ast.AST) -> set[str]:
    """Words of strings that are neither documentation nor lists of names."""
    texts = documentation(tree)
    listed = {id(c) for node in ast.walk(tree) if is_all(node) for c in ast.walk(node)}
    names = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in texts | listed
        ):
            names |= set(WORD.findall(node.value))
    return names


def new_name(old: str) -> str:
    """A name that means nothing, of the same kind."""
    bare = old.strip("_")
    digest = hashlib.sha256(("clone " + old).encode()).digest()
    made = "".join(
        SYLLABLES[byte % len(SYLLABLES)] for byte in digest[: min(5, 2 + len(bare) // 4)]
    )
    if bare.isupper() and len(bare) > 1:
        made = made.upper()
    elif bare[0].isupper():
        made = made.capitalize()
    lead = len(old) - len(old.lstrip("_"))
    return "_" * lead + made + "_" * (len(old) - lead - len(bare))


def plan(
    trees: list[ast.Module], users: list[ast.Module], modules: set[str], package: set[str]
) -> dict[str, str]:
    """`modules` are the package's file names, `package` its top-level names, `users` its tests."""
    own: set[str] = set().union(*(defined(tree) for tree in trees))
    kept = set(dir(builtins)) | set(keyword.kwlist) | set(keyword.softkwlist) | {"self", "cls"}
    for kind in BUILTIN_TYPES:
        kept |= set(dir(kind))
    functions: set[str] = {
        n.name for tree in trees for n in ast.walk(tree) if isinstance(n, DEFINITIONS)
    }
    for tree in trees:
        foreign, names = _imports(tree, package)
        kept |= names & (modules | package) | (names - own)
        kept |= set().union(*(_members(module) for module in foreign))
        kept |= _foreign_keywords(tree, functions) | _words_in_strings(tree)
        if any(isinstance(n, ast.Name) and n.id in DYNAMIC for n in ast.walk(tree)):
            kept |= defined(tree)
    for tree in users:
        kept |= _foreign_keywords(tree, functions) | _words_in_strings(tree)
    names = sorted(
        n for n in own - kept if n.strip("_") and not (n.startswith("__") and n.endswith("__"))
    )
    table: dict[str, str] = {}
    for name in names:
        new = new_name(name)
        while new in table.values() or new in own | kept:
            new += "o"
        table[name] = new
    return table
