"""The module under test as the engine wants it described: the dict of `opened`."""

import ast
import contextlib
import enum
import functools
import inspect
import sys

from . import constants, frames, minimal, types_of, uses
from .libraries import Libraries
from .view import view

KINDS = {inspect.Parameter.POSITIONAL_OR_KEYWORD: "plain",
         inspect.Parameter.KEYWORD_ONLY: "keyword", inspect.Parameter.VAR_POSITIONAL: "varargs",
         inspect.Parameter.VAR_KEYWORD: "varkw", inspect.Parameter.POSITIONAL_ONLY: "positional"}
METHODS_MAX_PARAMS = 40
BUILTIN = {dict: ("dict", ("str",), ("any",)), list: ("list", ("any",)), set: ("set", ("int",)),
           frozenset: ("frozenset", ("int",)), tuple: ("list", ("any",)), str: ("str",),
           bytes: ("bytes",), int: ("int",), float: ("float",), BaseException: ("str",)}
READS = {"time": "time", "datetime": "time", "random": "random", "secrets": "random",
         "uuid": "random", "open": "files", "os": "env", "socket": "network",
         "urllib": "network", "requests": "network", "subprocess": "process", "shutil": "files",
         "pathlib": "files", "tempfile": "files", "environ": "env", "getenv": "env"}
DUNDERS = frozenset("""__eq__ __ne__ __lt__ __le__ __gt__ __ge__ __len__ __contains__ __getitem__
    __setitem__ __delitem__ __iter__ __next__ __reversed__ __call__ __enter__ __hash__ __bool__
    __add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ __floordiv__ __mod__ __pow__
    __and__ __or__ __xor__ __neg__ __pos__ __abs__ __invert__ __int__ __float__ __index__ __str__
    __repr__ __format__ __iadd__ __isub__ __imul__ __ior__ __iand__ __round__ __matmul__
    __missing__ __getattr__ __copy__ __deepcopy__ __aiter__ __anext__ __aenter__
    __divmod__ __rtruediv__ __rfloordiv__ __rmod__ __rpow__ __rand__ __ror__ __rxor__ __bytes__
    __complex__ __floor__ __ceil__ __trunc__ __lshift__ __rshift__""".split())


def is_public(qual):
    return all(not part.startswith("_") or part in DUNDERS for part in qual.split("."))


def resolve(module, qual):
    found = module
    for part in qual.split("."):
        found = found.__dict__.get(part) if isinstance(found, type) and part in found.__dict__ \
            else getattr(found, part, None)
    return found


def underlying(value):
    """The function in a descriptor, or below functools.wraps."""
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    if isinstance(value, property):
        value = value.fget
    for name in ("func", "fget"):
        if type(value).__name__ in ("cached_property", "lazy_property"):
            value = getattr(value, name, value)
    return value


class Described:
    """options: those of `open`."""

    def __init__(self, module, source, options):
        self.module, self.source, self.options = module, source, options
        self.outline = source.outline
        self.callables = []
        self.classes = []
        self.calls = []
        self.static = uses.StaticUse(self)
        for definition in self.outline.definitions:
            self.add(definition)
        self.add_descriptors()
        self.index_by_qual = {one["qual"]: index for index, one in enumerate(self.callables)
                              if one["kind"] not in ("property", "setter")}
        self.add_classes()
        self.libraries = Libraries(self)
        self.annotations = types_of.Annotations(self, self.libraries)
        self.add_minimal()
        self.static.prepare(self.annotations)
        self.literals = types_of.call_literals(self)
        self.add_types()
        self.add_invocation()

    # ---- callables ------------------------------------------------------------------------

    def add(self, definition):
        index = len(self.callables)
        value = resolve(self.module, definition.qual)
        function = underlying(value)
        node = definition.node
        owner = definition.owner
        entry = {
            "name": definition.name, "qual": definition.qual, "kind": definition.kind,
            "owner": owner.index if owner else -1, "line": node.lineno, "end": node.end_lineno,
            "public": is_public(definition.qual), "async": definition.is_async,
            "generator": is_generator(node), "params": [], "returns": None,
            "raises": raised_in(node), "documented": documented(node), "text": "", "import": "",
            "reads": reads_of(node)}
        if entry["generator"] and callable(function):     # not a context manager's, for one
            entry["generator"] = (inspect.isgeneratorfunction(function)
                                  or inspect.isasyncgenfunction(function))
        entry["manager"] = is_manager(function)
        if definition.kind == "constructor":
            entry["owner"] = definition.makes.index
            entry["generator"] = False
        entry["why"] = self.why(definition, value, function)
        entry["raises"] = sorted(set(entry["raises"]) | set(entry["documented"]))
        self.describe_params(entry, definition, value, function)
        entry["test"] = not entry["why"]
        entry["_definition"], entry["_function"] = definition, function
        self.callables.append(entry)
        return index

    def why(self, definition, value, function):
        entry = definition.qual
        if value is None:
            return "it is not there after the import"
        if definition.kind == "constructor" and not isinstance(value, type):
            return "it is no class after the import"
        if definition.node.lineno in self.source.excluded:
            return "marked: no cover"
        if self.options.get("visibility", "public") != "all" and not is_public(entry):
            return "private"
        only, skip = self.options.get("only") or (), self.options.get("skip") or ()
        if only and not any(matches(entry, one) for one in only):
            return "not among those asked for"
        if any(matches(entry, one) for one in skip):
            return "skipped as asked"
        if definition.kind == "constructor" and has_abstract(value) \
                or getattr(value, "__isabstractmethod__", False):
            return "abstract"
        if definition.kind == "constructor" and issubclass(value, enum.Enum):
            return "an enumeration"
        if definition.owner is not None and definition.name.startswith("__") \
                and definition.name.endswith("__") and definition.name not in DUNDERS:
            return "called by the interpreter only"
        return ""

    def describe_params(self, entry, definition, value, function):
        if isinstance(definition, Attribute):
            return
        try:
            signature = signature_of(definition, value, function)
        except (ValueError, TypeError):
            if definition.kind == "constructor" and isinstance(value, type):
                entry["params"] = params_of_builtin(value)
            elif not entry["why"]:
                entry["why"] = "its parameters are not known"
            return
        parameters = list(signature.parameters.values())
        if definition.kind in ("method", "classmethod", "property", "setter") and parameters \
                and parameters[0].kind in (0, 1):
            parameters = parameters[1:]
        entry["_parameters"] = parameters
        for one in parameters[:METHODS_MAX_PARAMS]:
            optional = one.default is not one.empty or one.kind in (one.VAR_POSITIONAL,
                                                                    one.VAR_KEYWORD)
            plain = {"name": one.name, "kind": KINDS[one.kind], "optional": optional,
                     "annotated": one.annotation is not one.empty, "types": []}
            if one.default is not one.empty:
                shown = view(one.default)
                if frames.is_plain(shown):
                    plain["default"] = shown
            entry["params"].append(plain)

    # ---- classes --------------------------------------------------------------------------

    def add_classes(self):
        for definition in self.outline.classes:
            value = resolve(self.module, definition.qual)
            maker = self.outline.constructors[definition.index]
            is_class = isinstance(value, type)
            entry = {
                "qual": definition.qual, "text": definition.qual,
                "import": self.module.__name__, "line": definition.node.lineno,
                "public": is_public(definition.qual),
                "abstract": is_class and has_abstract(value),
                "make": [], "methods": [], "bases": [],
                "exception": is_class and issubclass(value, BaseException)}
            if is_class and not entry["abstract"]:
                entry["make"].append(maker)
            for index, one in enumerate(self.callables):
                if one["owner"] == definition.index and one["kind"] != "constructor":
                    entry["methods"].append(index)
            entry["_value"] = value
            self.classes.append(entry)
        self.by_value = {id(one["_value"]): index for index, one in enumerate(self.classes)
                         if one["_value"] is not None}
        for entry in self.classes:
            if isinstance(entry["_value"], type):
                entry["bases"] = [self.by_value[id(base)] for base in entry["_value"].__mro__[1:]
                                  if id(base) in self.by_value]
        self.add_subclasses()

    def add_subclasses(self):
        """An abstract class is made by making one that is not."""
        for index, entry in enumerate(self.classes):
            if entry["abstract"]:
                for other in self.classes:
                    if index in other["bases"] and not other["abstract"]:
                        entry["make"].extend(other["make"][:1])

    def add_minimal(self):
        """What nothing in the module makes: an expression that derives from it and makes it."""
        for index, entry in enumerate(self.classes):
            if entry["abstract"] and not entry["make"] and is_public(entry["qual"]):
                found = minimal.subclass(entry["_value"], self.module)
                if found is not None:
                    params = self.callables[self.outline.constructors[index]]["params"]
                    text = found[0] + ("" if params else "()")
                    maker = self.libraries.add(found[1], params, text, found[1])
                    self.callables[maker].update(
                        {"import": self.module.__name__, "returns": ("class", index)})
                    entry["make"].append(maker)

    def type_of_class(self, index):
        """An enum by its members, any other class by its makers."""
        value = self.classes[index]["_value"]
        if isinstance(value, type) and issubclass(value, enum.Enum):
            return self.libraries.type_of(value) or ("class", index)
        return ("class", index)

    def add_descriptors(self):
        """Attributes that objects of a class of the module's give: `mean = Statistic(…)`."""
        for definition in self.outline.classes:
            owner = resolve(self.module, definition.qual)
            for node in definition.node.body if isinstance(owner, type) else ():
                name = getattr(node.targets[0], "id", None) if isinstance(node, ast.Assign) else None
                if name and self.gives(vars(owner).get(name)):
                    self.add(Attribute(node, name, definition))

    def gives(self, value):
        kind = type(value)
        return hasattr(kind, "__get__") and (kind.__module__ == self.module.__name__
                                             or kind in (property, functools.cached_property))

    def add_invocation(self):
        """Calls what functions return; the class is that of no source."""
        owner = len(self.classes)
        self.classes.append({
            "qual": "Function", "text": "Function", "import": "", "line": 0, "public": False,
            "abstract": False, "make": [], "methods": [], "bases": [], "exception": False,
            "_value": None})
        self.callables.append({
            "name": "__call__", "qual": "Function.__call__", "kind": "method", "owner": owner,
            "line": 0, "end": 0, "public": False, "test": False, "async": False,
            "generator": False, "returns": None, "raises": [], "documented": [], "text": "",
            "import": "", "reads": [], "why": "of what functions return", "_function": None,
            "_parameters": (), "params": [{
                "name": "arguments", "kind": "varargs", "optional": True, "annotated": False,
                "types": [(uses.ANY, 1.0)]}]})

    def add_keywords(self, entry):
        """Names that the body asks `**options` for are parameters like others."""
        places = [at for at, one in enumerate(entry["params"]) if one["kind"] == "varkw"]
        if not places:
            return
        body = types_of.body_of(entry["_definition"])
        known = {one["name"] for one in entry["params"]}
        for name, alias in keywords_read(body, entry["params"][places[0]]["name"]):
            if name not in known:
                known.add(name)
                entry["params"].insert(places[0], {
                    "name": name, "kind": "keyword", "optional": True, "annotated": False,
                    "types": types_of.of_keyword(self, body, name, alias)})

    def add_types(self):
        for entry in [one for one in self.callables if one["kind"] != "library"]:
            types_of.fill(self, entry)
            self.add_keywords(entry)
        wanted = set(types_of.arities(kind for entry in self.callables
                                      for one in entry["params"] for kind, _ in one["types"]))
        self.libraries.add_callbacks(wanted | {1} if 0 in wanted else wanted)
        for index, entry in enumerate(self.callables):
            returned = entry["returns"]
            if entry["kind"] in ("function", "classmethod", "staticmethod") and returned \
                    and returned[0] == "class" and not entry["why"]:
                makers = self.classes[returned[1]]["make"]
                if index not in makers:
                    makers.append(index)

    # ---- the whole ------------------------------------------------------------------------

    def text(self, suspicions, mutants, seeds_found):
        source = self.source
        return {
            "module": self.module.__name__, "path": source.path, "digest": source.digest,
            "runtime": "Python " + sys.version.split()[0], "lines": source.text.count("\n") + 1,
            "callables": [strip(entry) for entry in self.callables],
            "classes": [strip(entry) for entry in self.classes],
            "goals": list(source.goals.goals), "compares": compares_of(source.goals),
            "mutants": [(one.callable, one.line, one.operator, one.before, one.after,
                         one.is_static) for one in mutants],
            "constants": constants.of(self), "seeds": seeds_found, "suspicions": suspicions}


class Attribute:
    """What stands for the definition of a descriptor."""

    kind, is_async = "property", False

    def __init__(self, assignment, name, owner):
        self.node = ast.copy_location(ast.FunctionDef(
            name=name, args=NO_ARGUMENTS, body=[ast.copy_location(ast.Pass(), assignment)],
            decorator_list=[]), assignment)
        self.node.end_lineno = assignment.end_lineno
        self.name, self.qual, self.owner = name, owner.qual + "." + name, owner


NO_ARGUMENTS = ast.arguments(posonlyargs=[], args=[], vararg=None, kwonlyargs=[], kw_defaults=[],
                             kwarg=None, defaults=[])
ASKED = ("get", "pop", "setdefault")
KEYWORDS_MAX = 6


def keywords_read(body, options):
    """(name, what it is assigned to or None) of `options["name"]`, `options.get("name")`."""
    found = {}
    for node in ast.walk(body):
        value = node.value if isinstance(node, ast.Assign) else node
        key = None
        if isinstance(value, ast.Subscript) and getattr(value.value, "id", "") == options:
            key = getattr(value.slice, "value", value.slice)
            key = getattr(key, "value", key)
        elif isinstance(value, ast.Call) and value.args \
                and getattr(value.func, "attr", "") in ASKED \
                and getattr(value.func.value, "id", "") == options:
            key = getattr(value.args[0], "value", None)
        if type(key) is str and key.isidentifier():
            alias = getattr(node.targets[0], "id", None) if isinstance(node, ast.Assign) else None
            found[key] = found.get(key) or alias
    return list(found.items())[:KEYWORDS_MAX]


def strip(entry):
    return {name: value for name, value in entry.items()
            if not name.startswith("_") and name != "documented"}


def params_of_builtin(kind):
    """A class that is made as the built-in type is from which it comes."""
    for base, given in BUILTIN.items():
        if issubclass(kind, base):
            return [{"name": "value", "kind": "positional", "optional": True, "annotated": True,
                     "types": [(given, 10.0)]}]
    return []


def compares_of(goals):
    from .probe import OPERATORS
    return [(true, false, OPERATORS[word]) for true, false, word in goals.compares]


def matches(qual, wanted):
    return qual == wanted or qual.split(".")[0] == wanted or qual.split(".")[-1] == wanted


def has_abstract(value):
    return bool(getattr(value, "__abstractmethods__", None))


def is_manager(function):
    """Of `contextlib.contextmanager` and its kind."""
    code = getattr(function, "__code__", None)
    return (getattr(code, "co_filename", None) == contextlib.__file__
            and hasattr(function, "__wrapped__"))


def signature_of(definition, value, function):
    if definition.kind == "constructor":
        return inspect.signature(value)
    if definition.kind == "setter":
        function = value.fset if isinstance(value, property) else function
    return inspect.signature(function)


def own_nodes(node):
    """The nodes of a function without those of functions inside."""
    waiting = list(node.body)
    while waiting:
        one = waiting.pop(0)
        yield one
        if not isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting = list(ast.iter_child_nodes(one)) + waiting


def is_generator(node):
    if isinstance(node, ast.ClassDef):
        return False
    return any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in own_nodes(node))


def raised_in(node):
    names = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Raise) and one.exc is not None:
            made = one.exc.func if isinstance(one.exc, ast.Call) else one.exc
            name = getattr(made, "attr", getattr(made, "id", None))
            if name and name[:1].isupper():
                names.add(name)
    return names


def documented(node):
    import re
    text = ast.get_docstring(node) or ""
    found = set(re.findall(r":(?:raises?|except|exception)\s+([A-Za-z_.]+)\s*:", text))
    for part in re.findall(r"Raises?:?\s*\n(?:[-=~]+\n)?((?:[ \t]*\S.*\n?)+)", text):
        found |= set(re.findall(r"^\s*([A-Z][A-Za-z_.]*(?:Error|Exception|Iteration|Exit|Warning)?)"
                                r"\s*(?::|$|--)", part, re.MULTILINE))
    found |= set(re.findall(r"[Rr]aises?\s+(?:an?\s+)?[`:a-z]*([A-Z][A-Za-z]*Error)", text))
    return sorted(name.split(".")[-1] for name in found)


def reads_of(node):
    found = set()
    for one in ast.walk(node):
        name = getattr(one, "id", getattr(one, "attr", None))
        if isinstance(one, (ast.Name, ast.Attribute)) and name in READS:
            found.add(READS[name])
    return sorted(found)
