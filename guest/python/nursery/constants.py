"""Literals of the source and what stands next to them: the values that decisions ask for."""

import ast
import re

from . import frames

CONSTANTS_MAX, COMPILED_MAX = 1500, 8
MOMENTS = {"%Y": "2024", "%y": "24", "%m": "02", "%d": "29", "%H": "23", "%M": "59", "%S": "58",
           "%f": "000001", "%b": "Feb", "%B": "February", "%a": "Thu", "%A": "Thursday",
           "%j": "060", "%z": "+0000", "%Z": "UTC", "%p": "PM", "%I": "11", "%%": "%"}


def neighbours(value):
    if isinstance(value, bool) or value is None or value is ...:
        return []
    if isinstance(value, int):
        return [value, value - 1, value + 1]
    if isinstance(value, float):
        return [value, value - 0.5, value + 0.5]
    if isinstance(value, str):
        return [value] + formatted(value) if len(value) <= 200 else []
    if isinstance(value, bytes):
        return [value] if len(value) <= 200 else []
    return []


def formatted(text):
    """A moment in this strptime format, and one that just misses it."""
    if not re.search(r"%[YymdHMSbBjf]", text):
        return []
    moment = re.sub(r"%.", lambda found: MOMENTS.get(found.group(), "1"), text)
    return [moment, moment.replace("29", "30"), moment[:-1]]


# ---- regular expressions --------------------------------------------------------------------

def parse(pattern, flags):
    try:
        from re import _parser as parser
    except ImportError:
        import sre_parse as parser
    try:
        return parser.parse(pattern, flags)
    except Exception:
        return None


CATEGORIES = {"DIGIT": "7", "NOT_DIGIT": "a", "SPACE": " ", "NOT_SPACE": "x", "WORD": "a",
              "NOT_WORD": "-"}


def one_of(items, groups, more):
    """A character of a class; of a negated one, any that is not named."""
    if str(items[0][0]) == "NEGATE":
        named = {chr(value) for op, value in items[1:] if str(op) == "LITERAL"}
        return next((char for char in "ax1 -" if char not in named), "z")
    op, value = items[-1 if more else 0]
    if str(op) == "RANGE":
        return chr(value[1] if more else value[0])
    return single(op, value, groups, more)


def single(op, value, groups, more):
    op = str(op)
    if op == "LITERAL":
        return chr(value)
    if op == "NOT_LITERAL":
        return "b" if value == ord("a") else "a"
    if op == "ANY":
        return "a"
    if op == "IN":
        return one_of(value, groups, more)
    if op == "CATEGORY":
        return CATEGORIES.get(str(value)[9:], "a")
    if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        low, high, inner = value
        return text_of(inner, groups, more) * min(int(high), max(low, 2) if more else low)
    if op == "SUBPATTERN":
        groups[value[0]] = text_of(value[-1], groups, more)
        return groups[value[0]]
    if op == "BRANCH":
        return text_of(value[1][-1 if more else 0], groups, more)
    if op == "GROUPREF":
        return groups.get(value, "")
    if op == "ATOMIC_GROUP":
        return text_of(value, groups, more)
    return ""


def text_of(parsed, groups, more):
    return "".join(single(op, value, groups, more) for op, value in parsed)


def matching(pattern, flags=0):
    """Texts that this expression matches, and some that it just does not; each tried out."""
    parsed = parse(pattern, flags)
    if parsed is None:
        return []
    found = []
    for more in (False, True):
        try:
            text = text_of(parsed, {}, more)
        except (IndexError, KeyError, TypeError, OverflowError, ValueError):
            continue
        found += [text, text[:-1], text + "!", "-" + text] if len(text) <= 120 else []
    return list(dict.fromkeys(found))


PATTERNS = ("compile", "match", "search", "fullmatch", "findall", "finditer", "sub", "split")


def patterns_of(node):
    function = node.func
    name = getattr(function, "attr", getattr(function, "id", ""))
    is_re = isinstance(function, ast.Attribute) and getattr(function.value, "id", "") in ("re",
                                                                                       "regex")
    if is_re and name in PATTERNS and node.args and isinstance(node.args[0], ast.Constant) \
            and isinstance(node.args[0].value, str):
        return matching(node.args[0].value)
    return []


def compiled(value):
    """Expressions that were compiled elsewhere: one, or those of a small container."""
    if type(value) is dict:
        value = tuple(value.values())
    some = value[:COMPILED_MAX] if type(value) in (tuple, list) else (value,)
    return [one for one in some if isinstance(one, re.Pattern) and type(one.pattern) is str]


# ---- the walk -------------------------------------------------------------------------------

class Collector:
    def __init__(self, described):
        self.owners = described.source.outline.owners
        self.names = vars(described.module)
        self.found, self.seen = [], set()

    def add(self, owner, value):
        key = (owner, type(value), value)
        if key not in self.seen and len(self.found) < CONSTANTS_MAX:
            self.seen.add(key)
            self.found.append((owner, value))

    def walk(self, node, owner):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and owner < 0:
            owner = self.owners.get(node, -1)
        if isinstance(node, ast.Constant):
            for value in neighbours(node.value):
                self.add(owner, value)
        elif isinstance(node, ast.Call):
            for value in patterns_of(node):
                self.add(owner, value)
        elif isinstance(node, ast.Name) and owner >= 0:
            for one in compiled(self.names.get(node.id)):
                for value in matching(one.pattern, one.flags):
                    self.add(owner, value)
        for name, field in ast.iter_fields(node):
            if name not in ("annotation", "returns"):
                for child in field if isinstance(field, list) else [field]:
                    if isinstance(child, ast.AST):
                        self.walk(child, owner)


def of(described):
    collector = Collector(described)
    collector.walk(described.source.tree, -1)
    return [one for one in collector.found if frames.is_plain(one[1])]
