"""Programs that somebody wrote already: examples of docstrings, calls in the module and in the rest
of the project (see carve.py), as far as they are made of calls with plain values. And examples that
do not hold: suspicions.
"""

import ast
import marshal

from . import carve, frames

SEEDS_MAX, TEXT_MAX, CODE_MAX = 2000, 300, 1500


def literal(node):
    return ast.literal_eval(node)


def call_program(described, node):
    """One statement, or for a method of a new object two; None for anything less simple."""
    if not isinstance(node, ast.Call):
        return None
    try:
        arguments = tuple(literal(one) for one in node.args)
        keywords = {one.arg: literal(one.value) for one in node.keywords}
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    if None in keywords or not frames.is_plain((arguments, keywords)):
        return None
    function = node.func
    if isinstance(function, ast.Name):
        index = described.index_by_qual.get(function.id)
        return None if index is None else ((0, index, arguments, keywords, False),)
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Call):
        made = call_program(described, function.value)
        if made is not None and described.callables[made[0][1]]["kind"] == "constructor":
            qual = described.callables[made[0][1]]["qual"] + "." + function.attr
            index = described.index_by_qual.get(qual)
            if index is not None:
                first = ((..., "var", 0),) + arguments
                return made + ((0, index, first, keywords, True),)
    return None


def examples_of(described):
    """(callable, example) of all docstrings."""
    import doctest
    parser = doctest.DocTestParser()
    for definition in described.outline.definitions:
        text = ast.get_docstring(definition.node) or ""
        if ">>>" in text:
            try:
                found = parser.get_examples(text)
            except ValueError:
                continue
            index = described.index_by_qual.get(definition.qual, -1)
            for one in found:
                yield index, one


def calls_in(text):
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node


def of(described):
    found, seen = [], set()

    def add_program(program, origin):
        if len(found) < SEEDS_MAX and is_plain(program):
            data = frames.dumps(program)
            if data not in seen:
                seen.add(data)
                found.append((data, origin))

    def add(node, origin):
        program = call_program(described, node)
        if program is not None:
            add_program(program, origin)

    if ">>>" in described.source.text:
        for _index, example in examples_of(described):
            for node in calls_in(example.source):
                add(node, "doctest")
    for node in ast.walk(described.source.tree):
        if isinstance(node, ast.Call):
            add(node, "call")
    carve.programs(described, described.options.get("root", ""), add_program)
    return found


def is_plain(program):
    """Specials stand only where a method has its object."""
    return all(frames.is_plain((one[2][one[4]:], one[3])) for one in program)


class DoctestJob:
    """Plays the examples of one docstring after the other; a record is what went wrong."""

    order = None

    def __init__(self, runner):
        self.prepare, self.same, self.runner = runner.prepare, lambda: True, runner

    @staticmethod
    def alone(item):
        return False

    careful = alone

    @staticmethod
    def notice(item):
        pass

    @staticmethod
    def lost(item, ended):
        return frames.dumps("it %s" % ("dies" if ended == "died" else "does not end"))

    def work(self, item):
        import doctest
        _index, name, text = item
        self.runner.refuel()
        said = []

        class Runner(doctest.DocTestRunner):
            def report_failure(self, out, test, example, got):
                said.append("%s is documented to give %s, and gives %s" % tuple(
                    " ".join(one.split()) for one in (example.source, example.want or "nothing",
                                                      got or "nothing")))

            def report_unexpected_exception(self, out, test, example, raised):
                said.append("%s ends in %s" % (" ".join(example.source.split()),
                                               raised[0].__name__))

        test = doctest.DocTestParser().get_doctest(
            text, dict(vars(self.runner.described.module)), name, None, None)
        Runner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE
               | doctest.ELLIPSIS).run(test, out=lambda text: None, clear_globs=True)
        text = "; ".join(said)
        return frames.dumps("it does not end" if "OutOfFuel" in text else text[:TEXT_MAX])


def suspicions(described, runner, brood):
    """("doctest", callable, text, reproducer) for each docstring that is not true."""
    if ">>>" not in described.source.text:
        return []
    import doctest
    items = []
    for definition in described.outline.definitions:
        text = ast.get_docstring(definition.node) or ""
        if ">>>" in text:
            items.append((described.index_by_qual.get(definition.qual, -1), definition.qual, text))
    found = []
    runner.prepare()
    for item, record in zip(items, brood.run(items, DoctestJob(runner))):
        said = marshal.loads(record)
        if said:
            code = "\n".join(one.source.strip() for one in doctest.DocTestParser().get_examples(
                item[2]))
            found.append(("doctest", item[0], said, code[:CODE_MAX]))
    return found
