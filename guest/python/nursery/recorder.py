"""Stands for an argument of which nothing is known, answers whatever is asked of it, and writes down
what that was: so the code itself says what it needs, wherever the argument travels.

A *trace* is what was done to a value: `attributes` (name: trace), `items` (the trace of what a loop or
an index gives, or None), `does` (words: hash, iterate, index, key, call, path, number, text, truth …).
"""

DEPTH_MAX, ITEMS, ATTRIBUTES_MAX = 4, 2, 12


class Trace:
    __slots__ = ("attributes", "items", "does", "arity")

    def __init__(self):
        self.attributes, self.items, self.does, self.arity = {}, None, set(), 0

    def attribute(self, name):
        if name not in self.attributes and len(self.attributes) < ATTRIBUTES_MAX:
            self.attributes[name] = Trace()
        return self.attributes.get(name) or Trace()

    def item(self):
        if self.items is None:
            self.items = Trace()
        return self.items

    def plain(self):
        """As data that another process can send."""
        return ({name: one.plain() for name, one in self.attributes.items()},
                self.items and self.items.plain(), sorted(self.does), self.arity)


class Answers:
    """What is said where any answer will do: each mode leads elsewhere."""

    MODES = 4

    def __init__(self, mode, path=""):
        """path: of a file that is there."""
        self.mode, self.path, self.asked, self.made = mode, path, 0, 0

    def truth(self):
        self.asked += 1
        if self.mode == 3:
            return self.asked * 7 // 3 % 2 == 0
        return (True, False, self.asked % 2 == 1)[self.mode]


class Recorder:
    __slots__ = ("_trace", "_answers", "_depth", "_number", "_given")

    def __init__(self, trace, answers, depth=0):
        answers.made += 1
        for slot, value in zip(SLOTS, (trace, answers, depth, answers.made, {})):
            slot.__set__(self, value)

    def __getattribute__(self, name):
        if name.startswith("__"):
            return object.__getattribute__(self, name)
        given = GIVEN.__get__(self)
        if name not in given:
            given[name] = below(self, trace_of(self).attribute(name))
        return given[name]

    def __setattr__(self, name, value):
        trace_of(self).attribute(name).does.add("set")
        GIVEN.__get__(self)[name] = value

    def __delattr__(self, name):
        GIVEN.__get__(self).pop(name, None)

    def __hash__(self):
        note(self, "hash")
        return NUMBER.__get__(self)

    def __bool__(self):
        return truth(self, "truth")

    def __len__(self):
        note(self, "len")
        return ITEMS if ANSWERS.__get__(self).truth() else 0

    def __iter__(self):
        note(self, "iterate")
        made = [below(self, trace_of(self).item()) for _ in range(ITEMS)]
        return iter([one for one in made if one is not None])

    def __getitem__(self, key):
        if isinstance(key, slice):
            note(self, "index")
            return self
        note(self, "key" if type(key) in (str, tuple) else "index")
        found = below(self, trace_of(self).item())
        if found is None:
            raise IndexError("no such item")
        return found

    def __setitem__(self, key, value):
        note(self, "index" if type(key) is int else "key")

    def __delitem__(self, key):
        note(self, "index" if type(key) is int else "key")

    def __contains__(self, value):
        return truth(self, "contains")

    def __call__(self, *arguments, **keywords):
        note(self, "call")
        trace_of(self).arity = len(arguments)
        return below(self, Trace())

    def __enter__(self):
        note(self, "enter")
        return self

    def __exit__(self, *error):
        return False

    def __fspath__(self):
        note(self, "path")
        return ANSWERS.__get__(self).path

    def __int__(self):
        note(self, "number")
        return 2

    __index__ = __int__

    def __float__(self):
        note(self, "number")
        return 1.5

    def __str__(self):
        note(self, "shown")
        return "text"

    def __eq__(self, other):
        if type(other) is Recorder:
            return other is self
        return compared(self, other)

    def __ne__(self, other):
        return not self == other


def slot(name):
    return Recorder.__dict__[name]


SLOTS = TRACE, ANSWERS, DEPTH, NUMBER, GIVEN = [slot(name) for name in Recorder.__slots__]


def trace_of(recorder):
    return TRACE.__get__(recorder)


def note(recorder, word):
    trace_of(recorder).does.add(word)


def truth(recorder, word):
    note(recorder, word)
    return ANSWERS.__get__(recorder).truth()


def below(recorder, trace):
    """Chains end: what hangs below the deepest is nothing."""
    depth = DEPTH.__get__(recorder) + 1
    return Recorder(trace, ANSWERS.__get__(recorder), depth) if depth <= DEPTH_MAX else None


WORDS = {int: "number", float: "number", str: "text", bytes: "bytes", list: "list", dict: "dict"}


def compared(recorder, other):
    return truth(recorder, WORDS.get(type(other), "other"))


def operate(recorder, other):
    note(recorder, WORDS.get(type(other), "number"))
    return recorder


for _name in ("lt", "le", "gt", "ge"):
    setattr(Recorder, "__%s__" % _name, lambda self, other: compared(
        self, 1 if type(other) is Recorder else other))
for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "lshift",
              "rshift"):
    setattr(Recorder, "__%s__" % _name, operate)
    setattr(Recorder, "__r%s__" % _name, operate)
for _name in ("neg", "pos", "abs", "invert"):
    setattr(Recorder, "__%s__" % _name, lambda self: operate(self, 1))
