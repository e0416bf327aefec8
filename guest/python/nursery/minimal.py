"""An abstract class of which the module has no complete subclass is made by a minimal one: each
abstract method gives a plain value of the type that it is annotated with.
"""

import abc
import inspect
import typing

METHODS_MAX, TEXT_MAX = 4, 110
VALUES = {int: "1", float: "1.5", str: '"a"', bytes: 'b"a"', bool: "True", list: "[1]",
          tuple: "(1,)", dict: '{"a": 1}', set: "{1}", type(None): "None"}


def value_text(function):
    try:
        kind = typing.get_type_hints(function).get("return", type(None))
    except Exception:
        kind = type(None)
    return VALUES.get(typing.get_origin(kind) or kind, "None")


def member_text(member):
    """The expression that stands for an abstract member; None for what is not so simple."""
    if isinstance(member, property):
        return None if member.fset else "property(lambda self: %s)" % value_text(member.fget)
    if isinstance(member, (staticmethod, classmethod)) or not inspect.isfunction(member) \
            or inspect.iscoroutinefunction(member) or inspect.isgeneratorfunction(member):
        return None
    names = [one.name for one in inspect.signature(member).parameters.values()
             if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    rest = "" if len(names) == len(inspect.signature(member).parameters) else ", *args, **kwargs"
    return "lambda %s%s: %s" % (", ".join(names), rest, value_text(member))


def subclass(kind, module):
    """(expression, class): the expression for a test, with the module's name before the class's."""
    names = sorted(kind.__abstractmethods__)
    members = [member_text(inspect.getattr_static(kind, name)) for name in names]
    if type(kind) is not abc.ABCMeta or None in members or len(names) > METHODS_MAX:
        return None
    body = "{%s}" % ", ".join('"%s": %s' % pair for pair in zip(names, members))
    text = '%s.__class__("Any%s", (%s,), %s)' % (kind.__qualname__, kind.__name__,
                                                 kind.__qualname__, body)
    if len(text) > TEXT_MAX:
        return None
    made = eval(text, vars(module))
    return module.__name__ + "." + text, made
