"""What can be seen of a program that has run: the components of docs/guest-protocol.md."""

import traceback

from . import files, frames, view
from .execute import CALL, DRAIN, ENTER, is_mutable, snapshot

OUTPUT_MAX = 4000
COMPUTED_MAX = 12
OURS = __file__.rpartition("/")[0]


def plain_type(value):
    return type(value) in view.PLAIN


class Observer:
    """origins: how an exception came about, see origins.py."""

    def __init__(self, origins, output):
        self.origins, self.output = origins, output
        self.computed_of = {}

    def components(self, run):
        found, known = [], {}
        for at, value in enumerate(run.values):
            if run.program[at][0] in (CALL, DRAIN, ENTER):
                found.append(("value", at, "", safely(value, known)))
            if not plain_type(value):
                known.setdefault(id(value), at)
        if run.error is not None:
            found.append(("raises", run.at, "", self.raises(run)))
        for at in sorted(run.given):
            found.extend(self.arguments(run, at, known))
        for at, value in enumerate(run.values):
            if known.get(id(value)) == at:
                found.extend(self.attributes(at, value, known))
            found.extend(self.written(run, at, value))
        text = self.output.taken()
        if text:
            found.append(("stdout", max(0, len(run.values) - 1), "", text[:OUTPUT_MAX]
                          if len(text) <= OUTPUT_MAX else
                          (..., "long", "str", len(text), text[:20], text[-20:])))
        return found

    def written(self, run, at, value):
        """What is in a file of the test's now, if that is something else."""
        one = run.program[at]
        if one[0] == CALL and "fixture" in self.origins.callables[one[1]]:
            changed = files.change(value, run.given[at][1]["content"])
            if changed is not None:
                yield ("attribute", at) + changed

    def raises(self, run):
        error = run.error
        text, module = view.type_text(type(error))
        return (text, module, message_of(error), self.origins.of(run))

    @staticmethod
    def arguments(run, at, known):
        before = run.changed.get(at)
        if before is None:
            return
        arguments, keywords = run.given[at]
        pairs = [(str(index), old, new) for index, (old, new)
                 in enumerate(zip(before[0], arguments))]
        pairs += [(name, before[1][name], new) for name, new in keywords.items()]
        for path, old, new in pairs:
            if is_mutable(new) and snapshot(old) != snapshot(new):
                yield "argument", at, path, safely(new, known)

    def attributes(self, at, value, known):
        shown = safely(value, {one: where for one, where in known.items() if where != at})
        if type(shown) is not tuple or shown[:2] not in ((..., "object"), (..., "opaque")):
            return
        if shown[1] == "object":
            for name, one in shown[3]:
                yield "attribute", at, name, one
        for name in self.computed(type(value)):
            try:
                found = getattr(value, name)
            except BaseException:
                continue
            yield "attribute", at, name, safely(found, known)

    def computed(self, kind):
        """Attributes that the target's own properties and descriptors give."""
        if kind not in self.computed_of:
            found = {}
            for base in reversed(kind.__mro__):
                found.update(vars(base))
            self.computed_of[kind] = sorted(
                name for name, one in found.items()
                if name[:1] != "_" and self.is_ours(one))[:COMPUTED_MAX]
        return self.computed_of[kind]

    def is_ours(self, descriptor):
        kind = type(descriptor)
        getter = descriptor.fget if kind is property else getattr(kind, "__get__", None)
        code = getattr(getter, "__code__", None)
        return (kind is property or hasattr(kind, "__set__")) \
            and getattr(code, "co_filename", None) == self.origins.path


def safely(value, known=()):
    """known: {id: number} of the objects that tests may call by the names of their variables."""
    try:
        shown = view.view(value, known=known)
        frames.dumps(shown)
        return shown
    except BaseException:
        return (..., "opaque", view.type_text(type(value))[0])


def message_of(error):
    try:
        text = str(error)
        text.encode()
        return text[:1000]
    except BaseException:
        return ""


def frames_of(error):
    """The traceback's (frame, line, instruction), outermost first, without ours."""
    found, at = [], error.__traceback__
    while at is not None:
        if not at.tb_frame.f_code.co_filename.startswith(OURS):
            found.append((at.tb_frame, at.tb_lineno, at.tb_lasti))
        at = at.tb_next
    return found


def text_of(error):
    return "".join(traceback.format_exception_only(type(error), error)).strip()[:2000]
