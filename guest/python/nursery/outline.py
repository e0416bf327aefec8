"""The definitions of a module as its source has them: functions, classes, methods, in order.

A *unit* is an outermost function: what is inside belongs to it. Its index here is its number
among the callables of the protocol.
"""

import ast


class Definition:
    """A function, a method or what stands in a class for its construction."""

    def __init__(self, node, owner, kind):
        self.node, self.owner, self.kind = node, owner, kind
        self.name = node.name
        self.qual = owner.qual + "." + node.name if owner else node.name
        self.is_async = isinstance(node, ast.AsyncFunctionDef)


class ClassDefinition:
    def __init__(self, node, owner, index):
        self.node, self.owner, self.index = node, owner, index
        self.name = node.name
        self.qual = owner.qual + "." + node.name if owner else node.name
        self.methods = {}        # by name: those of its own source
        self.makers = []


def decorator_names(node):
    names = []
    for one in node.decorator_list:
        one = one.func if isinstance(one, ast.Call) else one
        if isinstance(one, ast.Attribute):
            names.append(one.attr)
        elif isinstance(one, ast.Name):
            names.append(one.id)
    return names


def method_kind(node):
    names = decorator_names(node)
    for name, kind in (("staticmethod", "staticmethod"), ("classmethod", "classmethod"),
                       ("property", "property"), ("cached_property", "property"),
                       ("setter", "setter")):
        if name in names:
            return kind
    return "classmethod" if node.name in ("__class_getitem__", "__init_subclass__") else "method"


CONSTRUCTION = ("__init__", "__new__", "__post_init__")


class Outline:
    def __init__(self, tree):
        self.tree = tree
        self.definitions = []
        self.classes = []
        self.owners = {}      # node of a unit: index of its definition
        self.constructors = {}  # index of a class: index of its definition
        self.walk(tree.body, None)

    def walk(self, body, owner):
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.add_function(node, owner)
            elif isinstance(node, ast.ClassDef):
                self.add_class(node, owner)
            else:
                for name in ("body", "orelse", "finalbody", "handlers"):
                    inner = getattr(node, name, None)
                    if isinstance(inner, list):
                        self.walk(inner, owner)

    def add_function(self, node, owner):
        if owner is not None and node.name in CONSTRUCTION:
            self.owners[node] = self.constructors[owner.index]
            owner.methods[node.name] = node
            return
        if "overload" in decorator_names(node):
            return
        kind = method_kind(node) if owner else "function"
        if owner and kind == "method":
            owner.methods[node.name] = node
        self.owners[node] = len(self.definitions)
        self.definitions.append(Definition(node, owner, kind))

    def add_class(self, node, owner):
        new = ClassDefinition(node, owner, len(self.classes))
        self.classes.append(new)
        self.constructors[new.index] = len(self.definitions)
        maker = Definition(node, owner, "constructor")
        maker.makes = new
        self.definitions.append(maker)
        self.walk(node.body, new)
