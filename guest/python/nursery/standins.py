"""Classes for arguments of which attributes are read that no class of the module has: one of the
project's other modules, or else a small one that the test defines. Unlike a namespace they can be
members of sets, hold each other, and be passed twice.
"""

import ast
import datetime
import importlib
import io
import os
import pathlib
import re

from . import files, trial, uses
from .carve import files_below
from .lexicon import by_name
from .load import imported_at_once, is_harmless, is_known

ANY, NONE = ("any",), ("none",)
WEIGHT = 8.0
CLASSES_MAX, ATTRIBUTES_MAX, FILES_MAX, FILE_MAX = 8, 8, 60, 200_000
# An object of which only attributes of such a type are read is one, if one of these is among them.
LIBRARY = (
    (pathlib.Path, "read_text read_bytes write_text write_bytes open exists iterdir is_file is_dir "
                   "suffix stem parent glob rglob joinpath with_suffix mkdir unlink stat"),
    (io.StringIO, "read readline readlines write writelines"),
    (datetime.date, "year month day strftime isoformat weekday isoweekday"),
    (datetime.datetime, "hour minute second tzinfo timestamp date"),
    (datetime.timedelta, "total_seconds"))
PLAIN = (("text", ("str",)), ("bytes", ("bytes",)), ("number", ("int",)), ("list", ("list", ANY)),
         ("dict", ("dict", ("str",), ANY)))


class Seen:
    """A trace that came back, and where it was: `path` is a list of names."""

    def __init__(self, plain, path, above=None):
        attributes, items, self.does, self.arity = plain
        self.path, self.above, self.group = path, above, None
        self.attributes = {name: Seen(one, path + [name], self) for name, one in attributes.items()}
        self.items = items and Seen(items, path + [singular(path[-1])], self)

    def names(self):
        """The attributes that no built-in type has, if not all are those of a type that is known."""
        found = frozenset(name for name in self.attributes
                          if not name.startswith("_") and name not in uses.METHODS)
        return frozenset() if self.standard_class() else found

    def standard_class(self):
        names = {name for name in self.attributes if not name.startswith("_")}
        return next((kind for kind, telling in LIBRARY if not names.isdisjoint(telling.split())
                     and all(hasattr(kind, name) for name in names)), None)

    def is_path(self):
        return "path" in self.does or self.standard_class() is pathlib.Path

    def all(self):
        yield self
        for one in self.below():
            yield from one.all()

    def below(self):
        return list(self.attributes.values()) + ([self.items] if self.items else [])

    def is_below(self, other):
        one = self.above
        while one is not None and one is not other:
            one = one.above
        return one is not None


def singular(name):
    return name[:-1] if name.endswith("s") and len(name) > 3 and not name.endswith("ss") else name


class Group:
    """Traces of one kind of object."""

    def __init__(self):
        self.seen, self.names, self.index = [], set(), None

    def take(self, one):
        one.group = self
        self.seen.append(one)
        self.names |= one.names()

    def fits(self, one):
        names = one.names()
        return names == self.names or bool(names & self.names) and any(
            one.is_below(other) or other.is_below(one) for other in self.seen)

    def is_hashed(self):
        return any("hash" in one.does for one in self.seen)

    def attribute(self, name):
        return [one.attributes[name] for one in self.seen if name in one.attributes]

    def name(self):
        """Class of what the parameters are called: `startnode` and `goalnode` are nodes."""
        paths = {one.path[-1].strip("_").rstrip("0123456789") for one in self.seen}
        first = sorted(paths, key=lambda path: (len(path), path))[0] or "item"
        tail = next((word for word in ("node", "item", "point", "edge", "user", "record")
                     if len(first) > len(word) and first.endswith(word)), first)
        return "".join(part[:1].upper() + part[1:] for part in tail.split("_"))


def groups_of(found):
    groups = []
    for one in found:
        if not one.names() or len(one.attributes) > ATTRIBUTES_MAX:
            continue
        group = next((each for each in groups if each.fits(one)), None)
        if group is None:
            groups.append(Group())
        (group or groups[-1]).take(one)
    return groups


class StandIns:
    def __init__(self, described, brood):
        self.described = described
        self.groups, self.roots, self.files = [], {}, Files(described)
        for number, traces in trial.traces(described, brood).items():
            self.roots[number] = {name: Seen(plain, [name]) for name, plain in traces.items()}
        for roots in self.roots.values():
            self.groups += groups_of([one for root in roots.values() for one in root.all()])

    def add(self):
        """Classes for the groups, then what parameters may be given."""
        self.groups = self.merged()[:CLASSES_MAX]
        others = others_of(self.described) if self.groups else []
        for group in self.groups:
            group.other = next((one for one in others
                                if group.names <= one.names and one.load()), None)
            group.index = self.known(group)
            group.is_new = group.index is None and (group.other or group.is_hashed()
                                                    or not self.has_namespace(group))
            if group.is_new:
                group.index = self.declare(group)
        for group in self.groups:
            if group.is_new:
                self.define(group)
        for number, roots in self.roots.items():
            self.offer(self.described.callables[number], roots)

    def merged(self):
        """Objects with the same attributes are of one kind in all functions."""
        kept = []
        for group in self.groups:
            same = next((one for one in kept if one.names == group.names), None)
            if same is None:
                kept.append(group)
                continue
            for one in group.seen:
                same.take(one)
        return kept

    def known(self, group):
        """A class of the module itself."""
        attributes = self.described.static.attributes
        found = set.intersection(*(set(attributes.get(name, ())) for name in group.names))
        return min(found) if found else None

    def has_namespace(self, group):
        """Did the source alone tell as much?"""
        for number, roots in self.roots.items():
            for given in self.described.callables[number]["params"]:
                root = roots.get(given["name"])
                if root is not None and any(one.group is group for one in root.all()):
                    return any("library" in repr(kind) for kind, _weight in given["types"])
        return False

    # ---- classes --------------------------------------------------------------------------

    def declare(self, group):
        """The class, still without a maker: types of attributes may speak of it."""
        described = self.described
        taken = {one["qual"] for one in described.classes} | set(vars(described.module))
        name, count = group.other.name if group.other else group.name(), 1
        group.text = name
        while group.text in taken and not group.other:
            count += 1
            group.text = "%s%d" % (name, count)
        described.classes.append({
            "qual": group.text, "text": group.text, "line": 0, "public": False, "abstract": False,
            "import": group.other.module if group.other else "", "make": [], "methods": [],
            "bases": [], "exception": False, "_value": None})
        return len(described.classes) - 1

    def define(self, group):
        described, names = self.described, sorted(group.names)
        kinds = {name: self.type_of_all(group.attribute(name)) for name in names}
        if group.other:
            kind, text, define = group.other.value, group.text, ""
            params = group.other.params(kinds)
        else:
            define = "class %s:\n    def __init__(self, %s):\n%s" % (
                group.text, ", ".join(names),
                "".join("        self.%s = %s\n" % (name, name) for name in names))
            space = {"__name__": "builtins"}
            exec(define, space)
            kind, text = space[group.text], group.text
            params = [param(name, kinds[name]) for name in names]
        index = described.libraries.add(kind, params, text, kind)
        entry = described.callables[index]
        entry.update({"import": group.other.module if group.other else "", "define": define,
                      "returns": ("class", group.index), "name": group.text})
        described.classes[group.index]["make"].append(index)
        for name in names:
            if repr(("class", group.index)) in repr(kinds[name]):
                self.add_setter(group, name, kinds[name])

    def add_setter(self, group, name, kind):
        """Circles are made by it."""
        described = self.described
        described.classes[group.index]["methods"].append(len(described.callables))
        described.callables.append({
            "name": name, "qual": "%s.%s" % (group.text, name), "kind": "setter",
            "owner": group.index, "line": 0, "end": 0, "public": False, "test": False,
            "async": False, "generator": False, "params": [dict(param(name, kind), kind="plain")],
            "returns": None, "raises": [], "documented": [], "text": "", "import": "", "reads": [],
            "why": "of what stands in", "_function": None, "_parameters": ()})

    # ---- types ----------------------------------------------------------------------------

    def type_of_all(self, seen):
        kinds = [kind for kind in map(self.type_of, seen) if kind != ANY]
        return max(kinds, key=lambda kind: (kinds.count(kind), repr(kind))) if kinds else ANY

    def type_of(self, one, depth=0):
        if one.group is not None and one.group.index is not None:
            kind = ("class", one.group.index)
            return ("union", kind, NONE) if one.above is not None and one.above.group else kind
        does = set(one.does)
        if one.is_path():
            return self.files.kind(one)
        if one.standard_class():
            return self.described.libraries.type_of(one.standard_class())
        if one.items is not None and does & {"iterate", "index", "key"} and depth < 4:
            inner = self.type_of(one.items, depth + 1)
            return ("dict", ("str",), inner) if "key" in does else ("list", inner)
        if "call" in does:
            return ("callable", min(one.arity, 3))
        kind = next((kind for word, kind in PLAIN if word in does), None)
        guessed = by_name(one.path[-1])
        if kind is not None or guessed:
            return kind or guessed[0]
        return ("bool",) if does == {"truth"} else ANY

    def offer(self, entry, roots):
        """Each parameter's class, and where one has any, to those of which nothing is known."""
        found = None
        for given in entry["params"]:
            if given["annotated"]:
                self.offer_file(given, roots.get(given["name"]))
                continue
            kind = self.kind_for(roots.get(given["name"]))
            if kind is not None:
                found = found or kind
                insist(given, kind)
        if found is None or found[0] != "class":
            return
        name = self.described.classes[found[1]]["qual"].lower()
        for given in entry["params"]:
            if not given["annotated"] and given["types"][0][0] == ANY:
                if given["name"].lower().endswith(name):
                    insist(given, found)
                else:
                    given["types"] = [(found, WEIGHT / 2)] + given["types"]

    def kind_for(self, root):
        if root is None or not any(one.is_path() or one.standard_class() or
                                   one.group and getattr(one.group, "is_new", False)
                                   for one in root.all()):
            return None
        kind = self.type_of(root)
        return kind if "class" in repr(kind) or "library" in repr(kind) else None

    def offer_file(self, given, root):
        """What is annotated as a text or a path, and opened."""
        if root is not None and "path" in root.does:
            is_text = any(kind == ("str",) for kind, _weight in given["types"])
            given["types"] = [(self.files.kind(root, is_text), 2 * uses.WEIGHTS["annotation"])] \
                + given["types"]


def insist(given, kind):
    """As if its author had said so: what is something else would prove little."""
    given.update({"types": [(kind, WEIGHT), (NONE, 0.5)], "annotated": True})


class Files:
    """The class of paths to files that are there, as paths and as texts."""

    def __init__(self, described):
        self.described, self.kinds = described, {}

    def kind(self, one, is_text=False):
        is_text = is_text or "text" in one.does or any(hasattr(str, name) for name in one.attributes)
        word = "file text" if is_text and one.standard_class() is None else "file"
        if word not in self.kinds:
            self.kinds[word] = ("class", self.declare(word))
        return self.kinds[word]

    def declare(self, word):
        described, tree = self.described, self.described.source.tree
        kind = len(described.classes)
        content = ("union", ("literal",) + tuple(files.contents(tree)), ("str",))
        params = [param("name", ("literal",) + tuple(files.names(tree))), param("content", content)]
        index = described.libraries.add(pathlib.Path, params, "tmp_path", files.MAKERS[word])
        described.callables[index].update({"import": "", "fixture": word, "name": "path",
                                           "returns": ("class", kind)})
        described.classes.append({
            "qual": "Path", "text": "Path", "line": 0, "public": False, "abstract": False,
            "import": "", "make": [index], "methods": [], "bases": [], "exception": False,
            "_value": None})
        return kind


def param(name, kind, optional=False):
    return {"name": name, "kind": "keyword", "optional": optional, "annotated": kind != ANY,
            "types": [(kind, WEIGHT)]}


# ---- classes of the project's other modules -------------------------------------------------

class Other:
    """A class of another module, imported now."""

    def __init__(self, module, node):
        self.module, self.name = module, node.name
        self.names = uses.attribute_names(node)
        self.maker = next((one for one in node.body if isinstance(one, ast.FunctionDef)
                           and one.name == "__init__"), None)
        self.value = None

    def params(self, kinds):
        arguments = self.maker.args.args[1:] if self.maker else []
        required = len(arguments) - len(self.maker.args.defaults) if self.maker else 0
        return [param(one.arg, kinds.get(one.arg) or (by_name(one.arg) or [ANY])[0],
                      index >= required)
                for index, one in enumerate(arguments) if index < required or one.arg in kinds]

    def load(self):
        try:
            self.value = getattr(importlib.import_module(self.module), self.name)
        except BaseException:
            return False
        return isinstance(self.value, type)


def module_name(path, root):
    parts = os.path.relpath(path, root)[:-3].split(os.sep)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts) if parts and all(map(str.isidentifier, parts)) else None


def others_of(described):
    """Of files from which modules are imported: beside the module's own top."""
    path, depth = described.source.path, described.module.__name__.count(".")
    root = os.path.dirname(path)
    for _ in range(depth + (os.path.basename(path) == "__init__.py")):
        root = os.path.dirname(root)
    found = []
    for path, is_python in list(files_below(root))[:FILES_MAX]:
        name = is_python and module_name(path, root)
        if name and path != described.source.path and not re.search(r"(^|[._])tests?([._]|$)", name):
            found += [Other(name, node) for node in classes_in(path)]
    return sorted(found, key=lambda one: (len(one.names), one.module, one.name))


def classes_in(path):
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read(FILE_MAX))
    except (OSError, SyntaxError, ValueError):
        return []
    return [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.bases
            and not node.name.startswith("_")] \
        if is_harmless(tree) and all(map(is_known, imported_at_once(tree))) else []
